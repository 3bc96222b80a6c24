// Files that move while they are used, as a server moves them: the bytes are copied to a place that nobody else has, the
// kernel is told where it can be, and then the old place is overwritten. Made from setup and accesses alone, the same for
// both kernels. Each move goes to a place of its own: whoever still reads at an old one reads other bytes for sure.

import { MIB } from '../../core/base/align.ts'
import type { WideMap } from '../../core/fmap/wide.ts'
import type { Memories } from '../../core/mem/memory.ts'
import type { Accesses } from './accesses.ts'
import { type LabFiles, movedMap } from './files.ts'
import { fillExpected, Truth } from './truth.ts'
import type { LabSetup } from './types.ts'

export interface Move {
  /** Right before this access. */
  accessIndex: number
  fileIndex: number
  map: WideMap
}

/** Spread over the accesses. Devices of `made` grow by the places that files move to. */
export function movesOf({ moveCount = 0 }: Pick<LabSetup, 'moveCount'>, made: LabFiles, accesses: Accesses): Move[] {
  const maps = made.files.map(({ map }) => map)
  const firsts = firstAccesses(accesses)
  return Array.from({ length: moveCount }, (_, i) => {
    const accessIndex = Math.floor(((i + 1) * accesses.count) / (moveCount + 1))
    const fileIndex = fileInUse(accesses, firsts, accessIndex)
    const map = movedMap(maps[fileIndex] as WideMap, made.deviceBytes)
    maps[fileIndex] = map
    return { accessIndex, fileIndex, map }
  })
}

/** One run's own view of where files are. */
export class Mover {
  readonly #memories: Memories
  readonly #accesses: Accesses
  readonly #truths = new Map<number, Truth>()
  readonly #first: readonly { map: WideMap }[]

  constructor({ files }: LabFiles, memories: Memories, accesses: Accesses) {
    this.#first = files
    this.#memories = memories
    this.#accesses = accesses
  }

  /**
   * In steps, of which none is long.
   * @param tell once the bytes are at the new place, and before anything happens to the old one
   */
  *move({ accessIndex, fileIndex, map }: Move, tell: () => void): Generator<undefined, void, void> {
    const old = this.#truths.get(fileIndex) ?? new Truth((this.#first[fileIndex] as { map: WideMap }).map)
    const truth = new Truth(map)
    this.#truths.set(fileIndex, truth)
    yield* this.#storeRead(truth, accessIndex, fileIndex, 0)
    tell()
    yield* this.#storeRead(old, accessIndex, fileIndex, OTHER_BITS)
  }

  /** All that is read of the file from then on, once. */
  *#storeRead(truth: Truth, fromIndex: number, fileIndex: number, otherBits: number): Generator<undefined, void, void> {
    const { count, fileIndices, offsets, lengths } = this.#accesses
    const stored = new Set<number>()
    let storedBytes = 0
    for (let i = fromIndex; i < count; i++) {
      // How long an access is follows from where it begins.
      if (fileIndices[i] !== fileIndex || stored.has(offsets[i] as number)) continue
      stored.add(offsets[i] as number)
      storedBytes += lengths[i] as number
      if (storedBytes > STEP_BYTES) {
        storedBytes = 0
        yield
      }
      const bytes = new Uint8Array(lengths[i] as number)
      fillExpected(bytes, fileIndex, offsets[i] as number)
      if (otherBits !== 0) for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] as number) ^ otherBits
      truth.store(this.#memories, offsets[i] as number, bytes)
    }
  }
}

const STEP_BYTES = 4 * MIB
/** What overwrites a byte differs from it. */
const OTHER_BITS = 0xff

function firstAccesses({ count, fileIndices }: Accesses): Map<number, number> {
  const firsts = new Map<number, number>()
  for (let i = 0; i < count; i++) if (!firsts.has(fileIndices[i] as number)) firsts.set(fileIndices[i] as number, i)
  return firsts
}

/** The file of the next access, if it was accessed before, so that a kernel holds something of it; else that of the last one. */
function fileInUse({ fileIndices }: Accesses, firsts: ReadonlyMap<number, number>, accessIndex: number): number {
  const next = fileIndices[accessIndex] as number
  const isUsed = (firsts.get(next) ?? accessIndex) < accessIndex
  return isUsed || accessIndex === 0 ? next : (fileIndices[accessIndex - 1] as number)
}
