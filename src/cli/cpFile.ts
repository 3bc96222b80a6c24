// One file of a cp: copied into famfs, or compared with what is there. Sources are read in pieces of at most 4 MiB.

import { failLate } from '../core/base/late.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import { PIECE_BYTES, type Task } from '../core/base/task.ts'
import type { HeldLog } from '../core/machine/making.ts'
import { orBusError } from '../core/machine/mapping.ts'
import type { Handle } from '../core/machine/systemTypes.ts'
import type { CreateSpec } from '../core/machine/types.ts'
import type { Io } from './program.ts'
import { differsAt, readPart } from './reading.ts'
import { shown } from './shared.ts'

export interface CpGiven {
  compare: boolean
  recursive: boolean
  verbose: number
  threadCount: number
  /** Undefined: the source's. */
  mode: number | undefined
  uid: number
  gid: number
  interleave?: NonNullable<CreateSpec['interleave']>
}

/** What is done with each file and directory, once it's known where it goes. */
export interface CpTarget {
  /** What each line of output begins with. */
  label: string
  file: (source: string, path: string, mode: number) => Task<Result<undefined>>
  mkdir: (path: string, mode: number) => Result<unknown>
}

/** The reference's threads take this much at a time. */
const THREAD_PIECE_BYTES = 128 * 1024 * 1024

export function copying(io: Io, given: CpGiven, held: HeldLog): CpTarget {
  const { uid, gid, interleave } = given
  return {
    label: 'famfs cp',
    *file(source, path, sourceMode) {
      const opened = io.system.open(source, { read: true }, io.caller)
      if (!opened.ok) return opened
      const handle = opened.value
      try {
        // What can't be read makes no file.
        const unreadable = readPart(handle, 0, new Uint8Array(Math.min(1, handle.sizeBytes())))
        if (unreadable) return unreadable
        let trouble: Failure | undefined
        const reader = {
          sizeBytes: handle.sizeBytes(),
          read(offsetBytes: number, target: Uint8Array): number {
            const got = handle.read(offsetBytes, target)
            if (!got.ok) trouble = got.failure
            return got.ok ? got.value : 0
          },
        }
        const mode = given.mode === undefined ? sourceMode : given.mode & ~io.caller.umask
        const copied = yield* shown(io, path, held.cp(reader, path, { mode, uid, gid, ...(interleave ? { interleave } : {}) }), pieces(io, given, path))
        if (!copied.ok && trouble) return { ok: false, failure: trouble }
        const stored = orBusError(copied)
        return stored.ok ? ok() : stored
      } finally {
        handle.close()
      }
    },
    mkdir: (path, mode) => held.mkdir(path, { mode, uid, gid, umask: io.caller.umask }),
  }
}

export function comparing(io: Io, given: CpGiven): CpTarget {
  return {
    label: 'famfs compare',
    *file(source, path) {
      const mine = io.system.open(source, { read: true }, io.caller)
      if (!mine.ok) return mine
      const theirs = io.system.open(path, { read: true }, io.caller)
      if (!theirs.ok) {
        mine.value.close()
        return theirs
      }
      try {
        return yield* shown(io, path, compare(mine.value, theirs.value), pieces(io, given, path))
      } finally {
        mine.value.close()
        theirs.value.close()
      }
    },
    mkdir: (path) => fail('no_such_path', { path }),
  }
}

function* compare(mine: Handle, theirs: Handle): Task<Result<undefined>> {
  const sizeBytes = mine.sizeBytes()
  if (theirs.sizeBytes() !== sizeBytes) return failLate('contents_differ', { path: theirs.path, other: mine.path, offsetBytes: Math.min(sizeBytes, theirs.sizeBytes()) })
  const length = Math.min(PIECE_BYTES, sizeBytes)
  const [a, b] = [new Uint8Array(length), new Uint8Array(length)]
  for (let done = 0; done < sizeBytes; done += length) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const part = Math.min(length, sizeBytes - done)
    const read = readPart(mine, done, a.subarray(0, part)) ?? readPart(theirs, done, b.subarray(0, part))
    if (read) return read
    const differs = differsAt(a.subarray(0, part), b.subarray(0, part))
    if (differs >= 0) return failLate('contents_differ', { path: theirs.path, other: mine.path, offsetBytes: done + differs })
  }
  return ok()
}

/** With -v and threads, a line for each piece that a thread would have taken. */
function pieces(io: Io, given: CpGiven, path: string): (doneBytes: number, totalBytes: number) => void {
  let told = 0
  return (doneBytes, totalBytes) => {
    const piece = Math.floor(doneBytes / THREAD_PIECE_BYTES)
    if (given.verbose === 0 || given.threadCount === 0 || piece <= told) return
    told = piece
    io.out(`progress: ${path}: ${doneBytes} of ${totalBytes} bytes\n`)
  }
}
