// Every type of message that kernels, daemons and tools send, under fuzz: one number brings an input of one type back.

import { Chance } from './chance.ts'
import { mapMessageTypes } from './mapMessageTypes.ts'
import { type MessageType, mutate, type Sound } from './messageType.ts'
import { pulledMessageTypes } from './pulledMessageTypes.ts'
import { programMessageTypes } from './programMessageTypes.ts'
import { count, judged, type Throw } from './run.ts'

/** Who adds a message adds its type here. */
export const messageTypes: readonly MessageType[] = [...mapMessageTypes, ...pulledMessageTypes, ...programMessageTypes]

export interface MessageReport {
  name: string
  runs: number
  /** What became of it -> how many inputs ended so. */
  outcomes: Record<string, number>
  passedFirst: number
  slowest: { run: number; ms: number }
  throws: Throw[]
}

export function fuzzMessages(type: MessageType, numbers: Iterable<number>, seed: number): MessageReport {
  const report: MessageReport = { name: type.name, runs: 0, outcomes: {}, passedFirst: 0, slowest: { run: -1, ms: 0 }, throws: [] }
  for (const run of numbers) {
    const chance = new Chance(seed, run)
    const { sound, bytes } = makeMessage(type, chance)
    judged(report, run, () => {
      if (type.isForm(bytes)) report.passedFirst++
      count(report.outcomes, type.judge(bytes, sound, chance))
    })
  }
  return report
}

/** A sound message and what damage made of it; half of them are mended at once. */
export function makeMessage(type: MessageType, chance: Chance): { sound: Sound; bytes: Uint8Array<ArrayBuffer> } {
  const sound = type.make(chance)
  let bytes = sound.bytes.slice()
  const changes = chance.below(4)
  for (let i = 0; i < changes; i++) bytes = mutate(chance, bytes)
  return { sound, bytes: chance.oneIn(2) ? type.mend(bytes, sound, chance) : bytes }
}
