// Numbers and texts are the operating system's own: Node's table of them is held against ours.
import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { errnos, errnoText } from '../../../src/core/base/errno.ts'
import type { Errno } from '../../../src/core/base/failureRow.ts'

const all = Object.keys(errnos) as Errno[]
const known: Record<string, number> = process.platform === 'linux' ? constants.errno : {}

describe('the table of errnos', () => {
  it.each(all)('%s', (errno) => {
    expect(errnoText(errno)).toMatch(/^[A-Z][\w-]+( [\w-]+|\/\w+ \w+)/)
    const [number] = errnos[errno]
    expect(number).toBe(known[errno] ?? number)
    // Exit codes from 128 on are signals'; whoever meets failed memory gets one.
    expect(number).toBeLessThan(errno === 'EHWPOISON' ? 134 : 128)
  })

  it('gives no number twice', () => {
    expect(new Set(all.map((errno) => errnos[errno][0])).size).toBe(all.length)
  })
})
