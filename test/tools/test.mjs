// npm test: types, lint, build, then every test. A failed stage doesn't hide the next one's failures.
// The last line on standard output is exactly `N passed, N failed`; the exit code is 0 only when nothing failed and tests ran.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getChromium } from './chromium.mjs'
import { SetupError, ensurePackages, root, runBin } from './packages.mjs'
import { countTests } from './testCounts.mjs'

const total = { passed: 0, failed: 0 }
const add = ({ passed, failed }) => {
  total.passed += passed
  total.failed += failed
}

// The counts are the last line whatever happens, even a defect of this script.
try {
  await runAll(process.argv.slice(2))
} catch (error) {
  total.failed += 1
  console.error(error instanceof SetupError ? error.message : error)
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function runAll(patterns) {
  ensurePackages()
  const chromium = chromiumOrFailure()
  await stage('types', () => oneCheck('tsc', ['--build']))
  await stage('lint', () => oneCheck('oxlint', ['--deny-warnings']))
  await stage('build', () => oneCheck('vite', ['build']))
  // Without a browser the rest is still worth knowing; the missing browser already counts as a failure.
  const projects = chromium ? [] : ['--project', 'node']
  await stage('tests', () => runTests([...projects, ...patterns]))
}

/** Found once here and handed down, so that the tests can't choose another browser. */
function chromiumOrFailure() {
  try {
    process.env.CHROMIUM_PATH = getChromium()
    return process.env.CHROMIUM_PATH
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    total.failed += 1
    // The tests that need no browser shouldn't stumble over the wrong path again.
    delete process.env.CHROMIUM_PATH
    return undefined
  }
}

async function stage(name, run) {
  console.log(`\n== ${name} ==`)
  const start = performance.now()
  const counts = await run()
  add(counts)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${name}: ${counts.failed === 0 ? 'passed' : 'FAILED'} in ${seconds} s`)
}

async function oneCheck(bin, args) {
  const code = await runBin(bin, args, { cwd: root })
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'famfs-test-'))
  const file = join(folder, 'report.json')
  try {
    const code = await runBin('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args], { cwd: root })
    const { notes, ...counts } = countTests(readReport(file), code)
    for (const note of notes) console.log(note)
    return counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Vitest writes no report when it can't start; countTests makes a failure of that. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
