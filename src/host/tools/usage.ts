// How full file systems are. famfs has no free list: what is used is what superblock, log and logged files own, by the log on
// the device, and nothing is ever given back.

import { assert } from '../../core/base/assert.ts'
import type { Task } from '../../core/base/task.ts'
import { totalsOf } from '../../core/fs/fsck.ts'
import { fsckOn } from '../../core/machine/judging.ts'
import type { MountEntry } from '../../core/machine/systemTypes.ts'
import type { ToolIo } from './toolIo.ts'
import { isFamfsType } from './voice.ts'

export interface Usage {
  totalBytes: number
  usedBytes: number
  availableBytes: number
}

export function* usageOf({ type, target, sizeBytes = 0, usedBytes = 0 }: MountEntry, { system: { machine } }: ToolIo): Task<Usage> {
  if (!isFamfsType(type)) return usage(sizeBytes, usedBytes)
  const mount = machine.mounts().find(({ mountpoint }) => mountpoint === target)
  const checked = mount ? yield* fsckOn(machine, mount.deviceName) : undefined
  const scan = checked?.ok ? checked.value.scan : undefined
  if (!scan) return usage(0, 0)
  const { deviceBytes, allocatedBytes } = totalsOf(scan)
  return usage(Number(deviceBytes), Number(allocatedBytes))
}

function usage(totalBytes: number, used: number): Usage {
  const usedBytes = Math.min(used, totalBytes)
  return { totalBytes, usedBytes, availableBytes: totalBytes - usedBytes }
}

/** The mount that holds a path: the one with the longest target above it. */
export function mountOf(realPath: string, io: ToolIo): MountEntry {
  const above = io.system.mountTable().filter(({ target }) => target === '/' || realPath === target || realPath.startsWith(`${target}/`))
  const [best] = above.sort((a, b) => b.target.length - a.target.length)
  assert(best !== undefined, 'every path is below the root')
  return best
}
