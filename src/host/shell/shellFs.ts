// The shell library's file system over a host's paths: every call is answered at once by System, for whoever the shell's
// user is at that moment. What can't be is thrown, in the words that the library looks for.

import type { Bash } from 'just-bash/browser'
import { assert } from '../../core/base/assert.ts'
import { PIECE_BYTES } from '../../core/base/task.ts'
import type { Failure, Result } from '../../core/base/result.ts'
import { textOf, toPlain } from '../../core/base/plain.ts'
import type { System } from '../../core/machine/system.ts'
import type { Caller, Handle, NodeKind, NodeStat, OpenOptions } from '../../core/machine/systemTypes.ts'
import { errnoText } from '../tools/voice.ts'
import { OWN_PLACE } from './ast.ts'
import { READ_DEVICE_BYTES, READ_WHOLE_BYTES } from './limits.ts'
import { bytesOfLatin1, latin1Of, utf8Of } from '../bytes.ts'

type Fs = Bash['fs']
type Stat = Awaited<ReturnType<Fs['stat']>>
type Encoding = Parameters<Fs['writeFile']>[2]
type Content = Parameters<Fs['writeFile']>[1]
type Bytes = Awaited<ReturnType<NonNullable<Fs['readFileBytes']>>>

/** Where output goes as soon as it is written: redirections to these are put in by the shell itself. */
export const OUT_SINK = '/dev/.out'
export const ERR_SINK = '/dev/.err'
/** Asking whether it is there lets others in. */
export const TICK = '/dev/.tick'

interface FsOwner {
  readonly system: System
  caller(cwd?: string): Caller
  /** What is written to a sink. */
  sink(stream: 'out' | 'err', bytes: Uint8Array): void
  /** Others had their turn. */
  turn(): Promise<void>
}

const TYPE_BITS: Readonly<Record<NodeKind, number>> = { file: 0o100000, directory: 0o040000, symlink: 0o120000, device: 0o020000, socket: 0o140000 }
const NEW_FILE_MODE = 0o666

export class ShellFs implements Fs {
  readonly #owner: FsOwner

  constructor(owner: FsOwner) {
    this.#owner = owner
  }

  async readFile(path: string, options?: Parameters<Fs['readFile']>[1]): Promise<string> {
    const bytes = this.#readAll(path)
    return isBinary(options) ? latin1Of(bytes) : textOf(bytes)
  }

  async readFileBytes(path: string): Promise<Bytes> {
    return latin1Of(this.#readAll(path)) as unknown as Bytes
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return this.#readAll(path)
  }

  async writeFile(path: string, content: Content, options?: Encoding): Promise<void> {
    const bytes = bytesOf(content, options)
    if (this.#toSink(path, bytes)) return
    this.#write(path, bytes, { write: true, create: NEW_FILE_MODE, truncate: true }, () => 0)
  }

  async appendFile(path: string, content: Content, options?: Encoding): Promise<void> {
    const bytes = bytesOf(content, options)
    if (this.#toSink(path, bytes)) return
    this.#write(path, bytes, { write: true, create: NEW_FILE_MODE }, (handle) => (handle.kind === 'file' ? handle.sizeBytes() : 0))
  }

  async exists(path: string): Promise<boolean> {
    if (path === TICK) {
      await this.#owner.turn()
      return true
    }
    return isOurs(path) || this.#paths.stat(path, this.#caller).ok
  }

  async stat(path: string): Promise<Stat> {
    if (path === TICK) await this.#owner.turn()
    if (isOurs(path)) return oursStat()
    return statOf(this.#value(this.#paths.stat(path, this.#caller), 'stat', path))
  }

  async lstat(path: string): Promise<Stat> {
    if (isOurs(path)) return oursStat()
    return statOf(this.#value(this.#paths.lstat(path, this.#caller), 'lstat', path))
  }

  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    if (!options?.recursive) return this.#value(this.#paths.mkdir(path, 0o777, this.#caller), 'mkdir', path)
    const there = this.#paths.stat(path, this.#caller)
    if (there.ok && there.value.kind === 'directory') return
    const above = path.slice(0, path.lastIndexOf('/'))
    if (above !== '') await this.mkdir(above, options)
    return this.#value(this.#paths.mkdir(path, 0o777, this.#caller), 'mkdir', path)
  }

  async readdir(path: string): Promise<string[]> {
    return this.#value(this.#paths.readdir(path, this.#caller), 'scandir', path).map(({ name }) => name).toSorted()
  }

  async readdirWithFileTypes(path: string): Promise<{ name: string; isFile: boolean; isDirectory: boolean; isSymbolicLink: boolean }[]> {
    const entries = this.#value(this.#paths.readdir(path, this.#caller), 'scandir', path)
    const made = entries.map(({ name, kind }) => ({ name, isFile: kind === 'file', isDirectory: kind === 'directory', isSymbolicLink: kind === 'symlink' }))
    return made.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    const there = this.#paths.lstat(path, this.#caller)
    if (!there.ok && options?.force && there.failure.errno === 'ENOENT') return
    if (this.#value(there, 'rm', path).kind !== 'directory') return this.#value(this.#paths.unlink(path, this.#caller), 'rm', path)
    if (options?.recursive) for (const name of await this.readdir(path)) await this.rm(`${path}/${name}`, options)
    this.#value(this.#paths.rmdir(path, this.#caller), 'rm', path)
  }

  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    const { kind } = this.#value(this.#paths.stat(from, this.#caller), 'cp', from)
    if (kind !== 'directory') return this.writeFile(to, this.#readAll(from))
    if (!options?.recursive) throw new Error(`EISDIR: is a directory, cp '${from}'`)
    await this.mkdir(to, { recursive: true })
    for (const name of await this.readdir(from)) await this.cp(`${from}/${name}`, `${to}/${name}`, options)
  }

  async mv(from: string, to: string): Promise<void> {
    this.#value(this.#paths.rename(from, to, this.#caller), 'mv', from)
  }

  resolvePath(base: string, path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  getAllPaths(): string[] {
    return []
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.#value(this.#paths.chmod(path, mode & 0o7777, this.#caller), 'chmod', path)
  }

  async symlink(target: string, path: string): Promise<void> {
    this.#value(this.#paths.symlink(target, path, this.#caller), 'symlink', path)
  }

  async link(existing: string, path: string): Promise<void> {
    this.#value(this.#paths.link(existing, path, this.#caller), 'link', path)
  }

  async readlink(path: string): Promise<string> {
    return this.#value(this.#paths.readlink(path, this.#caller), 'readlink', path)
  }

  async realpath(path: string): Promise<string> {
    return this.#value(this.#paths.realpath(path, this.#caller), 'realpath', path)
  }

  async utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    this.#value(this.#paths.utimes(path, modified.getTime(), this.#caller), 'utimes', path)
  }

  get #paths(): System {
    return this.#owner.system
  }

  get #caller(): Caller {
    return this.#owner.caller()
  }

  #toSink(path: string, bytes: Uint8Array): boolean {
    if (!isSink(path)) return false
    if (bytes.length > 0) this.#owner.sink(path === OUT_SINK ? 'out' : 'err', bytes)
    return true
  }

  #readAll(path: string): Uint8Array<ArrayBuffer> {
    const handle = this.#value(this.#paths.open(path, { read: true }, this.#caller), 'open', path)
    try {
      const sizeBytes = handle.sizeBytes()
      if (sizeBytes > READ_WHOLE_BYTES) throw new Error(`EFBIG: ${path} has ${sizeBytes} bytes, more than the shell reads at once: use cat, cmp, cp, dd, head or sha256sum, which read in pieces`)
      // Generated files and devices don't know their length before.
      const pieces: Uint8Array[] = []
      let readBytes = 0
      for (const limit = Math.max(sizeBytes, handle.kind === 'file' ? READ_WHOLE_BYTES : READ_DEVICE_BYTES); readBytes < limit; ) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes > readBytes ? sizeBytes - readBytes : PIECE_BYTES))
        const count = this.#value(handle.read(readBytes, piece), 'read', path)
        if (count === 0) break
        pieces.push(piece.subarray(0, count))
        readBytes += count
        if (readBytes === sizeBytes) break
      }
      return joined(pieces, readBytes)
    } finally {
      handle.close()
    }
  }

  #write(path: string, bytes: Uint8Array, options: OpenOptions, startOf: (handle: Handle) => number): void {
    const handle = this.#value(this.#paths.open(path, options, this.#caller), 'open', path)
    try {
      const start = startOf(handle)
      for (let done = 0; done < bytes.length; ) {
        const count = this.#value(handle.write(start + done, bytes.subarray(done, done + PIECE_BYTES)), 'write', path)
        assert(count > 0, 'a write that did not fail wrote something')
        done += count
      }
    } finally {
      handle.close()
    }
  }

  #value<T>(result: Result<T>, what: string, path: string): T {
    if (!result.ok) throw new Error(sentenceOf(result.failure, what, path))
    return result.value
  }
}

/** These the library knows, and tells in each command's own words. */
const KNOWN = new Set(['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'EACCES', 'ENOTEMPTY', 'EINVAL', 'ELOOP'])

function sentenceOf(failure: Failure, what: string, path: string): string {
  const text = errnoText(failure)
  if (!KNOWN.has(failure.errno) || what === 'open') return `bash: ${path}: ${text}`
  return `${failure.errno}: ${text.charAt(0).toLowerCase()}${text.slice(1)}, ${what} '${path}'`
}

function isSink(path: string): boolean {
  return path === OUT_SINK || path === ERR_SINK
}

/** Nobody sees these in a directory. */
function isOurs(path: string): boolean {
  return isSink(path) || path === TICK || path.startsWith(OWN_PLACE)
}

function oursStat(): Stat {
  return { isFile: true, isDirectory: false, isSymbolicLink: false, mode: 0o777, size: 0, mtime: new Date(0) }
}

function statOf({ kind, mode, sizeBytes, modifiedMs, ino, mountpoint }: NodeStat): Stat {
  return {
    // For the library everything that can be read and is no directory is a file.
    isFile: kind !== 'directory' && kind !== 'symlink',
    isDirectory: kind === 'directory',
    isSymbolicLink: kind === 'symlink',
    mode: mode | TYPE_BITS[kind],
    size: sizeBytes,
    mtime: new Date(modifiedMs),
    ino,
    identity: `${mountpoint ?? ''}:${ino}`,
  }
}

function isBinary(options: { encoding?: string | null } | string | undefined): boolean {
  const encoding = typeof options === 'string' ? options : options?.encoding
  return encoding === 'binary' || encoding === 'latin1'
}

function bytesOf(content: Content, options: Encoding): Uint8Array<ArrayBuffer> {
  if (typeof content !== 'string') return toPlain(content)
  return isBinary(options) ? bytesOfLatin1(content) : utf8Of(content)
}


function joined(pieces: readonly Uint8Array[], lengthBytes: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(lengthBytes)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
