// The shells of one host, by number, and what the page asks of them. This is what a host loads when the first is opened.

import { getCommandNames } from 'just-bash/browser'
import { famfs } from '../../cli/famfs.ts'
import { famfsFused } from '../../cli/famfsFused.ts'
import { mkfsFamfs } from '../../cli/mkfsFamfs.ts'
import type { Program } from '../../cli/program.ts'
import { fail, ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES } from '../../core/base/task.ts'
import type { System } from '../../core/machine/system.ts'
import { prepare, tools } from '../tools/table.ts'
import { ownNames } from './commands.ts'
import { complete, type Completion } from './complete.ts'
import { type OnHost, ShellHost, type ShellNote } from './shellHost.ts'
import { Session } from './session.ts'
import { blobOf } from './taking.ts'

const HOME = '/root'

export class Shells {
  readonly #host: ShellHost
  readonly #sessions = new Map<number, Session>()
  readonly #running = new Set<Session>()

  private constructor(host: ShellHost, system: System) {
    this.#host = host
    // A line that runs says itself where it is: it may have left by now.
    system.occupiedBy(() => [...this.#sessions.values()].filter((session) => !this.#running.has(session)).map(({ cwd }) => cwd))
  }

  static async open(system: System, onHost: OnHost | undefined): Promise<Shells> {
    await prepare()
    const programs = new Map<string, Program>([...Object.entries(tools), ['famfs', famfs], ['famfs_fused', famfsFused], ['mkfs.famfs', mkfsFamfs]])
    for (const name of ['[', 'test']) programs.delete(name)
    const host = new ShellHost(system, programs, onHost)
    addStubs(system, programs)
    return new Shells(host, system)
  }

  async run({ shell, line, columns }: { shell: number; line: string; columns: number }, signal: AbortSignal, tell: (note: ShellNote) => void): Promise<{ exitCode: number; prompt: string; cwd: string; ended: boolean }> {
    const session = this.#session(shell)
    this.#running.add(session)
    try {
      const { exitCode, ended } = await session.run(line, signal, tell, columns)
      if (ended) this.#sessions.delete(shell)
      return { exitCode, ended, prompt: session.prompt, cwd: session.cwd }
    } finally {
      this.#running.delete(session)
      this.#host.rest()
    }
  }

  complete(shell: number, line: string, cursor: number): Completion {
    const session = this.#session(shell)
    const { user, umask, cwd } = session
    return complete(line, cursor, {
      system: this.#host.system,
      caller: { user, umask, cwd },
      commandNames: [...ownNames, ...this.#host.programs.keys(), ...session.functionNames()],
      variableNames: session.variables(),
    })
  }

  /** A dropped file becomes one of the shell's directory: in famfs as `famfs cp` makes it. */
  async put(shell: number, name: string, blob: Blob, signal: AbortSignal, tell: (note: ShellNote) => void): Promise<Result<{ path: string }>> {
    const session = this.#session(shell)
    const { system } = this.#host
    const caller = { user: session.user, umask: session.umask, cwd: session.cwd }
    const place = system.placeOf(session.cwd, caller)
    const path = place.ok ? `/tmp/.dropped-${shell}-${name}` : name
    const written = await write(path, blob)
    if (!written.ok || !place.ok) return written.ok ? ok({ path: `${session.cwd === '/' ? '' : session.cwd}/${name}` }) : written
    const target = `${session.cwd}/${name}`
    let said = ''
    const line = `famfs cp ${quote(path)} ${quote(target)}; __st=$?; rm -f ${quote(path)}; (exit $__st)`
    const scratch = new Session(this.#host, session.cwd)
    const { exitCode } = await scratch.run(line, signal, (note) => {
      if (note.kind === 'output' && note.stream === 'err') said += note.text
      else if (note.kind === 'busy') tell(note)
    })
    return exitCode === 0 ? ok({ path: target }) : fail('source_unreadable', { path: target, what: said.trim() || 'famfs cp failed' })

    async function write(to: string, from: Blob): Promise<Result<undefined>> {
      const opened = system.open(to, { write: true, create: 0o666, truncate: true }, caller)
      if (!opened.ok) return opened
      try {
        for (let at = 0; at < from.size; at += PIECE_BYTES) {
          if (signal.aborted) return fail('cancelled')
          const bytes = new Uint8Array(await from.slice(at, at + PIECE_BYTES).arrayBuffer())
          const count = opened.value.write(at, bytes)
          if (!count.ok) return count
        }
        return ok()
      } catch (error) {
        return fail('source_unreadable', { path: to, what: error instanceof Error ? error.message : String(error) })
      } finally {
        opened.value.close()
      }
    }
  }

  async take(shell: number, path: string): Promise<Result<{ name: string; blob: Blob }>> {
    const { user, umask, cwd } = this.#session(shell)
    const taken = await blobOf(this.#host, path, { user, umask, cwd })
    return taken.ok ? ok({ name: path.slice(path.lastIndexOf('/') + 1), blob: taken.value }) : taken
  }

  #session(shell: number): Session {
    const known = this.#sessions.get(shell)
    if (known) return known
    const made = new Session(this.#host, this.#host.system.stat(HOME, ROOT_CALLER).ok ? HOME : '/')
    this.#sessions.set(shell, made)
    return made
  }
}

const ROOT_CALLER = { user: { uid: 0, gid: 0 }, umask: 0o022, cwd: '/' }
const STUB_MODE = 0o755

/** Programs are seen in /usr/bin, and found there: the library asks for a file before it runs anything. */
function addStubs(system: System, programs: ReadonlyMap<string, Program>): void {
  for (const name of new Set([...getCommandNames(), ...ownNames, ...programs.keys(), '[', 'test'])) {
    const opened = system.open(`/usr/bin/${name}`, { write: true, create: STUB_MODE, exclusive: true }, ROOT_CALLER)
    if (!opened.ok) continue
    opened.value.write(0, new TextEncoder().encode(`#!/bin/sh\n# ${name} is part of this page: there is no file to look into.\n`))
    opened.value.close()
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
