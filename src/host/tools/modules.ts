// modprobe, insmod, rmmod, lsmod, dmesg: which modules this host's kernel has, and what it has said. Only root changes any.

import { textOf } from '../../core/base/plain.ts'
import { has } from './getopt.ts'
import { table } from './numbers.ts'
import { baseName } from './paths.ts'
import { smallFile } from './streams.ts'
import { type Call, quickTool } from './tool.ts'

export const modprobe = quickTool({
  short: 'rvqafnDc',
  long: { remove: 'r', verbose: 'v', quiet: 'q', all: 'a', force: 'f', 'dry-run': 'n', 'first-time': 'first' },
  needs: 1,
  missing: 'parameters. See -h',
  help: 'modprobe MODULE [generation=first|newer]: loads a kernel module; famfs comes in two generations, of which the newer one refuses what the first lets plain tools do. modprobe -r MODULE...: unloads.',
}, (call) => {
  const { given, io } = call
  const { operands } = given
  if (!isRoot(call)) return 1
  if (has(given, 'n')) return 0
  if (has(given, 'r')) return every(operands, (name) => unload(call, name, `FATAL: Module ${name} is in use.`, `FATAL: Module ${name} is not currently loaded.`))
  const [name = '', ...words] = operands
  if (has(given, 'a')) return every(operands, (each) => load(call, each, []))
  if (has(given, 'v')) io.out(`insmod /lib/modules/${io.system.kernelRelease}/kernel/fs/${name}.ko ${words.join(' ')}\n`)
  return load(call, name, words) ? 0 : 1
})

export const insmod = quickTool({
  short: 'f',
  needs: 1,
  help: 'insmod FILE [NAME=VALUE...]: loads a kernel module from a file such as famfs.ko; the name alone counts here.',
}, (call) => {
  if (!isRoot(call)) return 1
  const [path = '', ...words] = call.given.operands
  return load(call, baseName(path).replace(/\.ko(\..*)?$/, ''), words) ? 0 : 1
})

export const rmmod = quickTool({
  short: 'fvsw',
  long: { force: 'f', verbose: 'v' },
  needs: 1,
  help: 'rmmod MODULE...: unloads kernel modules that no mount uses.',
}, (call) => {
  if (!isRoot(call)) return 1
  return every(call.given.operands, (name) => unload(call, name, `ERROR: Module ${name} is in use`, `ERROR: Module ${name} is not currently loaded`))
})

function isRoot({ given, io, voice }: Call): boolean {
  if (io.caller.user.uid === 0) return true
  voice.say(`ERROR: could not change '${given.operands[0]}': Operation not permitted`, 'Run it with sudo.')
  return false
}

function load({ given, io, voice }: Call, asked: string, words: readonly string[]): boolean {
  // Modules are known by either spelling.
  const name = asked.replaceAll('-', '_')
  const parameters = Object.fromEntries(words.map((word) => {
    const equals = word.indexOf('=')
    return equals < 0 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)]
  }))
  const loaded = io.system.loadModule(name, parameters)
  if (loaded.ok) return true
  const { reason, says, next } = loaded.failure
  if (reason !== 'no_module') voice.say(`ERROR: could not insert '${asked}': ${says}`, next)
  else if (!has(given, 'q')) voice.say(`FATAL: Module ${asked} not found in directory /lib/modules/${io.system.kernelRelease}`)
  return false
}

function unload({ given, io, voice }: Call, asked: string, busy: string, missing: string): boolean {
  const unloaded = io.system.unloadModule(asked.replaceAll('-', '_'))
  if (unloaded.ok) return true
  const isBusy = unloaded.failure.reason === 'module_busy'
  if (isBusy || !has(given, 'q')) voice.say(isBusy ? busy : missing, isBusy ? unloaded.failure.next : '')
  return false
}

function every(names: readonly string[], work: (name: string) => boolean): number {
  let exitCode = 0
  for (const name of names) if (!work(name)) exitCode = 1
  return exitCode
}

export const lsmod = quickTool({ short: '', most: 0, help: 'lsmod: shows the kernel modules that are loaded, and how many mounts use each.' }, ({ io }) => {
  const bytes = smallFile('/proc/modules', io)
  const rows = textOf(bytes ?? new Uint8Array(0)).split('\n').filter((line) => line !== '').map((line) => line.split(' ').slice(0, 3))
  io.out(table([['Module', 'Size', 'Used by'], ...rows.map(([name = '', size = '', users = '']) => [name.padEnd(20), size, users])], new Set([1]), '  '))
  return 0
})

export const dmesg = quickTool({
  short: 'TtwkHcC',
  long: { ctime: 'T', notime: 't', follow: 'w', kernel: 'k', human: 'H', clear: 'C', color: 'color?' },
  help: 'dmesg: shows the system log of this host.',
}, ({ io }) => {
  for (const line of io.system.systemLog()) io.out(`${line}\n`)
  return 0
})
