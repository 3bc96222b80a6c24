// A shell on a host, as the page has it: lines go in; output, and whatever the line did to the device, come out. A line may
// do anything to the device, so the page looks again while it runs and after, and what has changed is saved. Loaded with
// the first terminal.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { HostHandle } from '../host/driver.ts'
import { ChangeFinder } from './changes.ts'
import type { Host } from './roster.ts'
import { sentences } from './sentences.ts'
import type { Shell, ShellNote, ShellReply } from './types.ts'
import type { World } from './world.ts'

/** How often the page looks at the device while a line runs. */
const LOOK_MS = 250
/** And how soon again, when the line itself says that it gets on. */
const LOOK_AGAIN_MS = 60

/** How long changes may stay unfound: a script's lines follow one another faster than a whole device is looked at. */
const FIND_MS = 200

const changes = new WeakMap<World, Changes>()
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
  /** Before it is known what is on the device, a change would be taken for what was there. */
  readonly #learnt: Promise<void>

  constructor(world: World, host: Host, handle: HostHandle) {
    this.host = host.name
    this.#world = world
    this.#of = host
    this.#handle = handle
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.#forget = handle.listen({ onDown: (why) => void this.end(`${host.name} went down: ${why}`) })
    world.shells.add(this)
    this.#learnt = changesOf(world).find()
  }

  async run(line: string, how: { columns: number; signal: AbortSignal; onNote: (note: ShellNote) => void }): Promise<Result<ShellReply>> {
    const world = this.#world
    const { device } = world
    if (line.trim() !== '') await this.#learnt
    let lookedAt = 0
    const look = (): void => {
      lookedAt = performance.now()
      // A shell that only starts makes nothing.
      this.#of.atWork = line.trim() !== ''
      world.touchDevice()
    }
    const watch = setInterval(look, LOOK_MS)
    const onNote = (note: ShellNote): void => {
      if (note.kind === 'busy' && performance.now() - lookedAt > LOOK_AGAIN_MS) look()
      how.onNote(note)
    }
    const given = { shell: this.#number, line, columns: how.columns }
    const stop = AbortSignal.any([how.signal, this.#stopped.signal])
    const done = await this.#under(this.#handle.call('shellRun', given, { signal: stop, onNote }))
    clearInterval(watch)
    if (this.#of.atWork) {
      this.#of.atWork = false
      world.touch()
    }
    if (world.device !== device) return done
    if (line.trim() !== '') this.#ran(line, done)
    return done
  }

  complete(line: string, cursor: number): Promise<Result<{ start: number; candidates: string[] }>> {
    return this.#handle.call('shellComplete', { shell: this.#number, line, cursor }, { signal: this.#stopped.signal })
  }

  async put(file: File): Promise<Result<{ path: string }>> {
    const put = await this.#under(this.#handle.call('shellPut', { shell: this.#number, name: file.name, blob: file }, { signal: this.#stopped.signal }))
    if (put.ok) this.#world.trace.add('shell', sentences.put(this.host, file.name, put.value.path), { host: this.host })
    this.#look()
    return put
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

  #ran(line: string, done: Result<ShellReply>): void {
    const exitCode = done.ok ? done.value.exitCode : done.failure.reason === 'cancelled' ? 130 : 1
    const ours = !done.ok && done.failure.reason === 'host_failed'
    if (ours) this.#world.trace.fail(done.failure, this.host)
    else this.#world.trace.add('shell', sentences.ran(this.host, line, exitCode), { host: this.host })
    this.#look()
  }

  #look(): void {
    const world = this.#world
    const before = world.media
    world.touchDevice()
    const { filesystem } = world.media
    const another = filesystem?.uuid !== before.filesystem?.uuid || filesystem?.entryCount !== before.filesystem?.entryCount
    // A change makes Start over final, as the page's own changes do.
    if (another) world.before = undefined
    changesOf(world).findSoon()
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

/** What has changed on a world's device without a word, for whoever saves it. */
class Changes {
  readonly #world: World
  readonly #finder = new ChangeFinder()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(world: World) {
    this.#world = world
  }

  findSoon(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.find()
    }, FIND_MS)
  }

  async find(): Promise<void> {
    const { buffer } = this.#world.device
    const changed = await this.#finder.look(buffer)
    if (changed.length > 0 && buffer === this.#world.device.buffer) this.#world.saver.mark(changed)
  }
}

function changesOf(world: World): Changes {
  const known = changes.get(world)
  if (known) return known
  const made = new Changes(world)
  changes.set(world, made)
  return made
}
