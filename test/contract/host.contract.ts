// What every driver keeps, whether a host is a worker or takes turns in the calling thread: the same calls give the same
// bytes and the same refusals, and no call is ever left waiting.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { Progress } from '../../src/core/base/task.ts'
import type { Result } from '../../src/core/base/result.ts'
import type { Driver, HostHandle } from '../../src/host/driver.ts'
import type { HostNews, HostNode } from '../../src/host/protocol.ts'
import { bytesOf, DEVICE, META_BYTES, MOUNT, mountOn, newDevice, OWNER, specOf, startClient, startHost, startMaster } from '../helpers/hosts.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../helpers/outcome.ts'

const SMALL = 64 * MIB
const LARGE = 256 * MIB
const ODD_TAIL = 12_345

/** @param unreadable a Blob whose file is gone: it has a size, and can't be read */
export function hostContract(driver: Driver, unreadable: () => Promise<Blob>): void {
  const master = (sizeBytes = SMALL) => {
    const device = newDevice(sizeBytes)
    return startMaster(driver, device).then((a) => ({ device, a }))
  }

  describe('one file system, two hosts', () => {
    it('creates, plays, pokes, peeks, hashes and verifies', async () => {
      const { device, a } = await master()
      const b = await startClient(driver, 'B', device)

      failureOf(await a.call('creat', { path: `${MOUNT}/data.bin`, sizeBytes: 100_000, owner: OWNER, seed: 0.5 }), 'bad_seed')
      const made = valueOf(await a.call('creat', { path: `${MOUNT}/data.bin`, sizeBytes: 100_000, owner: OWNER, seed: 7 }))
      failureOf(await a.call('verify', { path: `${MOUNT}/data.bin`, seed: Number.NaN, user: OWNER }), 'bad_seed')
      expect(made).toMatchObject({
        isNew: true,
        node: { kind: 'file', path: 'data.bin', sizeBytes: 100_000, modeText: '-rw-r--r--', uid: 1000, gid: 1000, entryIndex: 0, chunkBytes: undefined },
      })
      valueOf(await a.call('mkdir', { path: `${MOUNT}/x/y`, parents: true, owner: OWNER }))
      failureOf(await b.call('peek', { path: `${MOUNT}/data.bin`, offsetBytes: 0, lengthBytes: 1, user: OWNER }), 'no_such_path')

      expect(valueOf(await b.call('logplay', { path: MOUNT }))).toMatchObject({ playedCount: 3, entriesPlayed: 3, newFiles: 1, newDirectories: 2, errorCount: 0 })
      valueOf(await b.call('verify', { path: `${MOUNT}/data.bin`, seed: 7, user: OWNER }))
      failureOf(await b.call('verify', { path: `${MOUNT}/data.bin`, seed: 8, user: OWNER }), 'data_differs')

      const poked = Uint8Array.of(1, 2, 3, 250)
      valueOf(await a.call('poke', { path: `${MOUNT}/data.bin`, offsetBytes: 99_996, bytes: poked, user: OWNER }))
      const seen = valueOf(await b.call('peek', { path: `${MOUNT}/data.bin`, offsetBytes: 99_994, lengthBytes: 64, user: OWNER }))
      expect([...seen.subarray(2)]).toEqual([1, 2, 3, 250])
      expect(seen.buffer).toBeInstanceOf(ArrayBuffer)

      const at = made.node.extents[0]!.offsetBytes
      const whole = bytesOf(device).slice(at, at + 100_000)
      const hash = await sha256(whole)
      for (const host of [a, b]) expect(valueOf(await host.call('sha256', { path: `${MOUNT}/data.bin`, user: OWNER }))).toBe(hash)
      failureOf(await b.call('verify', { path: `${MOUNT}/data.bin`, seed: 7, user: OWNER }), 'data_differs')
    })

    it('copies a Blob of several pieces and an odd tail, and says how far it is', async () => {
      const { device, a } = await master()
      const b = await startClient(driver, 'B', device)
      const bytes = patternBytes(13 * MIB + ODD_TAIL, 3)
      const progress: Progress[] = []
      const copied = valueOf(await a.call('copyIn', { path: `${MOUNT}/big`, blob: new Blob([bytes]), owner: OWNER }, { onProgress: (step) => void progress.push(step) }))
      expect(copied).toMatchObject({ isNew: true, node: { sizeBytes: bytes.length, extents: [{ lengthBytes: 14 * MIB }] } })
      expect(progress.length).toBeGreaterThan(0)
      for (const [i, step] of progress.entries()) {
        expect(step).toMatchObject({ unit: 'bytes', totalCount: bytes.length })
        expect(step.doneCount).toBeGreaterThanOrEqual(progress[i - 1]?.doneCount ?? 0)
        expect(step.doneCount).toBeLessThanOrEqual(bytes.length)
      }

      valueOf(await b.call('logplay', { path: MOUNT }))
      expect(firstDifference(await readWhole(b, `${MOUNT}/big`, bytes.length), bytes)).toBe(-1)
      expect(valueOf(await b.call('sha256', { path: `${MOUNT}/big`, user: OWNER }))).toBe(await sha256(bytes))

      const other = patternBytes(bytes.length, 99)
      const again = valueOf(await a.call('copyIn', { path: `${MOUNT}/big`, blob: new Blob([other]), owner: OWNER }))
      expect(again).toMatchObject({ isNew: false, node: { entryIndex: 0 } })
      expect(firstDifference(await readWhole(b, `${MOUNT}/big`, bytes.length), other)).toBe(-1)
      failureOf(await a.call('copyIn', { path: `${MOUNT}/big`, blob: new Blob(['short']), owner: OWNER }), 'size_differs')
    })

    it('spreads an interleaved file over its strips', async () => {
      const { device, a } = await master()
      const interleave = { bucketCount: 4, stripCount: 3, chunkBytes: 2 * MIB }
      const { node } = valueOf(await a.call('creat', { path: `${MOUNT}/striped`, sizeBytes: 7 * MIB + 5, owner: OWNER, interleave, seed: 5 }))
      expect(node.chunkBytes).toBe(2 * MIB)
      expect(node.extents).toHaveLength(3)
      const b = await startClient(driver, 'B', device)
      valueOf(await b.call('verify', { path: `${MOUNT}/striped`, seed: 5, user: OWNER }))
      valueOf(await a.call('poke', { path: `${MOUNT}/striped`, offsetBytes: 2 * MIB - 2, bytes: Uint8Array.of(9, 8, 7, 6), user: OWNER }))
      const seen = valueOf(await b.call('peek', { path: `${MOUNT}/striped`, offsetBytes: 2 * MIB - 2, lengthBytes: 4, user: OWNER }))
      expect([...seen]).toEqual([9, 8, 7, 6])
      const [first, second] = node.extents
      expect(Array.from(bytesOf(device).slice(first!.offsetBytes + 2 * MIB - 2, first!.offsetBytes + 2 * MIB))).toEqual([9, 8])
      expect(Array.from(bytesOf(device).slice(second!.offsetBytes, second!.offsetBytes + 2))).toEqual([7, 6])
    })
  })

  describe('a client', () => {
    it('makes nothing, and says who may', async () => {
      const { device, a } = await master()
      valueOf(await a.call('creat', { path: `${MOUNT}/there`, sizeBytes: 100, owner: OWNER }))
      const b = await startClient(driver, 'B', device)
      const before = bytesOf(device).slice()
      const news = newsOf(b)
      for (const refused of [
        await b.call('creat', { path: `${MOUNT}/new`, sizeBytes: 100, owner: OWNER, seed: 1 }),
        await b.call('copyIn', { path: `${MOUNT}/new`, blob: new Blob(['hello']), owner: OWNER }),
        await b.call('copyIn', { path: `${MOUNT}/there`, blob: new Blob([patternBytes(100, 1)]), owner: OWNER }),
        await b.call('mkdir', { path: `${MOUNT}/new`, owner: OWNER }),
        await b.call('mkdir', { path: `${MOUNT}/new/deep`, parents: true, owner: OWNER }),
      ]) {
        const failure = failureOf(refused, 'not_master')
        expect(failure.errno).toBe('EPERM')
        expect(failure.says).toMatch(/client.*only the master may/)
      }
      expect(firstDifference(bytesOf(device), before)).toBe(-1)
      expect(news.flatMap((each) => each.made)).toEqual([])
      expect(news.at(-1)?.mount).toMatchObject({ role: 'client', playedCount: 1 })
    })

    it('may not map writable as an ordinary user, but root may', async () => {
      const { device, a } = await master()
      const { node } = valueOf(await a.call('creat', { path: `${MOUNT}/f`, sizeBytes: 100, owner: OWNER, seed: 1 }))
      const b = await startClient(driver, 'B', device)
      const at = node.extents[0]!.offsetBytes
      const before = bytesOf(device)[at]!
      const bytes = Uint8Array.of(before ^ 0xff)
      const failure = failureOf(await b.call('poke', { path: `${MOUNT}/f`, offsetBytes: 0, bytes, user: OWNER }), 'no_access')
      expect(failure.errno).toBe('EACCES')
      expect(failure.says).toContain('0444')
      expect(bytesOf(device)[at]).toBe(before)
      valueOf(await b.call('poke', { path: `${MOUNT}/f`, offsetBytes: 0, bytes, user: { uid: 0, gid: 0 } }))
      expect(bytesOf(device)[at]).toBe(before ^ 0xff)
    })
  })

  it('eight hosts see the same file', async () => {
    const { device, a } = await master()
    const clients: HostHandle[] = []
    for (const name of 'BCDEFGH') clients.push(await startClient(driver, name, device))
    const bytes = patternBytes(5 * MIB + 1, 11)
    valueOf(await a.call('copyIn', { path: `${MOUNT}/shared`, blob: new Blob([bytes]), owner: OWNER }))
    const played = await Promise.all(clients.map((host) => host.call('logplay', { path: MOUNT })))
    expect(played.map((result) => valueOf(result).newFiles)).toEqual(clients.map(() => 1))
    const hashes = await Promise.all([a, ...clients].map((host) => host.call('sha256', { path: `${MOUNT}/shared`, user: OWNER })))
    const expected = await sha256(bytes)
    expect(hashes.map(valueOf)).toEqual(Array.from({ length: 8 }, () => expected))

    valueOf(await a.call('poke', { path: `${MOUNT}/shared`, offsetBytes: 5 * MIB, bytes: Uint8Array.of(77), user: OWNER }))
    const seen = await Promise.all(clients.map((host) => host.call('peek', { path: `${MOUNT}/shared`, offsetBytes: 5 * MIB, lengthBytes: 1, user: OWNER })))
    expect(seen.map((result) => valueOf(result)[0])).toEqual(clients.map(() => 77))
  })

  describe('a long copy', () => {
    const sizeBytes = 160 * MIB + ODD_TAIL
    const piece = patternBytes(4 * MIB, 21)
    const blob = new Blob([...Array.from({ length: 40 }, () => piece), piece.slice(0, ODD_TAIL)])

    it('that is cancelled leaves the file with its size, a sound log and a free lock, and can start over', async () => {
      const { device, a } = await master(LARGE)
      const stop = new AbortController()
      const cancelled = await a.call('copyIn', { path: `${MOUNT}/big`, blob, owner: OWNER }, { signal: stop.signal, onProgress: () => stop.abort() })
      expect(failureOf(cancelled, 'cancelled').errno).toBe('ECANCELED')
      expect(bytesOf(device)[META_BYTES + sizeBytes - 1]).toBe(0)

      const b = await startClient(driver, 'B', device)
      const seen = newsOf(b)
      expect(valueOf(await b.call('logplay', { path: MOUNT }))).toMatchObject({ playedCount: 1, errorCount: 0 })
      expect(seen.at(-1)?.mount?.playedCount).toBe(1)
      const tail = { path: `${MOUNT}/big`, offsetBytes: sizeBytes - 1, lengthBytes: 10, user: OWNER }
      expect(valueOf(await b.call('peek', tail))).toHaveLength(1)
      valueOf(await a.call('creat', { path: `${MOUNT}/next`, sizeBytes: 10, owner: OWNER }))

      const again = valueOf(await a.call('copyIn', { path: `${MOUNT}/big`, blob, owner: OWNER }))
      expect(again).toMatchObject({ isNew: false, node: { sizeBytes } })
      const { offsetBytes } = again.node.extents[0]!
      for (let at = 0; at < sizeBytes; at += piece.length) {
        const part = bytesOf(device).subarray(offsetBytes + at, offsetBytes + Math.min(at + piece.length, sizeBytes))
        expect(firstDifference(part, piece.subarray(0, part.length))).toBe(-1)
      }
    })

    it('lets other calls in, while whoever wants the log waits', async () => {
      const { a } = await master(LARGE)
      valueOf(await a.call('creat', { path: `${MOUNT}/small`, sizeBytes: 10, owner: OWNER, seed: 1 }))
      const order: string[] = []
      const note = (what: string) => (): void => void order.push(what)
      let copy: Promise<Result<{ node: HostNode }>> | undefined
      await new Promise<void>((begun) => {
        copy = a.call('copyIn', { path: `${MOUNT}/big`, blob, owner: OWNER }, { onProgress: () => begun() }).finally(note('copy'))
      })
      const creat = a.call('creat', { path: `${MOUNT}/next`, sizeBytes: 10, owner: OWNER }).finally(note('creat'))
      const peek = a.call('peek', { path: `${MOUNT}/small`, offsetBytes: 0, lengthBytes: 10, user: OWNER }).finally(note('peek'))
      expect(valueOf(await peek)).toHaveLength(10)
      expect(valueOf(await copy!).node.entryIndex).toBe(1)
      expect(valueOf(await creat).node.entryIndex).toBe(2)
      expect(order).toEqual(['peek', 'copy', 'creat'])
    })

    it('whose caller gave up beforehand is not begun', async () => {
      const { a } = await master()
      failureOf(await a.call('copyIn', { path: `${MOUNT}/big`, blob, owner: OWNER }, { signal: AbortSignal.abort() }), 'cancelled')
      expect(valueOf(await a.call('logplay', { path: MOUNT })).playedCount).toBe(0)
    })

    it('ends with its host, and so does every later call', async () => {
      const { a } = await master(LARGE)
      const whys: string[] = []
      a.listen({ onDown: (why) => void whys.push(why) })
      const stop = new AbortController()
      let creat: Promise<Result<unknown>> | undefined
      const unplug = (): void => {
        creat = a.call('creat', { path: `${MOUNT}/next`, sizeBytes: 10, owner: OWNER })
        a.kill('the fuse blew')
        // Giving up in the same turn has nobody left to tell.
        stop.abort()
      }
      const copy = a.call('copyIn', { path: `${MOUNT}/big`, blob, owner: OWNER }, { signal: stop.signal, onProgress: unplug })
      for (const ended of [await copy, await creat!]) {
        const failure = failureOf(ended, 'host_down')
        expect(failure.errno).toBe('EHOSTDOWN')
        expect(failure.says).toContain('the fuse blew')
      }
      a.kill('once more')
      expect(a.down).toBe('the fuse blew')
      expect(whys).toEqual(['the fuse blew'])
      failureOf(await a.call('logplay', { path: MOUNT }), 'host_down')
    })
  })

  describe('a source that can’t be read', () => {
    it('makes nothing', async () => {
      const { device, a } = await master()
      const before = bytesOf(device).slice()
      const blob = await unreadable()
      expect(blob.size).toBeGreaterThan(0)
      const failure = failureOf(await a.call('copyIn', { path: `${MOUNT}/f`, blob, owner: OWNER }), 'source_unreadable')
      expect(failure.errno).toBe('EIO')
      expect(failure.says).toMatch(/^what was to become \/mnt\/famfs\/f can't be read: \w.*\w$/)
      expect(firstDifference(bytesOf(device), before)).toBe(-1)
      expect(valueOf(await a.call('logplay', { path: MOUNT })).playedCount).toBe(0)
    })

    it('half-way leaves the file with its size, and a later copy ends well', async () => {
      const { device, a } = await master()
      const good = patternBytes(9 * MIB, 4)
      const blob = new Blob([good, await unreadable()])
      failureOf(await a.call('copyIn', { path: `${MOUNT}/f`, blob, owner: OWNER }), 'source_unreadable')
      const b = await startClient(driver, 'B', device)
      expect(valueOf(await b.call('peek', { path: `${MOUNT}/f`, offsetBytes: blob.size - 1, lengthBytes: 10, user: OWNER }))).toHaveLength(1)
      const seen = await readWhole(b, `${MOUNT}/f`, 8 * MIB)
      expect(firstDifference(seen, good.subarray(0, seen.length))).toBe(-1)
      const whole = patternBytes(blob.size, 5)
      expect(valueOf(await a.call('copyIn', { path: `${MOUNT}/f`, blob: new Blob([whole]), owner: OWNER })).isNew).toBe(false)
      expect(firstDifference(await readWhole(b, `${MOUNT}/f`, whole.length), whole)).toBe(-1)
    })
  })

  it('a reboot forgets all metadata, and a mount brings it back from the log', async () => {
    const { device, a } = await master()
    const bytes = patternBytes(3 * MIB, 5)
    valueOf(await a.call('mkdir', { path: `${MOUNT}/d`, owner: OWNER }))
    valueOf(await a.call('copyIn', { path: `${MOUNT}/d/f`, blob: new Blob([bytes]), owner: OWNER }))
    a.kill()

    const rebooted = await startHost(driver, 'A', device)
    expect(rebooted.spec).toEqual(specOf('A', device))
    failureOf(await rebooted.call('peek', { path: `${MOUNT}/d/f`, offsetBytes: 0, lengthBytes: 1, user: OWNER }), 'not_in_famfs')
    failureOf(await rebooted.call('creat', { path: `${MOUNT}/g`, sizeBytes: 10, owner: OWNER }), 'not_in_famfs')
    expect(valueOf(await rebooted.call('mount', { device: DEVICE, mountpoint: MOUNT }))).toMatchObject({ playedCount: 2, newFiles: 1, newDirectories: 1 })
    expect(firstDifference(await readWhole(rebooted, `${MOUNT}/d/f`, bytes.length), bytes)).toBe(-1)
    const made = valueOf(await rebooted.call('creat', { path: `${MOUNT}/g`, sizeBytes: 10, owner: OWNER }))
    expect(made.node).toMatchObject({ entryIndex: 2, extents: [{ offsetBytes: META_BYTES + 4 * MIB }] })
  })

  it('news are what is new', async () => {
    const device = newDevice(SMALL)
    const a = await startHost(driver, 'A', device)
    const b = await startHost(driver, 'B', device)
    const [ofA, ofB] = [newsOf(a), newsOf(b)]
    const pathsOf = (news: HostNews | undefined): string[] => news?.made.map((node) => node.path) ?? []
    valueOf(await a.call('mkfs', { device: DEVICE }))
    expect(ofA.at(-1)).toEqual({ mount: undefined, mountCount: 0, devices: [], reset: false, made: [] })
    await mountOn(a)
    expect(ofA.at(-1)).toMatchObject({ reset: true, mount: { mountpoint: MOUNT, deviceName: DEVICE, role: 'master', playedCount: 0 } })
    expect(ofA.at(-1)?.devices).toEqual([{ devindex: 0, uuid: expect.any(String), sizeBytes: SMALL, name: DEVICE, configuration: 0, failed: undefined, endsMount: false }])
    expect(pathsOf(ofA.at(-1))).toEqual(['.meta', '.meta/.superblock', '.meta/.log'])
    valueOf(await a.call('creat', { path: `${MOUNT}/one`, sizeBytes: 1, owner: OWNER }))
    expect(ofA.at(-1)).toMatchObject({ reset: false, mount: { playedCount: 1 } })
    expect(pathsOf(ofA.at(-1))).toEqual(['one'])
    await mountOn(b)
    expect(pathsOf(ofB.at(-1))).toEqual(['.meta', '.meta/.superblock', '.meta/.log', 'one'])
    valueOf(await a.call('creat', { path: `${MOUNT}/two`, sizeBytes: 1, owner: OWNER }))
    valueOf(await a.call('mkdir', { path: `${MOUNT}/three`, owner: OWNER }))
    valueOf(await b.call('logplay', { path: MOUNT }))
    expect(ofB.at(-1)).toMatchObject({ reset: false, mount: { role: 'client', playedCount: 3 } })
    expect(pathsOf(ofB.at(-1))).toEqual(['two', 'three'])
    valueOf(await b.call('umount', { mountpoint: MOUNT }))
    expect(ofB.at(-1)).toEqual({ mount: undefined, mountCount: 2, devices: [], reset: true, made: [] })
    await mountOn(b)
    expect(ofB.at(-1)?.reset).toBe(true)
    expect(pathsOf(ofB.at(-1))).toHaveLength(6)
    failureOf(await a.call('mkdir', { path: `${MOUNT}/three`, owner: OWNER }), 'exists')
    expect(ofA.at(-1)).toMatchObject({ reset: false, made: [] })
    // What one line unmounts and mounts again is another mount, with inodes of its own.
    valueOf(await a.call('shellRun', { shell: 1, line: `umount ${MOUNT}; famfs mount --fuse ${DEVICE} ${MOUNT}`, columns: 80 }))
    expect(ofA.at(-1)?.reset).toBe(true)
    valueOf(await a.call('creat', { path: `${MOUNT}/four`, sizeBytes: 1, owner: OWNER }))
    expect(pathsOf(ofA.at(-1))).toContain('four')
  })

  it('bad input is refused in words', async () => {
    const { device, a } = await master()
    const path = `${MOUNT}/f`
    valueOf(await a.call('creat', { path, sizeBytes: 1000, owner: OWNER, seed: 1 }))
    valueOf(await a.call('mkdir', { path: `${MOUNT}/d`, owner: OWNER }))
    const before = bytesOf(device).slice()
    const creat = { sizeBytes: 10, owner: OWNER }
    const look = { lengthBytes: 10, user: OWNER }
    failureOf(await a.call('peek', { path: `${MOUNT}/none`, offsetBytes: 0, ...look }), 'no_such_path')
    failureOf(await a.call('sha256', { path: `${MOUNT}/none`, user: OWNER }), 'no_such_path')
    failureOf(await a.call('sha256', { path: `${MOUNT}/d`, user: OWNER }), 'is_a_directory')
    failureOf(await a.call('peek', { path: '/elsewhere/f', offsetBytes: 0, ...look }), 'not_in_famfs')
    failureOf(await a.call('logplay', { path: '/elsewhere' }), 'not_in_famfs')
    failureOf(await a.call('umount', { mountpoint: '/elsewhere' }), 'not_mounted')
    failureOf(await a.call('mount', { device: '/dev/none', mountpoint: '/mnt/famfs2' }), 'no_device')
    failureOf(await a.call('mount', { device: DEVICE, mountpoint: '/mnt/famfs2' }), 'mounted')
    failureOf(await a.call('mkfs', { device: DEVICE, force: true }), 'mounted')
    failureOf(await a.call('creat', { path: `${MOUNT}/${'p'.repeat(80)}`, ...creat }), 'path_too_long')
    failureOf(await a.call('copyIn', { path: `${MOUNT}/${'p'.repeat(80)}`, blob: new Blob(['x']), owner: OWNER }), 'path_too_long')
    failureOf(await a.call('copyIn', { path: `${MOUNT}/empty`, blob: new Blob([]), owner: OWNER }), 'size_zero')
    failureOf(await a.call('creat', { path: `${MOUNT}/none/f`, ...creat }), 'no_parent')
    failureOf(await a.call('creat', { path: `${MOUNT}/f/g`, ...creat }), 'not_a_directory')
    failureOf(await a.call('creat', { path: `${MOUNT}/a\0b`, ...creat }), 'bad_path')
    failureOf(await a.call('creat', { path: MOUNT, ...creat }), 'bad_path')
    failureOf(await a.call('creat', { path: `${MOUNT}/../out`, ...creat }), 'bad_path')
    for (const sizeBytes of [-1, 0.5, Number.NaN, Infinity]) failureOf(await a.call('creat', { path: `${MOUNT}/g`, sizeBytes, owner: OWNER }), 'bad_size')
    failureOf(await a.call('creat', { path: `${MOUNT}/g`, sizeBytes: SMALL, owner: OWNER }), 'no_space')
    failureOf(await a.call('verify', { path, seed: 0, user: OWNER }), 'no_seed')
    for (const offsetBytes of [-1, 997, 1000, 0.5, Number.NaN, Infinity, -Infinity]) {
      failureOf(await a.call('poke', { path, offsetBytes, bytes: Uint8Array.of(1, 2, 3, 4), user: OWNER }), 'out_of_file')
    }
    for (const offsetBytes of [-1, 1001, 0.5, Number.NaN, -1e15]) failureOf(await a.call('peek', { path, offsetBytes, ...look }), 'out_of_file')
    failureOf(await a.call('peek', { path, offsetBytes: -1e15, lengthBytes: 1e15, user: OWNER }), 'out_of_file')
    expect(valueOf(await a.call('peek', { path, offsetBytes: 1000, lengthBytes: 1e15, user: OWNER }))).toHaveLength(0)
    expect(firstDifference(bytesOf(device), before)).toBe(-1)
  })

  it('an unformatted device is refused in words, and force takes it from another owner', async () => {
    const device = newDevice(SMALL)
    const b = await startHost(driver, 'B', device)
    expect(failureOf(await b.call('mount', { device: DEVICE, mountpoint: MOUNT }), 'not_famfs').next).toContain('mkfs.famfs')
    const a = await startMaster(driver, device)
    failureOf(await b.call('mkfs', { device: DEVICE }), 'owned_by_other')
    valueOf(await b.call('mkfs', { device: DEVICE, force: true }))
    failureOf(await b.call('mkfs', { device: DEVICE }), 'already_formatted')
    failureOf(await b.call('mkfs', { device: DEVICE, force: true, logLengthBytes: 9 * MIB }), 'bad_log_length')
    failureOf(await a.call('logplay', { path: MOUNT }), 'other_filesystem')
    failureOf(await a.call('creat', { path: `${MOUNT}/f`, sizeBytes: 10, owner: OWNER }), 'other_filesystem')
  })
}

function newsOf(host: HostHandle): HostNews[] {
  const heard: HostNews[] = []
  host.listen({ onNews: (news) => void heard.push(news) })
  return heard
}

async function readWhole(host: HostHandle, path: string, sizeBytes: number): Promise<Uint8Array> {
  return valueOf(await host.call('peek', { path, offsetBytes: 0, lengthBytes: sizeBytes, user: OWNER }))
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
