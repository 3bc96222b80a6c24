// A shell on a host, as the page has it: lines go in; output, and whatever the line did to the device, come out. A line may
// do anything to the device, so the page looks again while it runs and after, and what has changed is saved. Loaded with
// the first terminal.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { MountStatus } from '../core/machine/types.ts'
import type { HostHandle } from '../host/driver.ts'
import type { Host } from './roster.ts'
import { sealerOf } from './sealer.ts'
import type { MediaState } from './media.ts'
import { lateSentences } from './lateSentences.ts'
import type { Shell, ShellNote, ShellReply } from './types.ts'
import type { World } from './world.ts'

/** How often the page looks at the device while a line runs. */
const LOOK_MS = 250
/** And how soon again, when the line itself says that it gets on. */
const LOOK_AGAIN_MS = 60

/** Shells of all hosts are counted together: a number is never a second shell's. */
let nextNumber = 1

export function openShell(world: World, hostName: string): Result<Shell> {
  const host = world.roster.find(hostName)
  if (!host.ok) return world.refuse(host)
  const { handle, name, why } = host.value
  if (!handle || handle.down !== undefined) return world.refuse(fail('host_down', { name, why: why ?? handle?.down ?? 'it has not been started' }), name)
  return ok(new HostShell(world, host.value, handle))
}

class HostShell implements Shell {
  readonly host: string
  readonly ended: Promise<string>
  readonly #world: World
  readonly #of: Host
  readonly #handle: HostHandle
  readonly #number = nextNumber++
  readonly #stopped = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  #end: (why: string) => void = () => undefined
  readonly #forget: () => void

  constructor(world: World, host: Host, handle: HostHandle) {
    this.host = host.name
    this.#world = world
    this.#of = host
    this.#handle = handle
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.#forget = handle.listen({ onDown: (why) => void this.end(`${host.name} went down: ${why}`) })
    world.shells.add(this)
  }

  async run(line: string, how: { columns: number; signal: AbortSignal; onNote: (note: ShellNote) => void }): Promise<Result<ShellReply>> {
    const given = { shell: this.#number, line, columns: how.columns }
    const stop = AbortSignal.any([how.signal, this.#stopped.signal])
    const call = (onNote = how.onNote): Promise<Result<ShellReply>> => this.#under(this.#handle.call('shellRun', given, { signal: stop, onNote }))
    // A shell that only starts makes nothing.
    if (line.trim() === '') return call()
    return this.#recorded(async () => {
      const before = this.#world.media.filesystem
      const done = await this.#watched(call, how.onNote)
      if (this.#isHere) this.#ran(line, done, before)
      return done
    })
  }

  /** While a line runs, the page looks at the device again and again. */
  async #watched(call: (onNote: (note: ShellNote) => void) => Promise<Result<ShellReply>>, onNote: (note: ShellNote) => void): Promise<Result<ShellReply>> {
    const world = this.#world
    let lookedAt = 0
    const look = (): void => {
      lookedAt = performance.now()
      this.#of.atWork = this.#handle.down === undefined
      if (this.#isHere) world.touchDevice()
    }
    const watch = setInterval(look, LOOK_MS)
    const done = await call((note) => {
      if (note.kind === 'busy' && performance.now() - lookedAt > LOOK_AGAIN_MS) look()
      onNote(note)
    })
    clearInterval(watch)
    if (this.#of.atWork) {
      this.#of.atWork = false
      world.touch()
    }
    return done
  }

  complete(line: string, cursor: number): Promise<Result<{ start: number; candidates: string[] }>> {
    return this.#handle.call('shellComplete', { shell: this.#number, line, cursor }, { signal: this.#stopped.signal })
  }

  put(file: File): Promise<Result<{ path: string }>> {
    return this.#recorded(async () => {
      const put = await this.#under(this.#handle.call('shellPut', { shell: this.#number, name: file.name, blob: file }, { signal: this.#stopped.signal }))
      if (put.ok && this.#isHere) this.#world.trace.add('shell', lateSentences.put(this.host, file.name, put.value.path), { host: this.host })
      return put
    })
  }

  take(path: string): Promise<Result<{ name: string; blob: Blob }>> {
    return this.#handle.call('shellTake', { shell: this.#number, path }, { signal: this.#stopped.signal })
  }

  close(): void {
    this.#forget()
    this.#world.shells.delete(this)
    this.#stopped.abort()
  }

  async end(why: string): Promise<void> {
    this.close()
    this.#end(why)
    await Promise.allSettled(this.#running)
  }

  /** The device that it was opened on is still the one that is shown. */
  get #isHere(): boolean {
    return this.#world.roster.all().includes(this.#of)
  }

  /** The caller has its answer at once; what came of it is found and kept a moment later. */
  async #recorded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    const world = this.#world
    const { history } = world
    const ready = await world.mayBegin()
    if (!ready.ok) return ready
    // What acts have written would be taken for this line's doing.
    await sealerOf(world).learn()
    const before = this.#of.mount
    const operation = history.begin(this.host)
    const done = await work()
    if (!this.#isHere) {
      history.drop(operation)
      return done
    }
    if (isByHand(before, this.#of)) this.#of.handmade = true
    world.touchDevice()
    void history.end(operation, 'unknown').then(world.touch)
    return done
  }

  /** @param before the file system that the line found */
  #ran(line: string, done: Result<ShellReply>, before: MediaState['filesystem']): void {
    const world = this.#world
    world.touchDevice()
    const { filesystem } = world.media
    // A line may format, too: then all entries are its own.
    const firstIndex = filesystem?.uuid === before?.uuid ? (before?.entryCount ?? 0) : 0
    const grown = (filesystem?.entryCount ?? 0) - firstIndex
    const first = grown > 0 ? world.entryBytes(firstIndex) : undefined
    const exitCode = done.ok ? done.value.exitCode : done.failure.reason === 'cancelled' ? 130 : 1
    const ours = !done.ok && done.failure.reason === 'host_failed'
    if (ours) return world.trace.fail(done.failure, this.host)
    const appended = first && { firstIndex, lastIndex: firstIndex + grown - 1 }
    const bytes = first && { ...first, lengthBytes: first.lengthBytes * grown }
    world.trace.add('shell', lateSentences.ran(this.host, line, exitCode, appended), { host: this.host, ...(bytes ? { bytes } : {}) })
  }

  async #under<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work)
    try {
      return await work
    } finally {
      this.#running.delete(work)
    }
  }
}

/** Whether a line made of a mount what the log alone wouldn't: another mount, other names, sizes or modes, files of its own. */
function isByHand(before: MountStatus | undefined, { mount, files }: Host): boolean {
  if (!mount) return false
  const stays = before?.fsUuid === mount.fsUuid && before.mountpoint === mount.mountpoint && before.changeCount === mount.changeCount
  return !stays || files.some(({ entryIndex }) => entryIndex < 0)
}
