// The rows of the failure table that only code has which is loaded when first needed: shells and tools, kernels that pull
// their maps, the lab. The same kind of row, the same Result; only the words arrive later. A reason stands in one table.

import { row } from './failureRow.ts'

export const lateFailures = {
  map_limit: row<{ path: string; kernel: string; what: string }>('E2BIG', (d) => `the ${d.kernel} kernel takes no such map for ${d.path}: ${d.what}`,
    'Use another kernel, or make the file with fewer extents or strips.'),
  map_too_large: row<{ path: string; bytes: number; limitBytes: number }>('EFBIG',
    (d) => `the map of ${d.path} is a message of ${d.bytes} bytes, and ${d.limitBytes} are the most`, 'Use a kernel that takes maps in parts.'),
  daemon_failed: row<{ path: string; what: string }>('EIO', (d) => `the daemon gave no usable map for ${d.path}: ${d.what}`,
    'The daemon is broken or hostile: look at its messages, then mount with another.'),
  program_failed: row<{ path: string; what: string }>('EIO', (d) => `the program that finds the bytes of ${d.path} failed: ${d.what}`,
    'Correct the program; the mount and other files go on.'),
}

export type LateReason = keyof typeof lateFailures
export type LateDetails<R extends LateReason> = Parameters<(typeof lateFailures)[R]['says']>[0]
