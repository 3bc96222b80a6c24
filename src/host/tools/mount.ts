// mount and umount. mount shows the table and mounts famfs standalone; the tool for famfs is `famfs mount`, which also knows
// fuse. Exit codes are util-linux's: 1 for a wrong call or user, 32 for a mount or unmount that failed.

import type { Failure } from '../../core/base/result.ts'
import { has, valueOf } from './getopt.ts'
import { absolutePath, withoutSlashes } from './paths.ts'
import { type Call, quickTool, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import { errnoText, isFamfsType } from './voice.ts'

const FAILED = 32
const USE_FAMFS = 'famfs mount DEVICE DIRECTORY also takes care of the log, the meta files and fuse.'

export const mount = tool({
  short: 't:o:lvrwnBafF',
  long: { types: 't:', options: 'o:', verbose: 'v', bind: 'B', 'read-only': 'r', all: 'a', 'show-labels': 'l', target: 'target:', source: 'source:' },
  most: 2,
  help: 'mount [-t TYPE]: shows what is mounted. mount -t famfs [-o OPTIONS] DEVICE DIRECTORY: mounts a famfs standalone and plays its log; famfs mount is the tool for that, and knows fuse too. OPTIONS may hold remount, and allow_rogue, with which the newer module lets plain tools do what the first lets them do.',
}, function* run(call) {
  const { given, io, voice } = call
  const { system, caller } = io
  const type = valueOf(given, 't')
  const device = valueOf(given, 'source') ?? given.operands[0]
  const target = valueOf(given, 'target') ?? given.operands[1]
  const words = given.options.flatMap(([key, value]) => (key === 'o' ? value.split(',') : []))
  if (device === undefined && target === undefined) return has(given, 'a') ? 0 : showTable(type, io)
  if (caller.user.uid !== 0) {
    voice.say(`${target ?? device}: must be superuser to use mount.`, 'Run it with sudo.')
    return 1
  }
  if (words.includes('remount')) return remount(target ?? device ?? '', call)
  if (device === undefined || target === undefined) {
    voice.say(`${device}: can't find in /etc/fstab.`, USE_FAMFS)
    return 1
  }
  if (has(given, 'B') || (type !== undefined && type !== 'famfs')) {
    voice.say(has(given, 'B') ? `${target}: bind mounts are not done here.` : `${target}: unknown filesystem type '${type}'.`, USE_FAMFS)
    return FAILED
  }
  const allowRogue = words.includes('allow_rogue')
  const mounted = yield* system.mountFamfs(device, target, { kind: 'v1', allowRogue, words: words.filter((word) => word !== '' && !/^(rw|defaults|noatime|nosuid|nodev|noexec|loop)$/.test(word)) }, caller)
  if (mounted.ok) {
    if (has(given, 'v')) io.out(`mount: ${device} mounted on ${mounted.value.mountpoint}.\n`)
    return 0
  }
  voice.say(sentenceOf(mounted.failure, device, target, io), mounted.failure.next)
  return FAILED
})

function showTable(type: string | undefined, { system, out }: ToolIo): number {
  for (const entry of system.mountTable()) {
    if (type === undefined || type.split(',').includes(entry.type)) out(`${entry.source} on ${entry.target} type ${entry.type} (${entry.options.join(',')})\n`)
  }
  return 0
}

/** Nothing changes, but a mount has to be there. */
function remount(where: string, { io, voice }: Call): number {
  const path = absolutePath(where, io.caller)
  if (io.system.mountTable().some(({ target, source }) => target === path || source === where)) return 0
  voice.say(`${where}: mount point not mounted or bad option.`)
  return FAILED
}

function sentenceOf(failure: Failure, device: string, target: string, { system, caller }: ToolIo): string {
  if (!system.stat(target, caller).ok) return `${target}: mount point does not exist.`
  if (!system.stat(device, caller).ok) return `${target}: special device ${device} does not exist.`
  switch (failure.reason) {
    case 'not_a_directory': return `${target}: mount point is not a directory.`
    case 'no_module': return `${target}: unknown filesystem type 'famfs'.`
    case 'mounted': return `${target}: ${device} already mounted on ${system.mountTable().find(({ source }) => source === device)?.target ?? 'this host'}.`
    case 'mountpoint_busy': case 'path_busy': return `${target}: ${device} already mounted or mount point busy.`
    case 'not_famfs': return `${target}: wrong fs type, bad option, bad superblock on ${device}: ${failure.says}.`
    default: return `${target}: mounting ${device} failed: ${errnoText(failure)}: ${failure.says}.`
  }
}

export const umount = quickTool({
  short: 'lfvRat:nrqd',
  long: { lazy: 'l', force: 'f', verbose: 'v', recursive: 'R', all: 'a', types: 't:', quiet: 'q' },
  help: 'umount [-v] MOUNTPOINT|DEVICE...: unmounts; -a -t famfs unmounts all of a type. All that this host knew of the file system is forgotten, and the next mount plays the log afresh. Exit code 32: not mounted, or busy.',
}, (call) => {
  const { given, io } = call
  const type = valueOf(given, 't')
  const all = io.system.mountTable().filter((entry) => isFamfsType(entry.type) && (type === undefined || type.split(',').includes(entry.type)))
  const paths = has(given, 'a') ? all.map(({ target }) => target).reverse() : given.operands
  if (paths.length === 0 && !has(given, 'a')) return call.misused('bad usage')
  let exitCode = 0
  for (const path of paths) if (!umountOne(path, call)) exitCode = FAILED
  return exitCode
})

function umountOne(operand: string, { given, io, voice }: Call): boolean {
  const { system, caller } = io
  const path = withoutSlashes(operand)
  const done = system.umount(path, caller)
  if (done.ok) {
    if (has(given, 'v')) io.out(`umount: ${path} unmounted\n`)
    return true
  }
  const { failure } = done
  switch (failure.reason) {
    case 'not_root': voice.say(`${path}: must be superuser to unmount.`, failure.next); break
    case 'not_mounted': voice.say(`${path}: not mounted.`); break
    case 'mount_busy': voice.say(`${path}: target is busy.`, failure.next); break
    default: voice.say(failure.errno === 'ENOENT' ? `${path}: no mount point specified.` : `${path}: umount failed: ${errnoText(failure)}.`, failure.errno === 'ENOENT' ? '' : failure.next)
  }
  return false
}
