// A mount whose daemon can be told to lie, by answers and by notices, and what must hold whatever it does: bytes that are no
// file's are neither read nor stored, and with a good daemon the same mount works.

import { expect } from 'vitest'
import type { Extent } from '../../src/core/fmap/fmap.ts'
import type { WideMap } from '../../src/core/fmap/wide.ts'
import { directLink } from '../../src/core/fuse/directLink.ts'
import type { Handlers, Notify } from '../../src/core/fuse/wire.ts'
import type { FileInode } from '../../src/core/kernel/mount.ts'
import { OpenFile } from '../../src/core/kernel/openFile.ts'
import { type PullKernel, servedBy, wayOver } from '../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { bytesOf, mounted, type Mounted, newRig, poolOffset, type Rig, type RigShape, SECRET, SMALL } from './kernels.ts'
import { firstDifference, valueOf } from './outcome.ts'

const UNIT = SMALL.unitBytes

/** Devices that begin with two units in which no file is. */
export const RESERVING: RigShape = { ...SMALL, reservedBytes: 2 * UNIT }

interface TrialOptions {
  cacheCapBytes?: number
  aheadBytes?: number
  /** All devices but the first come after the mount. */
  isAloneAtFirst?: boolean
}

export interface Trial {
  rig: Rig
  on: Mounted
  /** Whom the kernel asks from now on. */
  listen(handlers: (good: Handlers) => Handlers): void
  /** A daemon that tells bad maps in good form. */
  lie(map: WideMap): void
  notify: Notify
  /** Words of cookies, where the daemon keeps them. */
  cookies: Int32Array
  readonly askedCount: number
}

/** A mount whose daemon is good until it is told otherwise. What is no file's holds nothing but a byte that is nowhere else. */
export function newTrial(kernel: PullKernel, shape = SMALL, { isAloneAtFirst = false, ...sizes }: TrialOptions = {}): Trial {
  const rig = newRig(shape)
  for (let devindex = 0; devindex < rig.deviceCount; devindex++) rig.pool.fill(SECRET, poolOffset(rig, devindex, 0), poolOffset(rig, devindex, rig.reservedBytes ?? 0))
  let handlers: Handlers = {}
  let askedCount = 0
  let listen: Trial['listen'] = () => undefined
  let lie: Trial['lie'] = () => undefined
  let tell: Notify = () => 0
  const cookies = new Int32Array(16)
  const all = [...rig.memories]
  if (isAloneAtFirst) rig.memories.fill(undefined, 1)
  const on = mounted(rig, (store) => {
    const { link, notify } = directLink(() => handlers)
    const options = { sandbox: makeSandbox, cookies, ...sizes }
    const good = servedBy(kernel, store, notify, options).handlers
    handlers = good
    tell = notify
    listen = (make) => {
      handlers = counted(make(good))
    }
    lie = (map) => {
      handlers = counted(servedBy(kernel, { map: () => map, daxdev: (devindex) => store.daxdev(devindex) }, notify, options).handlers)
    }
    return wayOver(kernel, link, options)
  })
  all.forEach((memory, devindex) => {
    rig.memories[devindex] = memory
  })
  const counted = (given: Handlers): Handlers =>
    Object.fromEntries(Object.entries(given).map(([opcode, handler]) => [opcode, (node: number, request: Uint8Array) => {
      askedCount++
      return handler(node, request)
    }]))
  return { rig, on, cookies, notify: (notice, node, bytes) => tell(notice, node, bytes), listen: (make) => listen(make), lie: (map) => lie(map), get askedCount() { return askedCount } }
}

export function inodeOf(on: Mounted, path: string): FileInode {
  const inode = on.mount.lookup(path)
  if (inode?.kind !== 'file') throw new Error(`there is no ${path}`)
  return inode
}

/** Bytes of no file that aren't what they were. */
export function secretsLostOf({ pool, deviceBytes, deviceCount, reservedBytes = 0 }: Rig): number {
  const stride = pool.length / deviceCount
  let lost = 0
  const look = (fromBytes: number, toBytes: number): void => {
    for (let at = fromBytes; at < toBytes; at++) if (pool[at] !== SECRET) lost++
  }
  for (let devindex = 0; devindex < deviceCount; devindex++) {
    look(devindex * stride, devindex * stride + reservedBytes)
    look(devindex * stride + deviceBytes, (devindex + 1) * stride)
  }
  return lost
}

/** With a good daemon the same name works, and reads what it should. */
export function expectGoodAgain(trial: Trial, path: string, map: WideMap, isNew: boolean): void {
  const { on, rig } = trial
  trial.listen((good) => good)
  if (isNew) {
    on.mount.remove(inodeOf(on, path))
    valueOf(on.add(path, map))
  }
  const model = bytesOf(rig, map)
  const bytes = new Uint8Array(map.sizeBytes)
  valueOf(new OpenFile(on.mount, inodeOf(on, path), { read: true }).read(0, bytes))
  expect(firstDifference(bytes, model)).toBe(-1)
}

export const piece = (devindex: number, unit: number, units = 1): Extent => ({ devindex, offsetBytes: unit * UNIT, lengthBytes: units * UNIT })
