// Runs a recipe's operations through our own mkfs, allocation and log writer. A recipe holds what was asked of the
// reference, and of its answers only what was random: the two UUIDs and the order in which buckets were tried.

import { createHash } from 'node:crypto'
import { must } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { NIL_UUID, UUID_BYTES, uuidText } from '../../../src/core/base/uuid.ts'
import { bucketUnitsOf, type Interleave } from '../../../src/core/alloc/allocate.ts'
import { cloneFile, createDirectory, createFile, logDaxdev } from '../../../src/core/fs/create.ts'
import { logRawFile } from '../../helpers/rawFile.ts'
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

export type Operation =
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

/** All that writing an image takes. */
export interface Recipe extends Omit<ManifestImage, 'metadata_sha256' | 'sessions'> {
  /** As mkfs wrote them, whatever was altered later. */
  fs_uuid: string
  dev_uuid: string
  sessions: Operation[][]
  /** Entry index -> the bucket of each strip, in strip order. */
  buckets: Record<string, number[]>
}

export function recipeOf(image: ManifestImage, dump: Dump): Recipe {
  const { name, device_size, log_len, devname, owner_system_uuid, alterations, crc_refreshed } = image
  const sessions = typeof image.sessions === 'string' ? [operationsOf(dump)] : image.sessions
  const { fs_uuid, dev_uuid } = dump.superblock
  const recipe = { name, device_size, log_len, devname, owner_system_uuid, alterations, crc_refreshed, fs_uuid, dev_uuid, sessions, buckets: bucketsOf(image, dump) }
  const overwritten = overwrittenUuidBytes(image)
  return overwritten.length === 0 ? recipe : { ...recipe, ...uuidsBefore(recipe, overwritten, Number(dump.superblock.crc)) }
}

/** @returns superblock region and log of the device, which is as large as the recipe says */
export function writeImage(recipe: Recipe): Memory {
  const memory = formatted(recipe)
  const volume = newVolume(memory)
  const files = new Map<number, PlayedFile>()
  for (const session of recipe.sessions) {
    const lock = must(lockLog(volume, { systemUuid: recipe.owner_system_uuid, what: 'write an image' }))
    for (const operation of session) {
      const file = run(lock, operation, files, recipe)
      if (file) files.set(file.entryIndex, file)
    }
  }
  for (const { offset, hex } of recipe.alterations) memory.write(offset, Buffer.from(hex, 'hex'))
  for (const what of recipe.crc_refreshed) refreshCrc(memory, String(what))
  return memory
}

/** Of superblock region and log. */
export function sha256Of(memory: Memory): string {
  return createHash('sha256').update(memory.window(0, memory.presentBytes)).digest('hex')
}

function formatted(recipe: Recipe): Memory {
  const { log_len, devname, device_size, owner_system_uuid, fs_uuid, dev_uuid } = recipe
  const buffer = new ArrayBuffer(LOG_OFFSET_BYTES + log_len)
  const memory = coherentMemory(daxdev({ name: devname, uuid: NIL_UUID, buffer, sizeBytes: device_size }))
  const fresh = [fs_uuid, dev_uuid]
  const newUuid = (): string => fresh.shift() ?? NIL_UUID
  must(runNow(mkfs(memory, { systemUuid: owner_system_uuid, newUuid, logLengthBytes: log_len, relaxed: true })))
  return memory
}

/** Offsets of UUID bytes that an alteration changed while the checksum still tells of the old ones. */
function overwrittenUuidBytes(image: ManifestImage): number[] {
  if (image.crc_refreshed.map(String).includes('sb')) return []
  return image.alterations
    .flatMap(({ offset, hex }) => Array.from({ length: hex.length / 2 }, (_, i) => offset + i))
    .filter((at) => at >= UUIDS_AT && at < UUIDS_AT + 2 * UUID_BYTES)
}

/** The dump shows the altered UUIDs. What stood there before is what the stored checksum was made of: try all bytes. */
function uuidsBefore(recipe: Recipe, overwritten: number[], storedCrc: number): Pick<Recipe, 'fs_uuid' | 'dev_uuid'> {
  if (overwritten.length > SEARCHED_BYTES_MOST) throw new Error(`${overwritten.length} overwritten UUID bytes are too many to search for`)
  const bytes = new Uint8Array(Superblock.sizeBytes)
  formatted(recipe).read(0, bytes)
  for (let candidate = 0; candidate < 256 ** overwritten.length; candidate++) {
    overwritten.forEach((at, i) => (bytes[at] = Math.floor(candidate / 256 ** i) % 256))
    if (superblockCrc(bytes) === BigInt(storedCrc)) break
  }
  return { fs_uuid: uuidText(bytes, UUIDS_AT), dev_uuid: uuidText(bytes, UUIDS_AT + UUID_BYTES) }
}

function run(lock: LogLock, operation: Operation, files: Map<number, PlayedFile>, recipe: Recipe): PlayedFile | undefined {
  switch (operation.op) {
    case 'creat': {
      const { path, size } = operation
      const interleave = interleaveOf(operation)
      const spec = { path, sizeBytes: size, ...ownerOf(operation, '0644'), ...(interleave ? { interleave } : {}) }
      const bucketOrder = (bucketCount: number): number[] => bucketOrderOf(recipe.buckets[lock.nextIndex] ?? [], bucketCount)
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

/** Strip by strip, the bucket that the reference happened to choose. */
function bucketsOf(image: ManifestImage, dump: Dump): Record<string, number[]> {
  const operations = typeof image.sessions === 'string' ? [] : image.sessions.flat()
  const buckets: Record<string, number[]> = {}
  operations.forEach((operation, index) => {
    const strips = dump.entries[index]?.interleaved?.[0]?.strips
    if (operation.op !== 'creat' || !strips || operation.nbuckets === undefined) return
    const bucketBytes = bucketUnitsOf(image.device_size, ALLOC_UNIT_BYTES, operation.nbuckets) * ALLOC_UNIT_BYTES
    buckets[index] = strips.map((strip) => Math.floor(strip.offset / bucketBytes))
  })
  return buckets
}

/** The chosen buckets first, then the others: those were full, or never tried. */
function bucketOrderOf(chosen: number[], bucketCount: number): number[] {
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
