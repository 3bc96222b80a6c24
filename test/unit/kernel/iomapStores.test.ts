// A write that began under an old cookie: the server moves a file's bytes after the kernel has found them and before it
// stores. Not a byte lands where they were, by write and through mappings, whoever keeps the cookies.

import { describe, expect, it } from 'vitest'
import { must } from '../../../src/core/base/result.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { IomapDaemon } from '../../../src/core/fuse/daemonIomap.ts'
import { directLink } from '../../../src/core/fuse/directLink.ts'
import type { MapStore } from '../../../src/core/fuse/wire.ts'
import { MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import { type FileInode, KernelMount } from '../../../src/core/kernel/mount.ts'
import { OpenFile } from '../../../src/core/kernel/openFile.ts'
import { iomapWay } from '../../../src/core/kernel/ways/iomap.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'

const UNIT_BYTES = 4096
const SIZE_BYTES = 4 * UNIT_BYTES
/** The file is at one of these; the other may be another file's by then. */
const HERE = 0
const THERE = 8 * UNIT_BYTES

const mapAt = (offsetBytes: number): Fmap => ({ kind: 'simple', sizeBytes: SIZE_BYTES, extents: [{ devindex: 0, offsetBytes, lengthBytes: SIZE_BYTES }] })

interface Scene {
  memory: Memory
  file: OpenFile
  mapped: MappedFile
  /** Runs when the kernel has found the bytes, just before it gets hold of them; once. */
  beforeStore(act: () => void): void
  /** The file's bytes go elsewhere, and the server says so. */
  moveTo(offsetBytes: number): void
}

function scene(isShared: boolean): Scene {
  let act: (() => void) | undefined
  const memory = coherentMemory(daxdev({ name: '/dev/dax0.0', uuid: NIL_UUID, buffer: new SharedArrayBuffer(64 * UNIT_BYTES) }))
  const watched: Memory = {
    ...memory,
    window(offsetBytes, lengthBytes) {
      const now = act
      act = undefined
      now?.()
      return memory.window(offsetBytes, lengthBytes)
    },
  }
  let map = mapAt(HERE)
  const store: MapStore = { map: () => wideOf(map), daxdev: () => '/dev/dax0.0' }
  const cookies = isShared ? new Int32Array(new SharedArrayBuffer(64)) : undefined
  const { link, notify } = directLink(() => ({ IOMAP_BEGIN: (node, request) => server.begin(node, request) }))
  const server = new IomapDaemon(store, notify, { cookies })
  const mount = new KernelMount(watched, { dropWriteBits: false, now: () => 0, unitBytes: UNIT_BYTES, way: iomapWay(link, { cookies }) })
  expect(mount.addFile({ path: 'f', mode: 0o644, uid: 0, gid: 0, entryIndex: 0, map })).toBe('made')
  const inode = mount.lookup('f') as FileInode
  const file = new OpenFile(mount, inode, { read: true, write: true })
  return {
    memory,
    file,
    mapped: new MappedFile('f', must(mount.access(inode)), true),
    beforeStore: (next) => void (act = next),
    moveTo(offsetBytes) {
      map = mapAt(offsetBytes)
      server.invalidate(inode.ino, 0, SIZE_BYTES)
    },
  }
}

const bytesAt = ({ memory }: Scene, offsetBytes: number): Uint8Array => memory.window(offsetBytes, SIZE_BYTES).slice()
const written = Uint8Array.from({ length: SIZE_BYTES }, (_, i) => (i % 250) + 1)

describe.each([['the kernel', false], ['the server', true]] as const)('cookies kept by %s', (_, isShared) => {
  it('write: the file moves between finding its bytes and storing them', () => {
    const played = scene(isShared)
    played.beforeStore(() => played.moveTo(THERE))
    expect(must(played.file.write(0, written))).toBe(SIZE_BYTES)
    expect(bytesAt(played, HERE)).toEqual(new Uint8Array(SIZE_BYTES))
    expect(bytesAt(played, THERE)).toEqual(written)
    const back = new Uint8Array(SIZE_BYTES)
    expect(must(played.file.read(0, back))).toBe(SIZE_BYTES)
    expect(back).toEqual(written)
  })

  it.each([
    ['write', (mapped: MappedFile) => mapped.write(UNIT_BYTES - 2, Uint8Array.of(9, 8, 7, 6))],
    ['setInt32', (mapped: MappedFile) => mapped.setInt32(UNIT_BYTES - 2, 0x06070809)],
  ])('a mapping: %s at first touch, and long after it', (_name, store) => {
    const played = scene(isShared)
    played.beforeStore(() => played.moveTo(THERE))
    must(store(played.mapped))
    expect(bytesAt(played, HERE)).toEqual(new Uint8Array(SIZE_BYTES))
    expect([...bytesAt(played, THERE).subarray(UNIT_BYTES - 2, UNIT_BYTES + 2)]).toEqual([9, 8, 7, 6])
    played.memory.window(THERE, SIZE_BYTES).fill(0)
    // What it holds was found where the file was: that is void now.
    played.moveTo(HERE)
    must(store(played.mapped))
    expect(bytesAt(played, THERE)).toEqual(new Uint8Array(SIZE_BYTES))
    expect(played.mapped.getInt32(UNIT_BYTES - 2)).toBe(0x06070809)
    played.moveTo(THERE)
    expect(played.mapped.getInt32(UNIT_BYTES - 2)).toBe(0)
  })

  it('a mapping is faulted in once as long as nothing moves', () => {
    const { mapped, moveTo } = scene(isShared)
    for (let at = 0; at < SIZE_BYTES; at += 4) expect(mapped.getInt32(at)).toBe(0)
    expect(mapped.faultCount).toBe(1)
    moveTo(THERE)
    for (let at = 0; at < SIZE_BYTES; at += 4) expect(mapped.getInt32(at)).toBe(0)
    expect(mapped.faultCount).toBe(2)
  })
})
