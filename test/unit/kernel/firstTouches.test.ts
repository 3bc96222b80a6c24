// First touches are counted as a set of offsets counts them, wherever segments begin.

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { FirstTouches } from '../../../src/core/kernel/firstTouches.ts'
import { propertyRuns } from '../../counts.ts'

const UNIT_BYTES = 4096

it('counts each beginning once, until it forgets them', () => {
  // Few units, neighbours of groups of bits, far ones, and some within a unit.
  const whole = fc.oneof(fc.nat({ max: 70 }), fc.nat({ max: 2 ** 32 })).map((unit) => unit * UNIT_BYTES)
  const odd = fc.oneof(fc.nat({ max: 70 }), fc.nat({ max: 2 ** 50 }))
  const property = fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: whole }, odd, fc.constant('clear' as const)), { maxLength: 300 }), (steps) => {
    const touches = new FirstTouches()
    const seen = new Set<number>()
    let count = 0
    for (const step of steps) {
      if (step === 'clear') {
        touches.clear()
        seen.clear()
        continue
      }
      touches.add(step)
      if (!seen.has(step)) count++
      seen.add(step)
      expect(touches.count).toBe(count)
    }
  })
  fc.assert(property, { numRuns: propertyRuns.usual })
})
