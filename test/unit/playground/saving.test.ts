// What is given to the store to look through: all that isn't zeros, and of a new device nothing that nobody wrote, however
// large it is and however one came to it. What the hardware says, and which devices a host lacks, is given to it unasked.

import { expect, it, onTestFinished, vi } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { ok, type Result } from '../../../src/core/base/result.ts'
import { Session } from '../../../src/playground/session.ts'
import { ImageStore, type StoreReason } from '../../../src/store/imageStore.ts'
import type { ImageFacts } from '../../../src/store/manifest.ts'
import { CHUNK_BYTES } from '../../../src/store/chunks.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { nodeEngine } from '../../helpers/sessions.ts'

/** Remembers what it was given instead of storing it, and takes the turn that it may take. */
class Told extends ImageStore {
  saves: { facts: ImageFacts; dirty: Set<number>; whole: boolean; sizeBytes: number }[] = []

  override open(): Promise<Result<ImageFacts | undefined, StoreReason>> {
    return Promise.resolve(ok(undefined))
  }

  override async save(facts: ImageFacts, buffer: SharedArrayBuffer | ArrayBuffer, dirty: Iterable<number>, whole = false, turn = noTurn): Promise<Result<undefined, StoreReason>> {
    this.saves.push({ facts, dirty: new Set(dirty), whole, sizeBytes: buffer.byteLength })
    await turn()
    return ok()
  }
}

const noTurn = (): Promise<void> => Promise.reject(new Error('the page gets no turn'))

function writtenChunks(buffer: SharedArrayBuffer): number[] {
  const words = new BigInt64Array(buffer)
  const chunkWords = CHUNK_BYTES / 8
  return Array.from({ length: buffer.byteLength / CHUNK_BYTES }, (_, chunk) => chunk).filter((chunk) => words.subarray(chunk * chunkWords, (chunk + 1) * chunkWords).some((word) => word !== 0n))
}

it('is what was written: after a start, another device, steps back and forth, and a new start', async () => {
  const store = new Told()
  const engine = nodeEngine()
  const session = new Session(engine, store, 'owner')
  onTestFinished(() => session.dispose())
  /** The latest save of other memory names it all: what came later is dirty by itself. */
  const expectWhole = async (memory: SharedArrayBuffer): Promise<void> => {
    valueOf(await session.save())
    const since = store.saves.slice(store.saves.findLastIndex(({ whole }) => whole))
    const named = new Set(since.flatMap(({ dirty }) => [...dirty]))
    const written = writtenChunks(memory)
    expect(since[0]?.sizeBytes).toBe(memory.byteLength)
    expect(written.filter((chunk) => !named.has(chunk))).toEqual([])
    // Logs are written where they are empty, too.
    expect(named.size - written.length).toBeLessThan(16)
    store.saves.length = 0
  }
  await session.start()
  await expectWhole(engine.newest())

  valueOf(await session.format({ force: true, deviceBytes: 64 * MIB, deviceCount: 3 }))
  valueOf(await session.newFile({ path: 'three.bin', sizeBytes: 12 * MIB, seed: 4, striped: { stripCount: 3, chunkBytes: 2 * MIB } }))
  await expectWhole(engine.newest())
  const { position } = session.snapshot().history
  valueOf(await session.stepTo(position - 2))
  await expectWhole(engine.newest())
  valueOf(await session.stepTo(position))
  await expectWhole(engine.newest())
  valueOf(await session.startOver())
  await expectWhole(engine.newest())

  valueOf(await session.format({ force: true, deviceBytes: GIB, deviceCount: 2 }))
  valueOf(await session.save())
  expect(store.saves.reduce((sum, { dirty }) => sum + dirty.size, 0)).toBeLessThan(16)
})

it('is the zeros, too, that a format makes of poison', async () => {
  const store = new Told()
  const session = new Session(nodeEngine(), store, 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  valueOf(await session.format({ force: true, deviceBytes: 32 * MIB, deviceCount: 2 }))
  valueOf(await session.poison(1, 20 * MIB, 64))
  valueOf(await session.save())
  store.saves.length = 0
  valueOf(await session.format({ force: true }))
  valueOf(await session.save())
  expect(store.saves.flatMap(({ dirty }) => [...dirty])).toContain(52 * MIB / CHUNK_BYTES)
})

it('is given by itself, whatever happened last to a device or to a host’s devices', async () => {
  const store = new Told()
  const session = new Session(nodeEngine(), store, 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  valueOf(await session.format({ force: true, deviceBytes: 24 * MIB, deviceCount: 2, unitBytes: 4096 }))
  const deeds: [() => Promise<Result<unknown>>, (facts: ImageFacts) => unknown, unknown][] = [
    [() => session.poison(1, 4096, 64), ({ devices }) => devices?.[1]?.poison, [{ offsetBytes: 4096, lengthBytes: 64 }]],
    [() => session.clearPoison(1), ({ devices }) => devices?.[1]?.poison, []],
    [() => session.stopDevice(1), ({ devices }) => devices?.[1]?.isStopped, true],
    [() => session.startDevice(1), ({ devices }) => devices?.[1]?.isStopped, false],
    [() => session.detachDevice('B', 1), ({ hosts }) => hosts[1]?.lacks, [1]],
    [() => session.attachDevice('B', 1), ({ hosts }) => hosts[1]?.lacks, undefined],
  ]
  for (const [deed, tell, told] of deeds) {
    valueOf(await session.save())
    store.saves.length = 0
    valueOf(await deed())
    await vi.waitFor(() => expect(store.saves.at(-1)?.facts).toBeDefined(), { timeout: 10_000 })
    expect(store.saves.map(({ facts }) => tell(facts))).toEqual([told])
  }
  // Zeros in place of poison are bytes like others.
  valueOf(await session.poison(1, 3 * CHUNK_BYTES, 64))
  valueOf(await session.save())
  store.saves.length = 0
  valueOf(await session.clearPoison(1))
  await vi.waitFor(() => expect(store.saves.flatMap(({ dirty }) => [...dirty])).toEqual([(24 * MIB) / CHUNK_BYTES + 3]), { timeout: 10_000 })
})
