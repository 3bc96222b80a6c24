// Keeps what can't be done again: bytes of pages that changed, and what became of the hosts. What it finds is there to be
// saved, too. Loaded with the first shell, and with the first operation whose outcome has to be kept.

import type { Act, HostState, Known, Pages } from './acts.ts'
import { ChangeFinder } from './changes.ts'
import { followActs, knownAfter, withHealth } from './follow.ts'
import type { Sealer } from './history.ts'
import type { Extent } from './types.ts'
import type { World } from './world.ts'

const sealers = new WeakMap<World, WorldSealer>()

export function sealerOf(world: World): WorldSealer {
  const known = sealers.get(world)
  if (known) return known
  const made = new WorldSealer(world)
  sealers.set(world, made)
  return made
}

class WorldSealer implements Sealer {
  readonly #world: World
  #finder = new ChangeFinder()

  constructor(world: World) {
    this.#world = world
  }

  async seal(ranges: readonly Extent[] | undefined, known: Known): Promise<{ acts: Act[]; known: Known }> {
    const world = this.#world
    const { buffer } = world.pool
    // Before the device is read: what hosts have played by then is on it, and what they play meanwhile is the next step's.
    const { devices, health, hosts } = world.known()
    this.#expect()
    // Superblock or log may have been damaged so that the page knows no ranges: then it looks everywhere.
    const pages = await this.#finder.take(buffer, world.media.filesystem ? ranges : undefined)
    if (buffer !== world.pool.buffer) return this.seal(undefined, known)
    // A program may have written into entries that were there before, too.
    if (pages) {
      world.saver.mark(pages.runs)
      world.reader.changed(pages.runs)
      world.touchDevice()
    }
    const isOther = devices[0]?.uuid !== known.devices[0]?.uuid
    const before: readonly HostState[] = isOther ? [] : known.hosts
    const acts: Act[] = [
      ...(isOther ? [{ act: 'devices' as const, devices }] : []),
      ...(pages ? [{ act: 'pages' as const, pages }] : []),
      ...withHealth(followActs(before, hosts), isOther ? undefined : known.health, health),
    ]
    return { acts, known: { devices, health, hosts: knownAfter(before, hosts) } }
  }

  /** All that is there: what was looked at before counts for nothing. */
  keepBase(): Promise<Pages | undefined> {
    this.#finder = new ChangeFinder()
    return this.#finder.take(this.#world.pool.buffer)
  }

  async learn(): Promise<void> {
    this.#expect()
    await this.#finder.learn(this.#world.pool.buffer, () => this.#world.history.isQuiet)
  }

  /** Of the whole device; undefined while someone is at work. */
  async sum(): Promise<number | undefined> {
    await this.learn()
    return this.#finder.sum(this.#world.pool.buffer)
  }

  /** Whoever made the device that is shown now has looked at it. */
  adopt(finder: ChangeFinder): void {
    this.#finder = finder
  }

  #expect(): void {
    this.#finder.expect(this.#world.pool.buffer, this.#world.history.takeUnlearnt())
  }
}
