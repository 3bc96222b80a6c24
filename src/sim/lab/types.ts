// The map lab: two kernels, the same files and the same accesses on both. Plain data, so that a worker can pass it on. All
// counts are of one run; bytes on both sides are compared by their checksum.

import type { Failure } from '../../core/base/result.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import type { Seen } from '../../core/fuse/wire.ts'

/** Messages that a side keeps, so that they can be shown; all of them are counted. */
export const MESSAGES_MOST = 2000

/** striped: one interleaved extent, which the daemon unrolls for kernels that only take simple lists. */
export type LabShape = 'simple' | 'striped'

export interface LabSetup {
  kernels: readonly [KernelName, KernelName]
  shape: LabShape
  /** Extents of each file, or chunks of it where it is striped; 1 .. 1,000,000. */
  extentCount: number
  /** Of a striped file, 1 .. 16. */
  stripCount: number
  /** Simple extents of one power of two each; else of mixed lengths. */
  isUniform: boolean
  fileCount: number
  deviceCount: number
  /** What a kernel may keep of maps, where it can drop some. */
  cacheCapBytes: number
  pattern: 'in_order' | 'random' | 'stride'
  accessCount: number
  accessBytes: number
  /** Where the daemon runs. */
  daemon: 'beside' | 'worker'
  /** Source of the program, for the kernel that runs one; its own interleave unless said otherwise. */
  program?: string | undefined
  seed: number
}

export interface LabMessage extends Omit<Seen, 'sentUs' | 'answeredUs'> {
  /** Since the run began. */
  sentUs: number
  answeredUs: number
}

export interface LabSide {
  kernel: KernelName
  /** The first thing that was refused, if anything was; the accesses after it may have failed as well. */
  failure: Failure | undefined
  failedCount: number
  /** The first MESSAGES_MOST of them. */
  messages: LabMessage[]
  messageCount: number
  /** Requests that waited for an answer. */
  roundTripCount: number
  /** Time spent waiting for the daemon. */
  waitedUs: number
  /** Bytes of all messages. */
  copiedBytes: number
  residentBytes: number
  residentMostBytes: number
  resolveCount: number
  /** Faults that were served from what the kernel held. */
  servedCount: number
  /** On maps that are there: no access that asked the daemon is in it. */
  nsPerResolve: number
  /** One file's first access, on average: its map is asked for, checked and kept. */
  openUs: number
  /** Of all bytes that were read. */
  checksum: number
}

export interface LabRun {
  setup: LabSetup
  /** Where the daemon ran. */
  daemon: LabSetup['daemon']
  /** Why it ran beside its kernel although a worker was asked for. */
  daemonWhy: string | undefined
  sides: readonly [LabSide, LabSide]
  /** Both read the same bytes everywhere. */
  agrees: boolean
  /** Two sentences that these numbers support. */
  conclusion: readonly [string, string]
}

/** How far a run is: what it does now, and how much of that is done. */
export interface LabProgress {
  what: string
  doneCount: number
  totalCount: number
}

/** Nanoseconds per resolve by the number of extents, for one kernel; where its limit ends, so does the list. */
export interface LabCurve {
  kernel: KernelName
  /** Round trips and memory: of looking up the same number of places at random, in a file that was unknown before. */
  points: { extentCount: number; nsPerResolve: number; residentBytes: number; roundTripCount: number; openUs: number }[]
  endsBecause: Failure | undefined
}

/** Bytes moved from the device for one access pattern: by cache line, and by page through a modelled page cache. */
export interface Amplification {
  pattern: LabSetup['pattern']
  accessCount: number
  askedBytes: number
  lineBytes: number
  lineMovedBytes: number
  /** Lines that accesses touched, counted at each access; hits were still in the processor's cache. */
  lineTouchCount: number
  lineHitCount: number
  lineCacheBytes: number
  pageBytes: number
  pageMovedBytes: number
  pageCacheBytes: number
  /** Read beyond a page that was missed, while accesses come in order. */
  readAheadBytes: number
  /** Pages that accesses touched, counted at each access. */
  pageTouchCount: number
  pageHitCount: number
}
