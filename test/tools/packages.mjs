// Every command of package.json may be the first one after a clone or a pull, so each makes sure of the packages itself.
// Plain Node, no packages: this file runs before any is there. Standard output belongs to the command that runs next.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A failure that the person at the keyboard can act on: one sentence, no stack. */
export class SetupError extends Error {}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Installs what package-lock.json asks for unless exactly that is installed already. */
export function ensurePackages(dir = root) {
  if (packagesAreCurrent(dir)) return
  process.stderr.write('Installing packages (npm ci) ...\n')
  // Development packages by name: with NODE_ENV=production npm would leave out the very tools that were asked for.
  const { status } = spawnSync(...npm(['ci', '--no-fund', '--no-audit', '--include=dev']), {
    cwd: dir,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && !npmScript(),
  })
  if (status === 0) return
  throw new SetupError('The packages could not be installed: see the lines of npm ci above, then try again.')
}

/** Whether node_modules holds the locked versions, no more and no less. */
export function packagesAreCurrent(dir = root) {
  // npm writes this record last, so an install that was cut off has none.
  const record = join(dir, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  return sameInstall(readJson(join(dir, 'package-lock.json')).packages, readJson(record).packages)
}

/** Compares by version and integrity, not by time: a checkout or a copy changes times but not packages. */
export function sameInstall(locked, installed) {
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '') continue
    const got = installed[path]
    // Packages for other systems are optional and rightly absent.
    if (got === undefined && wanted.optional) continue
    if (got?.version !== wanted.version || got?.integrity !== wanted.integrity) return false
  }
  return Object.keys(installed).every((path) => path in locked)
}

/** The JavaScript file behind a command of node_modules/.bin. */
export function binEntry(name, dir = root) {
  const installed = readJson(join(dir, 'node_modules', '.package-lock.json')).packages
  for (const [path, { bin }] of Object.entries(installed)) {
    // A package inside another package has no command in node_modules/.bin.
    if (path.lastIndexOf('node_modules/') !== 0 || bin?.[name] === undefined) continue
    return join(dir, path, bin[name])
  }
  throw new SetupError(`No installed package has a command called ${name}.`)
}

/**
 * Runs a command of node_modules/.bin and resolves to its exit code.
 * Node runs the real file: behind npx, .bin or a shell the child outlives a signal and keeps its port.
 */
export function runBin(name, args, options = {}) {
  const child = spawn(process.execPath, [binEntry(name), ...args], { stdio: 'inherit', ...options })
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the child as well; a second one would cut its clean-up short.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  const watch = whenOrphaned(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const each of signals) process.off(each, forward)
      clearInterval(watch)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** The shell between npm and us dies of a signal without passing it on: that our parent is gone is all that we see of it. */
function whenOrphaned(act) {
  if (!process.env.npm_lifecycle_event) return undefined
  const parent = process.ppid
  return setInterval(() => process.ppid !== parent && act(), 500).unref()
}

/** Runs `main` and turns its result into the exit code; trouble that a person can act on is one sentence. */
export async function runTool(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** npm says where its own script is when it started us, which spares us the shell that npm.cmd needs on Windows. */
function npmScript() {
  const path = process.env.npm_execpath
  return path?.endsWith('.js') && /\bnpm\b/.test(path) ? path : undefined
}

function npm(args) {
  const script = npmScript()
  return script ? [process.execPath, [script, ...args]] : ['npm', args]
}
