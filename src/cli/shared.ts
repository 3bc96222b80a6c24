// Options that several commands have, and what they come to: mode, owner and interleaving of what is made.

import type { Task } from '../core/base/task.ts'
import type { CreateSpec } from '../core/machine/types.ts'
import { allocDefaults } from '../core/machine/toolText.ts'
import type { Option } from './options.ts'
import type { Io } from './program.ts'
import { say } from './command.ts'
import { readId, readMode, readNumber, readSize, readThreads, type Trouble } from './units.ts'

type Interleave = NonNullable<CreateSpec['interleave']>

const DEFAULT_CHUNK_BYTES = 2 * 1024 * 1024
const STRIPS_MOST = 16

export const verbose = { short: 'v', long: 'verbose', says: 'tell more; more often tells even more' } as const satisfies Option
export const verboseShort = { short: 'v', says: 'tell more' } as const satisfies Option

export const uid = { short: 'u', long: 'uid', value: { name: 'UID', read: readId }, says: 'owner (yours); set where UID and GID are both not 0' } satisfies Option<number>
export const gid = { short: 'g', long: 'gid', value: { name: 'GID', read: readId }, says: 'group (yours)' } satisfies Option<number>

export function modeOption(says: string): { short: string; long: string; value: { name: string; read: typeof readMode }; says: string } {
  return { short: 'm', long: 'mode', value: { name: 'MODE', read: readMode }, says }
}

export function threadOption(says: string): { short: string; long: string; value: { name: string; read: typeof readThreads }; says: string } {
  return { short: 't', long: 'threadct', value: { name: 'N', read: readThreads }, says: `${says}; one thread does it here, whatever is asked for` }
}

export const setDaxmode = { short: 'M', long: 'set-daxmode', says: 'switch the device to famfs mode first; kernels from 6.15 need that' } as const satisfies Option

export const interleaving = {
  chunksize: { short: 'C', long: 'chunksize', value: { name: 'SIZE', read: readSize }, says: 'interleave: bytes in a chunk, a power of two (2m)' },
  nstrips: { short: 'N', long: 'nstrips', value: { name: 'N', read: (text: string) => readNumber(text, STRIPS_MOST) }, says: 'interleave: strips, 1 to 16; needs -B' },
  nbuckets: { short: 'B', long: 'nbuckets', value: { name: 'N', read: readNumber }, says: 'interleave: parts that the device is cut into; at most 64' },
} as const

/** Any of the three replaces the configured parameters as a whole; all three 0 asks for one piece. */
export function interleaveOf(given: {
  chunksize: readonly number[]
  nstrips: readonly number[]
  nbuckets: readonly number[]
}): { interleave?: Interleave; trouble?: Trouble } {
  const [chunkBytes, stripCount, bucketCount] = [given.chunksize.at(-1), given.nstrips.at(-1), given.nbuckets.at(-1)]
  if (chunkBytes === undefined && stripCount === undefined && bucketCount === undefined) return {}
  if (bucketCount !== undefined && stripCount === undefined) {
    return { trouble: { says: '--nbuckets says nothing without --nstrips', next: 'Give both: -N STRIPS -B BUCKETS.' } }
  }
  return { interleave: { chunkBytes: chunkBytes ?? DEFAULT_CHUNK_BYTES, stripCount: stripCount ?? 0, bucketCount: bucketCount ?? 0 } }
}

/** What the mount's .meta/.alloc.cfg asks for where no option does; read at every lock. */
export function configuredInterleave(io: Io, name: string, mountpoint: string): Interleave | undefined {
  const { interleave, warning } = allocDefaults(io.system.machine, mountpoint)
  if (warning) say(io, name, warning)
  return interleave
}

/** Owner as options give it, or the caller's. */
export function ownerOf(given: { uid: readonly number[]; gid: readonly number[] }, io: Io): { uid: number; gid: number } {
  const { user } = io.caller
  return { uid: given.uid.at(-1) ?? user.uid, gid: given.gid.at(-1) ?? user.gid }
}

/** Work that is over at once, where a task is wanted. */
export function* atOnce<T>(value: T): Task<T> {
  yield* []
  return value
}

/** Runs a task and shows how far it is; stopping this stops it. */
export function* shown<T>(io: Io, label: string, task: Task<T>, each?: (doneBytes: number, totalBytes: number) => void): Task<T> {
  let running = true
  try {
    for (;;) {
      const step = task.next()
      if (step.done) {
        running = false
        return step.value
      }
      const { doneCount, totalCount, unit } = step.value
      if (unit === 'bytes') {
        io.progress(label, doneCount, totalCount)
        each?.(doneCount, totalCount)
      }
      yield step.value
    }
  } finally {
    // A task that is stopped runs its own clean-up: it may hold the log lock.
    if (running) task.return(undefined as never)
  }
}
