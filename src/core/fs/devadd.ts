// devadd: a device joins a file system that is there. Its superblock is whole before the log's entry makes it count, so
// power may fail at any write: a device that the log doesn't name yet is nobody's, and can be added again. One that the log
// names is never given out a second time, however damaged its superblock is.

import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { PlayedDaxdev } from '../log/daxdevs.ts'
import { secondarySuperblock } from '../log/daxdevs.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { checkSuperblock } from '../omf/check.ts'
import { PRIMARY_FLAG, SUPERBLOCK_MAGIC, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'
import { Superblock } from '../omf/superblock.ts'
import { readSuperblockBytes } from '../log/layout.ts'
import { logDaxdev } from './create.ts'
import { damagedSuperblock, type FormatReason, type Formatting, refuseSecondary, writeSecondary } from './superblocks.ts'
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
  const names = memories.map(({ device }) => device.name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) return fail('daxdev_refused', { device: twice, what: 'it is named twice' })
  const wouldBe = daxdevs.copy()
  for (const memory of memories) {
    const { name, sizeBytes } = memory.device
    const unfit = (what: string) => fail('daxdev_refused', { device: name, what })
    if (memory.device.name === lock.memory.device.name) return unfit('it is its primary device')
    const known = memberWords(lock, memory, options.force ?? false)
    if (known !== undefined) return unfit(known)
    const isSecondary = secondarySuperblock(memory) !== undefined
    const refused = refuseSecondary(memory, unitBytes, options, (superblock) => superblock.ts_uuid === fsUuid && isSecondary)
    if (refused) return refused
    const daxdev = { devindex: wouldBe.list.length + 1, uuid: name, sizeBytes, entryIndex: -1 }
    const what = wouldBe.refusalOf(daxdev)
    if (what !== undefined) return unfit(what)
    wouldBe.take(daxdev)
  }
  return undefined
}

/** Why a device is one that the log has, or may be, in a few words: with force too, since files may be on it. */
function memberWords({ layout: { fsUuid }, kept: { daxdevs: { list } }, spaces }: LogLock, memory: Memory, force: boolean): string | undefined {
  const there = whoseItIs(memory)
  if (there) return there.ts_uuid === fsUuid && list.some(({ uuid }) => uuid === there.ts_dev_uuid) ? 'it is one of its devices already' : undefined
  if (damagedSuperblock(memory)?.ts_uuid === fsUuid) return 'its damaged superblock says that it is one of its devices already'
  const missing = list.find(({ devindex, sizeBytes }) => sizeBytes === memory.device.sizeBytes && !spaces.some((space) => space.devindex === devindex))
  if (!missing) return undefined
  const what = `device ${missing.devindex} is missing here and has its size`
  if (!isBlank(memory)) return `${what}, and nothing on it says that it is another`
  return force ? undefined : `${what}; since it is blank, --force takes it all the same`
}

/** A superblock that can be relied on, whether or not its magic was cleared. */
function whoseItIs(memory: Memory): Superblock | undefined {
  if (memoryTrouble(memory, 0, Superblock.sizeBytes)) return undefined
  memory.invalidate(0, Superblock.sizeBytes)
  const bytes = readSuperblockBytes(memory)
  const view = new DataView(bytes.buffer)
  if (view.getBigUint64(0, true) === 0n) view.setBigUint64(0, SUPERBLOCK_MAGIC, true)
  const judged = checkSuperblock(bytes)
  return judged.ok ? judged.value : undefined
}

function isBlank(memory: Memory): boolean {
  const bytes = new Uint8Array(Math.min(SUPERBLOCK_REGION_BYTES, memory.presentBytes))
  if (memoryTrouble(memory, 0, bytes.length)) return false
  memory.invalidate(0, bytes.length)
  memory.read(0, bytes)
  return bytes.every((byte) => byte === 0)
}

/** What tools without a log to play know a file system of several devices by. Outside of the checksum. */
function markPrimary({ memory, layout }: LogLock): void {
  if (layout.superblock.ts_sb_flags === PRIMARY_FLAG) return
  const bytes = new Uint8Array(FLAGS_BYTES)
  new DataView(bytes.buffer).setUint32(0, PRIMARY_FLAG, true)
  memory.write(FLAGS_OFFSET, bytes)
  memory.flush(FLAGS_OFFSET, FLAGS_BYTES)
}
