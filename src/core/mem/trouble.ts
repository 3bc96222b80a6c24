// Whoever works with a device itself (mkfs, mount, replay, fsck) asks here before it touches bytes: memory that failed is
// never read as if it held something.

import { fail, type Failure } from '../base/result.ts'
import { DEVICE_WORDS } from './health.ts'
import type { Memory } from './memory.ts'

/** @returns undefined where the range can be touched */
export function memoryTrouble({ device, health }: Memory, offsetBytes: number, lengthBytes: number): { ok: false; failure: Failure<'device_failed'> } | undefined {
  if (health.isSound) return undefined
  if (health.isStopped) return fail('device_failed', { device: device.name, what: DEVICE_WORDS.stopped, why: 'stopped' })
  const poisonedAt = health.firstPoisoned(offsetBytes, lengthBytes)
  return poisonedAt < 0 ? undefined : fail('device_failed', { device: device.name, what: `${DEVICE_WORDS.poison} at byte ${poisonedAt}`, why: 'poison' })
}
