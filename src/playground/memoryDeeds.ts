// What can happen to memory, done by hand: each is a step like others, and the page says with which command a person would
// do it. Loaded when the first of them is asked for.

import { failLate } from '../core/base/late.ts'
import { ok, type Result } from '../core/base/result.ts'
import { changeDevice, type DeviceChange } from '../core/machine/deviceErrors.ts'
import { coherentMemory, type Memory } from '../core/mem/memory.ts'
import { hexText, sizeText } from './sentences.ts'
import { capitalDevice, deviceAmong, spokenOf } from './spoken.ts'
import type { Extent } from './types.ts'
import type { World } from './world.ts'

interface Deed {
  /** @param device as it is spoken of */
  sentence: (device: string) => string
  /** What a person would type. */
  command: (device: string) => string
  work: (memory: Memory) => Result<undefined>
  /** Where it shows, on the device; undefined for all of it. */
  at?: Extent
}

export function poison(world: World, devindex: number, offsetBytes: number, lengthBytes: number): Promise<Result<undefined>> {
  return onDevice(world, devindex, {
    sentence: (name) => `${sizeText(lengthBytes)} of ${name} at ${hexText(offsetBytes)} went bad: whoever touches that memory gets an error instead of bytes.`,
    command: (name) => `sudo cxl inject-media-poison ${name} --address ${hexText(offsetBytes)} --length ${lengthBytes}`,
    work: changing({ kind: 'poison', offsetBytes, lengthBytes }),
    at: { offsetBytes, lengthBytes },
  })
}

export function stopDevice(world: World, devindex: number): Promise<Result<undefined>> {
  return onDevice(world, devindex, {
    sentence: (name) => `${capitalDevice(name)} does not answer any more.`,
    command: (name) => `sudo daxctl disable-device ${name}`,
    work: changing({ kind: 'stop' }),
  })
}

export function startDevice(world: World, devindex: number): Promise<Result<undefined>> {
  return onDevice(world, devindex, {
    sentence: (name) => `${capitalDevice(name)} answers again. Mounts that saw it fail stay as they are.`,
    command: (name) => `sudo daxctl enable-device ${name}`,
    work: changing({ kind: 'start' }),
  })
}

export function reconfigureDevice(world: World, devindex: number): Promise<Result<undefined>> {
  return onDevice(world, devindex, {
    sentence: (name) => `${capitalDevice(name)} was reconfigured: to whoever has it mounted it is another device now.`,
    command: (name) => `sudo daxctl reconfigure-device --force --mode=devdax ${name}`,
    work: changing({ kind: 'reconfigure' }),
  })
}

export function mendDevice(world: World, devindex: number): Promise<Result<undefined>> {
  const sizeBytes = world.pool.devices[devindex]?.sizeBytes ?? 0
  return onDevice(world, devindex, {
    sentence: (name) => `The memory of ${name} was initialised again: it answers, and none of it is poisoned. Mounts that saw it fail stay as they are.`,
    command: (name) => `sudo daxctl enable-device ${name}; sudo cxl clear-media-poison ${name} --address 0 --length ${sizeBytes}`,
    work: ({ health }) => {
      health.mend()
      return ok()
    },
  })
}

function changing(change: DeviceChange): Deed['work'] {
  return (memory) => changeDevice(memory, change)
}

async function onDevice(world: World, devindex: number, { sentence, command, work, at }: Deed): Promise<Result<undefined>> {
  const caller = world.roster.all()[0]?.name ?? 'A'
  const named = world.pool.devices[devindex] ? command(world.pool.nameOn(caller, devindex)) : undefined
  return world.change(named, () => {
    // Other memory may have been put in place while others were waited for.
    const { pool } = world
    const device = pool.daxdevsOf(caller, [])[devindex]
    if (!device) return failLate('no_such_device', { devindex, count: pool.devices.length })
    const changed = work(coherentMemory(device))
    if (!changed.ok) return changed
    world.history.did({ act: 'health', states: pool.health })
    const { offsetBytes, lengthBytes } = at ?? { offsetBytes: 0, lengthBytes: device.sizeBytes }
    const bytes = { offsetBytes: device.baseBytes + offsetBytes, lengthBytes }
    const spoken = spokenOf(world)
    const own = spoken[devindex]
    world.trace.add('memory', sentence(own ? deviceAmong(own, spoken) : device.name), { bytes, ...(named === undefined ? {} : { command: named }) })
    world.touchDevice()
    return ok()
  })
}
