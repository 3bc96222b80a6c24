// The shell that people type into: what lasts from line to line, what Ctrl-C leaves, what comes while a line runs, what Tab
// offers, and files in and out. Through the driver, as the page has it.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { CallNote } from '../../src/host/protocol.ts'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import { newDevice, startHost } from '../helpers/hosts.ts'
import { valueOf } from '../helpers/outcome.ts'
import { newShell } from '../helpers/shells.ts'

const MOUNTED = 'mkfs.famfs /dev/dax0.0 >/dev/null && mkdir -p /mnt/famfs && famfs mount -F /dev/dax0.0 /mnt/famfs >/dev/null && cd /mnt/famfs'

describe('from line to line', () => {
  it('variables, lists, functions, options, directory and status last', async () => {
    const { run } = await newShell()
    await run("x='a b'; declare -a l=(1 'two 3'); declare -A m=([k k]='v w'); export E=e; f() { echo \"f $x $1\"; }; cd /tmp; umask 027; set -o pipefail; false")
    const { out, prompt } = await run('echo "$? ${l[1]} ${m[k k]} $PWD $(umask)"; f y; bash -c \'echo $E$x\'; false | true; echo $?; cd -')
    expect(out).toBe('1 two 3 v w /tmp 0027\nf a b y\ne\n1\n/root\n')
    expect(prompt).toBe('root@A:~# ')
  })

  it('what is taken back is gone', async () => {
    const { run } = await newShell()
    await run('x=1; f() { :; }; set -f; trap "echo t" USR1')
    await run('unset x; unset -f f; set +f; trap - USR1')
    expect((await run('echo "<$x>" /etc/passw*; trap; f')).out).toBe('<> /etc/passwd\n')
  })

  it('a redefined function is the new one, and a subshell’s is not kept', async () => {
    const { run } = await newShell()
    await run('f() { echo one; }; (f() { echo sub; }; f)')
    await run('f; f() { echo two; }')
    expect((await run('f')).out).toBe('two\n')
  })

  it('read-only and integer variables stay so', async () => {
    const { run } = await newShell()
    await run('readonly R=1; declare -i N=4')
    await run('N=N+1')
    expect((await run('echo $N; R=2')).err).toContain('readonly')
  })

  it('aliases last', async () => {
    const { run } = await newShell()
    await run("alias hi='echo hello'")
    expect((await run('hi you; unalias hi')).out).toBe('hello you\n')
    expect((await run('hi')).err).toContain('not found')
  })

  it('a syntax error leaves everything', async () => {
    const { run } = await newShell()
    await run('x=1')
    expect((await run('if')).exitCode).toBe(2)
    expect((await run('echo $x')).out).toBe('1\n')
  })

  it('exit ends it, through its trap, and the next one is new', async () => {
    const { run } = await newShell()
    await run('x=1; trap "echo bye" EXIT')
    expect(await run('exit 7')).toMatchObject({ out: 'bye\n', exitCode: 7, ended: true })
    expect((await run('echo "<$x>"')).out).toBe('<>\n')
  })
})

describe('Ctrl-C', () => {
  it('ends a loop that does nothing, and keeps the state of before the line', async () => {
    const { run } = await newShell()
    await run('x=1; f() { echo kept; }; cd /tmp')
    const stop = new AbortController()
    const running = run('x=2; while true; do :; done', stop.signal)
    setTimeout(() => stop.abort(), 50)
    expect(await running).toMatchObject({ exitCode: 130, ended: false })
    expect((await run('echo $? $x $PWD; f')).out).toBe('130 1 /tmp\nkept\n')
  })

  it('ends sleep, and runs the handler of INT', async () => {
    const { run } = await newShell()
    await run('trap "echo caught" INT')
    const stop = new AbortController()
    const running = run('sleep 100', stop.signal)
    setTimeout(() => stop.abort(), 20)
    expect(await running).toMatchObject({ exitCode: 130, out: 'caught\n' })
  })

  it('ends a long program between its pieces, with file system and allocation sound', async () => {
    const { run } = await newShell(256 * MIB)
    await run(MOUNTED)
    const stop = new AbortController()
    const running = run('famfs creat -r -S 7 -s 200m big', stop.signal, (note) => {
      if (note.kind === 'busy' && note.doneBytes > 0) stop.abort()
    })
    expect((await running).exitCode).toBe(130)
    const { out } = await run('famfs fsck . | grep -c "No allocation errors"; famfs creat -s 4m next; echo $?; ls')
    expect(out).toBe('1\n0\nbig\nnext\n')
  })
})

describe('while a line runs', () => {
  it('output comes command by command, also within loops, conditions and scripts', async () => {
    const { run } = await newShell()
    const { notes } = await run('for i in 1 2; do echo $i; done; if true; then echo c >&2; fi; bash -c "echo s; echo t"; echo a | cat')
    const texts = notes.map((note) => (note.kind === 'output' ? `${note.stream} ${note.text}` : note.kind))
    expect(texts).toEqual(['out 1\n', 'out 2\n', 'err c\n', 'out s\n', 'out t\n', 'out a\n'])
  })

  it('exec sends the rest elsewhere', async () => {
    const { run } = await newShell()
    expect((await run("bash -c 'exec > /tmp/log 2>&1; echo in; echo err >&2'; echo back; cat /tmp/log")).out).toBe('back\nin\nerr\n')
  })

  it('download hands a file over, clear clears', async () => {
    const { run } = await newShell()
    const { notes } = await run('echo hi > /tmp/f; download /tmp/f; clear')
    expect(notes.map(({ kind }) => kind)).toEqual(['download', 'clear'])
    const [note] = notes
    expect(note?.kind === 'download' && (await note.blob.text())).toBe('hi\n')
  })

  it('a script of 10,000 commands ends, and help says what would stop one', async () => {
    const { run } = await newShell()
    expect((await run('n=0; while (( n < 10000 )); do (( n++ )); done; echo $n')).out).toBe('10000\n')
    expect((await run('help limits')).out).toMatch(/maxLoopIterations +20,000,000/)
    expect((await run('help')).out).toContain('famfs help CMD')
  })
})

describe('as calls of a host', () => {
  it('runs, completes, takes files in and hands them out', async () => {
    const host = await startHost(inlineDriver, 'A', newDevice(64 * MIB))
    const notes: CallNote[] = []
    const made: string[] = []
    host.listen({ onNews: (news) => made.push(...news.made.map(({ path }) => path)) })
    const first = valueOf(await host.call('shellRun', { shell: 1, line: `${MOUNTED}; echo ok`, columns: 100 }, { onNote: (note) => void (note.kind !== 'busy' && notes.push(note)) }))
    expect(first).toEqual({ exitCode: 0, prompt: 'root@A:/mnt/famfs# ', cwd: '/mnt/famfs', ended: false })
    expect(notes).toEqual([{ kind: 'output', stream: 'out', text: 'ok\n' }])
    const blob = new Blob(['dropped'])
    expect(valueOf(await host.call('shellPut', { shell: 1, name: 'a b', blob }))).toEqual({ path: '/mnt/famfs/a b' })
    expect(made).toContain('a b')
    const taken = valueOf(await host.call('shellTake', { shell: 1, path: 'a b' }))
    expect([taken.name, await taken.blob.text()]).toEqual(['a b', 'dropped'])
    const tab = async (line: string): Promise<string[]> => valueOf(await host.call('shellComplete', { shell: 1, line, cursor: line.length })).candidates
    expect(await tab('fam')).toContain('famfs')
    expect(await tab('famfs log')).toEqual(['logplay'])
    expect(await tab('famfs creat --si')).toEqual(['--size'])
    expect(await tab('cat a')).toEqual([String.raw`a\ b`])
    expect(await tab('sudo cat /mn')).toEqual(['/mnt/'])
    expect(await tab('echo $HOS')).toEqual(['$HOSTNAME', '$HOSTTYPE'])
    expect(await tab('ls; mkfs')).toEqual(['mkfs.famfs'])
  })

  it('a drop outside of famfs is a plain file; two shells have directories of their own', async () => {
    const host = await startHost(inlineDriver, 'B', newDevice(64 * MIB))
    const run = async (shell: number, line: string) => valueOf(await host.call('shellRun', { shell, line, columns: 80 }))
    await run(1, 'cd /tmp')
    expect((await run(2, 'true')).cwd).toBe('/root')
    expect(valueOf(await host.call('shellPut', { shell: 1, name: 'f', blob: new Blob(['x']) }))).toEqual({ path: '/tmp/f' })
    expect((await run(2, 'test "$(cat /tmp/f)" = x')).exitCode).toBe(0)
  })

  it('cancelling is Ctrl-C', async () => {
    const host = await startHost(inlineDriver, 'A', newDevice(64 * MIB))
    const stop = new AbortController()
    const running = host.call('shellRun', { shell: 1, line: 'while true; do :; done', columns: 80 }, { signal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    expect(valueOf(await running).exitCode).toBe(130)
    expect(valueOf(await host.call('shellRun', { shell: 1, line: 'true', columns: 80 })).exitCode).toBe(0)
  })
})
