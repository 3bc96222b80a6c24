// Why a host can't reach a file's bytes, where that is for the sake of a device: what whoever reads it there is told, by the
// kernel that the host has mounted with. Loaded when the first such file is looked at.

import { lackOf } from '../core/base/lack.ts'
import type { HardwareFault } from '../core/base/failure.ts'
import { fail, type Failure } from '../core/base/result.ts'
import { isStandalone, type KernelName } from '../core/kernel/way.ts'
import { DEVICE_WORDS } from '../core/mem/health.ts'
import type { HostNode } from '../host/protocol.ts'
import { isOutdated, poisonOf, wholeOf } from './memoryFaults.ts'
import type { Placed } from './places.ts'
import type { Extent, HostFile } from './types.ts'

interface Met {
  device: Placed | undefined
  why: HardwareFault
  /** The poisoned byte, as the device counts. */
  at: number | undefined
  /** Nobody has met it: what is said is yet to come. */
  isAhead: boolean
}

/** @param kernel of the host's mount */
export function unreachable(file: HostFile, nodes: readonly HostNode[], devices: readonly Placed[], kernel: KernelName | undefined): Failure {
  const { path, fault } = file
  if (fault !== 'missing') return hardwareTrouble(file, devices, kernel)
  const node = nodes.find((candidate) => candidate.path === path)
  const missing = node?.extents.find(({ devindex }) => devices[devindex]?.name === undefined)
  const devindex = missing?.devindex ?? 0
  return lackOf(devices[devindex] ?? { devindex, uuid: undefined }, path)
}

function hardwareTrouble(file: HostFile, devices: readonly Placed[], kernel: KernelName | undefined): Failure {
  const { path } = file
  const { device, why, at, isAhead } = endingOf(devices) ?? firstMet(file, devices)
  const details = { path, device: device?.name ?? 'a device', what: DEVICE_WORDS[why], why }
  const takesMount = kernel !== undefined && isStandalone(kernel)
  const { failure } = takesMount ? fail('mount_failed', details) : fail('memory_failed', { ...details, offsetBytes: at })
  return isAhead ? { ...failure, says: `whoever reads ${path} on this mount learns that ${failure.says}` } : failure
}

/** What took the whole mount with it. */
function endingOf(devices: readonly Placed[]): Met | undefined {
  const device = devices.find(({ endsMount }) => endsMount)
  return device?.failed && { device, why: device.failed, at: undefined, isAhead: false }
}

/** What a reader of the whole file meets first. */
function firstMet(file: HostFile, devices: readonly Placed[]): Met {
  let first: { met: Met; fileBytes: number } | undefined
  for (const device of devices) {
    const { at, failed } = device
    if (!at) continue
    const gone = failed ?? (at.health.isStopped ? 'stopped' : isOutdated(device) ? 'reconfigured' : undefined)
    for (const range of gone ? [wholeOf(at)] : poisonOf(at)) {
      const place = firstIn(file, range)
      if (!place || (first && first.fileBytes <= place.fileBytes)) continue
      const poisonedAt = gone ? undefined : place.offsetBytes - at.baseBytes
      first = { fileBytes: place.fileBytes, met: { device, why: gone ?? 'poison', at: poisonedAt, isAhead: failed === undefined } }
    }
  }
  return first?.met ?? { device: undefined, why: 'poison', at: undefined, isAhead: false }
}

/** The first byte of the file that the range holds. */
function firstIn({ extents, chunkBytes }: HostFile, range: Extent): { fileBytes: number; offsetBytes: number } | undefined {
  let first: { fileBytes: number; offsetBytes: number } | undefined
  let beforeBytes = 0
  for (const [strip, extent] of extents.entries()) {
    const offsetBytes = Math.max(range.offsetBytes, extent.offsetBytes)
    const within = offsetBytes - extent.offsetBytes
    const fileBytes = chunkBytes === undefined ? beforeBytes + within : (Math.floor(within / chunkBytes) * extents.length + strip) * chunkBytes + (within % chunkBytes)
    const isHere = offsetBytes < Math.min(range.offsetBytes + range.lengthBytes, extent.offsetBytes + extent.lengthBytes)
    if (isHere && (!first || fileBytes < first.fileBytes)) first = { fileBytes, offsetBytes }
    beforeBytes += extent.lengthBytes
  }
  return first
}
