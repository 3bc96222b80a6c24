// What the map is a map of: everything that a byte of the device can be, from the snapshot alone. Nothing here is drawn and
// nothing is read; superblock and log win over what a damaged entry claims.

import { ALLOC_UNIT_BYTES, SUPERBLOCK_REGION_BYTES } from '../../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../core/omf/log.ts'
import { Superblock } from '../../core/omf/superblock.ts'
import type { FilesystemView, HealthView, MediaFile, PoolDeviceView, Snapshot } from '../../playground/types.ts'
import { spotOf } from '../inspector/fileMap.ts'
import { type Lot, partAt } from './levels.ts'
import { firstEndingAfter, firstFree, pieceAt, sameRoom, type Segments, segmentsOf } from './segments.ts'

export interface MapModel {
  sizeBytes: number
  unitBytes: number
  log: LogRoom | undefined
  segments: Segments
  /** One at least; in order, and without gaps. */
  devices: readonly DevicePart[]
}

export const ROLES = { primary: 'primary', secondary: 'secondary', other: 'in no file system' } as const

/** One of the devices, where it lies in the memory of all. */
export interface DevicePart {
  name: string
  /** Undefined where it is in no file system. */
  fsDevindex: number | undefined
  startBytes: number
  endBytes: number
  role: keyof typeof ROLES
  /** Of a secondary: up to here no file lies. */
  reservedEndBytes: number
  health: HealthView
}

/** Header, slots that hold entries, free slots, and a rest that is too short for one. */
export interface LogRoom {
  startBytes: number
  entriesBytes: number
  usedEndBytes: number
  slotsEndBytes: number
  endBytes: number
  entryCount: number
  slotCount: number
}

export type ThingKind = 'superblock' | 'superblock_rest' | 'log_header' | 'log_used' | 'log_free' | 'log_rest' | 'file' | 'free' | 'unknown'

/** A stretch of the device that is one thing. */
export interface Thing {
  kind: ThingKind
  startBytes: number
  endBytes: number
  file: MediaFile | undefined
  /** Another file that claims it too. */
  rival: MediaFile | undefined
  /** Which extent or strip of the file. */
  extent: number
}

/** As much of a snapshot as says what lies where. */
export type Media = Pick<Snapshot, 'device' | 'files'>

const known = new WeakMap<readonly MediaFile[], Segments>()
/** What a list that only grew starts from. */
let newest: Segments | undefined

/** Made once for each list of files, for all that ask. */
export function segmentsFor({ device: { filesystem, sizeBytes }, files }: Media): Segments {
  const startBytes = filesystem ? logRoom(filesystem, sizeBytes).endBytes : sizeBytes
  const room = { startBytes, endBytes: sizeBytes, unitBytes: filesystem?.unitBytes ?? ALLOC_UNIT_BYTES }
  const found = known.get(files)
  if (found && sameRoom(found.room, room)) return found
  newest = segmentsOf(files, room, newest)
  known.set(files, newest)
  return newest
}

export function mapModel(media: Media): MapModel {
  const { filesystem, sizeBytes } = media.device
  const segments = segmentsFor(media)
  return { sizeBytes, unitBytes: segments.room.unitBytes, log: filesystem && logRoom(filesystem, sizeBytes), segments, devices: partsOf(media) }
}

const SOUND: HealthView = { poison: [], isStopped: false, configuration: 0 }

/** A device that nobody lists is one alone. */
export function partsOf({ device: { name, sizeBytes, devices } }: Pick<Snapshot, 'device'>): DevicePart[] {
  if (devices.length === 0) return [{ name, fsDevindex: 0, startBytes: 0, endBytes: sizeBytes, role: 'primary', reservedEndBytes: 0, health: SOUND }]
  return devices.map((each) => {
    const { name: own, baseBytes, fsDevindex, health } = each
    const role = fsDevindex === undefined ? 'other' : fsDevindex === 0 ? 'primary' : 'secondary'
    const endBytes = baseBytes + each.sizeBytes
    return { name: own, fsDevindex, startBytes: baseBytes, endBytes, role, reservedEndBytes: role === 'secondary' ? Math.min(baseBytes + SUPERBLOCK_REGION_BYTES, endBytes) : baseBytes, health }
  })
}

/** Each device has a caption where there are several, and one alone where it isn't as it should be. */
export function lotOf({ devices }: MapModel): Lot {
  return { parts: devices, isCaptioned: devices.length > 1 || devices.some(({ health }) => health.isStopped || health.configuration > 0) }
}

/** Where the next free unit begins; undefined if all is taken. */
export function freeAt({ segments, devices }: MapModel): number | undefined {
  let free = firstFree(segments)
  for (const { startBytes, endBytes, reservedEndBytes } of devices) {
    if (free === undefined || free < startBytes || free >= reservedEndBytes || free >= endBytes) continue
    free = firstFree(segments, reservedEndBytes)
  }
  return free
}

/** The device that the byte is on; undefined where there is one only. */
export function partOf({ devices }: MapModel, offsetBytes: number): DevicePart | undefined {
  return devices.length > 1 ? partAt(devices, offsetBytes) : undefined
}

/** The same model for as long as nothing on the map is another. */
export function modelKeeper(): (media: Media) => MapModel {
  let kept: MapModel | undefined
  let key = ''
  return (snapshot) => {
    const { sizeBytes, filesystem: fs, devices } = snapshot.device
    const now = [devicesKey(devices), sizeBytes, fs?.uuid, fs?.unitBytes, fs?.logOffsetBytes, fs?.logLengthBytes, fs?.slotCount, fs?.entryCount].join()
    if (!kept || key !== now || kept.segments.files !== snapshot.files) kept = mapModel(snapshot)
    key = now
    return kept
  }
}

function devicesKey(devices: readonly PoolDeviceView[]): string {
  return JSON.stringify(devices.map(({ name, sizeBytes, fsDevindex, health }) => [name, sizeBytes, fsDevindex, health]))
}

/** @param offsetBytes from where the first device begins */
export function thingAt(model: MapModel, offsetBytes: number): Thing {
  const { log, segments, sizeBytes } = model
  const thing = (kind: ThingKind, startBytes: number, endBytes: number): Thing => ({ kind, startBytes, endBytes, file: undefined, rival: undefined, extent: 0 })
  if (!log) return thing('unknown', 0, sizeBytes)
  const stretch = fixedOf(log).find((candidate) => offsetBytes < candidate.endBytes)
  if (stretch) return thing(stretch.kind, stretch.startBytes, stretch.endBytes)
  const i = pieceAt(segments, offsetBytes)
  const on = partOf(model, offsetBytes)
  if (on?.role === 'other') return thing('unknown', on.startBytes, on.endBytes)
  if (on && offsetBytes < on.reservedEndBytes) {
    const ownEnd = Math.min(on.startBytes + Superblock.sizeBytes, on.reservedEndBytes)
    return offsetBytes < ownEnd ? thing('superblock', on.startBytes, ownEnd) : thing('superblock_rest', ownEnd, on.reservedEndBytes)
  }
  if (i < 0) {
    const next = firstEndingAfter(segments, offsetBytes)
    const start = next > 0 ? (segments.endBytes[next - 1] ?? 0) : log.endBytes
    const end = next < segments.count ? (segments.startBytes[next] ?? sizeBytes) : sizeBytes
    return thing('free', Math.max(start, on?.reservedEndBytes ?? 0), Math.min(end, on?.endBytes ?? sizeBytes))
  }
  return {
    kind: 'file',
    startBytes: segments.startBytes[i] ?? 0,
    endBytes: segments.endBytes[i] ?? 0,
    file: segments.files[segments.owner[i] ?? -1],
    rival: segments.files[segments.rival[i] ?? -1],
    extent: segments.extent[i] ?? 0,
  }
}

/** Superblock and log, in order and without gaps. */
export function fixedOf(log: LogRoom): { kind: ThingKind; startBytes: number; endBytes: number }[] {
  const ends: [ThingKind, number][] = [
    ['superblock', Math.min(Superblock.sizeBytes, log.startBytes)],
    ['superblock_rest', log.startBytes],
    ['log_header', log.entriesBytes],
    ['log_used', log.usedEndBytes],
    ['log_free', log.slotsEndBytes],
    ['log_rest', log.endBytes],
  ]
  let startBytes = 0
  return ends.flatMap(([kind, endBytes]) => {
    const stretch = { kind, startBytes, endBytes }
    startBytes = Math.max(startBytes, endBytes)
    return stretch.endBytes > stretch.startBytes ? [stretch] : []
  })
}

/** Index of the log slot at the byte; undefined outside the slots. */
export function slotAt({ log }: MapModel, offsetBytes: number): number | undefined {
  if (!log || offsetBytes < log.entriesBytes || offsetBytes >= log.slotsEndBytes) return undefined
  return Math.floor((offsetBytes - log.entriesBytes) / LOG_ENTRY_BYTES)
}

/** The log entry that the byte belongs to: the file's, or the one that stands there. */
export function entryAt(model: MapModel, offsetBytes: number): number | undefined {
  const slot = slotAt(model, offsetBytes)
  if (slot !== undefined) return slot < (model.log?.entryCount ?? 0) ? slot : undefined
  return thingAt(model, offsetBytes).file?.entryIndex
}

/** The device's offset in the file, in file order; undefined outside the extent. */
export function fileOffset(file: MediaFile, extent: number, offsetBytes: number): number | undefined {
  const own = file.extents[extent]
  if (!own || offsetBytes < own.offsetBytes || offsetBytes >= own.offsetBytes + own.lengthBytes) return undefined
  return spotOf(file, extent, offsetBytes).fileBytes
}

/** Files stand in the order of the log. */
export function fileOfEntry({ segments: { files } }: MapModel, entryIndex: number): MediaFile | undefined {
  let low = 0
  let high = files.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((files[middle]?.entryIndex ?? Infinity) < entryIndex) low = middle + 1
    else high = middle
  }
  return files[low]?.entryIndex === entryIndex ? files[low] : undefined
}

function logRoom({ logOffsetBytes, logLengthBytes, slotCount, entryCount }: FilesystemView, sizeBytes: number): LogRoom {
  const inside = (offset: number): number => Math.min(offset, logOffsetBytes + logLengthBytes, sizeBytes)
  const entriesBytes = inside(logOffsetBytes + LOG_HEADER_BYTES)
  return {
    startBytes: Math.min(logOffsetBytes, sizeBytes),
    entriesBytes,
    usedEndBytes: inside(entriesBytes + Math.min(entryCount, slotCount) * LOG_ENTRY_BYTES),
    slotsEndBytes: inside(entriesBytes + slotCount * LOG_ENTRY_BYTES),
    endBytes: inside(Infinity),
    entryCount,
    slotCount,
  }
}
