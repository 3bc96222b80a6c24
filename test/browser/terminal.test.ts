// A person at a terminal: a real xterm, our editor and screen, and a shell that does what a test says. What is on the
// screen is read from the terminal's own grid.

import { Terminal } from '@xterm/xterm'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fail, ok } from '../../src/core/base/result.ts'
import type { HostStatus, Playground, Shell, ShellNote, ShellReply, Snapshot } from '../../src/playground/types.ts'
import { History } from '../../src/ui/terminal/history.ts'
import { layoutOf, redraw } from '../../src/ui/terminal/layout.ts'
import { leaveUnanswered } from '../../src/ui/terminal/questions.ts'
import { Screen } from '../../src/ui/terminal/screen.ts'
import { TerminalSession } from '../../src/ui/terminal/session.ts'

type Told = (note: ShellNote) => void
type Work = (line: string, tell: Told, signal: AbortSignal) => Promise<Partial<ShellReply>> | Partial<ShellReply>

let count = 0

function newTerm(cols = 40, rows = 12): Terminal {
  const element = document.createElement('div')
  document.body.append(element)
  const term = new Terminal({ cols, rows, convertEol: true })
  term.open(element)
  onTestFinished(() => {
    term.dispose()
    element.remove()
  })
  return term
}

/** The rows that hold anything, once everything that was written is there. */
async function rowsOf(term: Terminal): Promise<string[]> {
  await new Promise<void>((done) => term.write('', done))
  const { active } = term.buffer
  const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true).trimEnd() ?? '')
  return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1)
}

function cursorOf({ buffer: { active } }: Terminal): [number, number] {
  return [active.baseY + active.cursorY, active.cursorX]
}

function start(work: Work, more: Partial<Shell> = {}, refuses: () => boolean | Promise<boolean> = () => false) {
  const term = newTerm()
  const host = `T${Date.now()}${count++}`
  const lines: string[] = []
  const files: string[] = []
  const listeners = new Set<() => void>()
  const ends: ((why: string) => void)[] = []
  let status: HostStatus = 'up'
  let seatedFrom = 0
  let asked = 0
  let left = 0
  const openShell = (): Shell => ({
    host,
    ended: new Promise((resolve) => ends.push(resolve)),
    run: async (line, { signal, onNote }) => {
      if (line !== '') lines.push(line)
      const said = line === '' ? {} : await work(line, onNote, signal)
      return ok({ exitCode: 0, prompt: '$ ', cwd: '/', ended: false, ...said })
    },
    complete: () => Promise.resolve(ok({ start: 0, candidates: [] })),
    put: (file) => Promise.resolve(ok({ path: `/mnt/famfs/${file.name}` })),
    take: (path) => Promise.resolve(ok({ name: path, blob: new Blob(['x']) })),
    close: () => undefined,
    ...more,
  })
  const playground = {
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => ({ hosts: [{ name: host, status, role: 'master', seatedFrom }] }) as unknown as Snapshot,
    openShell: async () => {
      asked++
      return (await refuses()) ? fail('read_only_session') : ok(openShell())
    },
  } as unknown as Playground
  const screen = new Screen(term)
  const session = new TerminalSession({ playground, host, screen, history: new History(host), onLeft: () => left++, onFile: (name) => files.push(name) })
  onTestFinished(() => session.dispose())
  return {
    term, session, lines, files,
    left: () => left,
    asked: () => asked,
    end: (why: string) => ends.at(-1)?.(why),
    turn: (now: HostStatus) => {
      if (now !== status) seatedFrom++
      status = now
      for (const listener of listeners) listener()
    },
    sees: (rows: unknown) => vi.waitFor(async () => expect((await rowsOf(term)).slice(2)).toEqual(rows)),
  }
}

describe('a line on the screen', () => {
  it('stands where its layout says, whatever is typed and wherever', async () => {
    const texts = ['', 'ls', 'x'.repeat(17), 'x'.repeat(18), 'x'.repeat(40), '日本語のファイル名', 'a日本語のファイル名', 'e\u0301'.repeat(20), 'a\tb', 'for a; do\necho 日本\ndone', `${'x'.repeat(18)}\ny`, 'ㅎᅡ\u1161x', '\u{20000}'.repeat(12), '👩‍👩‍👧 x']
    const term = newTerm(20, 12)
    let before
    for (const text of texts) {
      for (const cursor of new Set([0, 1, Math.floor(text.length / 2), text.length])) {
        if (cursor > text.length || /[\udc00-\udfff]/.test(text.charAt(cursor))) continue
        const after = layoutOf({ prompt: '\x1b[32m$\x1b[0m ', text, cursor }, term.cols)
        term.write(redraw(before, after))
        before = after
        await rowsOf(term)
        expect([text, cursor, ...cursorOf(term)]).toEqual([text, cursor, after.cursorRow, after.cursorColumn])
      }
    }
  })

  it('is drawn anew in another width', async () => {
    const { session, term, sees } = start(() => ({}))
    await sees(['$'])
    session.type(`echo ${'word '.repeat(10)}`)
    await sees(['$ echo word word word word word word wor', 'd word word word'])
    term.resize(30, 12)
    session.type('\x1b[H!')
    await vi.waitFor(async () => expect((await rowsOf(term)).slice(-2).join('|')).toBe('$ !echo word word word word wo|rd word word word word word'))
  })
})

describe('output that asks the terminal something', () => {
  it.each(['\x1b[c', '\x1b[>c', '\x1b[=c', '\x1b[5n', '\x1b[6n', '\x1b[?6n', '\x1b[18t', '\x1b[0$p', '\x1b[?1$p', '\x1bP$qm\x1b\\', '\x1b]10;?\x07', '\x1b]4;1;?\x07'])('gets no answer: %j', async (asked) => {
    const answersTo = async (term: Terminal): Promise<string[]> => {
      const answers: string[] = []
      term.onData((data) => answers.push(data))
      await new Promise<void>((done) => term.write(`${asked}shown`, done))
      expect(await rowsOf(term)).toEqual(['shown'])
      return answers
    }
    const deaf = newTerm()
    leaveUnanswered(deaf)
    expect(await answersTo(deaf)).toEqual([])
  })
})

describe('output that changes the terminal', () => {
  it.each(['\x1b]0;never ended', '\x1bPnever ended', '\x1b(0', '\x1b[?1003h\x1b[?1006h', '\x1b[8m'])('%j does so until the prompt', async (output) => {
    const { term, session } = start((_line, tell) => {
      tell({ kind: 'output', stream: 'out', text: `abc\n${output}` })
      return {}
    })
    await vi.waitFor(async () => expect((await rowsOf(term)).at(-1)).toBe('$'))
    session.type('x\r')
    await vi.waitFor(async () => expect((await rowsOf(term)).at(-1)).toBe('$'))
    session.type('echo qqq')
    await vi.waitFor(async () => expect((await rowsOf(term)).at(-1)).toBe('$ echo qqq'))
    expect(term.modes.mouseTrackingMode).toBe('none')
  })
})

describe('lines', () => {
  it('run one after the other, with what was typed ahead', async () => {
    const { session, lines, sees } = start(async (line, tell) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      tell({ kind: 'output', stream: 'out', text: `${line}!\n` })
      return {}
    })
    session.type('one\rtwo\rthr')
    session.type('\x1b[200~ee\nfour\x1b[201~')
    await sees(['$ one', 'one!', '$ two', 'two!', '$ three', 'three!', '$ four'])
    expect(lines).toEqual(['one', 'two', 'three'])
  })

  it('are remembered for the host, and found again', async () => {
    const { session, lines, sees } = start(() => ({}))
    session.type('first\rsecond\rsecond\r hidden\r\x1b[A\x1b[A\r')
    await vi.waitFor(() => expect(lines).toEqual(['first', 'second', 'second', ' hidden', 'first']))
    session.type('\x12sec')
    await sees(expect.arrayContaining(["(reverse-i-search)`sec': second"]))
  })

  it('Ctrl-C stops one, and all that waits behind it', async () => {
    const { session, lines, sees } = start((line, _tell, signal) =>
      line === 'ok' ? {} : new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 130 }))))
    session.type('long\rnever\r')
    await vi.waitFor(() => expect(lines).toEqual(['long']))
    session.type('neither\r\x03')
    await sees(['$ long', '^C', '$'])
    session.type('ok\rhalf\x03')
    await sees(['$ long', '^C', '$ ok', '$ half^C', '$'])
    expect(lines).toEqual(['long', 'ok'])
  })

  it('a bar of work is never in the output', async () => {
    let tell: Told = () => undefined
    let finish = (): void => undefined
    const { session, lines, term, sees } = start((_line, tells) => {
      tell = tells
      return new Promise((resolve) => (finish = () => resolve({})))
    })
    session.type('creat\r')
    await vi.waitFor(() => expect(lines).toEqual(['creat']))
    tell({ kind: 'busy', label: 'one', doneBytes: 1e6, totalBytes: 2e6 })
    await sees(['$ creat', expect.stringMatching(/^one ━+─+ +50 %/)])
    tell({ kind: 'output', stream: 'out', text: 'begun\nhalf' })
    tell({ kind: 'busy', label: 'one', doneBytes: 1.5e6, totalBytes: 2e6 })
    await sees(['$ creat', 'begun', 'half'])
    tell({ kind: 'output', stream: 'err', text: ' done\n' })
    await sees(['$ creat', 'begun', 'half done', expect.stringMatching(/75 %/)])
    finish()
    await sees(['$ creat', 'begun', 'half done', '$'])
    expect((await rowsOf(term)).join('\n')).not.toContain('%')
  })

  it('output without an end of line stays whole', async () => {
    const { session, lines, sees } = start((_line, tell) => {
      tell({ kind: 'output', stream: 'out', text: 'no end' })
      return {}
    })
    session.type('printf\r')
    await sees(['$ printf', 'no end⏎', '$'])
    expect(lines).toEqual(['printf'])
  })

  it('more output than anybody can read is left out, and that is told', async () => {
    const row = `${'x'.repeat(39)}\n`
    const { session, term, lines } = start((line, tell) => {
      if (line === 'cat') for (let i = 0; i < 80; i++) tell({ kind: 'output', stream: 'out', text: row.repeat(25_000) })
      return {}
    })
    session.type('cat\r')
    await vi.waitFor(async () => expect((await rowsOf(term)).join('')).toMatch(/… [0-9,]{9,} more letters/), { timeout: 20_000 })
    expect((await rowsOf(term)).at(-1)).toBe('$')
    session.type('\x0c')
    session.type('echo\r')
    await vi.waitFor(async () => expect(await rowsOf(term)).toEqual(['$ echo', '$']))
    expect(lines).toEqual(['cat', 'echo'])
  })

  it('candidates are listed above the line', async () => {
    const { session, lines, sees } = start(() => ({}), { complete: (line) => Promise.resolve(ok({ start: line.lastIndexOf(' ') + 1, candidates: ['no/a', 'no/b', 'no/c'] })) })
    session.type('cat no\t\t')
    await sees(['$ cat no/', 'a  b  c', '$ cat no/'])
    session.type('x')
    await sees(['$ cat no/', 'a  b  c', '$ cat no/x'])
    expect(lines).toEqual([])
  })
})

describe('files', () => {
  it('that are dropped are told above the line, and downloads are handed on', async () => {
    const { session, files, sees } = start((_line, tell) => {
      tell({ kind: 'download', name: 'data.bin', blob: new Blob(['x']) })
      return {}
    })
    session.type('half a li')
    await sees(['$ half a li'])
    await session.drop([new File(['x'], 'mine.bin')])
    session.type('ne')
    await sees(['mine.bin → /mnt/famfs/mine.bin', '$ half a line'])
    session.type('\r')
    await session.download('notes.txt')
    expect(files.toSorted()).toEqual(['data.bin', 'notes.txt'])
  })
})

describe('the end', () => {
  it('a host that goes down says so, and a reboot brings another shell', async () => {
    const { session, sees, end, turn, lines } = start(() => new Promise(() => undefined))
    session.type('long\r')
    await vi.waitFor(() => expect(lines).toEqual(['long']))
    turn('down')
    end('A went down: its plug was pulled')
    await sees(['$ long', 'A went down: its plug was pulled. This s', 'hell has ended.'])
    session.type('nobody hears\r')
    turn('up')
    await vi.waitFor(async () => sees(expect.arrayContaining([expect.stringContaining('A new shell.'), '$'])))
    session.type('again\r')
    await vi.waitFor(() => expect(lines).toEqual(['long', 'again']))
  })

  it('a line that was being typed ends where it is', async () => {
    const { session, sees, end, turn, lines } = start(() => ({}))
    session.type('half a li')
    await sees(['$ half a li'])
    turn('down')
    end('It is gone')
    await sees(['$ half a li', 'It is gone. This shell has ended.'])
    expect(lines).toEqual([])
  })

  it('while names are being found: what is typed then is for the next shell, when that is there', async () => {
    let find = (): void => undefined
    const next = Promise.withResolvers<boolean>()
    const answers: (false | Promise<boolean>)[] = [false, next.promise]
    const complete = (): ReturnType<Shell['complete']> => new Promise((resolve) => (find = () => resolve(ok({ start: 4, candidates: ['notes.txt'] }))))
    const { session, sees, end, asked, lines } = start(() => ({}), { complete }, () => answers.shift() ?? false)
    await sees(['$'])
    session.type('cat \t')
    end('It is gone')
    await vi.waitFor(() => expect(asked()).toBe(2))
    find()
    await new Promise((done) => setTimeout(done))
    session.type('ls\r')
    next.resolve(false)
    await vi.waitFor(() => expect(lines).toEqual(['ls']))
  })

  it('a host that gives no shell is told once, and asked again when it is another or somebody presses Enter', async () => {
    let refuses = true
    const { session, asked, turn, term, lines } = start(() => ({}), {}, () => refuses)
    const refusals = async () => (await rowsOf(term)).join('').split('Another tab has').length - 1
    await vi.waitFor(async () => expect(await refusals()).toBe(1))
    for (let i = 0; i < 5; i++) turn('up')
    session.type('ls')
    expect([asked(), await refusals()]).toEqual([1, 1])
    session.type('\r')
    await vi.waitFor(async () => expect([asked(), await refusals()]).toEqual([2, 2]))
    turn('down')
    turn('up')
    await vi.waitFor(async () => expect([asked(), await refusals()]).toEqual([3, 3]))
    refuses = false
    session.type('\r')
    await vi.waitFor(() => expect(asked()).toBe(4))
    session.type('ls\r')
    await vi.waitFor(() => expect(lines).toEqual(['ls']))
  })

  it('`exit` and Ctrl-D leave', async () => {
    const one = start((line) => ({ ended: line === 'exit' }))
    one.session.type('exit\r')
    await vi.waitFor(() => expect(one.left()).toBe(1))
    const two = start((line) => ({ ended: line === 'exit' }))
    two.session.type('x\x7f\x04')
    await vi.waitFor(() => expect(two.left()).toBe(1))
    expect(two.lines).toEqual(['exit'])
  })
})
