// The order of a mapping cache holds what was put in and not taken out, in order, and no tree is deeper than it says: not
// even where someone who knows how slots are given out chooses the order.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NONE, SlotOrder } from '../../../src/core/kernel/ways/iomapOrder.ts'
import { propertyRuns } from '../../counts.ts'

/** Slots in the order of the tree, and how deep it is. A stack of its own: the tree may be a list. */
function walked({ left, right }: SlotOrder, root: number): { slots: number[]; depth: number } {
  const slots: number[] = []
  const above: [slot: number, depth: number][] = []
  let depth = 0
  let [slot, level] = [root, 1]
  while (slot !== NONE || above.length > 0) {
    for (; slot !== NONE; slot = left[slot]!) above.push([slot, level++])
    ;[slot, level] = above.pop()!
    depth = Math.max(depth, level)
    slots.push(slot)
    slot = right[slot]!
    level++
  }
  return { slots, depth }
}

const deepest = (count: number): number => 1.45 * Math.log2(count + 2)

describe('depth', () => {
  const count = 20_000
  /** Numbers that slots were given once, as heights in a tree of chance: whoever knew them could make the tree a list. */
  const hashOf = (slot: number): number => {
    let bits = slot + 1
    bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
    return (bits ^ (bits >>> 16)) >>> 0
  }
  const slots = Array.from({ length: count }, (_, slot) => slot)
  const ranks = new Float64Array(count)
  for (const [rank, slot] of slots.toSorted((a, b) => hashOf(b) - hashOf(a)).entries()) ranks[slot] = rank

  it.each<[string, (slot: number) => number]>([
    ['in order', (slot) => slot],
    ['backwards', (slot) => -slot],
    ['from both ends', (slot) => (slot % 2 === 0 ? slot : -slot)],
    ['into the middle', (slot) => (slot % 2 === 0 ? slot - 2 * count : 2 * count - slot)],
    ['by a hash of the slot', (slot) => ranks[slot]!],
    ['against a hash of the slot', (slot) => -ranks[slot]!],
  ])('of slots that come %s, and half of which go', (_, keyOf) => {
    const order = new SlotOrder((a, b) => keyOf(a) < keyOf(b))
    order.resize(count)
    let root = NONE
    for (const slot of slots) root = order.insert(root, slot)
    const all = walked(order, root)
    expect(all.slots).toEqual(slots.toSorted((a, b) => keyOf(a) - keyOf(b)))
    expect(all.depth).toBeLessThanOrEqual(deepest(count))
    const first = all.slots.slice(0, count / 2)
    for (const slot of first) root = order.remove(root, slot)
    const rest = walked(order, root)
    expect(rest.slots).toEqual(all.slots.slice(count / 2))
    expect(rest.depth).toBeLessThanOrEqual(deepest(count / 2))
  })
})

it('holds what was put in and not taken out, in order, whatever comes and goes', () => {
  const most = 64
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: most - 1 }), fc.nat({ max: 1000 })), { maxLength: 300 }), (steps) => {
    const keys = new Map<number, number>()
    const keyOf = (slot: number): number => keys.get(slot)! * most + slot
    const order = new SlotOrder((a, b) => keyOf(a) < keyOf(b))
    order.resize(most)
    let root = NONE
    for (const [slot, key] of steps) {
      if (keys.has(slot)) {
        root = order.remove(root, slot)
        keys.delete(slot)
      } else {
        keys.set(slot, key)
        root = order.insert(root, slot)
      }
      const { slots, depth } = walked(order, root)
      expect(slots).toEqual([...keys.keys()].toSorted((a, b) => keyOf(a) - keyOf(b)))
      expect(depth).toBeLessThanOrEqual(deepest(keys.size))
    }
  }), { numRuns: propertyRuns.usual })
})
