// What the hardware says of devices, in words: which memory is poisoned, and who doesn't answer.

import { clearWords, isNeeded, NEEDED_NEXT, startWords } from './heals.ts'
import { hexText, sizeText } from './sentences.ts'
import { capitalDevice, deviceAmong } from './spoken.ts'
import type { PoolDeviceView, Problem } from './types.ts'

/** So many ranges of a device are named one by one. */
const RANGES_MOST = 8
const AGAIN = 'Hosts that saw it fail have to mount again.'

export function hasFailed({ health: { poison, isStopped } }: PoolDeviceView): boolean {
  return isStopped || poison.length > 0
}

/** @param entryCount of the log */
export function memoryProblems(devices: readonly PoolDeviceView[], entryCount = 0): Problem[] {
  return devices.flatMap((device) => problemsOf(device, devices, entryCount))
}

function problemsOf(device: PoolDeviceView, devices: readonly PoolDeviceView[], entryCount: number): Problem[] {
  const name = capitalDevice(deviceAmong(device, devices))
  const { devindex, baseBytes, sizeBytes, health: { poison, isStopped } } = device
  const say = (id: string, says: string, next: string, bytes: Problem['bytes']): Problem =>
    ({ id: `memory-${devindex}-${id}`, severity: 'error', says, next, bytes, entryIndex: undefined, host: undefined })
  const found: Problem[] = []
  if (isStopped) found.push(say('stopped', `${name} does not answer: nobody reaches what is on it.`, `Under Devices: ${startWords(device)}. ${AGAIN}`, { offsetBytes: baseBytes, lengthBytes: sizeBytes }))
  for (const [i, range] of poison.slice(0, RANGES_MOST).entries()) {
    const where = `${sizeText(range.lengthBytes)} at ${hexText(range.offsetBytes - baseBytes)}`
    const more = i === RANGES_MOST - 1 && poison.length > RANGES_MOST ? ` ${poison.length - RANGES_MOST} more ranges of it are, too.` : ''
    found.push(say(`poison-${range.offsetBytes}`, `${name} has poisoned memory: ${where}.${more}`, isNeeded(device, [range], entryCount) ? NEEDED_NEXT : `Under Devices: ${clearWords(device)}, which makes it zeros. ${AGAIN}`, range))
  }
  return found
}
