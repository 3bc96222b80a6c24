// The tool `npm run conformance`: it furnishes hosts as a scenario says, it fails when a step does and says how, and it runs
// nothing that it doesn't understand. Apart from the scenarios, whose devices of many GiB could keep a process from starting.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('npm run conformance', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'famfs-conformance-'))
  afterAll(() => rmSync(scratch, { recursive: true }))
  const tool = (...args: string[]) => {
    const tsx = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'test/tools/conformance.ts')]
    const { stdout, stderr, status, error } = spawnSync(process.execPath, [...tsx, ...args], { cwd: scratch, encoding: 'utf8' })
    if (error) throw error
    return { lines: stdout.trimEnd().split('\n'), stderr, status }
  }
  const file = (name: string, mode: string, steps: object[]) => {
    const hosts = [{ name: 'master', role: 'master', files: { '/tmp/f': { text: 'one two\n', mode: '0600' }, '/tmp/new/g': { size: '5K', seed: 3 } }, dirs: ['/tmp/d/e'] }, { name: 'other', role: 'client' }]
    const device = { path: '/dev/dax0.0', size: '256M' }
    writeFileSync(join(scratch, name), JSON.stringify({ name, mode, relaxed: true, hosts, device, steps: steps.map((step) => ({ host: 'master', exit: 0, ...step })) }))
    return name
  }

  it('furnishes hosts, and takes words as they stand', () => {
    const good = file('good.json', 'any', [
      { run: 'cat /tmp/f', stdoutMatches: ['^one two$'] },
      { run: 'stat -c %a_%s /tmp/f', stdoutMatches: ['^600_8$'] },
      { run: 'stat -c %a_%s_%u /tmp/new/g', stdoutMatches: ['^644_5120_0$'] },
      { run: 'stat -c %F e', cwd: '/tmp/d', stdoutMatches: ['^directory$'] },
      { run: 'ls', stdoutMatches: ['^tmp$'] },
      { run: 'ls $HOME;ls', exit: 'nonzero' },
      { host: 'other', run: 'ls /tmp/f', exit: 'nonzero' },
      { run: 'mkfs.famfs /dev/dax0.0' },
      { run: 'famfs mount /dev/dax0.0 /mnt/famfs' },
      { run: 'famfs creat -s 4096 /mnt/famfs/f${i}', repeat: { from: 1, to: 3 } },
      { host: 'other', run: 'famfs mount /dev/dax0.0 /mnt/famfs' },
      { host: 'other', run: 'famfs creat -s 4096 /mnt/famfs/g', exit: 1 },
      { host: 'other', run: 'stat -c %s /mnt/famfs/f3', stdoutMatches: ['^4096$'] },
    ])
    expect(tool(good)).toEqual({ lines: ['2 scenario runs, 26 steps passed, 0 failed, 0 skipped'], stderr: '', status: 0 })
    const standalone = file('standalone.json', 'standalone', [{ run: 'ls' }])
    expect(tool('--mode', 'fuse', standalone, good)).toEqual({
      lines: ['standalone.json is left out: it is for standalone mounts only', '1 scenario runs, 13 steps passed, 0 failed, 0 skipped'], stderr: '', status: 0,
    })
  })

  it('fails when a step does, and says how', () => {
    const steps = [{ run: 'cat /tmp/f', exit: 3 }, { run: 'cat /tmp/f', stdoutMatches: ['three'] }, { run: 'cat /tmp/f', stdoutLacks: ['two$'] }, { run: 'cat /tmp/nothing' }, { run: 'ls' }]
    const { lines, status } = tool(file('bad.json', 'fuse', steps))
    expect(lines).toEqual([
      'FAILED bad.json (fuse) step 1 on master: cat /tmp/f: exit 3 expected, 0 came',
      'FAILED bad.json (fuse) step 2 on master: cat /tmp/f: stdout should match three but is "one two\\n"',
      'FAILED bad.json (fuse) step 3 on master: cat /tmp/f: stdout should not match two$ but has "two"',
      expect.stringMatching(/^FAILED bad\.json \(fuse\) step 4 on master: cat \/tmp\/nothing: exit 0 expected, 1 came; stderr: .*No such file/),
      '1 scenario runs, 1 steps passed, 4 failed, 0 skipped',
    ])
    expect(status).toBe(1)
  })

  it('demands the better behaviour only when told to', () => {
    const name = file('deviates.json', 'fuse', [{ run: 'ls', exit: 5, deviates: 'the reference says 0' }])
    expect(tool(name)).toMatchObject({ lines: [expect.stringMatching(/^DEVIATES deviates\.json \(fuse\) step 1/), '1 scenario runs, 0 steps passed, 0 failed, 1 skipped'], status: 0 })
    expect(tool('--deviates', name)).toMatchObject({ lines: [expect.stringMatching(/^FAILED /), '1 scenario runs, 0 steps passed, 1 failed, 0 skipped'], status: 1 })
  })

  it.each([
    [['missing.json'], 'missing.json: ENOENT'],
    [['text.json'], 'text.json: it is not JSON'],
    [['--mode', 'both', 'text.json'], '--mode takes standalone or fuse, not “both”'],
    [['--colour', 'text.json'], '--colour'],
    [[], 'no scenario is named'],
  ])('runs nothing with %j', (args, says) => {
    writeFileSync(join(scratch, 'text.json'), 'hello')
    const { lines, stderr, status } = tool(...args)
    expect({ lines, status }).toEqual({ lines: [''], status: 2 })
    expect(stderr).toMatch(/^conformance: /)
    expect(stderr).toContain(says)
    expect(stderr).toMatch(/^usage: /m)
  })
})
