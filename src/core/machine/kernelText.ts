// The text of files under /proc and /etc, each made from plain facts, in the form that Linux's have.

import { MIB } from '../base/align.ts'
import type { MountEntry } from './systemTypes.ts'

const KIB_PER_MIB = 1024

/** /proc/mounts; blanks in paths are written as the kernel writes them. */
export function mountsText(entries: readonly MountEntry[]): string {
  return linesOf(entries.map(({ source, target, type, options }) => `${escaped(source)} ${escaped(target)} ${type} ${options.join(',')} 0 0`))
}

export function mountInfoText(entries: readonly MountEntry[]): string {
  return linesOf(
    entries.map(({ source, target, type, options }, index) => `${21 + index} ${index === 0 ? 1 : 21} 0:${20 + index} / ${escaped(target)} ${options.join(',')} - ${type} ${escaped(source)} rw`),
  )
}

export function memInfoText(totalBytes: number, usedBytes: number): string {
  const freeBytes = totalBytes - usedBytes
  const rows: [string, number][] = [['MemTotal', totalBytes], ['MemFree', freeBytes], ['MemAvailable', freeBytes], ['Buffers', 0], ['Cached', usedBytes], ['SwapTotal', 0], ['SwapFree', 0]]
  return linesOf(rows.map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(Math.floor((bytes / MIB) * KIB_PER_MIB)).padStart(8)} kB`))
}

export function cpuInfoText(cpuCount: number): string {
  const cpus = Array.from({ length: cpuCount }, (_, index) => linesOf([
    `processor\t: ${index}`,
    'vendor_id\t: famfs-playground',
    'model name\t: a thread of your browser',
    `cpu cores\t: ${cpuCount}`,
    'flags\t\t: fpu clflushopt clwb',
  ]))
  return cpus.map((text) => `${text}\n`).join('')
}

export function versionText(kernelRelease: string): string {
  return `Linux version ${kernelRelease} (famfs-playground) #1 SMP\n`
}

export function uptimeText(upMs: number): string {
  const seconds = (upMs / 1000).toFixed(2)
  return `${seconds} ${seconds}\n`
}

export function moduleText(loaded: readonly { name: string; userCount: number }[]): string {
  return linesOf(loaded.map(({ name, userCount }) => `${name} 65536 ${userCount} - Live 0x0000000000000000`))
}

export function fileSystemsText(modules: readonly string[]): string {
  return linesOf(['rootfs', 'proc', 'sysfs', 'devtmpfs', ...modules.filter((name) => name === 'famfs' || name === 'fuse')].map((name) => `nodev\t${name}`))
}

/** Physical memory: ordinary memory first, then each device where a host would see it. */
export function ioMemText(devices: readonly { label: string; startBytes: number; sizeBytes: number; driver: string }[]): string {
  const rows = devices.map(({ label, startBytes, sizeBytes, driver }) => {
    const range = `${hex(startBytes)}-${hex(startBytes + sizeBytes - 1)}`
    return `${range} : Soft Reserved\n  ${range} : ${label}\n    ${range} : ${driver}`
  })
  return linesOf(rows)
}

function hex(value: number): string {
  return value.toString(16).padStart(9, '0')
}

function escaped(path: string): string {
  return path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011').replaceAll('\n', '\\012')
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
