// One press, one point: each preset sets everything that its comparison needs, and nothing by chance. Numbers that the
// sliders offer are here, too.

import type { LabSetup } from '../../playground/lab/types.ts'
import { decadesUpTo, powersOfTwo } from './scales.ts'

export const EXTENTS_MOST = 1_000_000
export const STRIPS_MOST = 16
export const DEVICES_MOST = 8
export const FILES_MOST = 1000
export const ACCESSES_MOST = 1_000_000
export const CAP_LEAST_BYTES = 4096
export const CAP_MOST_BYTES = 64 * 1024 * 1024
export const MOVES_MOST = 100
export const ACCESS_BYTES = [1, 8, 64, 512, 4096, 65_536] as const

export const EXTENT_STEPS = decadesUpTo(EXTENTS_MOST)
export const ACCESS_STEPS = decadesUpTo(ACCESSES_MOST)
export const FILE_STEPS = decadesUpTo(FILES_MOST)
export const MOVE_STEPS = [0, ...decadesUpTo(MOVES_MOST)]
export const CAP_STEPS = powersOfTwo(CAP_LEAST_BYTES, CAP_MOST_BYTES)

export interface Preset {
  id: string
  title: string
  /** What there is to see. */
  point: string
  setup: LabSetup
  /** The point is in the curve: it is measured along with the run. */
  withCurve?: boolean
}

/** What is set where nobody said otherwise. */
export const PLAIN: LabSetup = {
  kernels: ['v1', 'fuse'],
  shape: 'simple',
  extentCount: 1,
  stripCount: 4,
  isUniform: true,
  fileCount: 10,
  deviceCount: 1,
  cacheCapBytes: 1024 * 1024,
  pattern: 'random',
  accessCount: 1000,
  accessBytes: 64,
  daemon: 'beside',
  moveCount: 0,
  seed: 1,
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'push',
    title: 'Push or pull',
    point: 'All maps at replay, or each at its first open: who waits, and what stays in memory.',
    setup: { ...PLAIN, kernels: ['v1', 'fuse'], fileCount: 1000, extentCount: 10, accessCount: 200 },
  },
  {
    id: 'many',
    title: '16 extents or 100,000',
    point: 'Walking through a list of mixed lengths, or a program that searches it by halves.',
    setup: { ...PLAIN, kernels: ['fuse-unrolled', 'program'], extentCount: 100_000, isUniform: false, fileCount: 1 },
    withCurve: true,
  },
  {
    id: 'cap',
    title: 'A cache with a small cap',
    point: 'What a cap saves in memory is paid in round trips.',
    setup: { ...PLAIN, kernels: ['fuse-iomap', 'fuse-unrolled'], extentCount: 10_000, fileCount: 1, cacheCapBytes: 16 * 1024, accessCount: 10_000 },
  },
  {
    id: 'program',
    title: 'Program instead of a message',
    point: 'The map comes as cells of a table, which only the program understands: the kernel’s interface knows no map.',
    setup: { ...PLAIN, kernels: ['fuse', 'program'], shape: 'striped', extentCount: 1000, stripCount: 8, deviceCount: 4, fileCount: 10 },
  },
  {
    id: 'striped',
    title: 'Striped: interleaved or unrolled',
    point: 'Sixteen strips in one record, or an extent for every chunk.',
    setup: { ...PLAIN, kernels: ['fuse', 'fuse-unrolled'], shape: 'striped', extentCount: 10_000, stripCount: 16, deviceCount: 8, fileCount: 1 },
    withCurve: true,
  },
  {
    id: 'worker',
    title: 'What an upcall costs',
    point: 'The daemon in a worker of its own: each round trip is a switch there and back.',
    setup: { ...PLAIN, kernels: ['fuse-iomap', 'fuse'], extentCount: 30, fileCount: 10, cacheCapBytes: CAP_LEAST_BYTES, daemon: 'worker' },
  },
  {
    id: 'move',
    title: 'A file that moves',
    point: 'Its bytes go elsewhere while it is used, as famfs’s never do: who is told, and who reads on where they were.',
    setup: { ...PLAIN, kernels: ['fuse', 'fuse-iomap'], extentCount: 8, fileCount: 4, moveCount: 5 },
  },
]

/** The first of them runs when the lab opens. */
export function firstSetup(): LabSetup {
  return { ...(PRESETS[0]?.setup ?? PLAIN) }
}

export function presetOf(setup: LabSetup): Preset | undefined {
  return PRESETS.find((preset) => sameSetup(preset.setup, setup))
}

/** But for what the editor holds, which belongs to no preset. */
export function sameSetup(one: LabSetup, other: LabSetup): boolean {
  const textOf = (setup: LabSetup): string => JSON.stringify(Object.entries({ moveCount: 0, ...setup, program: undefined, programChange: undefined }).sort(([a], [b]) => (a < b ? -1 : 1)))
  return textOf(one) === textOf(other)
}
