// All rows that the bench page measures, in groups that are measured together. The tool that opens the page knows them by
// name before there is a page: nothing here needs a browser until it runs.

import { kernelNames } from '../../src/core/machine/kernels.ts'
import { read4kRandomRow, read64kRow, scanRow } from './data.ts'
import { saveRows } from './images.ts'
import type { BenchRow } from './measure.ts'
import { createRow, logplayFullRow, logplayTailRow, mkfsRow, statRow } from './metadata.ts'
import { openRow, residentRow } from './opens.ts'
import { resolveNames, resolveRows, resolveSubjects } from './resolve.ts'
import { shellRows } from './shell.ts'
import { crossWorkerVisibleRow } from './visible.ts'

const one = (row: () => Promise<BenchRow>) => async (): Promise<BenchRow[]> => [await row()]

export const groups: { names: string[]; run: () => Promise<BenchRow[]> }[] = [
  { names: ['mkfs'], run: one(mkfsRow) },
  { names: ['create'], run: one(createRow) },
  { names: ['stat'], run: one(statRow) },
  { names: ['logplay_full'], run: one(logplayFullRow) },
  { names: ['logplay_tail'], run: one(logplayTailRow) },
  { names: ['scan_f64'], run: one(scanRow) },
  { names: ['read_64k'], run: one(read64kRow) },
  { names: ['read_4k_random'], run: one(read4kRandomRow) },
  { names: ['cross_worker_visible'], run: one(crossWorkerVisibleRow) },
  { names: ['shell_creat_1000', 'shell_creat_10000'], run: shellRows },
  { names: ['save_first', 'save_small'], run: saveRows },
  ...resolveSubjects.map((subject) => ({ names: resolveNames(subject), run: () => resolveRows(subject) })),
  ...kernelNames.map((kernel) => ({ names: [`open_${kernel}`], run: one(() => openRow(kernel)) })),
  ...kernelNames.map((kernel) => ({ names: [`resident_${kernel}`], run: one(() => residentRow(kernel)) })),
]
