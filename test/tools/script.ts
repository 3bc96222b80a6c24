// npm run script -- [--device SIZE ...] [--mode standalone|fuse] [--relaxed] [--kernel RELEASE] [--dir LOCAL:INSIDE ...] FILE.sh [-- ARGS]: runs a
// bash script on a fresh host. Its output is this program's output, and its exit code is ours; 2 with a usage text when what
// was asked makes no sense.

import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sizeOf } from '../conformance/runner.ts'
import { type Folder, runScript, ScriptError, type ScriptSpec } from '../helpers/scriptRun.ts'

const USAGE = 'usage: npm run script -- [--device SIZE ...] [--mode standalone|fuse] [--relaxed] [--kernel RELEASE] [--dir LOCAL:INSIDE ...] FILE.sh [-- ARGS]'
const DEFAULT_DEVICE = '4G'
const DEVICES_MOST = 8

class UsageError extends Error {}

async function main(): Promise<number> {
  const given = options()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  return runScript({ ...given, out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text), signal: stop.signal })
}

function options(): Omit<ScriptSpec, 'out' | 'err'> {
  const { values, tokens } = parsed()
  const { device: [first = DEFAULT_DEVICE, ...others] = [], mode, relaxed = false, kernel, dir = [] } = values
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? Infinity
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token] : []))
  const [file, ...more] = words.filter(({ index }) => index < end).map(({ value }) => value)
  if (file === undefined) throw new UsageError('no script is named')
  if (more.length > 0) throw new UsageError(`one script at a time: what is for the script (${more.join(' ')}) goes behind --`)
  if (others.length >= DEVICES_MOST) throw new UsageError(`--device: ${DEVICES_MOST} devices are as many as a host gets here`)
  if (mode !== undefined && mode !== 'standalone' && mode !== 'fuse') throw new UsageError(`--mode takes standalone or fuse, not “${mode}”`)
  return {
    path: scriptPath(file),
    args: words.filter(({ index }) => index > end).map(({ value }) => value),
    deviceBytes: [deviceBytes(first), ...others.map(deviceBytes)],
    relaxed,
    mode,
    kernelRelease: releaseOf(kernel),
    folders: dir.map(folderOf),
  }
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      tokens: true,
      options: { device: { type: 'string', multiple: true }, mode: { type: 'string' }, relaxed: { type: 'boolean' }, kernel: { type: 'string' }, dir: { type: 'string', multiple: true } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function scriptPath(file: string): string {
  const path = resolve(file)
  if (!existsSync(path)) throw new UsageError(`there is no script ${file}`)
  if (!statSync(path).isFile()) throw new UsageError(`${file} is not a file`)
  return path
}

function deviceBytes(text: string): number {
  const bytes = sizeOf(text.toUpperCase())
  if (bytes === undefined || bytes === 0) throw new UsageError(`--device takes a size such as 256M or 4G, not “${text}”`)
  return bytes
}

function releaseOf(text: string | undefined): string | undefined {
  if (text !== undefined && !/^\d+\.\d+[\w.-]*$/.test(text)) throw new UsageError(`--kernel takes a release such as 6.17.0-famfs, not “${text}”`)
  return text
}

function folderOf(text: string): Folder {
  const colon = text.lastIndexOf(':/')
  if (colon < 1) throw new UsageError(`--dir takes LOCAL:INSIDE, and INSIDE begins with a slash; “${text}” doesn't`)
  const local = resolve(text.slice(0, colon))
  if (!existsSync(local) || !statSync(local).isDirectory()) throw new UsageError(`--dir: ${text.slice(0, colon)} is not a folder`)
  return { local: realpathSync(local), inside: join('/', text.slice(colon + 1)).replace(/(?<=.)\/$/, '') }
}

// Whoever read our output has gone: there is nobody left to tell, as for any program in a pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1))

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof UsageError) console.error(`script: ${error.message}\n${USAGE}`)
  else if (error instanceof ScriptError) console.error(`script: ${error.message}`)
  else throw error
  process.exitCode = 2
}
