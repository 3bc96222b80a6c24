// A pipe is filled before the next command reads it: what never ends is stopped there, and says so; devices without an end
// give a command as much as it could want.

import { describe, expect, it } from 'vitest'
import { newShell } from '../helpers/shells.ts'

describe('a pipe', () => {
  it('ends what would fill it for ever, and the next command has what was there', async () => {
    const { run } = await newShell()
    const { out, err } = await run('cat /dev/zero | head -c 5 | wc -c; echo "${PIPESTATUS[@]}"; cat /dev/zero | head -c 3 | od -An -tx1')
    expect(out).toBe('5\n141 0 0\n 00 00 00\n')
    expect(err).toContain('cat: stopped: a pipe')
  })
})

describe('a device without an end', () => {
  it('can be redirected from', async () => {
    const { run } = await newShell()
    const { out, err } = await run("tr -dc a-z < /dev/urandom | head -c 8 | wc -c; while read -r line; do break; done < /dev/zero; echo $?; wc -c < /dev/null")
    expect(out).toBe('8\n0\n0\n')
    expect(err).toBe('')
  })
})
