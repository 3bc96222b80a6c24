// Tests use the browser that a computer has; only without one do we install one, and never silently.
// Plain Node: this file runs before packages are there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { SetupError, root, runTool } from './packages.mjs'

const installSeconds = 300
const isRoot = process.getuid?.() === 0

/** Chromium refuses to run as root inside its sandbox, and only then may the sandbox go. */
export const chromiumArgs = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The path of an installed Chromium, Chrome or Edge, or undefined. CHROMIUM_PATH wins, and is an error if it leads nowhere. */
export function findChromium(env = process.env) {
  const chosen = env.CHROMIUM_PATH
  if (chosen && !existsSync(chosen)) throw new SetupError(`CHROMIUM_PATH is ${chosen}, and there is no such file.`)
  if (chosen) return chosen
  return [...usualPlaces(env), downloadedChromium()].find((path) => path && existsSync(path) && starts(path))
}

/** The path of a Chromium, installed now if need be. */
export function getChromium() {
  const found = findChromium()
  if (found) return found
  for (const install of [installWithPlaywright, installWithApt]) {
    install()
    const installed = findChromium()
    if (installed) return installed
  }
  throw new SetupError('No Chromium was found and none could be installed: install Chromium or Chrome, or set CHROMIUM_PATH to its executable.')
}

function usualPlaces(env) {
  if (process.platform === 'darwin') return macPlaces(env)
  if (process.platform === 'win32') return windowsPlaces(env)
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge']
  const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin']
  return [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    '/opt/google/chrome/chrome',
    '/opt/microsoft/msedge/msedge',
  ]
}

function macPlaces(env) {
  return ['Chromium', 'Google Chrome', 'Microsoft Edge'].flatMap((name) =>
    ['/Applications', join(env.HOME ?? '', 'Applications')].map((folder) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
  )
}

function windowsPlaces(env) {
  const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean)
  const files = [
    ['Chromium', 'Application', 'chrome.exe'],
    ['Google', 'Chrome', 'Application', 'chrome.exe'],
    ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ]
  return files.flatMap((file) => folders.map((folder) => join(folder, ...file)))
}

/** Where playwright-core keeps a Chromium that it downloaded, if its package is there. */
function downloadedChromium() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath()
  } catch {
    return undefined // The packages aren't installed yet, so it downloaded nothing either.
  }
}

/** Some files called chromium only advertise a snap package, and a download may lack system libraries: so ask. */
function starts(path) {
  // Elsewhere `--version` would open a window, and neither case exists.
  if (process.platform !== 'linux') return true
  return spawnSync(path, ['--version', '--no-sandbox'], { stdio: 'ignore', timeout: 20_000 }).status === 0
}

function installWithPlaywright() {
  const cli = join(root, 'node_modules', 'playwright-core', 'cli.js')
  if (!existsSync(cli)) return
  run(process.execPath, [cli, 'install', '--no-shell', 'chromium'], { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' })
}

function installWithApt() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return
  const updated = run('apt-get', ['update'])
  if (updated) run('apt-get', ['install', '-y', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' })
}

function run(command, args, env = {}) {
  process.stderr.write(`Installing Chromium: ${command} ${args.join(' ')}\n`)
  const options = { stdio: ['ignore', 2, 2], timeout: installSeconds * 1000, env: { ...process.env, ...env } }
  return spawnSync(command, args, options).status === 0
}

// `node test/tools/chromium.mjs` prints the path, with exit code 1 if there is none: for shell scripts.
if (import.meta.filename === process.argv[1]) {
  await runTool(() => {
    const path = findChromium()
    if (!path) throw new SetupError('No Chromium was found.')
    process.stdout.write(`${path}\n`)
    return 0
  })
}
