// famfs_fused by hand shows a shadow tree as it is: no log is played, and nothing is mounted without a tree.

import assert from 'node:assert/strict'
import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { System } from '../../src/core/machine/system.ts'
import { runLine } from '../helpers/lines.ts'
import { DAX, newDax, newMachine } from '../helpers/machines.ts'
import { newSystem } from '../helpers/systems.ts'

let system: System
beforeEach(() => {
  system = newSystem(newMachine('A', newDax(64 * MIB)))
  for (const line of [`mkfs.famfs ${DAX}`, `famfs mount ${DAX} /mnt/famfs`, 'famfs creat -r -S 4 -s 5000 /mnt/famfs/f', 'umount /mnt/famfs', 'mkdir -p /tmp/sh/root']) {
    const { exit, stderr } = runLine(system, line)
    assert.equal(exit, 0, `${line}: ${stderr}`)
  }
})

describe('famfs_fused', () => {
  it('shows what was played into the tree, and no more', () => {
    expect(runLine(system, `famfs logplay --shadow /tmp/sh --daxdev ${DAX}`)).toMatchObject({ exit: 0 })
    expect(runLine(system, 'famfs_fused -o source=/tmp/sh,daxdev=/dev/dax0.0,timeout=1 -o allow_other,flock -f /mnt/famfs')).toMatchObject({ exit: 0, stderr: '' })
    expect(runLine(system, 'famfs verify -S 4 -f /mnt/famfs/f')).toMatchObject({ exit: 0 })
    expect(runLine(system, 'cat /mnt/famfs/.meta/.log')).toMatchObject({ exit: 1 })
    expect(runLine(system, 'umount /mnt/famfs')).toMatchObject({ exit: 0 })
  })

  it('prints help and version', () => {
    expect(runLine(system, 'famfs_fused --help')).toMatchObject({ exit: 0, stdout: expect.stringContaining('usage: famfs_fused') })
    expect(runLine(system, 'famfs_fused --version')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^famfs_fused version/) })
  })

  it.each([
    ['', 'no shadow tree is named'],
    ['-o shadow=/tmp/none /mnt/famfs', '/tmp/none'],
    ['-o shadow=/tmp /mnt/famfs', '/tmp/root'],
    ['-o shadow=/tmp/sh', 'one mount point'],
    ['-o shadow=/tmp/sh,frob /mnt/famfs', '“frob” is not a word'],
    ['-o shadow=/tmp/sh,timeout=x /mnt/famfs', '“x” is not a number'],
    ['-o shadow=/tmp/sh,cache=often /mnt/famfs', '“often” is no way to cache'],
    ['-o shadow=/tmp/sh,daxdev=/dev/null /mnt/famfs', '/dev/null'],
    ['-o shadow=/tmp/sh /tmp/none', '/tmp/none'],
  ])('with %j mounts nothing and says why', (args, says) => {
    const ran = runLine(system, `famfs_fused ${args}`)
    expect(ran).toMatchObject({ exit: 1 })
    expect(ran.stderr).toContain(says)
    expect(ran.stderr.trimEnd().split('\n').length).toBeGreaterThan(1)
    expect(system.machine.mounts()).toEqual([])
  })
})
