// cp and mv: where the operands go. Several sources want a directory; the copy itself is copy.ts's. mv across file systems
// copies and then removes, and removes nothing when the copy failed.

import type { Task } from '../../core/base/task.ts'
import { type CopyOptions, type Copier, copyTree } from './copy.ts'
import { type Given, has, lastOf, valueOf } from './getopt.ts'
import { baseName, joined, withoutSlashes } from './paths.ts'
import { removeTree } from './remove.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const LONG_TARGET = { 'target-directory': 't:', 'no-target-directory': 'T', verbose: 'v', force: 'f', 'no-clobber': 'n', interactive: 'i' }

export const cp = tool({
  short: 'rRaApfvnit:TdLPHl',
  long: { ...LONG_TARGET, recursive: 'r', archive: 'a', dereference: 'L', 'no-dereference': 'P', preserve: 'preserve?', sparse: 'sparse:', reflink: 'reflink?' },
  needs: 1,
  missing: 'file operand',
  help: 'cp [-rapdfnvT] SOURCE... TARGET: copies files, with -r directories too; -p keeps mode, owner and times, -a is -r -d -p. Plain cp does not work into famfs, because only famfs itself can allocate: use famfs cp.',
}, function* run(call) {
  const { given, io, voice } = call
  const options: CopyOptions = {
    recursive: has(given, 'r', 'R', 'a'),
    preserve: has(given, 'p', 'a', 'preserve'),
    keepLinks: keepsLinks(given),
    force: has(given, 'f'),
    noClobber: lastOf(given, 'n', 'i', 'f') === 'n',
    verbose: has(given, 'v'),
  }
  const copier: Copier = { io, voice, options, count: 0 }
  return yield* toTarget(call, (from, to) => copyTree(copier, from, to))
})

/** Links are followed in plain copies, and kept in recursive ones. */
function keepsLinks(given: Given): boolean {
  const said = lastOf(given, 'd', 'L', 'P', 'a', 'H')
  return said === undefined ? has(given, 'r', 'R') : said !== 'L' && said !== 'H'
}

export const mv = tool({
  short: 'fvnit:T',
  long: LONG_TARGET,
  needs: 1,
  missing: 'file operand',
  help: 'mv [-fnvT] SOURCE... TARGET: renames files, or moves them into a directory. Across file systems it copies and removes. In famfs a new name is this host’s alone and in no log.',
}, function* run(call) {
  const { given, io, voice } = call
  const options: CopyOptions = {
    recursive: true, preserve: true, keepLinks: true, force: false, noClobber: lastOf(given, 'n', 'i', 'f') === 'n', verbose: false,
  }
  const copier: Copier = { io, voice, options, count: 0 }
  return yield* toTarget(call, (from, to) => moveOne(copier, from, to, has(given, 'v')))
})

function* moveOne(copier: Copier, from: string, to: string, verbose: boolean): Task<boolean> {
  const { io, voice, options } = copier
  const { system, caller } = io
  const source = system.lstat(from, caller)
  if (!source.ok) {
    voice.fail(`cannot stat '${from}'`, source.failure, from)
    return false
  }
  const target = system.lstat(to, caller)
  if (target.ok && options.noClobber) return true
  if (target.ok && target.value.ino === source.value.ino && target.value.mountpoint === source.value.mountpoint) {
    voice.say(`'${from}' and '${to}' are the same file`)
    return false
  }
  if (target.ok && target.value.kind === 'directory' && source.value.kind !== 'directory') {
    voice.say(`cannot overwrite directory '${to}' with non-directory '${from}'`)
    return false
  }
  if (target.ok && target.value.kind !== 'directory' && source.value.kind === 'directory') {
    voice.say(`cannot overwrite non-directory '${to}' with directory '${from}'`)
    return false
  }
  const renamed = system.rename(from, to, caller)
  if (!renamed.ok && String(renamed.failure.errno) !== 'EXDEV') {
    voice.fail(`cannot move '${from}' to '${to}'`, renamed.failure, target.ok ? to : from)
    return false
  }
  if (!renamed.ok && !(yield* moveAcross(copier, from, to, target.ok))) return false
  if (verbose) io.out(`renamed '${from}' -> '${to}'\n`)
  return true
}

function* moveAcross(copier: Copier, from: string, to: string, exists: boolean): Task<boolean> {
  const { io: { system, caller }, voice } = copier
  if (exists) {
    const stat = system.lstat(to, caller)
    const removed = stat.ok && stat.value.kind === 'directory' ? system.rmdir(to, caller) : system.unlink(to, caller)
    if (!removed.ok) {
      voice.fail(`inter-device move failed: '${from}' to '${to}'; unable to remove target`, removed.failure, to)
      return false
    }
  }
  if (!(yield* copyTree(copier, from, to))) return false
  return yield* removeTree({ io: copier.io, voice, force: false, verbose: false, count: 0 }, from)
}

/** Runs it for each source with the name that it gets. */
function* toTarget(call: Call, work: (from: string, to: string) => Task<boolean>): Task<number> {
  const { given, io, voice, misused } = call
  const { system, caller } = io
  const named = valueOf(given, 't')
  const sources = named === undefined ? given.operands.slice(0, -1) : given.operands
  const target = named ?? given.operands.at(-1) ?? ''
  if (sources.length === 0) return misused(`missing destination file operand after '${target}'`)
  const there = system.stat(target, caller)
  const isDirectory = !has(given, 'T') && there.ok && there.value.kind === 'directory'
  if (!isDirectory && (sources.length > 1 || named !== undefined)) {
    if (there.ok) voice.say(`target '${target}': Not a directory`)
    else voice.fail(`target '${target}'`, there.failure, target)
    return 1
  }
  if (!isDirectory && target.endsWith('/') && !isDirectoryAt(sources[0] ?? '', io)) {
    voice.say(`cannot create regular file '${target}': Not a directory`)
    return 1
  }
  let exitCode = 0
  for (const source of sources) {
    const to = isDirectory ? joined(target, baseName(source)) : withoutSlashes(target)
    if (!(yield* work(withoutSlashes(source), to))) exitCode = 1
  }
  return exitCode
}

function isDirectoryAt(path: string, { system, caller }: ToolIo): boolean {
  const stat = system.stat(path, caller)
  return stat.ok && stat.value.kind === 'directory'
}
