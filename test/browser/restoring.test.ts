// What is stored outlives every way of not bringing it back: a page that goes away in the midst of it, a store that doesn't
// answer yet, hosts that our own mistake keeps from starting. Real workers, a real IndexedDB.

import { createStore, entries } from 'idb-keyval'
import { expect, it, onTestFinished } from 'vitest'
import { chooseEngine, type Engine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore, type StoreReason } from '../../src/store/imageStore.ts'
import type { Result } from '../../src/core/base/result.ts'
import { valueOf } from '../helpers/outcome.ts'

const patient = { timeout: 60_000 }
const engine = await chooseEngine()
let count = 0

/** Two hosts, and files that are more than the first scene's. */
async function storedImage(): Promise<{ name: string; files: string[] }> {
  const name = `famfs-test-restoring-${Date.now()}-${count++}`
  const session = sessionOn(new ImageStore(name))
  await session.start()
  valueOf(await session.newFile({ path: 'mine', sizeBytes: 4096, seed: 1 }))
  valueOf(await session.save())
  await session.dispose()
  return { name, files: filesOf(session) }
}

function sessionOn(store: ImageStore, on: Engine = engine): Session {
  const session = new Session(on, store, 'owner')
  onTestFinished(() => session.dispose())
  return session
}

const filesOf = (session: Session): string[] => session.snapshot().files.map(({ path }) => path)

/** All that is stored, with a sum for the bytes. */
async function everything(name: string): Promise<unknown[]> {
  const found = await entries<IDBValidKey, unknown>(createStore(name, 'image'))
  return Promise.all(found.map(async ([key, value]) => [key, value instanceof Uint8Array ? String(new Uint32Array(await crypto.subtle.digest('SHA-256', new Uint8Array(value)))) : value]))
}

/** Answers when it is let go. */
class Held extends ImageStore {
  readonly #gate = Promise.withResolvers<undefined>()
  readonly #asked = Promise.withResolvers<undefined>()
  readonly asked = this.#asked.promise

  letGo(): void {
    this.#gate.resolve(undefined)
  }

  override async load(buffer: SharedArrayBuffer | ArrayBuffer): Promise<Result<undefined, StoreReason>> {
    this.#asked.resolve(undefined)
    await this.#gate.promise
    return super.load(buffer)
  }
}

it('a page that goes out of sight, or is told to save, while it is being brought back changes nothing of it', patient, async () => {
  const { name, files } = await storedImage()
  const before = await everything(name)
  const store = new Held(name)
  const session = sessionOn(store)
  const started = session.start()
  await store.asked
  session.saveIfMarked()
  const saved = session.save()
  expect(session.snapshot().storage).toMatchObject({ state: 'saving', sentence: expect.stringContaining('nothing is saved in its place') })
  expect(await everything(name)).toEqual(before)
  store.letGo()
  await started
  valueOf(await saved)
  expect(filesOf(session)).toEqual(files)
  expect(session.snapshot().storage.state).toBe('saved')
  expect(await everything(name)).toEqual(before)

  valueOf(await session.newFile({ path: 'later', sizeBytes: 4096, seed: 1 }))
  valueOf(await session.save())
  await session.dispose()
  const next = sessionOn(new ImageStore(name))
  await next.start()
  expect(filesOf(next)).toEqual([...files, 'later'])
})

/** So many hosts are not started: something is thrown that nobody expects. */
function stumbling(times: number): Engine {
  let left = times
  return { ...engine, driver: { kind: engine.driver.kind, spawn: (given) => (left-- > 0 ? Promise.reject(new Error('nobody expects this')) : engine.driver.spawn(given)) } }
}

it.each([['and neither does the first scene', Infinity], ['and the first scene does', 1]])('where it doesn’t come back by our own mistake, %s, it stays as it is, however often', patient, async (_, times) => {
  const { name, files } = await storedImage()
  const before = await everything(name)
  for (let reload = 0; reload < 2; reload++) {
    const session = sessionOn(new ImageStore(name), stumbling(times))
    await session.start()
    expect(session.snapshot().storage).toEqual({ state: 'off', sentence: expect.stringMatching(/^Not saved: .*nobody expects this.*What is stored is untouched; start over to replace it\.$/) })
    session.saveIfMarked()
    valueOf(await session.save())
    if (times === 1) valueOf(await session.newFile({ path: 'lost', sizeBytes: 4096, seed: 1 }))
    valueOf(await session.save())
    await session.dispose()
    expect(await everything(name)).toEqual(before)
  }
  const next = sessionOn(new ImageStore(name))
  await next.start()
  expect(next.snapshot().storage.state).toBe('saved')
  expect(filesOf(next)).toEqual(files)
})

it('what can’t be brought back is replaced when the person starts over', patient, async () => {
  const { name } = await storedImage()
  const session = sessionOn(new ImageStore(name), stumbling(1))
  await session.start()
  valueOf(await session.startOver())
  valueOf(await session.save())
  expect(session.snapshot().storage.state).toBe('saved')
  await session.dispose()
  const next = sessionOn(new ImageStore(name))
  await next.start()
  expect(filesOf(next)).toEqual(['notes.txt', 'tides.f64'])
})
