// Which memory is poisoned: whole lines around what was selected or typed, all of one device. Either it can be done, or a
// sentence says why not.

import { POISON_LINE_BYTES } from '../../core/base/poison.ts'
import { placeText, type Devices } from '../addresses.ts'
import { plural, sizeText } from '../format.ts'
import { parseSize } from '../parse.ts'
import { offsetAsked } from '../inspector/asking.ts'
import type { Mark } from '../inspector/range.ts'

export interface PoisonRange {
  devindex: number
  /** On that device. */
  offsetBytes: number
  lengthBytes: number
  /** The same as the page counts. */
  mark: Mark
}

/** Rounded out to whole lines; what lies on the next device is left out. */
export function rangeAt(devices: Devices, { startBytes, lengthBytes }: Mark): PoisonRange | undefined {
  const device = devices.findLast(({ baseBytes }) => baseBytes <= startBytes)
  if (!device) return undefined
  const from = Math.floor((startBytes - device.baseBytes) / POISON_LINE_BYTES) * POISON_LINE_BYTES
  const to = Math.min(Math.ceil((startBytes - device.baseBytes + Math.max(1, lengthBytes)) / POISON_LINE_BYTES) * POISON_LINE_BYTES, device.sizeBytes)
  return { devindex: device.devindex, offsetBytes: from, lengthBytes: to - from, mark: { startBytes: device.baseBytes + from, lengthBytes: to - from } }
}

export function rangeAsked(devices: Devices, fromText: string, lengthText: string): PoisonRange | { mistake: string } {
  const last = devices.at(-1)
  const from = offsetAsked(fromText, 0, last ? last.baseBytes + last.sizeBytes : 0, devices)
  if ('mistake' in from) return from
  const lengthBytes = parseSize(lengthText)
  if (lengthBytes === undefined || lengthBytes === 0) return { mistake: 'Give a length such as 64, 4k or 2m.' }
  const range = rangeAt(devices, { startBytes: from.value, lengthBytes })
  return range ?? { mistake: 'There is no device.' }
}

/** "64 B from 0x00200000 on". */
export function rangeText(devices: Devices, { mark: { startBytes, lengthBytes } }: PoisonRange): string {
  return `${lengthBytes < 1024 ? plural(lengthBytes, 'byte') : sizeText(lengthBytes)} from ${placeText(devices, startBytes)} on`
}
