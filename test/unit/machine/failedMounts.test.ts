// A fuse mount that fails leaves nothing: neither mount nor socket nor shadow tree, so that the same command is good once what
// was in its way is gone. What was there before it came stays.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../../src/core/omf/log.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import type { System } from '../../../src/core/machine/system.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { runLine } from '../../helpers/lines.ts'
import { DAX, MNT, newDax, newMachine, run } from '../../helpers/machines.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { get, namesOf, newSystem, put, rootAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const MINE = '/tmp/mine'

let device: Daxdev
let system: System

beforeEach(() => {
  device = newDax(64 * MIB)
  system = newSystem(newMachine('A', device))
  run(system.machine.mkfs(DAX, {}))
  valueOf(system.mkdir(MINE, 0o755, ROOT))
})

/** @returns its exit code */
function mount(words = ''): number {
  const { exit } = runLine(system, `famfs mount --fuse ${words}${DAX} ${MNT}`)
  expect(system.machine.mounts().map(({ mountpoint }) => mountpoint)).toEqual(exit === 0 ? [MNT] : [])
  return exit
}

it('where something has the socket’s name, it stays, and the tree doesn’t', () => {
  put(system, `${MINE}/sock`, 'mine', ROOT)
  for (let i = 0; i < 2; i++) expect(mount(`-S ${MINE} `)).toBe(1)
  expect(namesOf(system, MINE, ROOT)).toEqual(['sock'])
  expect(get(system, `${MINE}/sock`, ROOT)).toBe('mine')
  valueOf(system.unlink(`${MINE}/sock`, ROOT))
  expect(mount(`-S ${MINE} `)).toBe(0)
  expect(namesOf(system, MINE, ROOT)).toEqual(['root', 'sock'])
})

it('where the tree would be hidden by its own mount', () => {
  valueOf(system.mkdir(`${MNT}/shadow`, 0o755, ROOT))
  expect(mount(`-S ${MNT}/shadow `)).toBe(1)
  expect(namesOf(system, `${MNT}/shadow`, ROOT)).toEqual([])
})

it('where the tree that was named is somebody’s already, it stays as it is', () => {
  valueOf(system.mkdir(`${MINE}/root`, 0o755, ROOT))
  put(system, `${MINE}/root/f`, 'mine', ROOT)
  expect(mount(`-S ${MINE} `)).toBe(1)
  expect(get(system, `${MINE}/root/f`, ROOT)).toBe('mine')
})

describe('where an entry of the log can’t be played', () => {
  beforeEach(() => {
    run(system.machine.mount(DAX, MNT))
    for (const name of ['good', 'bad']) run(system.machine.creat(`${MNT}/${name}`, { sizeBytes: 100 }))
    valueOf(system.machine.umount(MNT))
    const bytes = new Uint8Array(device.buffer, LOG_OFFSET_BYTES + LOG_HEADER_BYTES + LOG_ENTRY_BYTES, LOG_ENTRY_BYTES)
    bytes[100] = (bytes[100] as number) ^ 1
  })

  it('the command unmounts it again, and takes its tree away', () => {
    const before = namesOf(system, '/tmp', ROOT)
    const { exit, stderr } = runLine(system, `famfs mount --fuse ${DAX} ${MNT}`)
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining('so it was unmounted again') })
    expect(namesOf(system, '/tmp', ROOT)).toEqual(before)
    for (let i = 0; i < 2; i++) expect(mount(`-S ${MINE} `)).toBe(1)
    expect(namesOf(system, MINE, ROOT)).toEqual([])
  })

  it('the machine leaves it mounted with the rest, and whoever mounted it can drop it', () => {
    const { report, drop } = run(system.mountFamfs(DAX, MNT, { kind: 'fuse', shadow: MINE }, ROOT))
    expect(report).toMatchObject({ newFiles: 1, stopped: { reason: 'bad_log_entry' } })
    expect(namesOf(system, MNT, ROOT)).toEqual(['.meta', 'good'])
    const fd = valueOf(system.machine.open(`${MNT}/good`, { read: true }, ROOT.user))
    expect(drop?.()).toMatchObject({ ok: false, failure: { reason: 'mount_busy' } })
    expect(namesOf(system, MINE, ROOT)).toEqual(['root', 'sock'])
    valueOf(system.machine.close(fd))
    expect(drop?.()).toMatchObject({ ok: true })
    expect([system.machine.mounts(), namesOf(system, MINE, ROOT)]).toEqual([[], []])
  })
})
