// When a save ends, everything that was marked before it was asked for is stored: however many were asked for at once, and
// whatever changed while one was under way. Before the session is ready there is none.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { Saver } from '../../src/playground/saver.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import type { ImageFacts } from '../../src/store/manifest.ts'
import { CHUNK_BYTES } from '../../src/store/chunks.ts'
import { firstDifference, valueOf } from '../helpers/outcome.ts'

const SIZE = 24 * MIB
let count = 0

function newSaver() {
  const name = `famfs-test-saver-${Date.now()}-${count++}`
  const buffer = new SharedArrayBuffer(SIZE)
  const facts: ImageFacts = { device: { name: 'd', uuid: 'u', sizeBytes: SIZE }, hosts: [{ name: 'A', systemUuid: 'a' }] }
  const states: string[] = []
  const saver: Saver = new Saver(new ImageStore(name), () => ({ facts: structuredClone(facts), buffer }), () => states.push(saver.view.state))
  onTestFinished(() => saver.stop())
  const stored = async () => {
    const store = new ImageStore(name)
    const found = valueOf(await store.open())
    const bytes = new Uint8Array(SIZE)
    valueOf(await store.load(bytes.buffer))
    return { hosts: found?.hosts.map((host) => host.name), bytes }
  }
  return { saver, facts, bytes: new Uint8Array(buffer), states, stored }
}

const whole = [{ offsetBytes: 0, lengthBytes: SIZE }]

describe('a save', () => {
  it('that waited for another beside a third ends with everything stored', async () => {
    const { saver, bytes, stored } = newSaver()
    bytes.fill(1)
    saver.begin()
    saver.another(whole)
    const first = saver.save()
    bytes.fill(2)
    saver.mark(whole)
    const ended: string[] = []
    const second = saver.save().finally(() => void ended.push('second'))
    const third = saver.save().finally(() => void ended.push('third'))
    valueOf(await third)
    // What the second was asked for is the third's, too.
    expect(ended).toEqual(['second', 'third'])
    expect(saver.view.state).toBe('saved')
    valueOf(await second)
    expect(firstDifference((await stored()).bytes, bytes)).toBe(-1)
    valueOf(await first)
  })

  it('is followed by one of what changed meanwhile, be it no byte at all', async () => {
    const { saver, facts, bytes, states, stored } = newSaver()
    bytes.fill(1)
    saver.begin()
    saver.another(whole)
    const first = saver.save()
    facts.hosts.push({ name: 'B', systemUuid: 'b' })
    saver.mark([])
    valueOf(await first)
    // Where saving takes long, the next one has begun by itself.
    expect(states.slice(0, 4)).toEqual(['unsaved', 'unsaved', 'saving', 'unsaved'])
    valueOf(await saver.save())
    expect(saver.view.state).toBe('saved')
    expect((await stored()).hosts).toEqual(['A', 'B'])
  })

  it('comes by itself a moment after the last change, and of marked chunks alone', async () => {
    const { saver, bytes, states, stored } = newSaver()
    bytes.fill(1)
    saver.begin()
    saver.another(whole)
    await vi.waitFor(() => expect(saver.view.state).toBe('saved'), { timeout: 30_000 })
    bytes.fill(2, 0, 5 * CHUNK_BYTES)
    saver.mark([{ offsetBytes: CHUNK_BYTES - 1, lengthBytes: 2 }])
    expect(saver.view.state).toBe('unsaved')
    await vi.waitFor(() => expect(saver.view.state).toBe('saved'), { timeout: 30_000 })
    const { bytes: found } = await stored()
    expect([0, 1, 2, 3].map((chunk) => found[chunk * CHUNK_BYTES])).toEqual([2, 2, 1, 1])
    expect(states.filter((state) => state === 'saving')).toHaveLength(2)
  })

  it('is none before the session is ready, whoever asks; then what changed meanwhile is saved by itself', async () => {
    const { saver, bytes, stored } = newSaver()
    bytes.fill(1)
    saver.isStored()
    saver.mark(whole)
    valueOf(await saver.save())
    expect(saver.view).toEqual({ state: 'saving', sentence: expect.stringContaining('nothing is saved in its place') })
    await expect(stored()).rejects.toThrow('stored_image_damaged')
    saver.begin()
    expect(saver.view.state).toBe('unsaved')
    await vi.waitFor(() => expect(saver.view.state).toBe('saved'), { timeout: 30_000 })
    expect(firstDifference((await stored()).bytes, bytes)).toBe(-1)
  })

  it('is none of what came back as it is stored', async () => {
    const { saver, stored } = newSaver()
    saver.mark(whole)
    saver.isStored()
    saver.begin()
    expect(saver.view.state).toBe('saved')
    valueOf(await saver.save())
    await expect(stored()).rejects.toThrow('stored_image_damaged')
  })

  it('is none where nothing may be saved, and once the person has put another device there, it is', async () => {
    const { saver, bytes, stored } = newSaver()
    bytes.fill(1)
    saver.switchOff('off', 'Not saved: it is damaged.', true)
    saver.begin()
    saver.another(whole)
    valueOf(await saver.save())
    expect(saver.view).toEqual({ state: 'off', sentence: 'Not saved: it is damaged.' })
    await expect(stored()).rejects.toThrow('stored_image_damaged')
    saver.replace()
    saver.mark(whole)
    valueOf(await saver.save())
    expect(firstDifference((await stored()).bytes, bytes)).toBe(-1)
  })

  it('is none where nothing may be saved', async () => {
    for (const state of ['read_only', 'off'] as const) {
      const { saver, bytes, stored } = newSaver()
      bytes.fill(1)
      saver.begin()
      saver.switchOff(state)
      saver.mark(whole)
      await saver.save()
      expect(saver.view.state).toBe(state)
      await expect(stored()).rejects.toThrow('stored_image_damaged')
    }
  })
})
