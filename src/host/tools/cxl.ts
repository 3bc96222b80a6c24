// cxl: what the memory itself reports. Poison is put and cleared by 64-byte lines, for every host at once; poisoned lines that
// are cleared are zeros from then on. A memdev's number is this host's alone; its UUID is the device's, on every host.

import type { Task } from '../../core/base/task.ts'
import { POISON_LINE_BYTES } from '../../core/base/poison.ts'
import type { PoisonRange } from '../../core/mem/health.ts'
import type { DeviceStatus } from '../../core/machine/systemTypes.ts'
import { jsonText, tellsOfItself } from './daxctl.ts'
import { has, valueOf } from './getopt.ts'
import { sizeOf } from './numbers.ts'
import { baseName } from './paths.ts'
import { type Call, tool } from './tool.ts'

const COMMANDS = 'list, inject-media-poison or clear-media-poison'
const NEXT = 'Write cxl inject-media-poison DEVICE --address OFFSET [--length BYTES].'

export const cxl = tool({
  short: 'a:l:m:MLuhv',
  long: { address: 'a:', length: 'l:', 'media-errors': 'L', memdevs: 'M', memdev: 'm:', human: 'u', verbose: 'v', version: 'version' },
  help: `cxl list [--media-errors] [-m DEVICE]: shows the memory devices as JSON, with their poisoned ranges
cxl inject-media-poison DEVICE --address OFFSET [--length BYTES]: poisons a range of a device; 64 bytes unless said otherwise
cxl clear-media-poison DEVICE --address OFFSET [--length BYTES]: clears it: lines of it that were poisoned are zeros then`,
}, function* run(call) {
  const { given, misused } = call
  const [command, ...names] = given.operands
  if (tellsOfItself(call, 'cxl list [-L] [-m DEVICE], cxl inject-media-poison DEVICE -a OFFSET [-l BYTES], cxl clear-media-poison DEVICE -a OFFSET [-l BYTES]')) return 0
  if (command === 'list') return list(call)
  if (command === 'inject-media-poison' || command === 'clear-media-poison') return yield* poison(call, command, names)
  return misused(command === undefined ? `a command is missing: ${COMMANDS}` : `'${command}' is not a command here: use ${COMMANDS}`)
})

function list({ given, io }: Call): number {
  const { system } = io
  const wanted = valueOf(given, 'm')
  const shown = system.devices().map(({ name, sizeBytes, uuid }, minor) => ({
    memdev: `mem${minor}`,
    chardev: baseName(name),
    uuid,
    ram_size: sizeBytes,
    ...(has(given, 'L') ? { media_errors: system.memoryDevices.poison(name).map(({ offsetBytes, lengthBytes }) => ({ offset: offsetBytes, length: lengthBytes, source: 'Injected' })) } : {}),
    ...(system.memoryDevices.answers(name) ? {} : { state: 'disabled' }),
  }))
  io.out(jsonText(shown.filter(({ memdev, chardev }) => wanted === undefined || wanted === 'all' || [memdev, chardev].includes(baseName(wanted)))))
  return 0
}

function* poison({ given, io, voice }: Call, command: 'inject-media-poison' | 'clear-media-poison', names: readonly string[]): Task<number> {
  const address = valueOf(given, 'a')
  const [name, ...others] = names
  if (address === undefined || name === undefined || others.length > 0) {
    voice.say(`error: ${address === undefined ? 'an address is missing' : 'one device is wanted'}`, NEXT)
    return 1
  }
  const offsetBytes = sizeOf(address)
  const lengthBytes = sizeOf(valueOf(given, 'l') ?? String(POISON_LINE_BYTES))
  if (offsetBytes === undefined || lengthBytes === undefined) {
    voice.say(`error: '${offsetBytes === undefined ? address : valueOf(given, 'l')}' is no number of bytes`, NEXT)
    return 1
  }
  const uneven = unevenOf(address, offsetBytes, 0) ?? unevenOf(valueOf(given, 'l') ?? '', lengthBytes, POISON_LINE_BYTES)
  if (uneven) {
    voice.say(`error: '${uneven.text}' is no multiple of ${POISON_LINE_BYTES}: poison comes in whole lines`, `Give a multiple of ${POISON_LINE_BYTES}: ${uneven.nearest} is the nearest.`)
    return 1
  }
  const devices = io.system.devices()
  const device = devices.find((each, minor) => each.name === name || baseName(each.name) === baseName(name) || name === `mem${minor}`)
  if (!device) {
    voice.say(`error: ${name}: no such device`, 'Look at cxl list.')
    return 1
  }
  const beyond = beyondOf(device, address, offsetBytes, lengthBytes)
  if (beyond) {
    voice.say(`error: mem${devices.indexOf(device)}: ${beyond.says}`, beyond.next)
    return 1
  }
  const { memoryDevices } = io.system
  const place = `mem${devices.indexOf(device)}:0x${offsetBytes.toString(16)}`
  const done = command === 'clear-media-poison'
    ? yield* memoryDevices.clearPoison(device.name, offsetBytes, lengthBytes, io.caller.user)
    : memoryDevices.change(device.name, { kind: 'poison', offsetBytes, lengthBytes }, io.caller.user)
  if (!done.ok) {
    voice.say(`error: ${place}: ${done.failure.says}`, done.failure.next)
    return 1
  }
  io.out(`poison ${done.value ? 'cleared' : 'injected'} at ${place}, ${lengthBytes} bytes${done.value ? zerosText(done.value) : ''}\n`)
  return 0
}

function zerosText(ranges: readonly PoisonRange[]): string {
  const count = ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes / POISON_LINE_BYTES, 0)
  return count === 0 ? ': none of it was poisoned' : `: ${count} ${count === 1 ? 'line is' : 'lines are'} zeros now`
}

/** @returns why such a range isn't on the device, and which would be, in the numbers that the address was given in */
function beyondOf({ sizeBytes }: DeviceStatus, address: string, offsetBytes: number, lengthBytes: number): { says: string; next: string } | undefined {
  if (lengthBytes === 0) return { says: 'a range of no bytes', next: `Give a length of ${POISON_LINE_BYTES} or more.` }
  if (offsetBytes >= sizeBytes) return { says: `there is no byte ${address}: the device has bytes 0 to ${as(sizeBytes - 1, address)}`, next: `Give an address below ${as(sizeBytes, address)}.` }
  const mostBytes = sizeBytes - offsetBytes
  return lengthBytes > mostBytes ? { says: `${lengthBytes} bytes from ${address} on go beyond the device: its last byte is ${as(sizeBytes - 1, address)}`, next: `Give a length of ${mostBytes} or less.` } : undefined
}

/** Written as the other number was. */
function as(bytes: number, given: string): string {
  return /^0x/i.test(given) ? `0x${bytes.toString(16)}` : String(bytes)
}

/** @returns what isn't in whole lines, and the number beside it that is, written as it was given */
function unevenOf(text: string, bytes: number, leastBytes: number): { text: string; nearest: string } | undefined {
  if (bytes % POISON_LINE_BYTES === 0) return undefined
  const nearest = Math.max(leastBytes, Math.round(bytes / POISON_LINE_BYTES) * POISON_LINE_BYTES)
  return { text, nearest: as(nearest, text) }
}
