// What can happen to memory, done by hand: each is a step like others, and the page says with which command a person would
// do it. Loaded when the first of them is asked for.

import { failLate } from '../core/base/late.ts'
import { POISON_LINE_BYTES } from '../core/base/poison.ts'
import { ok, type Result } from '../core/base/result.ts'
import { changeDevice, clearPoison, type DeviceChange } from '../core/machine/deviceErrors.ts'
import { coherentMemory, type Memory } from '../core/mem/memory.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { Turns } from '../host/turns.ts'
import { anyOverlap } from './memoryFaults.ts'
import { hexText, sizeText } from './sentences.ts'
import { capitalDevice, deviceAmong, listed, spokenOf } from './spoken.ts'
import type { Extent } from './types.ts'
import type { World } from './world.ts'

const THINGS_MOST = 3

interface Deed {
  /** @param device as it is spoken of */
  sentence: (device: string, zeros: readonly Extent[]) => string
  /** What a person would type. */
  command: (device: string) => string
  /** Gives what is zeros now, as the device counts. */
  work: (memory: Memory) => Promise<Result<Extent[]>>
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

/** Of all of it: what was poisoned is zeros then. */
export function clearPoisonOf(world: World, devindex: number): Promise<Result<undefined>> {
  const sizeBytes = world.pool.devices[devindex]?.sizeBytes ?? 0
  return onDevice(world, devindex, {
    sentence: (name, zeros) => zeros.length === 0 ? `Nothing of ${name} was poisoned.` : `Poison on ${name} was cleared: ${zerosText(world, zeros)}, and what was there is lost. Mounts that met it stay as they are.`,
    command: (name) => `sudo cxl clear-media-poison ${name} --address 0 --length ${sizeBytes}`,
    work: async (memory) => {
      const turns = new Turns()
      try {
        const clearing = clearPoison(memory, 0, sizeBytes)
        for (;;) {
          const step = clearing.next()
          if (step.done) return step.value
          await turns.take()
        }
      } finally {
        turns.close()
      }
    },
  })
}

/** "64 lines of s4 are zeros now". */
function zerosText({ media: { devices, files, filesystem } }: World, zeros: readonly Extent[]): string {
  const count = zeros.reduce((sum, { lengthBytes }) => sum + lengthBytes / POISON_LINE_BYTES, 0)
  const isUnder = (extents: readonly Extent[]): boolean => anyOverlap(extents, zeros)
  const bases = [0, ...devices.flatMap(({ memory }) => memory?.device.baseBytes ?? [])]
  const { logOffsetBytes = 0, logLengthBytes = 0 } = filesystem ?? {}
  const things = [
    ...(isUnder(bases.map((offsetBytes) => ({ offsetBytes, lengthBytes: Superblock.sizeBytes }))) ? ['the superblock'] : []),
    ...(isUnder([{ offsetBytes: logOffsetBytes, lengthBytes: logLengthBytes }]) ? ['the log'] : []),
    ...files.filter(({ extents }) => isUnder(extents)).map(({ path }) => path),
  ]
  const of = things.length === 0 ? '' : ` of ${listed(things, THINGS_MOST)}`
  return `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}${of} ${count === 1 ? 'is' : 'are'} zeros now`
}

function changing(change: DeviceChange): Deed['work'] {
  return (memory) => {
    const done = changeDevice(memory, change)
    return Promise.resolve(done.ok ? ok([]) : done)
  }
}

async function onDevice(world: World, devindex: number, { sentence, command, work, at }: Deed): Promise<Result<undefined>> {
  const caller = world.roster.all()[0]?.name ?? 'A'
  const named = world.pool.devices[devindex] ? command(world.pool.nameOn(caller, devindex)) : undefined
  return world.change(named, async (operation) => {
    // Other memory may have been put in place while others were waited for.
    const { pool } = world
    const device = pool.daxdevsOf(caller, [])[devindex]
    if (!device) return failLate('no_such_device', { devindex, count: pool.devices.length })
    const changed = await work(coherentMemory(device))
    // And while lines were zeroed: then it is nobody's any more.
    if (!changed.ok || world.pool !== pool) return changed.ok ? ok() : changed
    const zeros = changed.value.map(({ offsetBytes, lengthBytes }) => ({ offsetBytes: device.baseBytes + offsetBytes, lengthBytes }))
    world.history.did({ act: 'health', states: pool.health })
    const { offsetBytes, lengthBytes } = at ?? { offsetBytes: 0, lengthBytes: device.sizeBytes }
    const bytes = zeros[0] ?? { offsetBytes: device.baseBytes + offsetBytes, lengthBytes }
    const spoken = spokenOf(world)
    const own = spoken[devindex]
    // No act leads to zeros: the pages are kept.
    if (zeros.length > 0) operation.outcome = 'partly'
    world.trace.add('memory', sentence(own ? deviceAmong(own, spoken) : device.name, zeros), { bytes, ...(named === undefined ? {} : { command: named }) })
    if (zeros.length > 0) world.changed(zeros)
    else world.touchDevice()
    return ok()
  })
}
