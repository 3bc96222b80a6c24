// A driver makes hosts; a handle is one host's life. Whatever happens to the host, every call that is under way ends: with
// its result, or with host_down. A handle that is down stays down; a reboot is a new handle with the same spec.

import type { Reason } from '../core/base/failure.ts'
import { fail, type Result } from '../core/base/result.ts'
import type { Progress } from '../core/base/task.ts'
import type { CallMessage, CallName, CallNote, Calls, HostNews, HostReply, HostSpec, HostWire } from './protocol.ts'

export interface Driver {
  readonly kind: 'worker' | 'inline'
  spawn(spec: HostSpec): Promise<Result<HostHandle, 'host_down'>>
}

/** How a handle reaches its host, and how it ends it. */
export interface Line {
  wire: Pick<HostWire, 'call' | 'cancel' | 'ping'>
  close(): void
}

export interface CallOptions {
  onProgress?: (progress: Progress) => void
  /** Output of a shell, in order and before the call's result. */
  onNote?: (note: CallNote) => void
  signal?: AbortSignal
}

interface Pending {
  settle: (failure: ReturnType<typeof fail<'host_down'>>) => void
  onProgress: ((progress: Progress) => void) | undefined
  onNote: ((note: CallNote) => void) | undefined
}

export class HostHandle {
  readonly spec: HostSpec
  readonly #line: Line
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<{ onNews?: (news: HostNews) => void; onDown?: (why: string) => void }>()
  #nextCallId = 1
  #down: string | undefined

  constructor(spec: HostSpec, line: Line) {
    this.spec = spec
    this.#line = line
  }

  /** Undefined while it is up; else why it is not. */
  get down(): string | undefined {
    return this.#down
  }

  listen(listener: { onNews?: (news: HostNews) => void; onDown?: (why: string) => void }): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls the host. An exception there is our own mistake, and comes back as host_failed. */
  async call<K extends CallName>(name: K, given: Calls[K]['given'], options: CallOptions = {}): Promise<Result<Calls[K]['gives']>> {
    const { name: host } = this.spec
    if (this.#down !== undefined) return fail('host_down', { name: host, why: this.#down })
    if (options.signal?.aborted) return fail('cancelled')
    const callId = this.#nextCallId++
    // Whoever gives up when the host is down already, in the same turn perhaps, has no line left to say so.
    const stop = (): void => {
      if (this.#down === undefined) void this.#line.wire.cancel(callId)
    }
    options.signal?.addEventListener('abort', stop)
    const downed = new Promise<ReturnType<typeof fail<'host_down'>>>((settle) => {
      this.#pending.set(callId, { settle, onProgress: options.onProgress, onNote: options.onNote })
    })
    try {
      const reply = await Promise.race([this.#line.wire.call({ name, callId, given } as CallMessage), downed])
      if ('ok' in reply) return reply
      this.#tell(reply)
      return reply.result as Result<Calls[K]['gives'], Reason>
    } catch (error) {
      return fail('host_failed', { name: host, what: error instanceof Error ? error.message : String(error) })
    } finally {
      this.#pending.delete(callId)
      options.signal?.removeEventListener('abort', stop)
    }
  }

  /** For the driver: progress of a call. */
  progressed(callId: number, progress: Progress): void {
    this.#pending.get(callId)?.onProgress?.(progress)
  }

  /** For the driver: what a call tells. */
  noted(callId: number, note: CallNote): void {
    this.#pending.get(callId)?.onNote?.(note)
  }

  /** For the driver: the host is gone. Ends every call under way. */
  went(why: string): void {
    if (this.#down !== undefined) return
    this.#down = why
    this.#line.close()
    for (const { settle } of this.#pending.values()) settle(fail('host_down', { name: this.spec.name, why }))
    for (const { onDown } of this.#listeners) onDown?.(why)
  }

  kill(why = 'its plug was pulled'): void {
    this.went(why)
  }

  async ping(): Promise<void> {
    await this.#line.wire.ping()
  }

  #tell(reply: HostReply): void {
    if (this.#down !== undefined) return
    for (const { onNews } of this.#listeners) onNews?.(reply.news)
  }
}
