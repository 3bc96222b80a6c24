// Hosts for tests, by any driver: one shared device, and hosts on it that end with their test.

import { onTestFinished } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import type { Driver, HostHandle } from '../../src/host/driver.ts'
import type { HostSpec } from '../../src/host/protocol.ts'
import { valueOf } from './outcome.ts'

export const DEVICE = '/dev/dax0.0'
export const MOUNT = '/mnt/famfs'
export const OWNER = { uid: 1000, gid: 1000 }
/** Superblock and log of a device that was formatted with the shortest log. */
export const META_BYTES = 10 * MIB

export function newDevice(sizeBytes: number): Daxdev {
  return daxdev({ name: DEVICE, uuid: '5a5a0000-0000-4000-8000-000000000001', buffer: new SharedArrayBuffer(sizeBytes) })
}

export function bytesOf(device: Daxdev): Uint8Array {
  return new Uint8Array(device.buffer)
}

export function specOf(name: string, device: Daxdev): HostSpec {
  const code = name.charCodeAt(0).toString(16).padStart(8, '0')
  return { name, systemUuid: `${code}-0000-4000-8000-0000000000aa`, devices: [device], relaxed: true }
}

/** A host that is up; it goes down with the test. */
export async function startHost(driver: Driver, name: string, device: Daxdev): Promise<HostHandle> {
  const host = valueOf(await driver.spawn(specOf(name, device)))
  onTestFinished(() => host.kill('the test is over'))
  return host
}

export async function mountOn(host: HostHandle): Promise<void> {
  valueOf(await host.call('mount', { device: DEVICE, mountpoint: MOUNT }))
}

/** Host A, which formats and mounts. */
export async function startMaster(driver: Driver, device: Daxdev): Promise<HostHandle> {
  const host = await startHost(driver, 'A', device)
  valueOf(await host.call('mkfs', { device: DEVICE }))
  await mountOn(host)
  return host
}

export async function startClient(driver: Driver, name: string, device: Daxdev): Promise<HostHandle> {
  const host = await startHost(driver, name, device)
  await mountOn(host)
  return host
}
