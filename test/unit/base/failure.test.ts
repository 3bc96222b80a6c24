// Every row of the failure table speaks in sentences: what went wrong, without its final stop, and what to do, with one.
// A Result is plain data, so it survives the way out of a worker.

import { describe, expect, it } from 'vitest'
import { failures, type HardwareFault, type Reason } from '../../../src/core/base/failure.ts'
import { failLate } from '../../../src/core/base/late.ts'
import { lateFailures } from '../../../src/core/base/lateFailure.ts'
import { fail, must, ok } from '../../../src/core/base/result.ts'

interface AnyRow {
  errno: string
  says: (details: unknown) => string
  next: (details: unknown) => string
}

/** What memory can do, each of which has words of its own. */
const FAULTS: readonly HardwareFault[] = ['poison', 'stopped', 'reconfigured']

/** Answers to every name with something that prints well. */
const detailsWith = (why: HardwareFault): unknown => new Proxy({}, { get: (_, key) => (key === 'why' ? why : key === 'next' ? 'Do this.' : /magic|version|unit|nextSeqnum|nextIndex/.test(String(key)) ? 7n : /Bytes|Count|Index|index|wanted|found|played|count|limit|uid|owner|fd/.test(String(key)) ? 7 : 'word') })

const rows = [...Object.entries(failures), ...Object.entries(lateFailures)] as unknown as [Reason, AnyRow][]

describe('the failure table', () => {
  const each = rows.flatMap(([reason, row]) => FAULTS.map((why) => [reason, why, row] as const))

  it.each(each)('%s, %s', (reason, why, row) => {
    const says = row.says(detailsWith(why))
    const next = row.next(detailsWith(why))
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(row.errno).toMatch(/^E[0-9A-Z]+$/)
    expect(says.trim()).toBe(says)
    expect(says).toMatch(/\w+ \w+/)
    expect(says).not.toMatch(/[.!]$|undefined|NaN|\[object|function/)
    expect(next).toMatch(/^([A-Z“]|famfs ).*\.$/)
    expect(next).not.toMatch(/undefined|\.\.$|\s\s/)
  })

  it('is two tables, and no reason stands in both', () => {
    expect(rows).toHaveLength(new Set(rows.map(([reason]) => reason)).size)
    expect(failLate('map_too_large', { path: 'f', bytes: 7, limitBytes: 5 })).toMatchObject({ ok: false, failure: { reason: 'map_too_large', errno: 'EFBIG' } })
  })

  it('has no reason that says what another says', () => {
    const says = rows.map(([, row]) => row.says(detailsWith('poison')))
    expect(new Set(says).size).toBe(says.length)
  })
})

describe('a Result', () => {
  it('carries the row’s words, and survives a structured clone', () => {
    const failed = fail('log_full', { slotCount: 15_420 })
    expect(failed).toEqual({
      ok: false,
      failure: {
        reason: 'log_full',
        errno: 'ENOSPC',
        says: 'the log has no free slot: all 15420 are used, and nothing was made',
        next: 'Format again with a longer log: mkfs.famfs --force --loglen 16m DEVICE.',
      },
    })
    expect(structuredClone(failed)).toEqual(failed)
    expect([ok(), ok(5)]).toEqual([{ ok: true, value: undefined }, { ok: true, value: 5 }])
  })

  it('must() throws for a failure, which is then our own mistake', () => {
    expect(must(ok(3))).toBe(3)
    expect(() => must(fail('superblock_crc'))).toThrow('broken assumption: superblock_crc')
  })
})
