// Undo and redo without limit: whatever was done, every step leads to the same bytes and the same hosts, from either side.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { history as counts, printCount } from '../../counts.ts'
import { nodeSession, type HostPicture, picturesOf } from '../../helpers/sessions.ts'
import { anyMixed, beginSmall, doMixed } from '../../helpers/sessionSteps.ts'

const seed = 20_261_121

interface State {
  sha256: string
  hosts: HostPicture[]
}

describe('a session of mixed operations', () => {
  it('comes back to every step, byte by byte and host by host', { timeout: 600_000 }, async () => {
    const mixed = fc.sample(anyMixed, { seed, numRuns: counts.operations })
    const places = fc.sample(fc.nat(1_000_000), { seed, numRuns: counts.journeys })
    printCount('history: seed', seed)
    const { session, newest } = await nodeSession()
    await beginSmall(session)
    const stateNow = (): State => ({ sha256: createHash('sha256').update(new Uint8Array(newest())).digest('hex'), hosts: picturesOf(session.snapshot()) })
    const states = new Map<number, State>([[session.snapshot().history.position, stateNow()]])
    let sameCount = 0
    for (const [i, each] of mixed.entries()) {
      const before = session.snapshot().history.position
      await doMixed(session, each)
      const { position, stepCount } = session.snapshot().history
      expect(position).toBe(stepCount)
      // What is no step has changed nothing.
      if (position === before) {
        sameCount++
        expect({ i, each, ...stateNow() }).toEqual({ i, each, ...states.get(position) })
      }
      states.set(position, stateNow())
    }
    const last = session.snapshot().history.stepCount
    const walk = [...places.map((place) => place % (last + 1)), last, last - 1, last - 2, last - 1, last, 0, last, 1, last]
    for (const position of walk) {
      const gone = await session.stepTo(position)
      expect({ position, gone }).toEqual({ position, gone: { ok: true, value: undefined } })
      expect(session.snapshot().history).toMatchObject({ position, stepCount: last, travelling: false })
      const wanted = states.get(position)
      if (wanted) expect({ position, ...stateNow() }).toEqual({ position, ...wanted })
    }
    printCount('history: operations, steps, without a step, journeys', `${mixed.length}, ${last}, ${sameCount}, ${walk.length}`)
    await session.dispose()
  })
})
