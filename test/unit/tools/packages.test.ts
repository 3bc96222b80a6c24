// A command never runs with other packages than the locked ones, and never installs when they are there.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countTests, type Report } from '../../tools/testCounts.mjs'

const tools = fileURLToPath(new URL('../../tools', import.meta.url))
const locked = { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x', bin: { hello: 'hello.js' } } }
const hello = `
  process.stdout.write(process.argv[2] === 'wait' ? String(process.pid) : process.argv.slice(2).join())
  if (process.argv[2] === 'wait') setInterval(() => {}, 1000)
  process.exitCode = 7`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'famfs-tools-'))
  mkdirSync(join(folder, 'test/tools'), { recursive: true })
  mkdirSync(join(folder, 'node_modules/a'), { recursive: true })
  for (const name of ['packages.mjs', 'with-packages.mjs']) copyFileSync(join(tools, name), join(folder, 'test/tools', name))
  writeFileSync(join(folder, 'node_modules/a/hello.js'), hello)
  write('package-lock.json', locked)
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, packages: object): void {
  writeFileSync(join(folder, name), JSON.stringify({ packages }))
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, ['test/tools/with-packages.mjs', ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
}

describe('with-packages', () => {
  it('passes arguments, output and exit code on', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': locked['node_modules/a'] })
    expect(run(['hello', 'x', 'y z'])).toMatchObject({ status: 7, stdout: 'x,y z', stderr: '' })
  })

  it('passes a signal on, and waits for the command to end', async () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': locked['node_modules/a'] })
    const parent = spawn(process.execPath, ['test/tools/with-packages.mjs', 'hello', 'wait'], { cwd: folder })
    const [pid] = await once(parent.stdout, 'data')
    parent.kill('SIGTERM')
    expect(await once(parent, 'close')).toEqual([128 + 15, null])
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it('says which command it lacks', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': locked['node_modules/a'] })
    expect(run(['nope'])).toMatchObject({ status: 1, stdout: '', stderr: 'No installed package has a command called nope.\n' })
  })

  it.each([
    ['nothing is installed', undefined],
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'x' } }],
    ['a package is too many', { 'node_modules/a': locked['node_modules/a'], 'node_modules/b': { version: '1.0.0' } }],
  ])('installs when %s, and a failing install is one sentence', (_, installed) => {
    if (installed) write('node_modules/.package-lock.json', installed)
    const npm = join(folder, 'npm.js')
    writeFileSync(npm, 'console.log("npm says", process.argv.slice(2).join(" ")); process.exit(1)')
    const { status, stdout, stderr } = run(['hello'], { npm_execpath: npm })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('npm says ci --no-fund --no-audit --include=dev')
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('The packages could not be installed: see the lines of npm ci above, then try again.')
  })
})

describe('the counts of npm test', () => {
  const file = (status: string, ...tests: string[]): Report => ({
    testResults: [{ name: 'a.test.ts', status, assertionResults: tests.map((each) => ({ status: each })) }],
  })

  it.each<[string, Report | undefined, number, object]>([
    ['tests', file('failed', 'passed', 'passed', 'failed'), 1, { passed: 2, failed: 1, notes: [] }],
    ['a file that fails to load', file('failed'), 1, { passed: 0, failed: 1, notes: ['a.test.ts failed outside its tests.'] }],
    ['a failing hook', file('failed', 'passed'), 1, { passed: 1, failed: 1, notes: ['a.test.ts failed outside its tests.'] }],
    ['no report', undefined, 0, { passed: 0, failed: 1, notes: ['The tests ended without a report.'] }],
    ['no tests', { testResults: [] }, 0, { passed: 0, failed: 1, notes: ['No test ran.'] }],
    ['only skipped tests', file('passed', 'pending'), 0, { passed: 0, failed: 1, notes: ['No test ran.', '1 skipped'] }],
    ['a stray error', file('passed', 'passed'), 1, { passed: 1, failed: 1, notes: ['The tests passed, but Vitest ended with exit code 1.'] }],
  ])('hide nothing: %s', (_, report, exitCode, counts) => {
    expect(countTests(report, exitCode)).toEqual(counts)
  })
})
