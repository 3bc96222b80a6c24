// What the commands print, label for label (famfs-cli.md), and the ways of mounting, playing and reading that no scenario
// takes. Deviations and wrong options have files of their own.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { System } from '../../src/core/machine/system.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import { type LineOptions, runLine } from '../helpers/lines.ts'
import { DAX, logByHand, newDax, newMachine } from '../helpers/machines.ts'
import { valueOf } from '../helpers/outcome.ts'
import { bytesOf, get, newSystem, put, rootAt } from '../helpers/systems.ts'

const AU = 2 * MIB
const root = rootAt('/')

let device: Daxdev
let system: System

beforeEach(() => {
  device = newDax(64 * MIB)
  system = newSystem(newMachine('A', device), { cpuCount: 4 })
  runLine(system, `mkfs.famfs ${DAX}`)
})

const out = (line: string, options: LineOptions = {}): string => {
  const { exit, stdout, stderr } = runLine(system, line, options)
  expect({ line, exit, stderr }).toEqual({ line, exit: 0, stderr: '' })
  return stdout
}

describe('fsck', () => {
  it('says where a mount is, and of which kind', () => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    expect(out('famfs fsck /mnt/famfs')).toMatch(/^famfs fsck:\n {2}mount point: \/mnt\/famfs\n {2}mount type: {2}FAMFS_V1\n\nFamfs Superblock:\n/)
  })

  it('says on a fuse mount where its shadow tree is', () => {
    out(`famfs mount --fuse ${DAX} /mnt/famfs`)
    expect(out('famfs fsck /mnt/famfs')).toMatch(/^famfs fsck:\n.*\n {2}mount type: {2}FAMFS_FUSE\n {2}backing dev: \/dev\/dax0\.0\n {2}shadow path: \/tmp\/famfs_shadow_\w{6}\n\n/)
  })

  it('shows the bitmap when asked twice for more', () => {
    const bitmap = `  bitmap, 64 units a line, # in use and . free:\n         0  ${'#'.repeat(5)}${'.'.repeat(27)}\n`
    expect(out(`famfs fsck -v ${DAX}`)).not.toContain('bitmap,')
    expect(out(`famfs fsck -vv ${DAX}`).endsWith(bitmap)).toBe(true)
  })

  it('names bad log entries, which are no part of its exit code', () => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    out('famfs mkdir /mnt/famfs/d')
    new Uint8Array(device.buffer)[AU + 48 + 30]! ^= 1
    expect(runLine(system, 'famfs fsck /mnt/famfs')).toMatchObject({ exit: 0, stdout: expect.stringContaining('  1 bad log entries detected\n'), stderr: expect.stringContaining('exit code: 0\n') })
    expect(runLine(system, 'famfs logplay /mnt/famfs')).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('log entry 0 is damaged') })
  })

  it('needs a device to read from', () => {
    expect(runLine(system, 'famfs fsck /dev/null')).toMatchObject({ exit: 1 })
    expect(runLine(system, `famfs fsck ${DAX}`, { caller: { user: { uid: 1000, gid: 1000 }, umask: 0, cwd: '/' } })).toMatchObject({ exit: 1 })
  })
})

describe('getmap', () => {
  it('prints extents, or strips', () => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    out('famfs creat -s 3m /mnt/famfs/plain')
    expect(out('famfs getmap /mnt/famfs/plain')).toBe(
      'File:     /mnt/famfs/plain\n\tsize:    3145728\n\textents: 1\n\t\ta00000\t4194304\nfamfs_getmap: good file /mnt/famfs/plain\n',
    )
    out('famfs creat -s 3m -N 2 -B 2 /mnt/famfs/two')
    expect(out('famfs getmap /mnt/famfs/two')).toMatch(
      /^File: +\/mnt\/famfs\/two\n\tsize: +3145728\n\textents: 1\n\tInterleave_Param chunk_size: 2097152\n\tInterleaved extent has 2 strips:\n(\t\t(e00000|2000000)\t2097152\n){2}famfs_getmap: good file/,
    )
  })

  it('stops at the first failure, or goes on with -c', () => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    out('famfs creat -s 3m /mnt/famfs/a')
    expect(runLine(system, 'famfs getmap /mnt/famfs/none /mnt/famfs/a')).toMatchObject({ exit: 9, stdout: '' })
    expect(runLine(system, 'famfs getmap -qc /mnt/famfs/none /mnt/famfs/a')).toMatchObject({ exit: 0, stdout: 'famfs_getmap: good file /mnt/famfs/a\n' })
  })
})

describe('mount', () => {
  it('takes its kind from a flag, then FAMFS_MODE, then the kernel', () => {
    const kindFor = (line: string, env: Record<string, string>): string => {
      const { stderr } = runLine(system, line, { env })
      const [mount] = system.machine.mounts()
      system.umount('/mnt/famfs', root)
      return `${mount?.kind} ${stderr.split('\n')[0]}`.trim()
    }
    const line = `famfs mount ${DAX} /mnt/famfs`
    expect(kindFor(line, {})).toBe('fuse')
    expect(kindFor(line, { FAMFS_MODE: 'v1' })).toBe('v1')
    expect(kindFor(line, { FAMFS_MODE: 'fuse' })).toBe('fuse')
    expect(kindFor(`famfs mount -f ${DAX} /mnt/famfs`, { FAMFS_MODE: 'v1' })).toBe('fuse')
    expect(kindFor(`famfs mount -F ${DAX} /mnt/famfs`, { FAMFS_MODE: 'fuse' })).toBe('v1')
    expect(kindFor(line, { FAMFS_MODE: 'both' })).toBe('fuse famfs mount: FAMFS_MODE is “both”, which says nothing')
    system.unloadModule('fuse')
    expect(kindFor(line, {})).toBe('v1')
  })

  it('puts the shadow tree where it is told', () => {
    system.mkdir('/tmp/here', 0o755, root)
    expect(out(`famfs mount -f -S /tmp/here ${DAX} /mnt/famfs`)).toBe(`daxdev=${DAX}, mpt=/mnt/famfs\n`)
    out('famfs creat -s 1 /mnt/famfs/a')
    expect(get(system, '/tmp/here/root/a', root)).toContain('path: a\n')
    system.umount('/mnt/famfs', root)
    expect(runLine(system, `famfs mount -f -S /tmp/here ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1 })
    expect(runLine(system, `famfs mount -F -S /tmp/here ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('--shadow is for fuse') })
    expect(system.machine.mounts()).toEqual([])
  })

  it('loads the module, and says when there is none', () => {
    system.unloadModule('famfs')
    expect(runLine(system, `famfs mount -F ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('module famfs') })
    out(`famfs mount -F -L ${DAX} /mnt/famfs`)
  })

  it('counts replay errors in its exit code and stays, or goes again on fuse', () => {
    logByHand(device, 'no/such/directory', { kind: 'simple', sizeBytes: 1, extents: [{ devindex: 0, offsetBytes: 5 * AU, lengthBytes: AU }] })
    expect(runLine(system, `famfs mount -f ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('unmounted again') })
    expect(system.machine.mounts()).toEqual([])
    expect(runLine(system, `famfs mount -F ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('is mounted with the rest') })
    expect(system.machine.mounts()).toHaveLength(1)
  })

  it('makes a place of its own for --dummy, and says where', () => {
    const where = out(`famfs mount -F -D ${DAX}`).trim()
    expect(system.machine.mounts()).toMatchObject([{ mountpoint: where }])
    expect(runLine(system, `famfs mount -D ${DAX} /mnt/famfs`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('one device') })
  })
})

describe('logplay', () => {
  beforeEach(() => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    out('famfs mkdir /mnt/famfs/d')
    out('famfs creat -s 5 -m 600 /mnt/famfs/d/f')
  })

  it('lists what it makes, and what is there too when asked twice', () => {
    const client = newSystem(newMachine('B', device))
    runLine(client, `famfs mount ${DAX} /mnt/famfs`)
    out('famfs creat -s 7 /mnt/famfs/g')
    expect(runLine(client, 'famfs logplay -v /mnt/famfs').stdout).toBe(
      '  2: file g 0644 7 bytes\nfamfs_logplay(v1): 3 log entries; 1 new files; 0 new directories\n  Created:  1 files, 0 directories\n  Existed:  1 files, 1 directories\n',
    )
    expect(runLine(client, 'famfs logplay -vv /mnt/famfs').stdout).toContain('  0: mkdir d 0755 (is there)\n  1: file d/f 0600 5 bytes (is there)\n')
  })

  it('checks the YAML that it writes, and tells what else stands there', () => {
    for (const path of ['/tmp/sh', '/tmp/sh/root']) system.mkdir(path, 0o755, root)
    const line = 'famfs logplay --shadow /tmp/sh --shadowtest /mnt/famfs'
    const summary = (files: number, directories: number, wrong: number): string =>
      `Logplay: running in shadow test mode\nfamfs_logplay(shadow): 2 log entries; ${files} new files; ${directories} new directories\nshadow yaml checked for 1 files\nthere were ${wrong} yaml errors detected\n`
    expect(out(line)).toBe(summary(1, 1, 0))
    put(system, '/tmp/sh/root/d/f', get(system, '/tmp/sh/root/d/f', root).replace('size: 5', 'size: 6'), root)
    expect(runLine(system, line)).toMatchObject({ exit: 1, stdout: summary(0, 0, 1), stderr: expect.stringContaining('/tmp/sh/root/d/f is not what the log says') })
  })

  it('makes files as a client does when told so', () => {
    system.unlink('/mnt/famfs/d/f', root)
    out('famfs logplay -c /mnt/famfs')
    expect(system.stat('/mnt/famfs/d/f', root)).toMatchObject({ value: { mode: 0o400 } })
  })

  it('wants superblock and log', () => {
    system.unlink('/mnt/famfs/.meta/.log', root)
    for (const line of ['famfs logplay /mnt/famfs', 'famfs fsck /mnt/famfs', 'famfs creat -s 1 /mnt/famfs/x']) {
      expect(runLine(system, line)).toMatchObject({ exit: 1, stderr: expect.stringContaining('/mnt/famfs/.meta/.log is missing') })
    }
  })
})

describe('chkread', () => {
  it('shows a superblock and a log both ways, or says that a file is none', () => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    const shown = out('famfs chkread -s /mnt/famfs/.meta/.superblock')
    expect(shown).toMatch(/^read tried=2097152 got=2097152\nsuperblock by read:\n {2}magic: 0x87b282ff\n {2}version: 48\n {2}log offset: 2097152\n {2}log len: 8388608\n {2}00000000 {2}ff 82 b2 87 00 /)
    expect(shown).toMatch(/\nsuperblock by mmap:\n[^]*\nRead and mmap match\n$/)
    expect(out('famfs chkread -l /mnt/famfs/.meta/.superblock')).toContain('log by read:\n  this is no log\n')
  })
})

it('flush and verify take files of both kinds of mount', () => {
  for (const kind of ['-F', '-f']) {
    runLine(system, `famfs mount ${kind} ${DAX} /mnt/famfs`)
    out(`famfs creat -r -S 5 -s 5m /mnt/famfs/a${kind}`)
    expect(out(`famfs verify -S 5 -f /mnt/famfs/a${kind}`)).toBe(`Success: verified 5242880 bytes in file /mnt/famfs/a${kind}\n`)
    expect(out(`famfs flush -v /mnt/famfs/a${kind}`)).toBe(`famfs flush: /mnt/famfs/a${kind}\n`)
    system.umount('/mnt/famfs', root)
  }
})

it('verify and flush take files outside of famfs too', () => {
  out(`famfs mount ${DAX} /mnt/famfs`)
  out('famfs creat -r -S 9 -s 10 /mnt/famfs/a')
  const handle = valueOf(system.open('/mnt/famfs/a', { read: true }, root))
  const bytes = bytesOf(handle)
  handle.close()
  const copy = valueOf(system.open('/tmp/a', { write: true, create: 0o644 }, root))
  copy.write(0, bytes)
  expect(out('famfs verify -S 9 -f /tmp/a')).toBe('Success: verified 10 bytes in file /tmp/a\n')
  copy.write(5, Uint8Array.of(bytes[5]! ^ 1))
  copy.close()
  expect(runLine(system, 'famfs verify -S 9 -f /tmp/a')).toMatchObject({ exit: 1, stderr: expect.stringContaining('at byte 4') })
  expect(out('famfs flush /tmp/a')).toBe('')
})

it('cp -r of several sources makes a directory of a new name', () => {
  out(`famfs mount ${DAX} /mnt/famfs`)
  system.mkdir('/tmp/sub', 0o755, root)
  for (const path of ['/tmp/f', '/tmp/sub/g']) put(system, path, path, root)
  expect(out('famfs cp -r /tmp/f /tmp/sub /mnt/famfs/new')).toBe('famfs cp: 100%: /mnt/famfs/new/f\nfamfs cp: 100%: /mnt/famfs/new/g\n')
  expect(runLine(system, 'famfs cp /tmp/f /mnt/famfs/other/')).toMatchObject({ exit: 1, stderr: expect.stringContaining('the directory /mnt/famfs/other does not exist') })
  expect(runLine(system, 'famfs cp -r /dev/null /mnt/famfs/null')).toMatchObject({ exit: 22 })
})

it('creat shows the entry as YAML when asked twice for more', () => {
  out(`famfs mount ${DAX} /mnt/famfs`)
  expect(out('famfs creat -vv -s 3 /mnt/famfs/a')).toBe(
    'famfs creat: created /mnt/famfs/a with 3 bytes\n---\nfile:\n  path: a\n  size: 3\n  flags: 2\n  mode: 0644\n  uid: 0\n  gid: 0\n  nextents: 1\n  simple_ext_list:\n  - devindex: 0\n    offset: 0xa00000\n    length: 0x200000\n...\n',
  )
})

it('mkfs makes small allocation units when told so', () => {
  expect(out(`mkfs.famfs -f --allocunit 4096 ${DAX}`)).toContain('alloc_unit:        0x1000')
  expect(runLine(system, `mkfs.famfs -f --allocunit 8192 ${DAX}`)).toMatchObject({ exit: 2 })
})

describe('an owner', () => {
  it.each([['--nofuse', '0_0'], ['--fuse', '5_0']])('of whom only one id is given is, with %s, %s, here and after a replay', (kind, owner) => {
    out(`famfs mount ${kind} ${DAX} /mnt/famfs`)
    out('famfs creat -u 5 -s 4k /mnt/famfs/f')
    expect(out('stat -c %u_%g /mnt/famfs/f').trim()).toBe(owner)
    out('umount /mnt/famfs')
    out(`famfs mount ${kind} ${DAX} /mnt/famfs`)
    expect(out('stat -c %u_%g /mnt/famfs/f').trim()).toBe(owner)
  })
})

describe('superblock and log, as files of a standalone mount', () => {
  it.each(['.superblock', '.log'])('%s: whoever changes its size cuts this host off, until it is made again', (name) => {
    out(`famfs mount ${DAX} /mnt/famfs`)
    out('famfs creat -s 4k /mnt/famfs/f')
    out(`truncate -s 4k /mnt/famfs/.meta/${name}`)
    for (const line of ['famfs creat -s 4k /mnt/famfs/g', 'famfs mkdir /mnt/famfs/d', 'famfs logplay /mnt/famfs', 'famfs fsck /mnt/famfs']) {
      expect({ line, ...runLine(system, line) }).toMatchObject({ exit: 1, stderr: expect.stringContaining(`.meta/${name}`) })
    }
    expect(runLine(system, 'famfs check /mnt/famfs').stderr).toContain(`famfs mkmeta ${DAX}`)
    out(`rm /mnt/famfs/.meta/${name}`)
    out(`famfs mkmeta ${DAX}`)
    out('famfs creat -s 4k /mnt/famfs/g')
    out('famfs check /mnt/famfs')
  })
})
