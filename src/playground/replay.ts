// Does acts again, on a device and hosts of its own that nobody sees: the session's stay as they are until all has come
// out as it did the first time.

import { assert } from '../core/base/assert.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import { coherentMemory } from '../core/mem/memory.ts'
import { readCounters, readLayout } from '../core/log/layout.ts'
import { NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET } from '../core/omf/log.ts'
import type { HostHandle } from '../host/driver.ts'
import type { Act, CallAct, MountGiven, Pages } from './acts.ts'
import type { Pool } from './pool.ts'
import { Host } from './roster.ts'
import type { Extent } from './types.ts'

export interface Makers {
  boot(host: Host, pool: Pool): Promise<Result<undefined, 'host_down'>>
}

export class Replay {
  readonly #makers: Makers
  readonly #pool: Pool
  readonly #hosts = new Map<string, Host>()
  /** Hosts that were started ahead, side by side, by name. */
  readonly #ahead = new Map<string, Promise<Host>>()

  constructor(pool: Pool, makers: Makers) {
    this.#pool = pool
    this.#makers = makers
  }

  get pool(): Pool {
    return this.#pool
  }

  get hosts(): Host[] {
    return [...this.#hosts.values()]
  }

  /** Starting takes longest, and the first start of each host waits for nothing. */
  startAhead(acts: readonly Act[]): void {
    for (const act of acts) {
      if (act.act !== 'start' || this.#ahead.has(act.host)) continue
      const host = new Host(act.host, act.systemUuid, act.lacks)
      this.#ahead.set(act.host, this.#makers.boot(host, this.#pool).then(() => host))
    }
  }

  /** Hosts that nobody will see. */
  async end(): Promise<void> {
    const ahead = await Promise.allSettled(this.#ahead.values())
    for (const host of this.hosts) end(host.handle)
    for (const started of ahead) if (started.status === 'fulfilled') end(started.value.handle)
  }

  async do(act: Act): Promise<Result<undefined>> {
    assert(act.act !== 'devices', 'acts are done on the last memory that was put in place, and it is there already')
    switch (act.act) {
      case 'start':
        return this.#start(act)
      case 'remove':
        end(this.#hosts.get(act.host)?.handle)
        this.#hosts.delete(act.host)
        return ok()
      case 'down':
        return this.#down(act.host, act.why)
      case 'seat':
        return this.#seat(act.host, act.given)
      case 'health':
        this.#pool.setHealth(act.states)
        return ok()
      case 'pages':
        return this.#write(act.pages)
      default:
        return this.#call(act)
    }
  }

  async #start({ host: name, systemUuid, lacks }: Extract<Act, { act: 'start' }>): Promise<Result<undefined>> {
    const ahead = this.#ahead.get(name)
    this.#ahead.delete(name)
    const known = this.#hosts.get(name)
    const ready = ahead && (await ahead)
    if (ready && !known && ready.systemUuid === systemUuid && ready.lacks.join() === lacks.join() && ready.handle) {
      this.#hosts.set(name, ready)
      return ok()
    }
    end(ready?.handle)
    const host = known ?? new Host(name, systemUuid, lacks)
    end(host.handle)
    host.lacks = lacks
    this.#hosts.set(name, host)
    return this.#makers.boot(host, this.#pool)
  }

  #down(name: string, why: string): Result<undefined> {
    const host = this.#hosts.get(name)
    if (!host) return fail('no_host', { name })
    end(host.handle)
    host.forget(why)
    return ok()
  }

  #seat(name: string, given: MountGiven): Result<undefined> {
    const host = this.#hosts.get(name)
    if (!host) return fail('no_host', { name })
    host.mountedAs = given
    return ok()
  }

  async #write({ runs, bytes }: Pages): Promise<Result<undefined>> {
    const { buffer } = this.#pool
    let at = { run: 0, offset: 0 }
    for (const blob of bytes) {
      const read = await readBlob(blob)
      if (!read.ok) return read
      at = spread(read.value, runs, at, buffer)
    }
    return ok()
  }

  async #call(act: CallAct): Promise<Result<undefined>> {
    const { host: name, entryCount } = act
    const host = this.#hosts.get(name)
    if (!host) return fail('no_host', { name })
    // It left nothing but words, and what was in its way may have been the host's own.
    if (act.name === 'mount' && !act.ok) {
      host.mountTrouble = act.trouble
      return ok()
    }
    const restore = entryCount === undefined ? undefined : this.#countOnly(entryCount)
    const done = await host.call(act.name, act.given)
    restore?.()
    if (act.name === 'mount') host.mountTrouble = undefined
    if (done.ok === act.ok) return ok()
    // What is to go may have gone in another way.
    if (!done.ok && act.name === 'unlink' && done.failure.reason === 'no_such_path') return ok()
    return done.ok ? fail('page_failed', { what: `${name} did ${act.name}, which it was refused before` }) : done
  }

  /** Someone was appending while it played: the log is shown as it was counted then. @returns what undoes it */
  #countOnly(entryCount: number): (() => void) | undefined {
    const [primary] = this.#pool.seen
    if (!primary) return undefined
    const memory = coherentMemory(primary)
    const layout = readLayout(memory)
    if (!layout.ok) return undefined
    const { nextIndex, nextSeqnum } = readCounters(memory)
    if (nextIndex <= BigInt(entryCount)) return undefined
    const { logOffsetBytes } = layout.value
    const store = (index: bigint, seqnum: bigint): void => {
      memory.store64(logOffsetBytes + NEXT_INDEX_OFFSET, index)
      memory.store64(logOffsetBytes + NEXT_SEQNUM_OFFSET, seqnum)
    }
    store(BigInt(entryCount), BigInt(entryCount))
    return () => store(nextIndex, nextSeqnum)
  }
}

/** What the browser has kept for us may be gone. */
async function readBlob(blob: Blob): Promise<Result<Uint8Array<ArrayBuffer>, 'storage_failed'>> {
  try {
    return ok(new Uint8Array(await blob.arrayBuffer()))
  } catch (error) {
    return fail('storage_failed', { what: error instanceof Error ? error.message : String(error) })
  }
}

/** @param at where the bytes before them ended, and so these begin */
function spread(bytes: Uint8Array, runs: readonly Extent[], at: { run: number; offset: number }, buffer: SharedArrayBuffer | ArrayBuffer): { run: number; offset: number } {
  let { run, offset } = at
  for (let done = 0; done < bytes.length; ) {
    const { offsetBytes, lengthBytes } = runs[run] as Extent
    const part = bytes.subarray(done, done + lengthBytes - offset)
    // A view of the whole device can be longer than a view may be.
    new Uint8Array(buffer, offsetBytes + offset, part.length).set(part)
    done += part.length
    offset += part.length
    if (offset === lengthBytes) [run, offset] = [run + 1, 0]
  }
  return { run, offset }
}

function end(handle: HostHandle | undefined): void {
  if (handle?.down === undefined) handle?.kill('the session went to another step')
}
