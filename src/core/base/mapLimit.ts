// A row of the table of late failures that the standalone module, which is there from the start, needs too.

import { row } from './failureRow.ts'

export const mapLimit = row<{ path: string; kernel: string; what: string }>('E2BIG', (d) => `the ${d.kernel} kernel takes no such map for ${d.path}: ${d.what}`,
  'Use another kernel, or make the file with fewer extents or strips.')
