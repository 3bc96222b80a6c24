// devadd: a device joins a file system that is there. Its superblock is whole before the log's entry makes it count, so
// power may fail at any write: a device that the log doesn't name yet is nobody's, and can be added again.

import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { PlayedDaxdev } from '../log/daxdevs.ts'
import { secondarySuperblock } from '../log/daxdevs.ts'
import type { Memory } from '../mem/memory.ts'
import { PRIMARY_FLAG } from '../omf/constants.ts'
import { Superblock } from '../omf/superblock.ts'
import { logDaxdev } from './create.ts'
import { type FormatReason, type Formatting, refuseSecondary, writeSecondary } from './superblocks.ts'
import type { LogLock } from './volume.ts'

export type DevaddReason = FormatReason | 'daxdev_refused' | 'log_full'

export interface DevaddOptions extends Formatting {
  newUuid: () => string
}

const FLAGS_OFFSET = Superblock.offsetOf('ts_sb_flags')
const FLAGS_BYTES = 4

/** All of them or none, as far as that can be known before the first is touched. */
export function addDevices(lock: LogLock, memories: readonly Memory[], options: DevaddOptions): Result<PlayedDaxdev[], DevaddReason> {
  const refused = refusalOf(lock, memories, options)
  if (refused) return refused
  const { layout, kept } = lock
  const { fsUuid, unitBytes } = layout
  markPrimary(lock)
  const added: PlayedDaxdev[] = []
  for (const memory of memories) {
    const { sizeBytes } = memory.device
    const daxdev = { devindex: kept.daxdevs.list.length + 1, uuid: options.newUuid(), sizeBytes, entryIndex: lock.nextIndex }
    writeSecondary(memory, { fsUuid, deviceUuid: daxdev.uuid, systemUuid: options.systemUuid, unitBytes })
    const logged = logDaxdev(lock, { ...daxdev, sizeBytes: BigInt(sizeBytes) })
    if (!logged.ok) return logged
    added.push(daxdev)
  }
  return ok(added)
}

function refusalOf(lock: LogLock, memories: readonly Memory[], options: DevaddOptions): { ok: false; failure: Failure<DevaddReason> } | undefined {
  const { layout: { fsUuid, unitBytes, slotCount }, kept: { daxdevs } } = lock
  if (lock.nextIndex + memories.length > slotCount) return fail('log_full', { slotCount })
  const wouldBe = daxdevs.copy()
  for (const [i, memory] of memories.entries()) {
    const { name, sizeBytes } = memory.device
    const unfit = (what: string) => fail('daxdev_refused', { device: name, what })
    if (memory.device.name === lock.memory.device.name) return unfit('it is its primary device')
    if (memories.slice(0, i).some((other) => other.device.name === name)) return unfit('it is named twice')
    const there = secondarySuperblock(memory)
    // With force too: files may be on it.
    if (there?.ts_uuid === fsUuid && daxdevs.list.some(({ uuid }) => uuid === there.ts_dev_uuid)) return unfit('it is one of its devices already')
    const refused = refuseSecondary(memory, unitBytes, options, (superblock) => superblock.ts_uuid === fsUuid && there !== undefined)
    if (refused) return refused
    const daxdev = { devindex: wouldBe.list.length + 1, uuid: name, sizeBytes, entryIndex: -1 }
    const what = wouldBe.refusalOf(daxdev)
    if (what !== undefined) return unfit(what)
    wouldBe.take(daxdev)
  }
  return undefined
}

/** What tools without a log to play know a file system of several devices by. Outside of the checksum. */
function markPrimary({ memory, layout }: LogLock): void {
  if (layout.superblock.ts_sb_flags === PRIMARY_FLAG) return
  const bytes = new Uint8Array(FLAGS_BYTES)
  new DataView(bytes.buffer).setUint32(0, PRIMARY_FLAG, true)
  memory.write(FLAGS_OFFSET, bytes)
  memory.flush(FLAGS_OFFSET, FLAGS_BYTES)
}
