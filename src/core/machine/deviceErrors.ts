// Memory that fails because somebody wants it to, and poison that is cleared: by cxl and daxctl, and by the page. What the
// hardware says changes for all hosts at once. Bytes under poison stay as they are until it is cleared: then they are zeros,
// as Linux has them written by CXL's Clear Poison, which takes the bytes to write along.

import { failLate } from '../base/late.ts'
import { POISON_LINE_BYTES, POISON_RANGES_MOST } from '../base/poison.ts'
import { ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import type { PoisonRange } from '../mem/health.ts'
import type { Memory } from '../mem/memory.ts'
import { zero } from '../mem/zero.ts'

export type DeviceChange =
  | { kind: 'poison'; offsetBytes: number; lengthBytes: number }
  /** stop: it answers nobody. reconfigure: whoever has it mounted has another device under it. */
  | { kind: 'stop' | 'start' | 'reconfigure' }

type PoisonReason = 'out_of_device' | 'bad_poison' | 'poison_full'

export function changeDevice(memory: Memory, change: DeviceChange): Result<undefined, PoisonReason> {
  const { device, health } = memory
  switch (change.kind) {
    case 'stop':
      health.stop()
      return ok()
    case 'start':
      health.start()
      return ok()
    case 'reconfigure':
      health.reconfigure()
      return ok()
    case 'poison': {
      const { offsetBytes, lengthBytes } = change
      const lines = checkLines(memory, offsetBytes, lengthBytes)
      if (!lines.ok) return lines
      return health.addPoison(offsetBytes, lengthBytes) ? ok() : failLate('poison_full', { device: device.name, limit: POISON_RANGES_MOST })
    }
  }
}

/**
 * Lines of the range that are poisoned become zeros, and then answer; all others stay.
 * @returns what is zeros now
 */
export function* clearPoison(memory: Memory, offsetBytes: number, lengthBytes: number): Task<Result<PoisonRange[], PoisonReason>> {
  const { device, health } = memory
  const lines = checkLines(memory, offsetBytes, lengthBytes)
  if (!lines.ok) return lines
  const end = offsetBytes + lengthBytes
  const { poison } = health
  const full = (): ReturnType<typeof failLate<'poison_full'>> => failLate('poison_full', { device: device.name, limit: POISON_RANGES_MOST })
  // Out of the middle of one, two are left: told before anything is written.
  if (poison.length >= POISON_RANGES_MOST && poison.some((range) => range.offsetBytes < offsetBytes && range.offsetBytes + range.lengthBytes > end)) return full()
  const cleared = poison.flatMap((range) => {
    const from = Math.max(range.offsetBytes, offsetBytes)
    const to = Math.min(range.offsetBytes + range.lengthBytes, end)
    return from < to ? [{ offsetBytes: from, lengthBytes: to - from }] : []
  })
  // Poisoned to the last, so that nobody reads what is half zeros.
  for (const range of cleared) {
    const lengthHere = Math.min(range.lengthBytes, Math.max(0, memory.presentBytes - range.offsetBytes))
    yield* zero(memory, range.offsetBytes, lengthHere)
    memory.flush(range.offsetBytes, lengthHere)
  }
  return health.clearPoison(offsetBytes, lengthBytes) ? ok(cleared) : full()
}

function checkLines({ device }: Memory, offsetBytes: number, lengthBytes: number): Result<undefined, 'out_of_device' | 'bad_poison'> {
  const fits = Number.isSafeInteger(offsetBytes) && Number.isSafeInteger(lengthBytes) && offsetBytes >= 0 && lengthBytes > 0 && offsetBytes + lengthBytes <= device.sizeBytes
  if (!fits) return failLate('out_of_device', { offsetBytes, lengthBytes, presentBytes: device.sizeBytes })
  const isWhole = offsetBytes % POISON_LINE_BYTES === 0 && lengthBytes % POISON_LINE_BYTES === 0
  return isWhole ? ok() : failLate('bad_poison', { what: `${lengthBytes} bytes at ${offsetBytes} are none` })
}
