// Copying as cp and mv do it: an existing file is cut to nothing first and then written, a new one is made and written. In
// famfs both go wrong, and what that leaves behind (a stub, a broken file) stays: nothing here cleans up after the copy.

import type { Failure, Result } from '../../core/base/result.ts'
import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import type { Handle, NodeStat } from '../../core/machine/systemTypes.ts'
import { joined } from './paths.ts'
import { eachPiece, writeFull } from './streams.ts'
import type { ToolIo } from './toolIo.ts'
import type { Voice } from './voice.ts'

export interface CopyOptions {
  recursive: boolean
  /** Mode, owner and time. */
  preserve: boolean
  /** Links are copied as links. */
  keepLinks: boolean
  /** A target that can't be opened is removed and made anew. */
  force: boolean
  noClobber: boolean
  verbose: boolean
}

export interface Copier {
  io: ToolIo
  voice: Voice
  options: CopyOptions
  /** Entries seen, for a pause now and then. */
  count: number
}

/** @returns whether all of it was copied */
export function* copyTree(copier: Copier, from: string, to: string, isOperand = true): Task<boolean> {
  const { io, voice, options } = copier
  const { system, caller } = io
  const looked = options.keepLinks ? system.lstat(from, caller) : system.stat(from, caller)
  if (!looked.ok) {
    voice.fail(`cannot stat '${from}'`, looked.failure, from)
    return false
  }
  if (++copier.count % PIECE_ENTRIES === 0) yield { doneCount: copier.count, totalCount: copier.count, unit: 'entries' }
  const source = looked.value
  if (source.kind === 'directory') {
    if (options.recursive) return yield* copyDirectory(copier, from, to, source, isOperand)
    voice.say(`-r not specified; omitting directory '${from}'`)
    return false
  }
  const there = system.lstat(to, caller)
  const target = there.ok && there.value.kind === 'symlink' && !options.keepLinks ? system.stat(to, caller) : there
  if (target.ok && options.noClobber) return true
  if (target.ok && target.value.kind === 'directory') {
    voice.say(`cannot overwrite directory '${to}' with non-directory '${from}'`)
    return false
  }
  if (target.ok && target.value.ino === source.ino && target.value.mountpoint === source.mountpoint) {
    voice.say(`'${from}' and '${to}' are the same file`)
    return false
  }
  if (source.kind === 'symlink') return copyLink(copier, from, to, target.ok)
  if (source.kind !== 'file' && options.recursive) return copyNode(copier, from, to, source)
  return yield* copyFile(copier, from, to, source, target.ok)
}

function* copyDirectory(copier: Copier, from: string, to: string, source: NodeStat, isOperand: boolean): Task<boolean> {
  const { io: { system, caller }, voice, options } = copier
  const realFrom = system.realpath(from, caller)
  const realTo = system.realpathOfNew(to, caller)
  if (isOperand && realFrom.ok && realTo.ok && `${realTo.value}/`.startsWith(`${realFrom.value}/`)) {
    voice.say(`cannot copy a directory, '${from}', into itself, '${to}'`)
    return false
  }
  const listed = system.readdir(from, caller)
  if (!listed.ok) {
    voice.fail(`cannot access '${from}'`, listed.failure, from)
    return false
  }
  const there = system.stat(to, caller)
  if (there.ok && there.value.kind !== 'directory') {
    voice.say(`cannot overwrite non-directory '${to}' with directory '${from}'`)
    return false
  }
  if (!there.ok) {
    const made = system.mkdir(to, source.mode | 0o700, caller)
    if (!made.ok) {
      voice.fail(`cannot create directory '${to}'`, made.failure, to)
      return false
    }
    tell(copier, from, to)
  }
  let good = true
  for (const { name } of listed.value) {
    // Named differently for each, so that nothing is copied twice over.
    if (!(yield* copyTree(copier, joined(from, name), joined(to, name), false))) good = false
  }
  const wanted = options.preserve ? source.mode : source.mode & ~caller.umask
  if (!there.ok && wanted !== ((source.mode | 0o700) & ~caller.umask)) system.chmod(to, wanted, caller)
  return (options.preserve ? preserve(copier, to, source) : true) && good
}

function* copyFile(copier: Copier, from: string, to: string, source: NodeStat, exists: boolean): Task<boolean> {
  const { io, voice } = copier
  const input = io.open(from, { read: true })
  if (!input.ok) {
    voice.fail(`cannot open '${from}' for reading`, input.failure, from)
    return false
  }
  const output = openTarget(copier, to, source.mode & 0o777, exists)
  if (!output) {
    input.value.close()
    return false
  }
  tell(copier, from, to)
  const copied = yield* copyBytes(copier, input.value, output, from, to)
  input.value.close()
  output.close()
  if (!copied) return false
  return copier.options.preserve ? preserve(copier, to, source) : true
}

function openTarget({ io, voice, options }: Copier, to: string, mode: number, exists: boolean): Handle | undefined {
  const create = (): Result<Handle> => io.open(to, { write: true, create: mode, exclusive: true })
  let opened = exists ? io.open(to, { write: true, truncate: true }) : create()
  if (!opened.ok && exists && options.force && io.system.unlink(to, io.caller).ok) opened = create()
  if (opened.ok) return opened.value
  voice.fail(`cannot create regular file '${to}'`, opened.failure, to)
  return undefined
}

function* copyBytes({ io, voice }: Copier, input: Handle, output: Handle, from: string, to: string): Task<boolean> {
  let trouble: Failure | undefined
  const read = yield* eachPiece(input, io, { label: to }, (piece, offset) => {
    trouble = writeFull(output, offset, piece).failure
    return !trouble
  })
  if (!read.ok) voice.fail(`error reading '${from}'`, read.failure, from)
  if (trouble) voice.fail(`error writing '${to}'`, trouble, to)
  return read.ok && !trouble
}

function copyLink({ io: { system, caller }, voice }: Copier, from: string, to: string, exists: boolean): boolean {
  const target = system.readlink(from, caller)
  if (!target.ok) {
    voice.fail(`cannot read symbolic link '${from}'`, target.failure, from)
    return false
  }
  if (exists) system.unlink(to, caller)
  const made = system.symlink(target.value, to, caller)
  if (!made.ok) voice.fail(`cannot create symbolic link '${to}'`, made.failure, to)
  return made.ok
}

function copyNode({ io: { system, caller }, voice }: Copier, from: string, to: string, source: NodeStat): boolean {
  if (!source.rdev) {
    voice.say(`cannot copy '${from}': it is a ${source.kind}`)
    return false
  }
  const made = system.mknod(to, source.mode, source.rdev, caller)
  if (!made.ok) voice.fail(`cannot create special file '${to}'`, made.failure, to)
  return made.ok
}

function preserve({ io: { system, caller }, voice }: Copier, to: string, source: NodeStat): boolean {
  // Only root may give files away; others keep what they can, without a word.
  const owned = system.chown(to, source.uid, source.gid, caller)
  const changed = system.chmod(to, source.mode, caller)
  const timed = system.utimes(to, source.modifiedMs, caller)
  if (!owned.ok && caller.user.uid === 0) voice.fail(`failed to preserve ownership for '${to}'`, owned.failure, to)
  if (!changed.ok) voice.fail(`preserving permissions for '${to}'`, changed.failure, to)
  if (!timed.ok) voice.fail(`preserving times for '${to}'`, timed.failure, to)
  return (owned.ok || caller.user.uid !== 0) && changed.ok && timed.ok
}

function tell({ io, options }: Copier, from: string, to: string): void {
  if (options.verbose) io.out(`'${from}' -> '${to}'\n`)
}
