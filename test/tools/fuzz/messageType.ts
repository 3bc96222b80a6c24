// One type of message as fuzzing knows it: sound bytes from chance, what mends them after damage so that it lies deeper, and
// what becomes of any bytes. A kernel's part stands on small devices; what it accepts is held against them.

import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { BEFORE, DEVINDEX, LENGTH, newAnswer, OFFSET, type Resolver } from '../../../src/core/fmap/resolve.ts'
import { MountDevices } from '../../../src/core/kernel/devices.ts'
import type { WayContext } from '../../../src/core/kernel/way.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import type { Chance } from './chance.ts'
import { Broken } from './exercise.ts'

/** Bytes as they were sound, and the size of the file that they are about. */
export interface Sound {
  bytes: Uint8Array<ArrayBuffer>
  sizeBytes: number
}

export interface MessageType {
  name: string
  make(chance: Chance): Sound
  /** What a sender would do that only means harm: versions, lengths and counts as they should be. */
  mend(bytes: Uint8Array<ArrayBuffer>, sound: Sound, chance: Chance): Uint8Array<ArrayBuffer>
  /** The first check: whether it is such a message at all. */
  isForm(bytes: Uint8Array): boolean
  /** What became of it, in a word. @throws Broken where a promise wasn't kept */
  judge(bytes: Uint8Array, sound: Sound, chance: Chance): string
}

export const UNIT_BYTES = 4096
export const DEVICE_UNITS = 64
export const NODE = 7

/** The third isn't here, though the daemon may talk of it. */
const memories: readonly Memory[] = [0, 1].map((i) =>
  coherentMemory(daxdev({ name: nameOf(i), uuid: NIL_UUID.replace(/0$/, String(i)), buffer: new ArrayBuffer(DEVICE_UNITS * UNIT_BYTES) })))

export function nameOf(devindex: number): string {
  return `/dev/dax${devindex}.0`
}

/** Of a mount that is used once. */
export function newContext(wholeMountFails = false): WayContext {
  const devices = new MountDevices(memories[0] as Memory, wholeMountFails)
  return { devices, unitBytes: UNIT_BYTES, isReserved: () => false, openDevice: (_devindex, name) => memories.find(({ device }) => device.name === name) }
}

/** Has the mount told of its second device, as replay does. */
export function tell({ devices }: WayContext): void {
  const memory = memories[1] as Memory
  devices.add(1, { uuid: memory.device.uuid, sizeBytes: memory.device.sizeBytes, memory })
}

const STEPS_MOST = 200

/** What was opened leads to the file's devices alone, to each byte once. */
export function outcomeOf({ devices }: WayContext, opened: Result<Resolver>, chance: Chance): string {
  if (!opened.ok) return opened.failure.reason
  const resolver = opened.value
  const { sizeBytes } = resolver
  for (const beyond of [-1, sizeBytes, 0.5, Number.NaN]) if (resolver.resolve(beyond, newAnswer())) throw new Broken(`byte ${beyond} of ${sizeBytes} has a place`)
  if (sizeBytes === 0) return 'accepted, empty'
  const answer = newAnswer()
  const used: [devindex: number, start: number, end: number][] = []
  const look = (at: number): number => {
    if (!resolver.resolve(at, answer)) return 0
    const [devindex, offset, length, before] = [answer[DEVINDEX], answer[OFFSET], answer[LENGTH], answer[BEFORE]] as [number, number, number, number]
    const memory = devices.at(devindex)
    const isInside = memory !== undefined && before >= 0 && offset - before >= 0 && length >= 1 && offset + length <= memory.device.sizeBytes && at + length <= sizeBytes
    if (!isInside) throw new Broken(`byte ${at} of ${sizeBytes}: ${length} bytes at ${offset} of device ${devindex} are no place of this file`)
    used.push([devindex, offset, offset + length])
    return length
  }
  look(Math.floor((chance.below(2 ** 32) / 2 ** 32) * sizeBytes))
  used.length = 0
  for (let at = 0, steps = 0; at < sizeBytes && steps < STEPS_MOST; steps++) {
    const lengthBytes = look(at)
    // Some ask for maps at each fault, and may be told nonsense then.
    if (lengthBytes === 0) return resolver.trouble ? `opened, then ${resolver.trouble.reason}` : unanswered(at, sizeBytes)
    at += lengthBytes
  }
  expectApart(used)
  return 'accepted'
}

function unanswered(at: number, sizeBytes: number): never {
  throw new Broken(`byte ${at} of ${sizeBytes} has no place, and nothing says why`)
}

function expectApart(used: [devindex: number, start: number, end: number][]): void {
  used.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  for (const [i, [devindex, start]] of used.entries()) {
    const before = used[i - 1]
    if (before && before[0] === devindex && before[2] > start) throw new Broken(`byte ${start} of device ${devindex} is in the file twice`)
  }
}

/** Any damage: it may change the length too. */
export function mutate(chance: Chance, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length < 8) return someBytes(chance, 1 + chance.below(16))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  switch (chance.below(9)) {
    case 0:
      bytes[chance.below(bytes.length)] = chance.below(256)
      return bytes
    case 1:
    case 2:
      view.setBigUint64(8 * chance.below(Math.floor(bytes.length / 8)), chance.u64(), true)
      return bytes
    case 3:
      view.setUint32(4 * chance.below(Math.floor(bytes.length / 4)), chance.oneIn(2) ? chance.below(5) : chance.u32(), true)
      return bytes
    case 4: {
      // A place and a length that are possible, somewhere else than they were.
      const units = BigInt(chance.below(DEVICE_UNITS + 2) * UNIT_BYTES)
      view.setBigUint64(8 * chance.below(Math.floor(bytes.length / 8)), units, true)
      return bytes
    }
    case 5: {
      // One record over another.
      const from = 8 * chance.below(Math.floor(bytes.length / 8))
      bytes.copyWithin(8 * chance.below(Math.floor(bytes.length / 8)), from, from + 24)
      return bytes
    }
    case 6:
      return bytes.slice(0, chance.below(bytes.length + 1))
    case 7: {
      const longer = new Uint8Array(bytes.length + 1 + chance.below(64))
      longer.set(bytes)
      return longer
    }
    default: {
      const at = chance.below(bytes.length)
      chance.fill(bytes.subarray(at, at + chance.below(16)))
      return bytes
    }
  }
}

function someBytes(chance: Chance, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  chance.fill(bytes.subarray(0))
  return bytes
}
