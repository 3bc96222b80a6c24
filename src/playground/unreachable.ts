// Why a host can't reach a file's bytes, where that is for the sake of a device: what whoever reads it there is told. Loaded
// when the first such file is looked at.

import { lackOf } from '../core/base/lack.ts'
import { fail, type Failure } from '../core/base/result.ts'
import { DEVICE_WORDS } from '../core/mem/health.ts'
import type { HostNode } from '../host/protocol.ts'
import { overlap, poisonOf, wholeOf } from './memoryFaults.ts'
import type { Placed } from './places.ts'
import type { Extent, HostFile } from './types.ts'

export function unreachable(file: HostFile, nodes: readonly HostNode[], devices: readonly Placed[]): Failure {
  const { path, fault } = file
  if (fault !== 'missing') return hardwareTrouble(file, devices)
  const node = nodes.find((candidate) => candidate.path === path)
  const missing = node?.extents.find(({ devindex }) => devices[devindex]?.name === undefined)
  const devindex = missing?.devindex ?? 0
  return lackOf(devices[devindex] ?? { devindex, uuid: undefined }, path)
}

/** What whoever reads the file is told: by the device that took the mount with it, or else by one that it is on. */
function hardwareTrouble({ path, extents }: HostFile, devices: readonly Placed[]): Failure {
  const ending = devices.find(({ failed, endsMount }) => failed !== undefined && endsMount)
  if (ending?.failed) return fail('mount_failed', { path, device: ending.name ?? 'a device', what: DEVICE_WORDS[ending.failed], why: ending.failed }).failure
  const isOn = (range: Extent): boolean => extents.some((extent) => overlap(range, extent))
  for (const { at, name = 'a device', failed, configuration } of devices) {
    if (!at || !isOn(wholeOf(at))) continue
    const gone = failed ?? (at.health.configuration !== configuration ? 'reconfigured' : at.health.isStopped ? 'stopped' : undefined)
    const why = gone ?? (poisonOf(at).some(isOn) ? 'poison' : undefined)
    if (why) return fail('memory_failed', { path, device: name, what: DEVICE_WORDS[why], why, offsetBytes: undefined }).failure
  }
  return fail('memory_failed', { path, device: 'a device', what: DEVICE_WORDS.poison, why: 'poison', offsetBytes: undefined }).failure
}
