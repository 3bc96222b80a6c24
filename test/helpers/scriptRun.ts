// Runs a bash script on a fresh host, with local folders copied in: what `npm run script` does, without its command line.
// The script's own folder is copied to the same place, so that what it sources and writes lies where it expects it.

import { type Dirent, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { CallNote } from '../../src/host/protocol.ts'
import { inlineDriverWith } from '../../src/host/inlineDriver.ts'
import { Fleet, type FleetMode, type Piece, quoted } from './fleet.ts'

export interface ScriptSpec {
  /** Absolute, on this machine and on the host. */
  path: string
  args: readonly string[]
  /** Of each device; the first is /dev/dax0.0. */
  deviceBytes: readonly [number, ...number[]]
  relaxed: boolean
  mode: FleetMode | undefined
  /** What uname -r answers; from 6.15 on no device is reached raw. */
  kernelRelease?: string | undefined
  folders: readonly Folder[]
  out: (text: string) => void
  err: (text: string) => void
  signal?: AbortSignal
}

export interface Folder {
  local: string
  /** Absolute, on the host. */
  inside: string
}

/** What was asked can't be done; the sentence says why. */
export class ScriptError extends Error {}

const DEVICE_PATH = '/dev/dax0.0'
const FIRST_HOST = 'A'
const INTERRUPTED = 130
const NO_HOST = 2
const HOST_NAME = /^[A-Za-z0-9][\w.-]*$/
const NOT_COPIED = new Set(['.git', 'node_modules'])
/** A script may lie in a folder with much else in it: beyond this, only what lies beside it is copied, and no large files. */
const FOLDER_FILES_MOST = 2000
const FOLDER_BYTES_MOST = 512 * 1024 * 1024
const BESIDE_BYTES_MOST = 16 * 1024 * 1024

/** @returns the script's exit code */
export async function runScript(spec: ScriptSpec): Promise<number> {
  const { path, args, deviceBytes, relaxed, mode, kernelRelease, out, err, signal } = spec
  const [firstBytes, ...others] = deviceBytes
  const pieces = [...scriptFolder(dirname(path), err), ...spec.folders.flatMap(piecesOf)]
  const driver = inlineDriverWith({ onHost: runElsewhere })
  const fleet = newFleet()
  try {
    const line = `cd -- ${quoted(dirname(path))} && bash ${[path, ...args].map(quoted).join(' ')}`
    const { exit, trouble } = await (await fleet.host(FIRST_HOST)).run(line, { onNote: tell(out, err), ...(signal ? { signal } : {}) })
    if (signal?.aborted) return INTERRUPTED
    if (exit === undefined) throw new ScriptError(`host ${FIRST_HOST} failed: ${trouble}`)
    return exit
  } finally {
    await fleet.end()
  }

  function newFleet(): Fleet {
    try {
      return new Fleet(driver, { device: { path: DEVICE_PATH, sizeBytes: firstBytes }, others, relaxed, mode, ...(kernelRelease === undefined ? {} : { kernelRelease }) }, (host) => host.put(pieces))
    } catch (error) {
      if (error instanceof RangeError) throw new ScriptError(`devices of ${deviceBytes.join(' and ')} bytes are more than this machine can give`)
      throw error
    }
  }

  async function runElsewhere(name: string, words: readonly string[], given: { cwd: string; stdin: Uint8Array<ArrayBuffer>; signal: AbortSignal }) {
    const said = { stdout: '', stderr: '' }
    if (!HOST_NAME.test(name)) return { ...said, stderr: `on: “${name}” is no name for a host\n  Name it with letters, digits, “.”, “_” and “-”: on B COMMAND.\n`, exitCode: NO_HOST }
    const host = await fleet.host(name)
    const input = await host.putInput(given.stdin)
    const line = `cd -- ${quoted(given.cwd)} 2>/dev/null; ${lineOf(words)} < ${quoted(input)}`
    const { exit, trouble } = await host.runApart(line, { signal: given.signal, onNote: tell((text) => void (said.stdout += text), (text) => void (said.stderr += text)) })
    if (trouble !== undefined) said.stderr += `on ${name}: ${trouble}\n`
    return { ...said, exitCode: exit ?? INTERRUPTED }
  }
}

/** As ssh takes it: a single word with blanks or shell's signs in it is a line. */
function lineOf(words: readonly string[]): string {
  const [only = ''] = words
  return words.length === 1 && /[\s;|&<>$`]/.test(only) ? `bash -c ${quoted(only)}` : words.map(quoted).join(' ')
}

function tell(out: (text: string) => void, err: (text: string) => void): (note: CallNote) => void {
  return (note) => {
    if (note.kind === 'output') (note.stream === 'out' ? out : err)(note.text)
  }
}

function scriptFolder(folder: string, err: (text: string) => void): Piece[] {
  const found = walk(folder)
  if (found !== 'too much') return found
  err(`script: ${folder} holds much else, so only what lies right beside the script is copied. --dir copies more.\n`)
  const beside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && statSync(join(folder, entry.name)).size <= BESIDE_BYTES_MOST)
  return [{ kind: 'directory', path: folder }, ...beside.map((entry) => filePiece(join(folder, entry.name), join(folder, entry.name)))]
}

/** All that is in a folder, to be put at the same place. */
function walk(folder: string): Piece[] | 'too much' {
  const pieces: Piece[] = []
  let bytes = 0
  for (const piece of entriesOf(folder, folder)) {
    if (piece.kind === 'file') bytes += piece.blob.size
    if (pieces.push(piece) > FOLDER_FILES_MOST || bytes > FOLDER_BYTES_MOST) return 'too much'
  }
  return pieces
}

function piecesOf({ local, inside }: Folder): Piece[] {
  return [...entriesOf(local, inside)]
}

function* entriesOf(local: string, inside: string): Generator<Piece> {
  yield { kind: 'directory', path: inside }
  for (const entry of readdirSync(local, { withFileTypes: true })) {
    if (!NOT_COPIED.has(entry.name)) yield* entryPieces(entry, join(local, entry.name), join(inside, entry.name))
  }
}

/** Sockets and the like stay where they are. */
function* entryPieces(entry: Dirent, local: string, inside: string): Generator<Piece> {
  if (entry.isDirectory()) yield* entriesOf(local, inside)
  else if (entry.isSymbolicLink()) yield { kind: 'link', path: inside, target: readlinkSync(local) }
  else if (entry.isFile()) yield filePiece(local, inside)
}

function filePiece(local: string, inside: string): Piece {
  try {
    return { kind: 'file', path: inside, blob: new Blob([readFileSync(local)]), mode: statSync(local).mode & 0o7777 }
  } catch (error) {
    throw new ScriptError(`${basename(local)} can't be copied in: ${error instanceof Error ? error.message : String(error)}`)
  }
}
