// daxctl: memory devices and their modes. Memory that hosts share must not become a host's own system RAM: that switch says
// why, zeroes the device, and is refused for a famfs unless --force says that it is meant.

import type { Task } from '../../core/base/task.ts'
import { fsckOn } from '../../core/machine/judging.ts'
import type { DeviceStatus } from '../../core/machine/systemTypes.ts'
import { type Given, has, valueOf } from './getopt.ts'
import { baseName } from './paths.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const ALIGN_BYTES = 2 * 1024 * 1024
const MODES = ['devdax', 'system-ram', 'famfs'] as const
type Mode = (typeof MODES)[number]
const COMMANDS = 'list, reconfigure-device, disable-device or enable-device'

const WHY_NOT = 'warning: this memory is shared with other hosts. As system RAM this kernel takes it all for itself, zeroes it and puts its own pages there, over what other hosts have mapped; every one of them then loses its files or crashes.'

export const daxctl = tool({
  short: 'd:r:m:D:R:MiufNvhb:C:',
  long: {
    dev: 'd:', region: 'r:', mode: 'm:', human: 'u', force: 'f', 'no-online': 'N', verbose: 'v', devices: 'D', regions: 'R', mappings: 'M', idle: 'i',
    'no-movable': 'nomovable', version: 'version', 'check-config': 'check', size: 'size:', align: 'align:',
  },
  help: `daxctl list [-u] [-d DEVICE]: shows the memory devices as JSON, with chardev, size, target_node, align and mode
daxctl reconfigure-device [--human] --mode=devdax|system-ram|famfs [--force] DEVICE: switches a device; as system-ram its memory is zeroed; with --force under a mount, too, and no file of it can be reached from then on
daxctl disable-device DEVICE, daxctl enable-device DEVICE: the device answers no host any more, or again; mounts stay, and meet it when they touch it`,
  modern: (args) => args.map((arg) => (arg === '-D' || arg === '-R' ? `--${arg === '-D' ? 'devices' : 'regions'}` : arg)),
}, function* run(call) {
  const { given, misused } = call
  const [command, ...names] = given.operands
  if (tellsOfItself(call, 'daxctl list [-u] [-d DEVICE], daxctl reconfigure-device [-u] -m MODE [-f] DEVICE, daxctl disable-device DEVICE, daxctl enable-device DEVICE')) return 0
  if (command === 'list') return list(call)
  if (command === 'reconfigure-device') return yield* reconfigure(call, names)
  if (command === 'disable-device' || command === 'enable-device') return switchAnswers(call, names, command === 'enable-device')
  return misused(command === undefined ? `a command is missing: ${COMMANDS}` : `'${command}' is not a command here: use ${COMMANDS}`)
})

function list(call: Call): number {
  const { given, io } = call
  const wanted = valueOf(given, 'd')
  const devices = io.system.devices()
  const chosen = devices.filter(({ name }) => wanted === undefined || wanted === 'all' || baseName(name) === baseName(wanted))
  io.out(jsonOf(chosen.map((device) => describe(device, devices.indexOf(device), call)), given))
  return 0
}

/** For every host at once: it is the device that answers, or doesn't. */
function switchAnswers(call: Call, names: readonly string[], answers: boolean): number {
  const { io, voice } = call
  const chosen = chosenBy(call, names)
  if (!chosen) return 1
  let changedCount = 0
  let { exitCode } = chosen
  for (const { name } of chosen.devices) {
    const done = io.system.memoryDevices.change(name, { kind: answers ? 'start' : 'stop' }, io.caller.user)
    if (done.ok) changedCount++
    else voice.fail(`error: ${baseName(name)}`, done.failure, name)
    if (!done.ok) exitCode = 1
  }
  io.err(`${answers ? 'enabled' : 'disabled'} ${changedCount} device${changedCount === 1 ? '' : 's'}\n`)
  return exitCode
}

/** By their paths or the last parts of them; `all` are all. @returns undefined where none is named */
function chosenBy({ io, voice }: Call, names: readonly string[]): { devices: DeviceStatus[]; exitCode: number } | undefined {
  if (names.length === 0) {
    voice.say('error: a device is missing', 'Look at daxctl list.')
    return undefined
  }
  let exitCode = 0
  const devices = names.flatMap((name) => {
    const found = io.system.devices().filter((device) => name === 'all' || device.name === name || baseName(device.name) === baseName(name))
    if (found.length > 0) return found
    voice.say(`error: ${name}: no such device`, 'Look at daxctl list.')
    exitCode = 1
    return []
  })
  return { devices, exitCode }
}

function* reconfigure(call: Call, names: readonly string[]): Task<number> {
  const { given, io, voice } = call
  const mode = valueOf(given, 'm')
  if (mode === undefined || !isMode(mode)) {
    voice.say(`error: ${mode === undefined ? 'a mode is missing' : `unknown mode '${mode}'`}`, `Give --mode=${MODES.join(', --mode=')}.`)
    return 1
  }
  const chosen = chosenBy(call, names)
  if (!chosen) return 1
  const devices = io.system.devices()
  const changed: DeviceStatus[] = []
  let { exitCode } = chosen
  for (const device of chosen.devices) {
    if (yield* switchOne(call, device, mode)) changed.push(device)
    else exitCode = 1
  }
  if (changed.length > 0) {
    const now = io.system.devices()
    io.out(jsonOf(changed.map(({ name }) => describe(now.find((device) => device.name === name) as DeviceStatus, devices.findIndex((device) => device.name === name), call)), given))
  }
  io.err(`reconfigured ${changed.length} device${changed.length === 1 ? '' : 's'}\n`)
  return exitCode
}

function* switchOne({ given, io, voice }: Call, { name, mode: was }: DeviceStatus, mode: Mode): Task<boolean> {
  const device = baseName(name)
  const losing = mode === 'system-ram' && was !== 'system-ram'
  if (losing && !has(given, 'f') && (yield* holdsFamfs(name, io))) {
    voice.say(`error: ${device}: there is a famfs on it, and as system-ram all of it would be lost, for every host`, 'If that is meant: daxctl reconfigure-device --mode=system-ram --force DEVICE.')
    return false
  }
  if (losing) voice.say(`${device}: ${WHY_NOT}`)
  const done = yield* io.system.memoryDevices.setMode(name, mode, io.caller.user, has(given, 'f'))
  if (!done.ok) voice.fail(`error: ${device}`, done.failure, name)
  return done.ok
}

function* holdsFamfs(name: string, { system: { machine } }: ToolIo): Task<boolean> {
  const checked = yield* fsckOn(machine, name)
  // Where it can't be read, there may be one.
  return !checked.ok || checked.value.superblockFailure === undefined
}

function isMode(text: string): text is Mode {
  return (MODES as readonly string[]).includes(text)
}

function describe({ name, sizeBytes, mode }: DeviceStatus, minor: number, { given, io }: Call): Record<string, unknown> {
  return {
    chardev: baseName(name),
    size: has(given, 'u') ? humanBytes(sizeBytes) : sizeBytes,
    target_node: minor + 1,
    align: has(given, 'u') ? humanBytes(ALIGN_BYTES) : ALIGN_BYTES,
    mode,
    ...(mode === 'system-ram' ? { movable: true } : {}),
    ...(io.system.memoryDevices.answers(name) ? {} : { state: 'disabled' }),
  }
}

/** "256.00 MiB (268.44 MB)" */
function humanBytes(bytes: number): string {
  const inUnits = (base: number, tail: string): string => {
    const power = Math.min(4, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(base)))
    return `${(bytes / base ** power).toFixed(2)} ${['', 'K', 'M', 'G', 'T'][power]}${tail}`
  }
  return `${inUnits(1024, 'iB')} (${inUnits(1000, 'B')})`
}

/** One device for people stands alone; scripts always get a list. */
function jsonOf(devices: Record<string, unknown>[], given: Given): string {
  const shown = has(given, 'u') && devices.length === 1 ? devices[0] : devices
  return jsonText(shown)
}

/** --version and -h. @returns whether that was asked */
export function tellsOfItself({ given, io }: Call, usage: string): boolean {
  const text = has(given, 'version') ? '80' : has(given, 'h') ? `usage: ${usage}` : undefined
  if (text !== undefined) io.out(`${text}\n`)
  return text !== undefined
}

/** As these tools print it. */
export function jsonText(shown: unknown): string {
  return `${JSON.stringify(shown, undefined, 2).replaceAll('": ', '":')}\n`
}
