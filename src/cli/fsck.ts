// famfs fsck: reads superblock and log, never the mounted tree, and changes nothing. Its exit code counts what is wrong with
// the allocation.

import { ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { fsckOn } from '../core/machine/judging.ts'
import { fsckText } from '../core/machine/toolText.ts'
import type { MountStatus } from '../core/machine/types.ts'
import { type Call, command, countExit, onlyOperand, say, stop } from './command.ts'
import { deviceAt, allInFamfsMode, refuseMounted } from './device.ts'
import type { OptionTable } from './options.ts'
import { placeOf } from './place.ts'
import type { Io } from './program.ts'
import { setDaxmode, shown, verbose } from './shared.ts'
import { counted, type Reading, readNumber } from './units.ts'

const MISSING_EXIT = 2
const BUSY_EXIT = 16
const BUCKETS_MOST = 64

const options = {
  human: { short: 'h', long: 'human', says: 'sizes in GiB' },
  verbose: { ...verbose, says: 'sizes of the structures too; twice: the bitmap' },
  nbuckets: { short: 'B', long: 'nbuckets', value: { name: 'N', read: readBuckets }, says: 'report on N parts of the device too, at most 64 (0: none)' },
  force: { short: 'f', long: 'force', says: 'accepted; changes nothing' },
  setDaxmode,
  loadModule: { short: 'L', long: 'load-module', says: 'load the standalone module first' },
  nofuse: { short: 'F', long: 'nofuse', says: 'reach the device through a standalone mount, where a mount is needed', against: ['fuse'] },
  fuse: { long: 'fuse', says: 'reach it through a fuse mount' },
  mmap: { short: 'm', long: 'mmap', says: 'reach the log by mapping it (so it is)', hidden: true, against: ['read'] },
  read: { short: 'r', long: 'read', says: 'reach the log by reading it', hidden: true },
  nodax: { short: 'D', long: 'nodax', says: 'reach the device through a mount even where raw access works', hidden: true },
} as const satisfies OptionTable

interface Found {
  deviceName: string
  /** Undefined for a device that isn't mounted. */
  mount: MountStatus | undefined
}

export const fsck = command({
  name: 'famfs fsck',
  about: 'check superblock, log and allocation',
  synopsis: ['[options] DEVICE', '[options] PATH'],
  options,
  notes: [
    'DEVICE is not mounted here; PATH is anything in a mount.',
    'Exit codes: 0 clean, else the number of units claimed twice and of extents outside the device, at most 127.',
    '1 also where there is no famfs, 2 where there is nothing at all, 16 for a device that is mounted.',
  ],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io } = call
  const target = onlyOperand(call)
  if (target === undefined) return stop(call, { says: 'no device or path is named', next: 'Write famfs fsck DEVICE, or famfs fsck PATH for a mounted one.' })
  const stat = io.system.stat(target, io.caller)
  if (!stat.ok) return stop(call, stat.failure, MISSING_EXIT)
  if (given.loadModule > 0) {
    const loaded = io.system.loadModule('famfs', {})
    if (!loaded.ok) return stop(call, loaded.failure)
  }
  const found = stat.value.kind === 'device' ? yield* unmounted(call, target) : mounted(io, target)
  if (!found.ok) return stop(call, found.failure, found.failure.reason === 'mounted' ? BUSY_EXIT : 1)
  const { deviceName, mount } = found.value
  const verdict = yield* shown(io, deviceName, fsckOn(io.system.machine, deviceName))
  if (!verdict.ok) return stop(call, verdict.failure)
  const { scan, superblockFailure, headerFailure } = verdict.value
  if (!scan) {
    for (const failure of [superblockFailure, headerFailure]) if (failure) say(io, call.name, failure)
    return 1
  }
  if (mount) io.out(mountText(mount))
  io.out(fsckText(io.system.machine, scan, { human: given.human > 0, bucketCount: given.nbuckets.at(-1) ?? 0, verbose: given.verbose }))
  if (scan.badEntries.length > 0) {
    const first = scan.badEntries.slice(0, 20).join(', ')
    say(io, call.name, { says: `bad log entries, not part of the exit code: ${first}`, next: 'Replay stops at the first of them. Save what is readable, then format again.' })
  }
  const wrongCount = scan.collisionCount + scan.outsideCount
  if (wrongCount > 0) say(io, call.name, { says: `${counted(wrongCount, 'error')} in allocation`, next: 'Nothing repairs that: save what is readable, then mkfs.famfs --force DEVICE.' })
  return countExit(wrongCount)
}

function* unmounted({ given, io }: Call<typeof options>, target: string): Task<Result<Found>> {
  const device = deviceAt(io, target)
  if (!device.ok) return device
  const busy = refuseMounted(io, device.value)
  if (busy) return busy
  const ready = yield* allInFamfsMode(io, device.value, given.setDaxmode > 0)
  return ready.ok ? ok({ deviceName: ready.value, mount: undefined }) : ready
}

function mounted(io: Io, target: string): Result<Found> {
  const place = placeOf(io, target)
  return place.ok ? ok({ deviceName: place.value.mount.deviceName, mount: place.value.mount }) : place
}

function readBuckets(text: string): Reading<number> {
  return readNumber(text, BUCKETS_MOST)
}

function mountText({ mountpoint, kind, deviceName, shadowPath }: MountStatus): string {
  const fuse = kind === 'fuse' ? `  backing dev: ${deviceName}\n  shadow path: ${shadowPath}\n` : ''
  return `famfs fsck:\n  mount point: ${mountpoint}\n  mount type:  ${kind === 'fuse' ? 'FAMFS_FUSE' : 'FAMFS_V1'}\n${fuse}\n`
}
