// Runs a manifest's operations through our own mkfs, allocation and log writer. Only what was random on the reference's
// side comes from its dump: the two UUIDs and the order in which buckets were tried.

import { createHash } from 'node:crypto'
import { must } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { NIL_UUID, UUID_BYTES, uuidText } from '../../../src/core/base/uuid.ts'
import { bucketUnitsOf, type Interleave } from '../../../src/core/alloc/allocate.ts'
import { cloneFile, createDirectory, createFile, logDaxdev, logRawFile } from '../../../src/core/fs/create.ts'
import { mkfs } from '../../../src/core/fs/mkfs.ts'
import { lockLog, type LogLock, newVolume } from '../../../src/core/fs/volume.ts'
import { entryOffset } from '../../../src/core/log/layout.ts'
import type { PlayedFile } from '../../../src/core/log/replay.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { logEntryCrc, logHeaderCrc, superblockCrc } from '../../../src/core/omf/check.ts'
import { ALLOC_UNIT_BYTES, LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, LOG_HEADER_CRC_OFFSET } from '../../../src/core/omf/log.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../../../src/core/omf/superblock.ts'

const UUIDS_AT = Superblock.offsetOf('ts_uuid')
const SEARCHED_BYTES_MOST = 2

export interface ManifestImage {
  name: string
  device_size: number
  log_len: number
  devname: string
  owner_system_uuid: string
  metadata_sha256: string
  /** A string where the operations were too many to list; then they are read back from the dump. */
  sessions: Operation[][] | string
  alterations: { offset: number; hex: string }[]
  crc_refreshed: (string | number)[]
}

type Operation =
  | { op: 'creat'; path: string; size: number; mode?: string; uid?: number; gid?: number; nstrips?: number; nbuckets?: number; chunk?: number }
  | { op: 'mkdir'; path: string; mode?: string; uid?: number; gid?: number }
  | { op: 'rawfile'; path: string; size: number; extents: [number, number][]; mode?: string; uid?: number; gid?: number }
  | { op: 'clone'; index: number; path: string }
  | { op: 'add-daxdev'; size: number; uuid: string; index: number }

export interface Dump {
  superblock: { fs_uuid: string; dev_uuid: string; crc: string }
  entries: DumpEntry[]
}

interface DumpEntry {
  type_name: string
  path?: string
  size?: number
  mode?: string
  uid?: number
  gid?: number
  extents?: { offset: number; len: number }[]
  interleaved?: { nstrips: number; chunk_size: number; strips: { offset: number }[] }[]
  dd_size?: number
  dd_uuid?: string
  dd_index?: number
}

/** @returns the SHA-256 of superblock region and log */
export function writeImage(image: ManifestImage, dump: Dump): string {
  const buffer = new ArrayBuffer(LOG_OFFSET_BYTES + image.log_len)
  const memory = coherentMemory(daxdev({ name: image.devname, uuid: NIL_UUID, buffer, sizeBytes: image.device_size }))
  format(memory, image, [dump.superblock.fs_uuid, dump.superblock.dev_uuid])
  const overwritten = overwrittenUuidBytes(image)
  if (overwritten.length > 0) format(memory, image, uuidsBefore(memory, overwritten, Number(dump.superblock.crc)))

  const volume = newVolume(memory)
  const files = new Map<number, PlayedFile>()
  const sessions = typeof image.sessions === 'string' ? [operationsOf(dump)] : image.sessions
  for (const session of sessions) {
    const lock = must(lockLog(volume, { systemUuid: image.owner_system_uuid, what: 'write an image' }))
    for (const operation of session) {
      const file = run(lock, operation, files, dump)
      if (file) files.set(file.entryIndex, file)
    }
  }
  for (const { offset, hex } of image.alterations) memory.write(offset, Buffer.from(hex, 'hex'))
  for (const what of image.crc_refreshed) refreshCrc(memory, String(what))
  return createHash('sha256').update(new Uint8Array(buffer)).digest('hex')
}

function format(memory: Memory, image: ManifestImage, uuids: [fs: string, device: string]): void {
  const [fs, device] = uuids
  const fresh = [fs, device]
  const newUuid = (): string => fresh.shift() ?? NIL_UUID
  const options = { systemUuid: image.owner_system_uuid, newUuid, logLengthBytes: image.log_len, relaxed: true, force: true }
  must(runNow(mkfs(memory, options)))
}

/** Offsets of UUID bytes that an alteration changed while the checksum still tells of the old ones. */
function overwrittenUuidBytes(image: ManifestImage): number[] {
  if (image.crc_refreshed.map(String).includes('sb')) return []
  return image.alterations
    .flatMap(({ offset, hex }) => Array.from({ length: hex.length / 2 }, (_, i) => offset + i))
    .filter((at) => at >= UUIDS_AT && at < UUIDS_AT + 2 * UUID_BYTES)
}

/** The dump shows the altered UUIDs. What stood there before is what the stored checksum was made of: try all bytes. */
function uuidsBefore(memory: Memory, overwritten: number[], storedCrc: number): [fs: string, device: string] {
  if (overwritten.length > SEARCHED_BYTES_MOST) throw new Error(`${overwritten.length} overwritten UUID bytes are too many to search for`)
  const bytes = new Uint8Array(Superblock.sizeBytes)
  memory.read(0, bytes)
  for (let candidate = 0; candidate < 256 ** overwritten.length; candidate++) {
    overwritten.forEach((at, i) => (bytes[at] = Math.floor(candidate / 256 ** i) % 256))
    if (superblockCrc(bytes) === BigInt(storedCrc)) break
  }
  return [uuidText(bytes, UUIDS_AT), uuidText(bytes, UUIDS_AT + UUID_BYTES)]
}

function run(lock: LogLock, operation: Operation, files: Map<number, PlayedFile>, dump: Dump): PlayedFile | undefined {
  switch (operation.op) {
    case 'creat': {
      const { path, size } = operation
      const interleave = interleaveOf(operation)
      const spec = { path, sizeBytes: size, ...ownerOf(operation, '0644'), ...(interleave ? { interleave } : {}) }
      const bucketOrder = (bucketCount: number): number[] => bucketsOf(dump.entries[lock.nextIndex], bucketCount, lock.layout.deviceBytes)
      return must(createFile(lock, spec, { bucketOrder, relaxed: true }))
    }
    case 'mkdir':
      must(createDirectory(lock, { path: operation.path, ...ownerOf(operation, '0755') }))
      return undefined
    case 'rawfile': {
      const extents = operation.extents.map(([offsetBytes, lengthBytes]) => ({ devindex: 0, offsetBytes, lengthBytes }))
      return must(logRawFile(lock, { path: operation.path, ...ownerOf(operation, '0644'), map: { kind: 'simple', sizeBytes: operation.size, extents } }))
    }
    case 'clone': {
      const source = files.get(operation.index)
      if (!source) throw new Error(`the manifest clones entry ${operation.index}, which is no file`)
      return must(cloneFile(lock, source, operation.path))
    }
    case 'add-daxdev':
      must(logDaxdev(lock, { sizeBytes: BigInt(operation.size), uuid: operation.uuid, devindex: operation.index }))
      return undefined
    default:
      throw new Error(`the manifest has an operation that is not known: ${JSON.stringify(operation)}`)
  }
}

function ownerOf(given: { mode?: string; uid?: number; gid?: number }, mode: string): { mode: number; uid: number; gid: number } {
  return { mode: Number.parseInt(given.mode ?? mode, 8), uid: given.uid ?? 0, gid: given.gid ?? 0 }
}

function interleaveOf(given: { nstrips?: number; nbuckets?: number; chunk?: number }): Interleave | undefined {
  const { nstrips, nbuckets, chunk } = given
  if (nstrips === undefined || nbuckets === undefined || chunk === undefined) return undefined
  return { stripCount: nstrips, bucketCount: nbuckets, chunkBytes: chunk }
}

/** The buckets of the dumped strips first, in strip order, then the others: those were full, or never tried. */
function bucketsOf(entry: DumpEntry | undefined, bucketCount: number, deviceBytes: number): number[] {
  const bucketBytes = bucketUnitsOf(deviceBytes, ALLOC_UNIT_BYTES, bucketCount) * ALLOC_UNIT_BYTES
  const chosen = (entry?.interleaved?.[0]?.strips ?? []).map((strip) => Math.floor(strip.offset / bucketBytes))
  const rest = Array.from({ length: bucketCount }, (_, bucket) => bucket).filter((bucket) => !chosen.includes(bucket))
  return [...chosen, ...rest]
}

/** Allocation only ever moves forward here, so one session gives what the eighteen of the original gave. */
function operationsOf(dump: Dump): Operation[] {
  return dump.entries.map((entry): Operation => {
    const { path = '', size = 0, mode = '0', uid = 0, gid = 0 } = entry
    if (entry.type_name === 'mkdir') return { op: 'mkdir', path, mode, uid, gid }
    if (entry.type_name === 'add_daxdev') return { op: 'add-daxdev', size: entry.dd_size ?? 0, uuid: entry.dd_uuid ?? NIL_UUID, index: entry.dd_index ?? 0 }
    return { op: 'creat', path, size, mode, uid, gid }
  })
}

function refreshCrc(memory: Memory, what: string): void {
  const index = Number(what)
  const place =
    what === 'sb' ? { at: 0, lengthBytes: Superblock.sizeBytes, crcAt: SUPERBLOCK_CRC_OFFSET, crcOf: superblockCrc }
    : what === 'log' ? { at: LOG_OFFSET_BYTES, lengthBytes: LOG_HEADER_BYTES, crcAt: LOG_HEADER_CRC_OFFSET, crcOf: logHeaderCrc }
    : { at: entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, index), lengthBytes: LOG_ENTRY_BYTES, crcAt: LOG_ENTRY_CRC_OFFSET, crcOf: logEntryCrc }
  const bytes = new Uint8Array(place.lengthBytes)
  memory.read(place.at, bytes)
  memory.store64(place.at + place.crcAt, place.crcOf(bytes))
}
