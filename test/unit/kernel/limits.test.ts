// The table of limits says what the kernels do: each errno in it is what a kernel answers to a map that is just beyond, and
// the sentence for people has it.

import { describe, expect, it } from 'vitest'
import { columnsOf, type WideMap } from '../../../src/core/fmap/wide.ts'
import { directLink } from '../../../src/core/fuse/directLink.ts'
import { encodeFmap } from '../../../src/core/fuse/fmapMessage.ts'
import { type LimitErrnos, limits } from '../../../src/core/kernel/limits.ts'
import type { KernelName } from '../../../src/core/kernel/way.ts'
import { connect, isStandalone, kernelNames, type KernelOptions, wayOver } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { mounted, newRig, open, SMALL } from '../../helpers/kernels.ts'
import { errnoOf } from '../../helpers/systems.ts'

const UNIT = SMALL.unitBytes

interface Beyond {
  map: WideMap
  options?: KernelOptions
  /** What the daemon answers, where its own would have made something else of the map. */
  told?: Uint8Array
}

const listOf = (count: number, devindex = 0): WideMap => {
  const extents = Array.from({ length: count }, (_, i) => ({ devindex, offsetBytes: (i * 2 + 1) * UNIT, lengthBytes: UNIT }))
  return { kind: 'simple', sizeBytes: count * UNIT, columns: columnsOf(extents) }
}
const stripedOf = (stripCount: number, rowCount = 1): WideMap => {
  const strips = Array.from({ length: stripCount }, (_, i) => ({ devindex: 0, offsetBytes: (i * rowCount + 1) * UNIT, lengthBytes: rowCount * UNIT }))
  const sizeBytes = stripCount * rowCount * UNIT
  return { kind: 'interleaved', sizeBytes, interleaved: [{ sizeBytes, chunkBytes: UNIT, strips }] }
}

const beyond: Record<KernelName, Partial<Record<keyof LimitErrnos, Beyond[]>>> = {
  v1: { count: [{ map: listOf(17) }, { map: stripedOf(17) }] },
  'v1-abi42': { count: [{ map: listOf(3) }], kind: [{ map: stripedOf(2) }, { map: listOf(1, 1) }] },
  fuse: { count: [{ map: listOf(33) }, { map: stripedOf(33) }], message: [{ map: stripedOf(169) }] },
  'fuse-paged': { count: [{ map: listOf(500), options: { cacheCapBytes: 1 } }] },
  'fuse-iomap': {},
  'fuse-iomap-shared': {},
  program: { count: [{ map: listOf(174_763) }] },
  'fuse-unrolled': { message: [{ map: stripedOf(10, 69_905) }], kind: [{ map: stripedOf(2), told: encodeFmap(stripedOf(2)) }] },
}

/** What becomes of a first access. */
function outcomeOf(kernel: KernelName, { map, options, told }: Beyond): string {
  const on = mounted(newRig(SMALL), (store) => {
    const { link } = directLink(() => ({ GET_FMAP: () => ({ errno: 0, bytes: told ?? new Uint8Array(0) }) }))
    return told && !isStandalone(kernel) ? wayOver(kernel, link, options) : connect(kernel, store, { sandbox: makeSandbox, ...options })
  })
  const added = on.add('f', map)
  return errnoOf(added.ok ? open(on, 'f') : added)
}

describe.each(kernelNames)('%s', (kernel) => {
  const { errnos, says } = limits[kernel]
  const kinds = Object.keys(errnos) as (keyof LimitErrnos)[]

  it('answers what the table says, limit by limit', () => {
    expect(Object.keys(beyond[kernel]).toSorted()).toEqual(kinds.toSorted())
    for (const kind of kinds) {
      const outcomes = (beyond[kernel][kind] ?? []).map((given) => outcomeOf(kernel, given))
      expect({ kind, outcomes }).toEqual({ kind, outcomes: outcomes.map(() => errnos[kind]) })
      expect(outcomes.length).toBeGreaterThan(0)
    }
  })

  it('says so in its sentence', () => {
    expect(says.match(/E[A-Z0-9]{3,}/g) ?? []).toEqual(kinds.map((kind) => errnos[kind]))
  })
})
