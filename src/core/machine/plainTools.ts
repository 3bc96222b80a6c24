// What plain tools do to the mounts of a machine, on this host alone. Apart from the machine, since only shells have such
// tools: a host starts without them.

import type { Result } from '../base/result.ts'
import type { FileInode } from '../kernel/mount.ts'
import type { User } from '../kernel/user.ts'
import type { Machine } from './machine.ts'
import type { Place } from './mounts.ts'
import * as rogue from './rogue.ts'
import type { RogueReason } from './types.ts'

type Outcome<T = undefined> = Result<T, RogueReason | 'not_in_famfs'>

export class PlainTools {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  unlink(path: string, user: User): Outcome {
    return this.#at(path, (place) => rogue.unlink(place, path, user))
  }

  rmdir(path: string, user: User): Outcome {
    return this.#at(path, (place) => rogue.rmdir(place, path, user))
  }

  /** A file, or an empty directory. */
  remove(path: string, user: User): Outcome {
    const there = this.#machine.stat(path)
    return there.ok && there.value.kind === 'directory' ? this.rmdir(path, user) : this.unlink(path, user)
  }

  rename(from: string, to: string, user: User): Outcome {
    const target = this.#machine.place(to)
    if (!target.ok) return target
    return this.#at(from, (place) => rogue.rename(place, target.value, { from, to }, user))
  }

  /** A file without a map, as creating one with a plain tool leaves it. */
  makeStub(path: string, mode: number, user: User): Outcome<FileInode> {
    return this.#at(path, (place) => rogue.makeStub(place, path, mode, user))
  }

  /** A directory that no log knows. */
  makeDirectory(path: string, mode: number, user: User): Outcome {
    return this.#at(path, (place) => rogue.makeDirectory(place, path, mode, user))
  }

  /** What truncate does to a famfs file: on this host alone, its size and its map now disagree. */
  truncate(path: string, sizeBytes: number, user: User): Outcome {
    return this.#at(path, (place) => rogue.truncate(place, path, sizeBytes, user))
  }

  chmod(path: string, mode: number, user: User): Outcome {
    return this.#at(path, (place) => rogue.setAttributes(place, path, { mode: mode & 0o7777 }, user))
  }

  chown(path: string, uid: number | undefined, gid: number | undefined, user: User): Outcome {
    const changes = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
    return this.#at(path, (place) => rogue.setAttributes(place, path, changes, user))
  }

  utimes(path: string, modifiedMs: number, user: User): Outcome {
    return this.#at(path, (place) => rogue.setAttributes(place, path, { modifiedMs }, user))
  }

  #at<T>(path: string, act: (place: Place) => Result<T, RogueReason>): Outcome<T> {
    const place = this.#machine.place(path)
    return place.ok ? act(place.value) : place
  }
}
