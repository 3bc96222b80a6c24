// Memory that fails because somebody wants it to: by cxl and daxctl, and by the page. What changes is what the hardware
// says, for all hosts at once; the bytes stay as they are.

import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { POISON_RANGES_MOST } from '../mem/health.ts'
import type { Memory } from '../mem/memory.ts'

/** Poison comes and goes by cache lines. */
export const POISON_LINE_BYTES = 64

export type DeviceChange =
  | { kind: 'poison' | 'clear'; offsetBytes: number; lengthBytes: number }
  /** stop: it answers nobody. reconfigure: whoever has it mounted has another device under it. */
  | { kind: 'stop' | 'start' | 'reconfigure' }

export function changeDevice({ device, health }: Memory, change: DeviceChange): Result<undefined, 'out_of_device' | 'bad_poison' | 'poison_full'> {
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
    case 'poison':
    case 'clear': {
      const { offsetBytes, lengthBytes } = change
      const fits = Number.isSafeInteger(offsetBytes) && Number.isSafeInteger(lengthBytes) && offsetBytes >= 0 && lengthBytes > 0 && offsetBytes + lengthBytes <= device.sizeBytes
      if (!fits) return fail('out_of_device', { offsetBytes, lengthBytes, presentBytes: device.sizeBytes })
      if (offsetBytes % POISON_LINE_BYTES !== 0 || lengthBytes % POISON_LINE_BYTES !== 0) return failLate('bad_poison', { what: `${lengthBytes} bytes at ${offsetBytes} are none` })
      const isDone = change.kind === 'poison' ? health.addPoison(offsetBytes, lengthBytes) : health.clearPoison(offsetBytes, lengthBytes)
      return isDone ? ok() : failLate('poison_full', { device: device.name, limit: POISON_RANGES_MOST })
    }
  }
}
