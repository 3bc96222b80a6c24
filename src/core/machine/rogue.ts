// What plain tools do inside a mount, on this host alone: neither the log nor another host ever learns of it, and no space
// is freed (famfs-cli.md, sections 15 and 16). Who may do what depends on the kind of mount and on the module's generation.

import { parentOf } from '../base/path.ts'
import { failLate } from '../base/late.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import { type DirectoryInode, type FileInode, type Inode, nameOf } from '../kernel/mount.ts'
import { mayAccess, type User } from '../kernel/user.ts'
import type { Mount, Place } from './mounts.ts'
import type { RogueReason } from './types.ts'

type Refusal = { ok: false; failure: Failure<RogueReason> } | undefined

export function unlink(place: Place, path: string, user: User): Result<undefined, RogueReason> {
  const { mount } = place
  const found = find(place, path)
  if (!found.ok) return found
  const inode = found.value
  if (inode.kind === 'directory') return fail('is_a_directory', { path })
  if (mount.options.fuse) return failLate('fuse_not_implemented', { path, act: 'remove' })
  const refused = refuseInParent(mount, path, inode.path, user) ?? (inode.map ? refuseGeneration(mount, path, 'remove mapped files') : undefined)
  if (refused) return refused
  mount.kernel.remove(inode)
  mount.lostCount++
  return ok()
}

export function rmdir(place: Place, path: string, user: User): Result<undefined, RogueReason> {
  const { mount } = place
  const found = find(place, path)
  if (!found.ok) return found
  const inode = found.value
  if (inode.kind !== 'directory') return fail('not_a_directory', { path })
  if (inode.path === '') return fail('mountpoint_busy', { path })
  if (mount.options.fuse) return failLate('fuse_not_implemented', { path, act: 'remove' })
  const refused = refuseInParent(mount, path, inode.path, user) ?? refuseGeneration(mount, path, 'remove directories')
  if (refused) return refused
  if (inode.children.length > 0) return failLate('not_empty', { path })
  mount.kernel.remove(inode)
  mount.lostCount++
  return ok()
}

export function rename(from: Place, to: Place, paths: { from: string; to: string }, user: User): Result<undefined, RogueReason> {
  const { mount } = from
  if (to.mount !== mount) return failLate('other_mount', paths)
  const found = find(from, paths.from)
  if (!found.ok) return found
  const inode = found.value
  if (inode.path === '' || to.relpath === '') return fail('mountpoint_busy', { path: inode.path === '' ? paths.from : paths.to })
  if (mount.options.fuse) return failLate('fuse_not_implemented', { path: paths.from, act: 'rename' })
  const refused = refuseInParent(mount, paths.from, inode.path, user)
    ?? refuseInParent(mount, paths.to, to.relpath, user)
    ?? refuseGeneration(mount, paths.from, 'rename')
  if (refused) return refused
  if (to.relpath === inode.path) return ok()
  if (inode.kind === 'directory' && to.relpath.startsWith(`${inode.path}/`)) return fail('bad_path', { path: paths.to, what: 'it is inside of what is moved' })
  const there = mount.kernel.lookup(to.relpath)
  const blocked = there && refuseReplacing(inode, there, paths.to)
  if (blocked) return blocked
  if (there) mount.kernel.remove(there)
  mount.kernel.move(inode, to.relpath)
  mount.lostCount++
  return ok()
}

/** What open with O_CREAT does: a file without a map. The name is free. */
export function makeStub(place: Place, path: string, mode: number, user: User): Result<FileInode, RogueReason> {
  const { mount, relpath } = place
  if (mount.options.fuse) return failLate('fuse_no_create', { path })
  const refused = refuseNew(place, path, user)
  return refused ?? ok(mount.kernel.addStub(relpath, mode, user.uid, user.gid))
}

/** A directory that no log knows: mkdir by a plain tool. */
export function makeDirectory(place: Place, path: string, mode: number, user: User): Result<undefined, RogueReason> {
  const { mount, relpath } = place
  if (mount.options.fuse) return failLate('fuse_not_implemented', { path, act: 'make directories' })
  const refused = refuseNew(place, path, user)
  if (refused) return refused
  mount.kernel.addDirectory({ path: relpath, mode, uid: user.uid, gid: user.gid, entryIndex: -1 })
  return ok()
}

/** From then on size and map disagree, until the file is removed here and played again, or the mount is made anew. */
export function truncate(place: Place, path: string, sizeBytes: number, user: User): Result<undefined, RogueReason> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return fail('bad_size', { sizeBytes })
  const { mount } = place
  const found = find(place, path)
  if (!found.ok) return found
  const inode = found.value
  if (inode.kind === 'directory') return fail('is_a_directory', { path })
  if (!mayAccess(user, inode, { write: true })) return denied(path, 'written', inode, user)
  if (mount.options.fuse) return failLate('fuse_no_resize', { path })
  const refused = inode.map ? refuseGeneration(mount, path, 'change sizes') : undefined
  if (refused) return refused
  mount.kernel.setSize(inode, sizeBytes)
  return ok()
}

interface AttributeChange {
  mode?: number
  uid?: number
  gid?: number
  modifiedMs?: number
}

/** chmod, chown and touch: allowed in every kind of mount, forgotten at umount. */
export function setAttributes(place: Place, path: string, changes: AttributeChange, user: User): Result<undefined, RogueReason> {
  const found = find(place, path)
  if (!found.ok) return found
  const inode = found.value
  const owns = user.uid === 0 || (user.uid === inode.uid && changes.uid === undefined)
  if (!owns) return failLate('not_owner', { path, uid: user.uid })
  place.mount.kernel.setAttributes(inode, changes)
  return ok()
}

function find({ mount, relpath }: Place, path: string): Result<Inode, 'no_such_path'> {
  const inode = mount.kernel.lookup(relpath)
  return inode ? ok(inode) : fail('no_such_path', { path })
}

function refuseNew({ mount, relpath }: Place, path: string, user: User): Refusal {
  if (mount.kernel.lookup(relpath)) return fail('exists', { path })
  return refuseInParent(mount, path, relpath, user)
}

/** The directory that a name is in must exist, and be writable for whoever changes it. */
function refuseInParent(mount: Mount, path: string, relpath: string, user: User): Refusal {
  const parent = mount.kernel.lookup(parentOf(relpath))
  const parentPath = path.slice(0, -nameOf(relpath).length - 1)
  if (!parent) return fail('no_parent', { path: parentPath })
  if (parent.kind !== 'directory') return fail('not_a_directory', { path: parentPath })
  return mayAccess(user, parent, { write: true, execute: true }) ? undefined : denied(parentPath, 'written', parent, user)
}

function refuseGeneration(mount: Mount, path: string, act: string): Refusal {
  const { generation = 'first', allowRogue = false } = mount.options
  return generation === 'first' || allowRogue ? undefined : failLate('module_refuses', { path, act })
}

function refuseReplacing(inode: Inode, there: Inode, path: string): Refusal {
  if (there.kind === 'file') return inode.kind === 'file' ? undefined : fail('not_a_directory', { path })
  if (inode.kind === 'file') return fail('is_a_directory', { path })
  return there.children.length > 0 ? failLate('not_empty', { path }) : undefined
}

function denied(path: string, what: 'read' | 'written', node: FileInode | DirectoryInode, user: User): { ok: false; failure: Failure<'no_access'> } {
  return fail('no_access', { path, what, mode: `0${node.mode.toString(8)}`, uid: user.uid, owner: node.uid })
}
