// Where we deliberately do better than the reference (famfs-cli.md, section 17): one test for each number there.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { runNow } from '../../src/core/base/task.ts'
import type { Machine } from '../../src/core/machine/machine.ts'
import type { System } from '../../src/core/machine/system.ts'
import { logEntries } from '../../src/core/machine/toolText.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import { famfsCommands } from '../../src/cli/famfs.ts'
import { type LineOptions, runLine, type Said } from '../helpers/lines.ts'
import { DAX, logByHand, newDax, newMachine } from '../helpers/machines.ts'
import { get, namesOf, newSystem, put, rootAt, userAt } from '../helpers/systems.ts'

const AU = 2 * MIB
const root = rootAt('/')

let device: Daxdev
let machine: Machine
let system: System

beforeEach(() => {
  device = newDax(32 * MIB)
  machine = newMachine('A', device)
  system = newSystem(machine)
  good(`mkfs.famfs ${DAX}`)
  good(`famfs mount ${DAX} /mnt/famfs`)
})

function good(line: string, options: LineOptions = {}): Said {
  const said = runLine(system, line, options)
  expect({ line, ...said }).toMatchObject({ line, exit: 0 })
  return said
}

/** Exits with that, and says what to do next. */
function bad(line: string, exit: number, says = '', options: LineOptions = {}): Said {
  const said = runLine(system, line, options)
  expect({ line, exit: said.exit, stderr: said.stderr }).toEqual({ line, exit, stderr: expect.stringContaining(says) })
  expect(said.stderr).toMatch(/\n {2}[A-Z].*[.]/)
  return said
}

function logged(): string[] {
  const paths: string[] = []
  runNow(logEntries(machine, DAX, ({ path }) => paths.push(path)))
  return paths
}

function putBytes(path: string, sizeBytes: number, mode = 0o644): void {
  put(system, path, 'x'.repeat(sizeBytes), root, mode)
}

const piecesOf = (path: string): { offsetBytes: number; lengthBytes: number }[] => {
  const inode = machine.inode(path)
  const map = inode.ok && inode.value.kind === 'file' ? inode.value.map : undefined
  return map?.kind === 'interleaved' ? map.strips : map?.kind === 'simple' ? map.extents : []
}

const namesIn = (path: string): string[] => namesOf(system, path, root)
const modeOf = (path: string): string => {
  const stat = system.stat(path, root)
  return stat.ok ? stat.value.mode.toString(8) : stat.failure.errno
}

describe('1: nothing is allocated beyond the device, and no strip leaves its bucket', () => {
  it('in one run of cp, whose cursor moves on', () => {
    putBytes('/tmp/b', 8 * MIB)
    putBytes('/tmp/a', 16 * MIB)
    bad('famfs cp /tmp/b /tmp/a /mnt/famfs', 1, 'no room for 16777216 bytes')
    expect(namesIn('/mnt/famfs')).toEqual(['.meta', 'b'])
    expect(good('famfs fsck /mnt/famfs').stdout).toContain('Allocated bytes:        18874368')
  })

  it('whatever is full', () => {
    let count = 0
    while (runLine(system, `famfs creat -C 2m -N 2 -B 4 -s 4m /mnt/famfs/i${count}`).exit === 0) count++
    expect(count).toBeGreaterThan(1)
    for (let i = 0; i < count; i++) {
      const buckets = piecesOf(`/mnt/famfs/i${i}`).map(({ offsetBytes, lengthBytes }) => {
        expect(Math.floor(offsetBytes / (8 * MIB))).toBe(Math.floor((offsetBytes + lengthBytes - 1) / (8 * MIB)))
        return Math.floor(offsetBytes / (8 * MIB))
      })
      expect(new Set(buckets).size).toBe(2)
    }
    good('famfs fsck /mnt/famfs')
  })
})

describe('2: a path that fits no log entry is refused before anything is made', () => {
  const name = (length: number): string => 'n'.repeat(length)
  it.each(['famfs creat -s 4k', 'famfs mkdir', 'famfs cp /tmp/a'])('%s', (command) => {
    putBytes('/tmp/a', 10)
    for (const length of [78, 79]) good(`${command} /mnt/famfs/${name(length)}`)
    for (const length of [80, 200]) bad(`${command} /mnt/famfs/${name(length)}`, 1, `the path has ${length} bytes`)
    expect(logged()).toEqual([name(78), name(79)])
    expect(namesIn('/mnt/famfs')).toEqual(['.meta', name(78), name(79)])
  })
})

it('3: a full log leaves nothing behind', () => {
  runNow(machine.holdLog('/mnt/famfs', 'fill the log', function* (held) {
    for (let i = 0; i < 15_420; i++) expect(held.mkdir(`/mnt/famfs/d${i}`).ok).toBe(true)
    yield* []
    return { ok: true, value: undefined }
  }))
  putBytes('/tmp/a', 10)
  bad('famfs creat -s 4k /mnt/famfs/f', 1, 'the log has no free slot')
  bad('famfs cp /tmp/a /mnt/famfs/g', 1, 'the log has no free slot')
  bad('famfs mkdir /mnt/famfs/h', 12, 'the log has no free slot')
  bad('famfs mkdir -p /mnt/famfs/i/j', 12, 'the log has no free slot')
  good('famfs mkdir -p /mnt/famfs/d7')
  const names = namesIn('/mnt/famfs')
  for (const absent of ['f', 'g', 'h', 'i']) expect(names).not.toContain(absent)
  expect(good('famfs fsck /mnt/famfs').stdout).toContain('Allocated bytes:        10485760')
})

it('4: paths are logged without detours, and may be relative', () => {
  putBytes('/tmp/a', 10)
  system.symlink('/mnt/famfs', '/tmp/link', root)
  const here = { caller: rootAt('/mnt/famfs/d') }
  good('famfs mkdir /mnt/famfs//d')
  good('famfs creat -s 1 /mnt/famfs//./x')
  good('famfs creat -s 1 /mnt/famfs/d/../y')
  good('famfs creat -s 1 /tmp/link/z')
  good('famfs creat -s 1 bare', here)
  good('famfs creat -s 1 ./dot', here)
  good('famfs cp /tmp/a ../up', here)
  good('famfs mkdir -p sub/below', here)
  expect(logged()).toEqual(['d', 'x', 'y', 'z', 'd/bare', 'd/dot', 'up', 'd/sub', 'd/sub/below'])
  bad('famfs creat -s 1 /mnt/famfs/a/../../../etc/x', 1)
  bad('famfs mkdir -p /mnt/famfs/q/r/../../../..', 1)
  expect(logged()).toHaveLength(9)
})

describe('5: cp', () => {
  beforeEach(() => {
    for (const [path, mode] of [['/tmp/t', 0o700], ['/tmp/t/sub', 0o755]] as const) system.mkdir(path, mode, root)
    putBytes('/tmp/t/f', 10, 0o604)
    putBytes('/tmp/t/sub/g', 10, 0o640)
  })

  it('carries errors of nested directories to the exit code, and goes on', () => {
    putBytes('/tmp/t/sub/empty', 0)
    bad('famfs cp -r /tmp/t /mnt/famfs/t', 1, '/tmp/t/sub/empty is empty')
    expect(get(system, '/mnt/famfs/t/sub/g', root)).toBe('x'.repeat(10))
  })

  it("keeps each file's own mode, and honours -m", () => {
    good('famfs cp -r /tmp/t /mnt/famfs/t')
    expect(['t', 't/f', 't/sub', 't/sub/g'].map((path) => modeOf(`/mnt/famfs/${path}`))).toEqual(['700', '604', '755', '640'])
    good('famfs cp -r -m 666 /tmp/t /mnt/famfs/u')
    expect(['u/f', 'u/sub/g'].map((path) => modeOf(`/mnt/famfs/${path}`))).toEqual(['644', '644'])
  })

  it('refuses several sources for a target that does not exist', () => {
    bad('famfs cp /tmp/t/f /tmp/t/sub/g /mnt/famfs/none', 1, 'several files need a directory')
    expect(logged()).toEqual([])
  })

  it.each(['', '-t 4 '])('%scompares without making anything, and tells what differs', (threads) => {
    bad(`famfs cp -c ${threads}/tmp/t/f /mnt/famfs/f`, 1, 'no')
    expect(logged()).toEqual([])
    good('famfs cp -r /tmp/t /mnt/famfs/t')
    expect(good(`famfs cp -c -r ${threads}/tmp/t /mnt/famfs/t`).stdout).toContain('famfs compare: 100%: /mnt/famfs/t/sub/g')
    put(system, '/tmp/t/sub/g', 'xxxxOxxxxx', root)
    bad(`famfs cp -c -r ${threads}/tmp/t /mnt/famfs/t`, 1, '/mnt/famfs/t/sub/g differs from /tmp/t/sub/g at byte 4')
    expect(get(system, '/mnt/famfs/t/sub/g', root)).toBe('x'.repeat(10))
  })
})

describe('6: fsck', () => {
  it('has true figures of buckets, and what belongs to none', () => {
    good('famfs creat -s 2m /mnt/famfs/a')
    const { stdout } = good('famfs fsck -B 3 /mnt/famfs')
    // 16 units in 3 buckets of 5: the first is full with superblock and log, the second holds the file.
    expect(stdout).toContain(`  Wasted overhang: 2 bytes (0 au)\n  In no bucket: ${AU} bytes (1 au)\n`)
    expect(stdout).toContain(`Bitmap range 1\n    Size:   ${5 * AU}\n    In use: ${AU}\n    Free:   ${4 * AU}\n    Free fragments: 1\n    Largest frag:   ${4 * AU}\n    Smallest frag:  ${4 * AU}\n`)
  })

  it('reports extents outside the device as errors', () => {
    logByHand(device, 'far', { kind: 'simple', sizeBytes: AU, extents: [{ devindex: 0, offsetBytes: 64 * MIB, lengthBytes: AU }] })
    const { stdout } = bad('famfs fsck /mnt/famfs', 1, '1 error in allocation')
    expect(stdout).toContain('ERROR: 1 EXTENTS OUTSIDE THE DEVICE')
  })
})

it('7: -B without -N is told, and threads are counted before anything is made', () => {
  bad('famfs creat -B 4 -s 4m /mnt/famfs/a', 1, '--nbuckets says nothing without --nstrips')
  putBytes('/tmp/a', 10)
  bad('famfs cp -B 4 /tmp/a /mnt/famfs/a', 1, '--nbuckets says nothing without --nstrips')
  bad('famfs creat -N 0 -B 4 -s 4m /mnt/famfs/a', 1, '0 strips')
  bad('famfs creat -t 1000 --multi /mnt/famfs/a,4k,1', 1, '1000 is too large')
  expect(logged()).toEqual([])
})

it('8: check sees sizes that differ from the map, and uses its exit bits', () => {
  good('famfs creat -s 8k /mnt/famfs/a')
  good('famfs check /mnt/famfs')
  system.truncate('/mnt/famfs/a', 4096, root)
  expect(bad('famfs check /mnt/famfs', 1, 'has 4096 bytes, and its map 8192').stdout).toContain('3 files, 1 directories, 1 errors')
  system.unlink('/mnt/famfs/.meta/.log', root)
  bad('famfs check /mnt/famfs', 1 + 4, '.meta/.log is missing')
  system.unlink('/mnt/famfs/.meta/.superblock', root)
  bad('famfs check /mnt/famfs', 1 + 2 + 4, '.meta/.superblock is missing')
  good(`famfs mkmeta ${DAX}`)
  bad('famfs check /mnt/famfs', 1)
})

it('9: mkfs refuses a log that does not fit the device', () => {
  system.umount('/mnt/famfs', root)
  expect(bad(`mkfs.famfs -f -l 32m ${DAX}`, 2, 'leaves no room for files').stdout).toBe('loglen: 33554432\ndevsize: 33554432\n')
  good(`famfs fsck ${DAX}`)
})

it('10: unknown options never exit with 0', () => {
  expect(famfsCommands).toHaveLength(15)
  for (const { name } of famfsCommands) bad(`${name} --frob /mnt/famfs`, 1, `usage: ${name}`)
  bad(`mkfs.famfs -v -f ${DAX}`, 1, 'usage: mkfs.famfs')
})

it('11: mkmeta says so when it failed', () => {
  system.umount('/mnt/famfs', root)
  bad(`famfs mkmeta ${DAX}`, 1, 'is not mounted')
  bad('famfs mkmeta /tmp', 1, '/tmp')
  expect(namesIn('/mnt/famfs')).toEqual([])
})

it.each(['v1', 'fuse'])('12: clients drop write bits on %s mounts', (mode) => {
  good('famfs creat -s 4k -m 666 /mnt/famfs/a')
  const client = newSystem(newMachine('B', device))
  expect(runLine(client, `famfs mount ${DAX} /mnt/famfs`, { env: { FAMFS_MODE: mode } })).toMatchObject({ exit: 0 })
  expect(client.stat('/mnt/famfs/a', root)).toMatchObject({ value: { mode: 0o444 } })
  expect(runLine(client, 'famfs creat -r -S 3 /mnt/famfs/a', { caller: userAt('/') })).toMatchObject({ exit: 1, stderr: expect.stringContaining('may not be written by uid 1000') })
})

describe('beside those', () => {
  it('a cp that was stopped is run again, and nothing stays locked', () => {
    putBytes('/tmp/big', 9 * MIB)
    runLine(system, 'famfs cp /tmp/big /mnt/famfs/big', { stopAfter: 2 })
    expect(logged()).toEqual(['big'])
    bad('famfs cp -c /tmp/big /mnt/famfs/big', 1, 'differs')
    good('famfs cp /tmp/big /mnt/famfs/big')
    good('famfs cp -c /tmp/big /mnt/famfs/big')
    expect(logged()).toEqual(['big'])
  })

  it('nothing is written over superblock and log, and no directory into itself', () => {
    bad('famfs creat -r -S 1 /mnt/famfs/.meta/.superblock', 1, 'superblock or the log')
    putBytes('/tmp/log', 8 * MIB)
    bad('famfs cp /tmp/log /mnt/famfs/.meta/.log', 1, 'superblock or the log')
    good('famfs mkdir /mnt/famfs/d')
    bad('famfs cp -r /mnt/famfs/d /mnt/famfs/d/e', 1, 'copying would never end')
    expect(logged()).toEqual(['d'])
    good('famfs fsck /mnt/famfs')
  })

  it('only root takes the log lock', () => {
    bad('famfs creat -s 4k /mnt/famfs/a', 1, 'uid 1000', { caller: userAt('/') })
    bad('famfs mkdir /mnt/famfs/d', 1, 'uid 1000', { caller: userAt('/') })
    bad(`mkfs.famfs ${DAX}`, 1, 'only root', { caller: userAt('/') })
    expect(logged()).toEqual([])
  })

  it('the mode of a directory is logged in full, and made less the umask', () => {
    good('famfs mkdir -m 777 /mnt/famfs/d')
    expect(modeOf('/mnt/famfs/d')).toBe('755')
  })

  it('a defaults file that makes no sense is told, and files are made in one piece', () => {
    put(system, '/tmp/cfg', 'interleaved_alloc:\n  nbuckets: 4\n  strips: 2\n', root)
    good('famfs cp /tmp/cfg /mnt/famfs/.meta/.alloc.cfg')
    expect(good('famfs creat -s 4m /mnt/famfs/a').stderr).toContain("can't be read: “strips: 2” is not one of its keys")
    expect(piecesOf('/mnt/famfs/a')).toHaveLength(1)
  })

  it('kernels from 6.15 on want the device in famfs mode', () => {
    const later = newSystem(newMachine('C', newDax()), { kernelRelease: '6.17.0-famfs' })
    expect(runLine(later, `mkfs.famfs ${DAX}`)).toMatchObject({ exit: 2, stderr: expect.stringContaining('devdax') })
    expect(runLine(later, `famfs fsck ${DAX}`)).toMatchObject({ exit: 1 })
    expect(runLine(later, `mkfs.famfs -M ${DAX}`)).toMatchObject({ exit: 0 })
    expect(runLine(later, `famfs mount ${DAX} /mnt/famfs`)).toMatchObject({ exit: 0 })
  })
})
