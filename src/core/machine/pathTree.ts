// One tree of paths over the root file system and the famfs mounts in it. Here is decided which of the two a path belongs
// to: the root file system is judged here, a mount by the machine, and nothing reaches from one into the other.

import { assert } from '../base/assert.ts'
import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { ROOT } from '../kernel/user.ts'
import { type Body, directoryBody, famfsBody, fileBody, generatedBody, type Mode, openHandle } from './handles.ts'
import * as local from './localPaths.ts'
import type { Machine } from './machine.ts'
import { baseName, isWithin } from './pathText.ts'
import { type FamfsSpot, judged, type LocalSpot, PathWalker, type Spot, type Walked } from './pathWalk.ts'
import { requireAccess } from './permission.ts'
import { PlainTools } from './plainTools.ts'
import { RootFs } from './rootFs.ts'
import type { Caller, DirectoryEntry, Handle, NodeStat, OpenOptions, Paths } from './systemTypes.ts'

const TOUCH_MS = 5000
/** Mounted since boot, as the mount table says. */
const MADE_AT_BOOT = new Set(['/dev', '/proc', '/sys'])

export abstract class PathTree implements Paths {
  readonly machine: Machine
  readonly rootFs: RootFs
  protected readonly walker: PathWalker
  readonly #plain: PlainTools

  constructor(machine: Machine, now: () => number) {
    this.machine = machine
    this.#plain = new PlainTools(machine)
    this.rootFs = new RootFs(now)
    this.walker = new PathWalker(this.rootFs, machine)
  }

  abstract now(): number

  /** What a device does, by its numbers. */
  protected abstract deviceBody(path: string, rdev: [number, number]): Result<Body>

  stat(path: string, caller: Caller): Result<NodeStat> {
    return mapped(this.walker.find(path, caller, true), statOf)
  }

  lstat(path: string, caller: Caller): Result<NodeStat> {
    return mapped(this.walker.find(path, caller, false), statOf)
  }

  realpath(path: string, caller: Caller): Result<string> {
    return mapped(this.walker.find(path, caller, true), (spot) => spot.path)
  }

  realpathOfNew(path: string, caller: Caller): Result<string> {
    return mapped(this.walker.walk(path, caller, true), (walked) => walked.path)
  }

  readlink(path: string, caller: Caller): Result<string> {
    const found = this.walker.find(path, caller, false)
    if (!found.ok) return found
    const { node } = found.value
    return node.kind === 'symlink' ? ok(node.target()) : failLate('not_a_link', { path })
  }

  readdir(path: string, caller: Caller): Result<DirectoryEntry[]> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const spot = found.value
    if (spot.node.kind !== 'directory') return fail('not_a_directory', { path })
    const allowed = requireAccess(path, judged(spot), { read: true }, caller.user)
    if (!allowed.ok) return allowed
    if (spot.where === 'famfs') {
      // A name whose shadow file is damaged is listed, and can't be looked up.
      return mapped(this.machine.readdir(spot.path), (names) => names.map(({ name, kind = 'file' }) => ({ name, kind })))
    }
    return ok(spot.node.kind === 'directory' ? [...spot.node.entries].map(([name, node]) => ({ name, kind: local.kindOf(node) })) : [])
  }

  open(path: string, options: OpenOptions, caller: Caller): Result<Handle> {
    const { create, exclusive = false } = options
    const walked = this.walker.walk(path, caller, create === undefined || !exclusive)
    if (!walked.ok) return walked
    const { spot } = walked.value
    if (spot && create !== undefined && exclusive) return failLate('path_exists', { path })
    if (spot?.node.kind === 'directory' && (options.write || create !== undefined)) return fail('is_a_directory', { path })
    if (!spot && create === undefined) return failLate('not_found', { path })
    const mode = { read: options.read ?? false, write: options.write ?? false }
    const opened = spot ? this.#openThere(spot, mode, options, caller) : this.#openNew(walked.value, create ?? 0, mode, caller)
    return mapped(opened, (body) => openHandle(walked.value.path, mode, body))
  }

  mkdir(path: string, mode: number, caller: Caller): Result<undefined> {
    const slot = this.#newSlot(path, caller, true)
    if (!slot.ok) return slot
    if (slot.value.where === 'famfs') return this.#plain.makeDirectory(slot.value.path, local.ownedBy(caller, mode).mode, caller.user)
    this.rootFs.addDirectory(slot.value.directory, slot.value.name, local.ownedBy(caller, mode))
    return ok()
  }

  rmdir(path: string, caller: Caller): Result<undefined> {
    const taken = this.#taken(path, caller)
    if (!taken.ok) return taken
    const { walked, spot } = taken.value
    if (walked.name === '.') return fail('bad_path', { path, what: 'a directory is not removed as “.”' })
    if (walked.name === '..') return failLate('not_empty', { path })
    if (this.#isPinned(walked)) return failLate('path_busy', { path })
    if (spot.where === 'famfs') return this.#plain.rmdir(spot.path, caller.user)
    return local.rmdir(this.rootFs, { ...slotOf(walked), node: spot.node }, caller.user)
  }

  unlink(path: string, caller: Caller): Result<undefined> {
    const taken = this.#taken(path, caller)
    if (!taken.ok) return taken
    const { walked, spot } = taken.value
    if (spot.node.kind === 'directory') return fail('is_a_directory', { path })
    if (spot.where === 'famfs') return this.#plain.unlink(spot.path, caller.user)
    return local.unlink(this.rootFs, { ...slotOf(walked), node: spot.node }, caller.user)
  }

  rename(from: string, to: string, caller: Caller): Result<undefined> {
    const taken = this.#taken(from, caller)
    if (!taken.ok) return taken
    const target = this.walker.walk(to, caller, false)
    if (!target.ok) return target
    const { walked, spot } = taken.value
    if (spot.node.kind !== 'directory' && target.value.wantsDirectory) return fail('not_a_directory', { path: to })
    for (const place of [walked, target.value]) if (isDots(place.name) || this.#isPinned(place)) return failLate('path_busy', { path: place.path })
    const across = failLate('other_mount', { from, to })
    if (spot.where === 'famfs') {
      const { parent, path } = target.value
      return parent.where === 'famfs' && parent.mount.mountpoint === spot.mount.mountpoint ? this.#plain.rename(spot.path, path, caller.user) : across
    }
    if (target.value.parent.where === 'famfs') return across
    return local.rename(this.rootFs, { ...slotOf(walked), node: spot.node }, { ...slotOf(target.value), node: localOf(target.value.spot)?.node }, caller.user)
  }

  truncate(path: string, sizeBytes: number, caller: Caller): Result<undefined> {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return fail('bad_size', { sizeBytes })
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const spot = found.value
    if (spot.node.kind === 'directory') return fail('is_a_directory', { path })
    if (spot.where === 'famfs') return this.#plain.truncate(spot.path, sizeBytes, caller.user)
    if (spot.node.kind !== 'file') return failLate('not_permitted', { path, why: 'only a plain file has a size to change' })
    const allowed = requireAccess(path, spot.node, { write: true }, caller.user)
    if (!allowed.ok) return allowed
    spot.node.bytes.truncate(sizeBytes)
    this.rootFs.touch(spot.node)
    return ok()
  }

  chmod(path: string, mode: number, caller: Caller): Result<undefined> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const spot = found.value
    return spot.where === 'famfs' ? this.#plain.chmod(spot.path, mode, caller.user) : local.chmod(path, spot.node, mode, caller.user)
  }

  chown(path: string, uid: number | undefined, gid: number | undefined, caller: Caller): Result<undefined> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const spot = found.value
    return spot.where === 'famfs' ? this.#plain.chown(spot.path, uid, gid, caller.user) : local.chown(path, spot.node, uid, gid, caller.user)
  }

  /** Owners set any time; whoever may write sets the present one, as touch does. */
  utimes(path: string, modifiedMs: number, caller: Caller): Result<undefined> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const spot = found.value
    const isPresent = Math.abs(modifiedMs - this.now()) < TOUCH_MS
    const user = isPresent && requireAccess(path, judged(spot), { write: true }, caller.user).ok ? ROOT : caller.user
    return spot.where === 'famfs' ? this.#plain.utimes(spot.path, modifiedMs, user) : local.utimes(path, spot.node, modifiedMs, user)
  }

  symlink(target: string, path: string, caller: Caller): Result<undefined> {
    if (target === '') return failLate('not_found', { path: '“”' })
    return this.#make(path, caller, ({ directory, name }) => this.rootFs.addSymlink(directory, name, () => target, caller.user))
  }

  link(existing: string, path: string, caller: Caller): Result<undefined> {
    const taken = this.walker.find(existing, caller, false)
    if (!taken.ok) return taken
    const target = this.walker.walk(path, caller, false)
    if (!target.ok) return target
    const { parent, wantsDirectory, spot: there } = target.value
    if (wantsDirectory && !there) return failLate('not_found', { path })
    if (mountpointOf(taken.value) !== mountpointOf(parent)) return failLate('other_mount', { from: existing, to: path })
    if (there) return failLate('path_exists', { path })
    if (taken.value.where === 'famfs') return refuseSpecial(taken.value, path)
    return local.link(this.rootFs, taken.value, slotOf(target.value), caller.user)
  }

  mknod(path: string, mode: number, rdev: [number, number], caller: Caller): Result<undefined> {
    if (caller.user.uid !== 0) return fail('not_root', { what: 'make device nodes' })
    return this.#make(path, caller, ({ directory, name }) => this.rootFs.addDevice(directory, name, rdev, local.ownedBy(caller, mode)))
  }

  access(path: string, want: { read?: boolean; write?: boolean; execute?: boolean }, caller: Caller): Result<undefined> {
    const found = this.walker.find(path, caller, true)
    return found.ok ? requireAccess(path, judged(found.value), want, caller.user) : found
  }

  /** A socket that answers whole requests. */
  makeSocket(path: string, mode: number, answer: (request: string) => string, caller: Caller): Result<undefined> {
    return this.#make(path, caller, (slot) => this.rootFs.addSocket(slot.directory, slot.name, answer, local.ownedBy(caller, mode)))
  }

  askSocket(path: string, request: string, caller: Caller): Result<string> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const { node } = found.value
    if (node.kind !== 'socket') return failLate('nobody_there', { path })
    const allowed = requireAccess(path, node, { write: true }, caller.user)
    return allowed.ok ? ok(node.answer(request)) : allowed
  }

  #openThere(spot: Spot, mode: Mode, options: OpenOptions, caller: Caller): Result<Body> {
    const { path } = spot
    const allowed = requireAccess(path, judged(spot), mode, caller.user)
    if (!allowed.ok) return allowed
    if (spot.node.kind === 'directory') return ok(directoryBody(path))
    const isEmptied = options.truncate === true && mode.write === true
    if (spot.where === 'famfs') {
      const emptied = isEmptied ? this.#plain.truncate(path, 0, caller.user) : ok()
      return emptied.ok ? famfsBody(this.machine, path, mode, caller.user) : emptied
    }
    const { node } = spot
    if (node.kind === 'generated') return ok(generatedBody(path, node))
    if (node.kind === 'device') return this.deviceBody(path, node.rdev)
    if (node.kind !== 'file') return failLate('nobody_there', { path })
    const body = fileBody(this.rootFs, node)
    if (isEmptied) body.truncate(0)
    return ok(body)
  }

  /** Whoever makes a file may use it as asked, whatever mode it gets. */
  #openNew(walked: Walked, created: number, mode: Mode, caller: Caller): Result<Body> {
    const { path, parent, wantsDirectory } = walked
    if (wantsDirectory) return fail('is_a_directory', { path })
    if (parent.where === 'famfs') {
      const made = this.#plain.makeStub(path, local.ownedBy(caller, created).mode, caller.user)
      return made.ok ? famfsBody(this.machine, path, mode, ROOT) : made
    }
    const slot = slotOf(walked)
    const refused = local.refuseNew(slot, caller.user)
    return refused ?? ok(fileBody(this.rootFs, this.rootFs.addFile(slot.directory, slot.name, local.ownedBy(caller, created))))
  }

  /** Makes what a famfs mount doesn't have: no generation of its log knows links, devices or sockets. */
  #make(path: string, caller: Caller, add: (slot: local.Slot) => unknown): Result<undefined> {
    const slot = this.#newSlot(path, caller, false)
    if (!slot.ok) return slot
    if (slot.value.where === 'famfs') return refuseSpecial(slot.value.parent, path)
    add(slot.value)
    return ok()
  }

  /** A free name that the caller may give; in a mount, the machine judges. */
  #newSlot(path: string, caller: Caller, isDirectory: boolean): Result<({ where: 'local' } & local.Slot) | { where: 'famfs'; path: string; parent: FamfsSpot }> {
    const walked = this.walker.walk(path, caller, false)
    if (!walked.ok) return walked
    const { parent, spot, wantsDirectory } = walked.value
    if (spot) return failLate('path_exists', { path })
    if (wantsDirectory && !isDirectory) return failLate('not_found', { path })
    if (parent.where === 'famfs') return ok({ where: 'famfs', path: walked.value.path, parent })
    const slot = slotOf(walked.value)
    return local.refuseNew(slot, caller.user) ?? ok({ where: 'local', ...slot })
  }

  /** What has the name itself, links unfollowed. */
  #taken(path: string, caller: Caller): Result<{ walked: Walked; spot: Spot }> {
    const walked = this.walker.walk(path, caller, false)
    if (!walked.ok) return walked
    const { spot } = walked.value
    return spot ? ok({ walked: walked.value, spot }) : failLate('not_found', { path })
  }

  /** A mount stands there or below, or it is the root. */
  #isPinned({ path, spot }: Walked): boolean {
    return spot?.node.kind === 'directory' && (path === '/' || this.hasMount(path) || MADE_AT_BOOT.has(path))
  }

  /** Whether something is mounted there or below. */
  protected hasMount(path: string): boolean {
    return this.machine.mounts().some(({ mountpoint }) => isWithin(mountpoint, path))
  }
}

function mapped<T, U>(result: Result<T>, map: (value: T) => U): Result<U> {
  return result.ok ? ok(map(result.value)) : result
}

function statOf(spot: Spot): NodeStat {
  if (spot.where === 'local') return local.statOf(spot.node)
  const { kind } = spot.node
  return { ...spot.node, linkCount: kind === 'directory' ? 2 : 1, mountpoint: spot.mount.mountpoint, rdev: undefined }
}

function slotOf({ parent, path }: Walked): local.Slot & { node: undefined } {
  assert(parent.where === 'local' && parent.node.kind === 'directory', 'a local name is in a local directory')
  return { path, directoryPath: parent.path, directory: parent.node, name: baseName(path), node: undefined }
}

function localOf(spot: Spot | undefined): LocalSpot | undefined {
  return spot?.where === 'local' ? spot : undefined
}

function mountpointOf(spot: Spot): string | undefined {
  return spot.where === 'famfs' ? spot.mount.mountpoint : undefined
}

function isDots(name: string): boolean {
  return name === '.' || name === '..' || name === '/'
}

/** Both kinds refuse what the log can't hold; a fuse daemon doesn't even know the call. */
function refuseSpecial({ mount }: FamfsSpot, path: string): ReturnType<typeof failLate<'fuse_not_implemented' | 'not_permitted'>> {
  if (mount.kind === 'fuse') return failLate('fuse_not_implemented', { path, act: 'make links or devices' })
  return failLate('not_permitted', { path, why: 'famfs has files and directories only' })
}
