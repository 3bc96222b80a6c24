// The map lab: two kernels, the same files and the same accesses on both. Plain data, so that a worker can pass it on. All
// counts are of one run; bytes on both sides are compared by their checksum.

import type { Failure } from '../../core/base/result.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import type { Seen } from '../../core/fuse/wire.ts'

/** Messages that a side keeps, so that they can be shown; all of them are counted. */
export const MESSAGES_MOST = 2000
/** Places that are looked up for each point of a curve. */
export const CURVE_ACCESSES = 2000

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
  /** Whole files that move to another place while the accesses go on, one after the other; 0 unless said otherwise. */
  moveCount?: number | undefined
  /** Uploaded in the middle of the accesses, for the kernel that runs programs; the first one runs until then. */
  programChange?: string | undefined
  /** fuse-iomap: a miss asks for all that follows in its window of so many bytes, AHEAD_BYTES unless said otherwise. */
  aheadBytes?: number | undefined
  seed: number
}

/** One quantity, measured several times: the median is the figure, the other two say how far to trust it. */
export interface Spread {
  least: number
  median: number
  most: number
  sampleCount: number
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
  /**
   * From each request to its answer. A daemon beside its kernel works in that time, and nothing else; one in a worker is
   * woken first, and wakes the kernel.
   */
  waitedUs: number
  /** Bytes of all messages. */
  copiedBytes: number
  residentBytes: number
  residentMostBytes: number
  resolveCount: number
  /** Files that an access opened: a kernel that is asked for maps keeps theirs and no others. */
  openedCount?: number | undefined
  /** Faults that were served from what the kernel held. */
  servedCount: number
  /** On maps that are there: no resolve that failed or asked the daemon is in it. Undefined where there was none to measure. */
  nsPerResolve: number | undefined
  resolveSpread?: Spread | undefined
  /** A file's first access; undefined where no file could be opened. See `openIs`. */
  openUs: number | undefined
  openSpread?: Spread | undefined
  /** What a first access is: asked for, checked and kept; or found, as it was pushed when the file was made. */
  openIs?: 'asked' | 'pushed' | undefined
  /** Of all bytes that were read. */
  checksum: number
  /** What the checksum would be, had each access that didn't fail read what stands in the file. */
  expectedChecksum?: number | undefined
  /** Accesses that were told no error and got other bytes than stand in the file: what stood there before, or anything. */
  wrongCount?: number | undefined
  /** Messages from the daemon that nobody asked for, while the accesses went on: UPSERT, INVAL, TABLE, PROGRAM. */
  noticeCount?: number | undefined
  /** Accesses that found what they held of a file changed since their last look, and looked again. */
  revalidationCount?: number | undefined
}

export interface LabRun {
  setup: LabSetup
  /** Where the daemon ran. */
  daemon: LabSetup['daemon']
  /** Why it ran beside its kernel although a worker was asked for. */
  daemonWhy: string | undefined
  sides: readonly [LabSide, LabSide]
  /** Files that were moved to another place while they were used. */
  movedCount?: number | undefined
  /** Bytes that one access asks iomap to look ahead; undefined where neither kernel is one. */
  aheadBytes?: number | undefined
  /** Both read every byte that stands in the files, and no access failed. */
  agrees: boolean
  /** Two sentences that these numbers support. */
  conclusion: readonly [string, string]
}

/** How far a run is: what it does now, and how much of that is done. Told ten times a second at least. */
export interface LabProgress {
  what: string
  doneCount: number
  totalCount: number
}

/** Nanoseconds per resolve by the number of extents, for one kernel; where its limit ends, so does the list. */
export interface LabCurve {
  kernel: KernelName
  /** Round trips and memory: of looking up the same number of places at random, in a file that was unknown before. */
  points: LabCurvePoint[]
  endsBecause: Failure | undefined
  /** What `extentCount` counts. */
  counts?: 'extents' | 'chunks' | undefined
}

export interface LabCurvePoint {
  extentCount: number
  /** Medians, of which the spreads say how steady they are; undefined where nothing could be measured. */
  nsPerResolve: number | undefined
  resolveSpread?: Spread | undefined
  openUs: number | undefined
  openSpread?: Spread | undefined
  residentBytes: number
  roundTripCount: number
}

/** Bytes moved from the device for one access pattern: by cache line, and by page through a modelled page cache. */
export interface Amplification {
  pattern: LabSetup['pattern']
  accessCount: number
  askedBytes: number
  /** One sentence on where accesses begin, which decides how many lines each of them touches. */
  says?: string | undefined
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
