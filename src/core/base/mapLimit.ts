// Rows of the table of late failures that the standalone module, which is there from the start, needs too: the map is sound,
// and this kernel doesn't take it. Nothing is wrong with the file, so nobody is sent to fsck.

import { row } from './failureRow.ts'

interface Unfit {
  path: string
  kernel: string
  what: string
}

const NEXT = 'Use another kernel, or make the file with fewer extents or strips.'

export const mapLimit = row<Unfit>('E2BIG', (d) => `the ${d.kernel} kernel takes no such map for ${d.path}: ${d.what}`, NEXT)
export const mapUnfit = row<Unfit>('EINVAL', (d) => `the ${d.kernel} kernel can't take the map of ${d.path}: ${d.what}`, NEXT)
