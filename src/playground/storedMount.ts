// What makes a mount again, as it was stored: nothing of it is believed before it was looked at, and what it has besides is
// not taken over.

import type { KernelName } from '../core/kernel/way.ts'
import type { DaemonPlace, Generation, MountRecipe } from '../core/machine/types.ts'
import type { MountGiven } from './acts.ts'

const KERNELS = { v1: 0, 'v1-abi42': 0, fuse: 0, 'fuse-paged': 0, 'fuse-iomap': 0, 'fuse-iomap-shared': 0, program: 0, 'fuse-unrolled': 0 } satisfies Record<KernelName, 0>
const PLACES = { beside: 0, worker: 0 } satisfies Record<DaemonPlace, 0>
const GENERATIONS = { first: 0, newer: 0 } satisfies Record<Generation, 0>

type Checks = Record<string, (value: unknown) => boolean>

const isText = (value: unknown): boolean => typeof value === 'string'
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isOneOf = (words: object) => (value: unknown): boolean => typeof value === 'string' && Object.hasOwn(words, value)
const isPath = (value: unknown): boolean => typeof value === 'string' && value.startsWith('/')

const RECIPE = {
  allowRogue: isFlag,
  allowOther: isFlag,
  defaultPermissions: isFlag,
  timeoutSeconds: (value: unknown) => typeof value === 'number' && value >= 0,
  shadow: isPath,
  words: (value: unknown) => Array.isArray(value) && value.every(isText),
  generation: isOneOf(GENERATIONS),
} satisfies Checks & Record<keyof MountRecipe, unknown>

const MOUNT = {
  device: isText,
  mountpoint: isPath,
  kernel: isOneOf(KERNELS),
  daemon: isOneOf(PLACES),
  recipe: (value: unknown) => checked(value, RECIPE) !== undefined,
} satisfies Checks & Record<keyof MountGiven, unknown>

/** Undefined where it is no such thing. */
export function storedMount(stored: unknown): MountGiven | undefined {
  const mount = checked(stored, MOUNT) as Partial<MountGiven> | undefined
  if (mount?.device === undefined || mount.mountpoint === undefined) return undefined
  const { device, mountpoint, recipe } = mount
  return { ...mount, device, mountpoint, ...(recipe && { recipe: checked(recipe, RECIPE) as MountRecipe }) }
}

/** What is known of it; undefined where something of that isn't as it should be. */
function checked(stored: unknown, checks: Checks): Record<string, unknown> | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined
  const known = Object.entries(stored).filter(([key]) => Object.hasOwn(checks, key))
  return known.every(([key, value]) => checks[key]?.(value)) ? Object.fromEntries(known) : undefined
}
