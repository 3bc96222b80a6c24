// How full file systems are. famfs has no free list: what is used is what superblock, log and logged files own, by the log on
// the device, and nothing is ever given back. The root file system is in memory, and counts as half of that, as tmpfs does.

import type { Io } from '../../cli/program.ts'
import { textOf } from '../../core/base/plain.ts'
import type { Task } from '../../core/base/task.ts'
import { smallFile } from './streams.ts'

export type MountEntry = ReturnType<Io['system']['mountTable']>[number]

export interface Usage {
  totalBytes: number
  usedBytes: number
  availableBytes: number
}

const NOTHING: Usage = { totalBytes: 0, usedBytes: 0, availableBytes: 0 }

export function isFamfs({ type }: Pick<MountEntry, 'type'>): boolean {
  return type === 'famfs' || type.startsWith('fuse')
}

export function* usageOf(entry: MountEntry, io: Io): Task<Usage> {
  if (!isFamfs(entry)) return entry.target === '/' ? rootUsage(io) : NOTHING
  const device = io.system.machine.mounts().find(({ mountpoint }) => mountpoint === entry.target)?.deviceName
  const checked = device === undefined ? undefined : yield* io.system.machine.fsck(device)
  const scan = checked?.ok ? checked.value.scan : undefined
  if (!scan) return NOTHING
  const totalBytes = Number(scan.superblock.ts_daxdev.dd_size)
  const usedBytes = Math.min(totalBytes, Number(scan.allocatedBytes))
  return { totalBytes, usedBytes, availableBytes: totalBytes - usedBytes }
}

function rootUsage(io: Io): Usage {
  const meminfo = smallFile('/proc/meminfo', io)
  const kib = Number(/MemTotal:\s*(\d+)/.exec(meminfo ? textOf(meminfo) : '')?.[1] ?? 0)
  const totalBytes = kib * 512
  return { totalBytes, usedBytes: 0, availableBytes: totalBytes }
}

/** The mount that holds a path: the one with the longest target above it. */
export function mountOf(realPath: string, io: Io): MountEntry | undefined {
  let best: MountEntry | undefined
  for (const entry of io.system.mountTable()) {
    const above = entry.target === '/' || realPath === entry.target || realPath.startsWith(`${entry.target}/`)
    if (above && (!best || entry.target.length >= best.target.length)) best = entry
  }
  return best
}
