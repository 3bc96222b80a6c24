// What callers do to the root file system, in Linux's order of checks. Paths were walked already; whatever is in a famfs
// mount never comes here.

import { bytesOfText } from '../base/plain.ts'
import { failLate } from '../base/late.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { User } from '../kernel/user.ts'
import { isWithin } from './pathText.ts'
import { type Judged, requireAccess, requireChange, requireOwner, requireSticky } from './permission.ts'
import type { DirectoryNode, FsType, RootFs, RootNode } from './rootFs.ts'
import type { Caller, NodeKind, NodeStat } from './systemTypes.ts'

/** A name in a directory of the root file system, and what has it. */
export interface Slot {
  path: string
  directoryPath: string
  directory: DirectoryNode
  name: string
  node: RootNode | undefined
}

type Taken = Slot & { node: RootNode }

type Refusal = { ok: false; failure: Failure } | undefined

const DIRECTORY_BYTES = 4096
const SET_BITS = 0o6000
const SETGID = 0o2000
const KERNEL_MADE = new Set<FsType>(['proc', 'sysfs'])

/** Whether the caller may put a new name there. */
export function refuseNew(slot: Slot, user: User): Refusal {
  if (slot.node) return failLate('path_exists', { path: slot.path })
  return refuseChange(slot, user)
}

export function ownedBy({ user, umask }: Caller, mode: number): { mode: number; uid: number; gid: number } {
  return { mode: mode & 0o7777 & ~umask, uid: user.uid, gid: user.gid }
}

export function unlink(rootFs: RootFs, slot: Taken, user: User): Result<undefined> {
  const { directory, name, node, path } = slot
  const refused = refuseRemoval(slot, user)
  if (refused) return refused
  if (node.kind === 'directory') return fail('is_a_directory', { path })
  rootFs.remove(directory, name)
  return ok()
}

export function rmdir(rootFs: RootFs, slot: Taken, user: User): Result<undefined> {
  const { directory, name, node, path } = slot
  const refused = refuseRemoval(slot, user)
  if (refused) return refused
  if (node.kind !== 'directory') return fail('not_a_directory', { path })
  if (node.entries.size > 0) return failLate('not_empty', { path })
  rootFs.remove(directory, name)
  return ok()
}

export function rename(rootFs: RootFs, from: Taken, to: Slot, user: User): Result<undefined> {
  if (from.directory.fsType !== to.directory.fsType) return failLate('other_mount', { from: from.path, to: to.path })
  if (isWithin(to.path, from.path) && to.path !== from.path) return failLate('into_itself', { from: from.path, to: to.path })
  if (to.node && isWithin(from.path, to.path) && to.path !== from.path) return failLate('not_empty', { path: to.path })
  if (to.node === from.node) return ok()
  const refused = refuseRemoval(from, user) ?? (to.node ? refuseReplacing(from.node, { ...to, node: to.node }, user) : refuseChange(to, user))
  if (refused) return refused
  // A directory that moves has another "..", which is written in it.
  const movesDirectory = from.node.kind === 'directory' && from.directory !== to.directory
  const allowed = movesDirectory ? requireAccess(from.path, from.node, { write: true }, user) : ok()
  if (!allowed.ok) return allowed
  rootFs.move(from.directory, from.name, to.directory, to.name)
  return ok()
}

export function link(rootFs: RootFs, existing: { path: string; node: RootNode }, slot: Slot, user: User): Result<undefined> {
  const { node } = existing
  const refused = refuseNew(slot, user)
  if (refused) return refused
  if (node.fsType !== slot.directory.fsType) return failLate('other_mount', { from: existing.path, to: slot.path })
  if (node.kind === 'directory') return failLate('not_permitted', { path: existing.path, why: 'a directory has one name' })
  rootFs.link(slot.directory, slot.name, node)
  return ok()
}

export function chmod(path: string, node: RootNode, mode: number, user: User): Result<undefined> {
  const owns = requireChangeable(path, node, user)
  if (!owns.ok) return owns
  const foreignGroup = user.uid !== 0 && user.gid !== node.gid && node.kind !== 'directory'
  node.mode = mode & (foreignGroup ? 0o7777 & ~SETGID : 0o7777)
  return ok()
}

/** Only root gives files away; an owner may give one to a group of its own. */
export function chown(path: string, node: RootNode, uid: number | undefined, gid: number | undefined, user: User): Result<undefined> {
  const owns = requireChangeable(path, node, user)
  if (!owns.ok) return owns
  const foreign = (uid !== undefined && uid !== node.uid) || (gid !== undefined && gid !== node.gid && gid !== user.gid)
  if (user.uid !== 0 && foreign) return failLate('not_owner', { path, uid: user.uid })
  node.uid = uid ?? node.uid
  node.gid = gid ?? node.gid
  if (node.kind !== 'directory') node.mode &= ~SET_BITS
  return ok()
}

export function utimes(path: string, node: RootNode, modifiedMs: number, user: User): Result<undefined> {
  const owns = requireChangeable(path, node, user)
  if (owns.ok) node.modifiedMs = modifiedMs
  return owns
}

export function statOf(node: RootNode): NodeStat {
  const { ino, mode, uid, gid, linkCount, modifiedMs } = node
  const rdev = node.kind === 'device' ? node.rdev : undefined
  return { kind: kindOf(node), ino, mode, uid, gid, sizeBytes: sizeOf(node), linkCount, modifiedMs, mountpoint: undefined, rdev }
}

export function kindOf({ kind }: RootNode): NodeKind {
  return kind === 'generated' ? 'file' : kind
}

/** A generated file has no size before it is read: so does /proc. */
function sizeOf(node: RootNode): number {
  if (node.kind === 'file') return node.bytes.sizeBytes
  if (node.kind === 'directory') return DIRECTORY_BYTES
  return node.kind === 'symlink' ? bytesOfText(node.target()).length : 0
}

function requireChangeable(path: string, node: RootNode, user: User): Result<undefined> {
  return KERNEL_MADE.has(node.fsType) ? failLate('not_permitted', { path, why: 'the kernel made it' }) : requireOwner(path, node, user)
}

function refuseChange({ directory, directoryPath }: Slot, user: User): Refusal {
  if (KERNEL_MADE.has(directory.fsType)) return failLate('not_permitted', { path: directoryPath, why: 'the kernel alone makes and removes files there' })
  const allowed = requireChange(directoryPath, directory, user)
  return allowed.ok ? undefined : allowed
}

function refuseRemoval(slot: Taken, user: User): Refusal {
  const refused = refuseChange(slot, user)
  if (refused) return refused
  const allowed = requireSticky(slot.path, slot.directory, slot.node, user)
  return allowed.ok ? undefined : allowed
}

function refuseReplacing(node: RootNode, to: Taken, user: User): Refusal {
  const refused = refuseRemoval(to, user)
  if (refused) return refused
  const there: Judged & { entries?: Map<string, RootNode> } = to.node
  if (node.kind !== 'directory') return there.kind === 'directory' ? fail('is_a_directory', { path: to.path }) : undefined
  if (there.kind !== 'directory') return fail('not_a_directory', { path: to.path })
  return there.entries?.size ? failLate('not_empty', { path: to.path }) : undefined
}
