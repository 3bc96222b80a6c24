// Sound maps for messages that carry them, on the devices of messageType.ts.

import type { Extent, Fmap } from '../../../src/core/fmap/fmap.ts'
import { columnsOf, type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import type { Chance } from './chance.ts'
import { DEVICE_UNITS, UNIT_BYTES } from './messageType.ts'

/** Extents that share nothing, on two devices, in any order. */
function someExtents(chance: Chance, countMost: number, isEven: boolean): Extent[] {
  const extents: Extent[] = []
  const next = [chance.below(4), chance.below(4)]
  const count = 1 + chance.below(countMost)
  while (extents.length < count) {
    const devindex = chance.below(2)
    const unitCount = isEven ? 1 : 1 + chance.below(4)
    const unit = next[devindex] as number
    if (unit + unitCount > DEVICE_UNITS) break
    next[devindex] = unit + unitCount + chance.below(2)
    extents.push({ devindex, offsetBytes: unit * UNIT_BYTES, lengthBytes: unitCount * UNIT_BYTES })
  }
  for (let i = extents.length - 1; i > 0; i--) {
    const j = chance.below(i + 1)
    ;[extents[i], extents[j]] = [extents[j] as Extent, extents[i] as Extent]
  }
  return extents
}

/** @param onDevice 0: all of it on the first device */
export function someSimple(chance: Chance, countMost = 16, onFirst = false): Fmap & { kind: 'simple' } {
  const extents = someExtents(chance, countMost, chance.oneIn(2)).filter(({ devindex }) => !onFirst || devindex === 0)
  if (extents.length === 0) extents.push({ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES })
  return { kind: 'simple', sizeBytes: sizeWithin(chance, extents), extents }
}

function someStriped(chance: Chance): Fmap {
  const stripCount = 1 + chance.below(4)
  const chunkBytes = UNIT_BYTES * 2 ** chance.below(2)
  const rowCount = 1 + chance.below(3)
  const strips = Array.from({ length: stripCount }, (_, i) => ({ devindex: i % 2, offsetBytes: (i * 8 + chance.below(2)) * UNIT_BYTES, lengthBytes: rowCount * chunkBytes }))
  return { kind: 'interleaved', sizeBytes: rowCount * stripCount * chunkBytes - chance.below(UNIT_BYTES), chunkBytes, strips }
}

export function someFmap(chance: Chance): Fmap {
  return chance.oneIn(2) ? someSimple(chance) : someStriped(chance)
}

/** With several interleaved extents now and then, which no log has. */
export function someWide(chance: Chance): WideMap {
  if (chance.oneIn(3)) {
    const extents = someExtents(chance, 6, false)
    const interleaved = extents.map((strip) => ({ sizeBytes: strip.lengthBytes, chunkBytes: UNIT_BYTES, strips: [strip] }))
    return { kind: 'interleaved', sizeBytes: sizeWithin(chance, extents), interleaved }
  }
  // More than any kernel takes in one answer, now and then.
  if (chance.oneIn(12)) return wideOf(someSimple(chance, 60))
  return wideOf(someFmap(chance))
}

export function someList(chance: Chance): WideMap & { kind: 'simple' } {
  const { sizeBytes, extents } = someSimple(chance, 24)
  return { kind: 'simple', sizeBytes, columns: columnsOf(extents) }
}

function sizeWithin(chance: Chance, extents: readonly Extent[]): number {
  return extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0) - chance.below(UNIT_BYTES)
}
