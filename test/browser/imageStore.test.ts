// The stored image in a real IndexedDB: what comes back is what was saved, only what changed is written, and a save that is
// killed anywhere leaves the old image or the new one, whole.

import { del, delMany, get, keys, set, setMany, createStore, type UseStore } from 'idb-keyval'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { ImageStore, PIECE_CHUNKS } from '../../src/store/imageStore.ts'
import type { ImageFacts } from '../../src/store/manifest.ts'
import { CHUNK_BYTES } from '../../src/store/chunks.ts'
import { claimOwnership } from '../../src/store/ownership.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../helpers/outcome.ts'

const SIZE = 24 * MIB
const CHUNKS = SIZE / CHUNK_BYTES
let storeCount = 0
let name: string
let db: UseStore

beforeEach(() => {
  name = `famfs-test-${Date.now()}-${storeCount++}`
  db = createStore(name, 'image')
  onTestFinished(() => new Promise<void>((resolve) => {
    // A connection may still be open; the database goes with the last of them.
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = request.onblocked = request.onerror = () => resolve()
  }))
})

const facts = (sizeBytes = SIZE): ImageFacts => ({
  device: { name: '/dev/dax0.0', uuid: 'the device', sizeBytes },
  hosts: [{ name: 'A', systemUuid: 'a' }, { name: 'B', systemUuid: 'b' }],
})

function newImage(): { buffer: SharedArrayBuffer; bytes: Uint8Array } {
  const buffer = new SharedArrayBuffer(SIZE)
  return { buffer, bytes: new Uint8Array(buffer) }
}

const all = Array.from({ length: CHUNKS }, (_, i) => i)

async function chunkKeys(): Promise<string[]> {
  return (await keys<string>(db)).filter((key) => key !== 'manifest').sort()
}

async function loaded(sizeBytes = SIZE): Promise<{ facts: ImageFacts; bytes: Uint8Array }> {
  const store = new ImageStore(name)
  const stored = valueOf(await store.open())
  if (!stored) throw new Error('nothing is stored')
  const buffer = new SharedArrayBuffer(sizeBytes)
  valueOf(await store.load(buffer))
  return { facts: stored, bytes: new Uint8Array(buffer) }
}

describe('saving and loading', () => {
  it('nothing stored is nothing', async () => {
    const store = new ImageStore(name)
    expect(valueOf(await store.open())).toBeUndefined()
    failureOf(await store.load(new ArrayBuffer(SIZE)), 'stored_image_damaged')
  })

  it('brings several devices back, what the hardware says of them, and what a host lacks', async () => {
    const half = SIZE / 2
    const devices = [
      { uuid: 'one', sizeBytes: half, poison: [], isStopped: true },
      { uuid: 'two', sizeBytes: SIZE - half, poison: [{ offsetBytes: 64, lengthBytes: 128 }, { offsetBytes: half - 64, lengthBytes: 64 }], isStopped: false },
    ]
    const several: ImageFacts = { ...facts(), devices, hosts: [{ name: 'A', systemUuid: 'a' }, { name: 'B', systemUuid: 'b', lacks: [1] }] }
    valueOf(await new ImageStore(name).save(several, newImage().buffer, all, true))
    expect((await loaded()).facts).toEqual(several)
    valueOf(await new ImageStore(name).save(facts(), newImage().buffer, all, true))
    expect((await loaded()).facts).toEqual(facts())
  })

  it('brings every byte and the hosts back, and stores no zeros', async () => {
    const { buffer, bytes } = newImage()
    bytes.set(patternBytes(5 * MIB, 1))
    bytes[23 * MIB + 5] = 9
    valueOf(await new ImageStore(name).save(facts(), buffer, all, true))
    expect(await chunkKeys()).toEqual(['chunk 0 of 1', 'chunk 1 of 1', 'chunk 11 of 1', 'chunk 2 of 1'])
    const back = await loaded()
    expect(back.facts).toEqual(facts())
    expect(firstDifference(back.bytes, bytes)).toBe(-1)
  })

  it('writes only what may have changed, and forgets what is zero again', async () => {
    const { buffer, bytes } = newImage()
    bytes.set(patternBytes(8 * MIB, 1))
    const store = new ImageStore(name)
    valueOf(await store.save(facts(), buffer, all, true))
    bytes[3 * MIB] = bytes[3 * MIB]! ^ 1
    bytes.fill(0, 4 * MIB, 6 * MIB)
    // Changed, but not said to be.
    bytes[7 * MIB] = bytes[7 * MIB]! ^ 1
    valueOf(await store.save(facts(), buffer, [2, 1]))
    expect(await chunkKeys()).toEqual(['chunk 0 of 1', 'chunk 1 of 2', 'chunk 3 of 1'])
    const expected = bytes.slice()
    expected[7 * MIB] = expected[7 * MIB]! ^ 1
    expect(firstDifference((await loaded()).bytes, expected)).toBe(-1)

    const later = new ImageStore(name)
    valueOf(await later.open())
    valueOf(await later.save(facts(), buffer, [3]))
    expect(await chunkKeys()).toEqual(['chunk 0 of 1', 'chunk 1 of 2', 'chunk 3 of 3'])
    expect(firstDifference((await loaded()).bytes, bytes)).toBe(-1)
    valueOf(await later.save(facts(), buffer, []))
    expect(await chunkKeys()).toEqual(['chunk 0 of 1', 'chunk 1 of 2', 'chunk 3 of 3'])
  })

  it('whole replaces whatever device was stored', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    const store = new ImageStore(name)
    valueOf(await store.save(facts(), buffer, all, true))
    const small = new SharedArrayBuffer(3 * MIB)
    new Uint8Array(small).fill(2, 0, 3 * MIB)
    valueOf(await store.save(facts(3 * MIB), small, [0, 1], true))
    expect(await chunkKeys()).toEqual(['chunk 0 of 2', 'chunk 1 of 2'])
    const back = await loaded(3 * MIB)
    expect(back.facts.device.sizeBytes).toBe(3 * MIB)
    expect(back.bytes.every((byte) => byte === 2)).toBe(true)
  })

  it('looks at a few chunks between two turns of the page, and at none that nobody wrote', async () => {
    const happened: string[] = []
    const { subarray } = Uint8Array.prototype
    const looks = vi.spyOn(Uint8Array.prototype, 'subarray').mockImplementation(function (this: Uint8Array<ArrayBuffer>, start = 0, end) {
      if (end === start + CHUNK_BYTES) happened.push('look')
      return subarray.call(this, start, end) as Uint8Array<ArrayBuffer>
    })
    onTestFinished(() => looks.mockRestore())
    const turn = (): Promise<void> => Promise.resolve(void happened.push('turn'))
    valueOf(await new ImageStore(name).save(facts(), newImage().buffer, all, true, turn))
    const runs = happened.join(' ').split('turn').map((run) => run.trim().split(' ').filter((word) => word === 'look').length)
    expect(runs.reduce((sum, count) => sum + count)).toBe(CHUNKS)
    expect(Math.max(...runs)).toBe(PIECE_CHUNKS)
    happened.length = 0
    valueOf(await new ImageStore(name).save(facts(), newImage().buffer, [5], true, turn))
    expect(happened).toEqual(['look'])
  })

  it('what is cleared is gone', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    const store = new ImageStore(name)
    valueOf(await store.save(facts(), buffer, all, true))
    valueOf(await store.clear())
    expect(await keys(db)).toEqual([])
    expect(valueOf(await store.open())).toBeUndefined()
  })
})

describe('a save that is killed', () => {
  it('anywhere, leaves the old image or the new one', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    valueOf(await new ImageStore(name).save(facts(), buffer, all, true))
    const outcomes = new Set<number>()
    // Frames that save are removed after more and more of their save; each begins from what the last one left.
    for (let round = 0; round < 14; round++) {
      const value = 2 + round
      await saveInFrame(value, round)
      const back = (await loaded()).bytes
      const first = back[0]!
      expect(back.every((byte) => byte === first)).toBe(true)
      expect([...outcomes, 1, value]).toContain(first)
      outcomes.add(first)
      const left = await keys<string>(db)
      expect(left).toHaveLength(1 + CHUNKS)
    }
    expect(outcomes.size).toBeGreaterThan(1)
  })

  it('leaves chunks that the owner removes, and nobody else', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    valueOf(await new ImageStore(name).save(facts(), buffer, [0, 1]))
    await setMany([['chunk 0 of 2', patternBytes(CHUNK_BYTES, 3)], ['chunk 5 of 2', patternBytes(CHUNK_BYTES, 4)]], db)

    // They may just as well be another tab's, whose manifest is still to come.
    const looker = new ImageStore(name, false)
    valueOf(await looker.open())
    valueOf(await looker.load(new SharedArrayBuffer(SIZE)))
    expect(await chunkKeys()).toHaveLength(4)

    const { bytes: back } = await loaded()
    expect(back.subarray(0, 4 * MIB).every((byte) => byte === 1)).toBe(true)
    expect(back.subarray(4 * MIB).every((byte) => byte === 0)).toBe(true)
    expect(await chunkKeys()).toEqual(['chunk 0 of 1', 'chunk 1 of 1'])
  })

  it('and loads beside it, never mix old and new', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    const store = new ImageStore(name)
    valueOf(await store.save(facts(), buffer, all, true))
    for (let value = 2; value < 6; value++) {
      bytes.fill(value)
      const saving = store.save(facts(), buffer, all)
      const looker = new ImageStore(name, false)
      valueOf(await looker.open())
      const seen = new SharedArrayBuffer(SIZE)
      const looked = looker.load(seen)
      valueOf(await saving)
      valueOf(await looked)
      const first = new Uint8Array(seen)[0]!
      expect([value - 1, value]).toContain(first)
      expect(new Uint8Array(seen).every((byte) => byte === first)).toBe(true)
    }
  })
})

describe('a damaged store', () => {
  const manifest = { format: 1, generation: 1, ...facts(), chunks: [[0, 1]] }
  it.each([
    ['another format', { ...manifest, format: 2 }],
    ['no text', 'hello'],
    ['nothing', null],
    ['no hosts', { ...manifest, hosts: undefined }],
    ['hosts without names', { ...manifest, hosts: [{}, null] }],
    ['no chunks', { ...manifest, chunks: 'none' }],
    ['a chunk before the device', { ...manifest, chunks: [[-1, 1]] }],
    ['a chunk behind the device', { ...manifest, chunks: [[CHUNKS, 1]] }],
    ['a chunk without a generation', { ...manifest, chunks: [[0]] }],
    ['no generation', { ...manifest, generation: Number.NaN }],
    ['a device without a size', { ...manifest, device: { name: 'd', uuid: 'u' } }],
    ['a device of an impossible size', { ...manifest, device: { ...manifest.device, sizeBytes: 2 ** 50 } }],
    ['a device of a negative size', { ...manifest, device: { ...manifest.device, sizeBytes: -1 } }],
    ['devices that are not all of the memory', { ...manifest, devices: [{ uuid: 'u', sizeBytes: SIZE - 8, poison: [], isStopped: false }] }],
    ['no devices', { ...manifest, devices: [] }],
    ['devices that begin at odd places', { ...manifest, devices: [4, SIZE - 4].map((sizeBytes) => ({ uuid: 'u', sizeBytes, poison: [], isStopped: false })) }],
    ['poison behind a device', { ...manifest, devices: [{ uuid: 'u', sizeBytes: SIZE, poison: [{ offsetBytes: SIZE - 64, lengthBytes: 128 }], isStopped: false }] }],
    ['poison that is none', { ...manifest, devices: [{ uuid: 'u', sizeBytes: SIZE, poison: [null], isStopped: false }] }],
    ['a device of which nothing is known', { ...manifest, devices: [{ uuid: 'u', sizeBytes: SIZE, poison: [] }] }],
    ['a host that lacks what is no place', { ...manifest, hosts: [{ name: 'A', systemUuid: 'a', lacks: ['one'] }] }],
    ['a device without a name', { ...manifest, device: { uuid: 'u', sizeBytes: SIZE } }],
  ])('with a manifest of %s is told and left where it is', async (_, stored) => {
    await setMany([['manifest', stored], ['chunk 0 of 1', patternBytes(CHUNK_BYTES, 1)]], db)
    const store = new ImageStore(name)
    const failure = failureOf(await store.open(), 'stored_image_damaged')
    expect(failure.errno).toBe('EUCLEAN')
    failureOf(await store.load(new ArrayBuffer(SIZE)), 'stored_image_damaged')
    expect(await keys(db)).toHaveLength(2)
    expect(await get('manifest', db)).toEqual(stored)
  })

  it.each([
    ['missing', async () => del('chunk 2 of 1', db)],
    ['too short', async () => set('chunk 2 of 1', patternBytes(100, 1), db)],
    ['too long', async () => set('chunk 2 of 1', patternBytes(CHUNK_BYTES + 1, 1), db)],
    ['no bytes', async () => set('chunk 2 of 1', 'text', db)],
  ])('with a chunk that is %s is told and left where it is', async (_, damage) => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    valueOf(await new ImageStore(name).save(facts(), buffer, all, true))
    await damage()
    const before = await keys(db)
    const store = new ImageStore(name)
    expect(valueOf(await store.open())).toEqual(facts())
    expect(failureOf(await store.load(new SharedArrayBuffer(SIZE)), 'stored_image_damaged').says).toContain('chunk 2')
    expect(await keys(db)).toEqual(before)
  })

  it('whose manifest is gone when it is loaded is told', async () => {
    const { buffer, bytes } = newImage()
    bytes.fill(1)
    valueOf(await new ImageStore(name).save(facts(), buffer, all, true))
    const store = new ImageStore(name)
    valueOf(await store.open())
    await delMany(['manifest'], db)
    expect(failureOf(await store.load(new SharedArrayBuffer(SIZE)), 'stored_image_damaged').next).toContain('left where it is')
  })
})

describe('ownership', () => {
  it('is one tab’s, and free when that is gone', async () => {
    const lock = `famfs-test-lock-${Date.now()}`
    const frame = await scriptFrame(`navigator.locks.request('${lock}', () => { parent.postMessage('held', '*'); return new Promise(() => {}) })`)
    expect(await claimOwnership(lock)).toBe('other_tab')
    expect(await claimOwnership(lock)).toBe('other_tab')
    frame.remove()
    // The browser takes a moment to notice that the frame is gone.
    await expect.poll(() => claimOwnership(lock)).toBe('owner')
    expect(await claimOwnership(lock)).toBe('other_tab')
  })
})

/** A frame of our own origin that runs the script and has spoken once. */
function scriptFrame(script: string): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe')
  onTestFinished(() => frame.remove())
  return new Promise((resolve) => {
    const heard = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow) return
      removeEventListener('message', heard)
      resolve(frame)
    }
    addEventListener('message', heard)
    frame.srcdoc = `<script type="module">${script}</script>`
    document.body.append(frame)
  })
}

/** Begins to save an image full of one value in a frame, and removes the frame after so many of its database's steps. */
async function saveInFrame(value: number, steps: number): Promise<void> {
  const source = new URL('../../src/store/imageStore.ts', import.meta.url).href
  const frame = await scriptFrame(`
    import { ImageStore } from '${source}'
    const store = new ImageStore('${name}')
    await store.open()
    const buffer = new SharedArrayBuffer(${SIZE})
    new Uint8Array(buffer).fill(${value})
    let steps = 0
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (...given) {
      if (steps++ === ${steps}) parent.postMessage('now', '*')
      return put.apply(this, given)
    }
    const saving = store.save(${JSON.stringify(facts())}, buffer, ${JSON.stringify(all)})
    saving.then(() => parent.postMessage('now', '*'))`)
  frame.remove()
}
