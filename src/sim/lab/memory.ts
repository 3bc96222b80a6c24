// What “map memory” counts, kernel by kernel: one table, which the page shows beside the figure, and which a test holds
// against what each kernel says that it keeps. Bytes of maps and of what finds them, as they lie in this model's arrays,
// room for more included; not the objects around them, and nothing that all kernels have alike: files, devices, locks.

import type { KernelName } from '../../core/kernel/way.ts'

/** What there are some of. */
export type MemoryUnit = 'extent' | 'record' | 'strip' | 'page' | 'file' | 'slot' | 'sandboxPage' | 'cell' | 'range'

export interface MemoryPart {
  unit: MemoryUnit
  bytes: number
  /** What it is bytes of: "each extent". */
  of: string
  /** What they are made of, or when there are such. */
  made: string
}

export interface KernelMemory {
  kernel: KernelName
  /** Of which files. */
  whose: string
  parts: readonly MemoryPart[]
}

const PUSHED = 'of all files, from replay on'
const OPENED = 'of files that were opened'

const recordAndStrips: readonly MemoryPart[] = [
  { unit: 'record', bytes: 24, of: 'each interleaved extent', made: 'of a striped file: its bytes, its chunk, how many strips' },
  { unit: 'strip', bytes: 24, of: 'each strip', made: 'as in the message' },
]
const pushed: readonly MemoryPart[] = [{ unit: 'extent', bytes: 24, of: 'each extent', made: 'three numbers of 8, as in the ioctl' }, ...recordAndStrips]
const extent: MemoryPart = { unit: 'extent', bytes: 20, of: 'each extent', made: 'device 4, offset 8, length 8' }
const slot: MemoryPart = { unit: 'slot', bytes: 62, of: 'each place for a mapping', made: 'place in the file 8, length 8, device 4 and offset 8; links of two trees 16, its height in each 2, links of the order of use 8; whose it is 8. There are 16 places at first, and twice as many whenever they are full, up to the cap' }

export const kernelMemory: readonly KernelMemory[] = [
  { kernel: 'v1', whose: PUSHED, parts: pushed },
  { kernel: 'v1-abi42', whose: PUSHED, parts: pushed.slice(0, 1) },
  { kernel: 'fuse', whose: OPENED, parts: [extent, ...recordAndStrips] },
  { kernel: 'fuse-paged', whose: OPENED, parts: [
    { unit: 'extent', bytes: 20, of: 'each mapping of a page that is kept', made: 'device 4, offset 8, place in the file 8' },
    { unit: 'page', bytes: 8, of: 'each page that is kept', made: 'where it ends' },
    { unit: 'record', bytes: 24, of: 'each page of the file, kept or not', made: 'where it begins 8, its checksum 8, a reference 8' },
    { unit: 'file', bytes: 8, of: 'each file', made: 'where its last page ends' },
  ] },
  { kernel: 'fuse-iomap', whose: OPENED, parts: [slot] },
  { kernel: 'fuse-iomap-shared', whose: OPENED, parts: [slot] },
  { kernel: 'program', whose: OPENED, parts: [
    { unit: 'sandboxPage', bytes: 65_536, of: 'each page of the sandbox', made: 'one at first, and twice as many whenever they are full. In it are each file’s own cells, as many as it has in the table and 16 for what the program computes, and its part of the table while it is set up' },
    { unit: 'cell', bytes: 8, of: 'each place for a cell of the table', made: 'filled by the daemon: 3 cells for each extent or strip, and 2 to 5 more. There are twice as many places whenever they are full' },
    { unit: 'range', bytes: 20, of: 'each range of a device', made: 'device 4, offset 8, length 8: what answers are held against; neighbours are one' },
  ] },
  { kernel: 'fuse-unrolled', whose: OPENED, parts: [{ ...extent, made: `${extent.made}; of a striped file, each chunk is one` }] },
]
