// What a stored image says of itself, and whether it is to be believed: whatever is in the browser's storage may be of another
// make. Loaded where something is stored.

import { GIB } from '../core/base/align.ts'
import { POISON_RANGES_MOST } from '../core/base/poison.ts'
import { CHUNK_BYTES, FORMAT } from './chunks.ts'

/** What is kept beside the bytes: enough to start the same hosts on the same device again. */
export interface ImageFacts {
  /** All of the memory, by its first device. */
  device: { name: string; uuid: string; sizeBytes: number }
  /** Its parts, one behind the other, and what the hardware says of them; left out where it is one, and sound. */
  devices?: StoredDevice[]
  /** `lacks`: devices that a host is started without, by their place. `mount`: what makes the mount again that it had last; who mounts knows what is in it. */
  hosts: { name: string; systemUuid: string; lacks?: number[]; mount?: object }[]
}

interface StoredDevice {
  uuid: string
  sizeBytes: number
  poison: { offsetBytes: number; lengthBytes: number }[]
  isStopped: boolean
}

export interface Manifest extends ImageFacts {
  format: typeof FORMAT
  generation: number
  /** [chunk index, generation that it was written in]; a chunk that isn't listed is all zeros. */
  chunks: [number, number][]
}

/** More than any session has. */
const DEVICES_MOST = 64
/** More than any browser gives one buffer. */
const DEVICE_MOST_BYTES = 16 * GIB

export function isManifest(stored: unknown): stored is Manifest {
  const manifest = stored as Partial<Manifest> | null
  if (manifest?.format !== FORMAT || !isWhole(manifest.generation)) return false
  const { device, devices, hosts, chunks } = manifest
  const sizeBytes = device?.sizeBytes
  if (!isWhole(sizeBytes) || sizeBytes === 0 || sizeBytes > DEVICE_MOST_BYTES || !isText(device?.name) || !isText(device?.uuid)) return false
  const chunkCount = Math.ceil(sizeBytes / CHUNK_BYTES)
  if (!Array.isArray(chunks) || !chunks.every((chunk) => Array.isArray(chunk) && isWhole(chunk[0]) && chunk[0] < chunkCount && isWhole(chunk[1]))) return false
  if (devices !== undefined && !isDevices(devices, sizeBytes)) return false
  return Array.isArray(hosts) && hosts.every((host) => isText(host?.name) && isText(host.systemUuid) && (host.lacks === undefined || (Array.isArray(host.lacks) && host.lacks.every(isWhole))))
}

/** They are all of the memory, and what is poisoned is on them. */
function isDevices(devices: unknown, sizeBytes: number): devices is StoredDevice[] {
  if (!Array.isArray(devices) || devices.length === 0 || devices.length > DEVICES_MOST) return false
  const list = devices as Partial<StoredDevice | null>[]
  const sum = list.reduce((bytes, device) => bytes + (isWhole(device?.sizeBytes) ? device.sizeBytes : Number.NaN), 0)
  return sum === sizeBytes && list.every((device) => isText(device?.uuid) && typeof device.isStopped === 'boolean' && isWhole(device.sizeBytes) && device.sizeBytes % 8 === 0 && isPoison(device.poison, device.sizeBytes))
}

function isPoison(ranges: unknown, sizeBytes: number): boolean {
  if (!Array.isArray(ranges) || ranges.length > POISON_RANGES_MOST) return false
  const list = ranges as Partial<StoredDevice['poison'][number] | null>[]
  return list.every((range) => isWhole(range?.offsetBytes) && isWhole(range.lengthBytes) && range.lengthBytes > 0 && range.offsetBytes + range.lengthBytes <= sizeBytes)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
