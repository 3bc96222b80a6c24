// From a path as someone types it to what is there, as Linux walks: link by link, through mount points in both directions,
// with the right to go through every directory on the way.

import { bytesOfText } from '../base/plain.ts'
import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { User } from '../kernel/user.ts'
import type { Machine } from './machine.ts'
import { directoryOf, isWithin, joined, NAME_BYTES_MOST, partsOf, PATH_BYTES_MOST } from './pathText.ts'
import { type Judged, requireAccess } from './permission.ts'
import type { RootFs, RootNode } from './rootFs.ts'
import type { Caller } from './systemTypes.ts'
import type { MountStatus, Stat } from './types.ts'

/** Something that exists, by its canonical path. */
export type Spot = LocalSpot | FamfsSpot

export interface LocalSpot {
  where: 'local'
  path: string
  node: RootNode
}

export interface FamfsSpot {
  where: 'famfs'
  path: string
  mount: MountStatus
  /** What a stat says of it; it has kind, mode and owner as a local node has them. */
  node: Stat
}

export interface Walked {
  /** The directory that the last name is in. */
  parent: Spot
  /** The last name; '.', '..' or '/' where the path ends so. */
  name: string
  /** Canonical, if the last name exists or not. */
  path: string
  spot: Spot | undefined
  /** The path ended with a slash. */
  wantsDirectory: boolean
}

const LINKS_MOST = 40

export class PathWalker {
  readonly #rootFs: RootFs
  readonly #machine: Machine

  constructor(rootFs: RootFs, machine: Machine) {
    this.#rootFs = rootFs
    this.#machine = machine
  }

  /** @param follow the last link too; a slash behind it does the same */
  walk(path: string, caller: Caller, follow: boolean): Result<Walked> {
    const refused = refuseText(path)
    if (refused) return refused
    const start = this.at(path.startsWith('/') ? '/' : caller.cwd)
    if (!start) return failLate('not_found', { path: caller.cwd })
    const mounts = this.#mountsByPath()
    const pending = partsOf(path).reverse()
    let wantsDirectory = path.endsWith('/')
    let linkCount = 0
    let walked: Walked = { parent: start, name: path.startsWith('/') ? '/' : '.', path: start.path, spot: start, wantsDirectory }
    let here = start
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const stepped = this.#step(here, name, caller.user, mounts)
      if (!stepped.ok) return stepped
      const spot = stepped.value
      const isLast = pending.length === 0
      walked = { parent: here, name, path: spot?.path ?? joined(here.path, name), spot, wantsDirectory }
      if (spot?.where === 'local' && spot.node.kind === 'symlink' && (!isLast || follow || wantsDirectory)) {
        if (++linkCount > LINKS_MOST) return failLate('too_many_links', { path })
        const target = spot.node.target()
        if (isLast && target.endsWith('/')) wantsDirectory = true
        pending.push(...partsOf(target).reverse())
        if (target.startsWith('/')) here = this.at('/') ?? here
        // A link to "/" has no parts: it is where we are.
        if (pending.length === 0) walked = { parent: here, name: '/', path: here.path, spot: here, wantsDirectory }
        continue
      }
      if (isLast) break
      if (!spot) return failLate('not_found', { path: walked.path })
      here = spot
    }
    const { spot } = walked
    if (wantsDirectory && spot && spot.node.kind !== 'directory') return fail('not_a_directory', { path })
    return ok({ ...walked, wantsDirectory })
  }

  /** What exists, or why nothing does. */
  find(path: string, caller: Caller, follow: boolean): Result<Spot> {
    const walked = this.walk(path, caller, follow)
    if (!walked.ok) return walked
    return walked.value.spot ? ok(walked.value.spot) : failLate('not_found', { path })
  }

  /** By canonical path, without asking who may. */
  at(path: string): Spot | undefined {
    const mount = this.mountOf(path)
    if (!mount) {
      const node = this.#rootFs.find(path)
      return node && { where: 'local', path, node }
    }
    const stat = this.#machine.stat(path)
    return stat.ok ? { where: 'famfs', path, mount, node: stat.value } : undefined
  }

  /** The mount that a canonical path is in. */
  mountOf(path: string): MountStatus | undefined {
    return this.#machine.mounts().find(({ mountpoint }) => isWithin(path, mountpoint))
  }

  #step(here: Spot, name: string, user: User, mounts: Map<string, MountStatus>): Result<Spot | undefined> {
    if (here.node.kind !== 'directory') return fail('not_a_directory', { path: here.path })
    const allowed = requireAccess(here.path, judged(here), { execute: true }, user)
    if (!allowed.ok) return allowed
    if (name === '.') return ok(here)
    if (name === '..') return ok(this.at(directoryOf(here.path)))
    const path = joined(here.path, name)
    const mount = mounts.get(path) ?? (here.where === 'famfs' ? here.mount : undefined)
    if (mount) return this.#famfsSpot(path, mount, user)
    const node = here.where === 'local' && here.node.kind === 'directory' ? here.node.entries.get(name) : undefined
    return ok(node && { where: 'local', path, node })
  }

  #famfsSpot(path: string, mount: MountStatus, user: User): Result<Spot | undefined> {
    const allowed = requireOther(path, mount, user)
    if (!allowed.ok) return allowed
    const stat = this.#machine.stat(path)
    if (stat.ok) return ok({ where: 'famfs', path, mount, node: stat.value })
    return stat.failure.reason === 'no_such_path' ? ok(undefined) : stat
  }

  #mountsByPath(): Map<string, MountStatus> {
    return new Map(this.#machine.mounts().map((mount) => [mount.mountpoint, mount]))
  }
}

const OPEN_TO_ALL: Judged = { kind: 'directory', mode: 0o777, uid: 0, gid: 0 }

/** How permissions see it. A fuse mount without default_permissions leaves the judging to a daemon that doesn't judge. */
export function judged(spot: Spot): Judged {
  const unjudged = spot.where === 'famfs' && spot.mount.kind === 'fuse' && !spot.mount.options.includes('default_permissions')
  return unjudged ? { ...OPEN_TO_ALL, kind: spot.node.kind } : spot.node
}

/** A fuse mount is only for whoever made it, which is root, unless it was opened to others. */
function requireOther(path: string, { kind, options }: MountStatus, user: User): Result<undefined, 'denied'> {
  if (kind !== 'fuse' || user.uid === 0 || options.includes('allow_other')) return ok()
  return failLate('denied', { path, act: 'go through', uid: user.uid, mode: 'without allow_other', owner: 0 })
}

function refuseText(path: string): ReturnType<typeof failLate<'not_found' | 'name_too_long'>> | ReturnType<typeof fail<'bad_path'>> | undefined {
  if (path === '') return failLate('not_found', { path: '“”' })
  if (path.includes('\0')) return fail('bad_path', { path: path.replaceAll('\0', '\\0'), what: 'no name has a NUL in it' })
  if (tooLong(path, PATH_BYTES_MOST) || path.split('/').some((part) => tooLong(part, NAME_BYTES_MOST))) return failLate('name_too_long', { path })
  return undefined
}

/** A UTF-16 unit is at most 3 bytes of UTF-8: most texts needn't be encoded to be judged. */
function tooLong(text: string, bytesMost: number): boolean {
  return text.length * 3 > bytesMost && (text.length > bytesMost || bytesOfText(text).length > bytesMost)
}
