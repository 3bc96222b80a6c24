// Who may do what to a node of the tree, as Linux judges it: one class of bits decides, root passes but for running what
// has no x bit at all, and in a sticky directory only owners remove.

import { failLate } from '../base/late.ts'
import { ok, type Result } from '../base/result.ts'
import { mayAccess, type User, type Want } from '../kernel/user.ts'

export interface Judged {
  kind: string
  mode: number
  uid: number
  gid: number
}

const STICKY = 0o1000
const ANY_EXECUTE = 0o111

export function may(user: User, node: Judged, want: Want): boolean {
  if (user.uid === 0 && want.execute && node.kind !== 'directory' && (node.mode & ANY_EXECUTE) === 0) return false
  return mayAccess(user, node, want)
}

export function requireAccess(path: string, node: Judged, want: Want, user: User): Result<undefined, 'denied'> {
  if (may(user, node, want)) return ok()
  return failLate('denied', { path, act: actOf(node, want), uid: user.uid, mode: `0${node.mode.toString(8)}`, owner: node.uid })
}

/** To make or remove a name in a directory. */
export function requireChange(path: string, directory: Judged, user: User): Result<undefined, 'denied'> {
  return requireAccess(path, directory, { write: true, execute: true }, user)
}

export function requireSticky(path: string, directory: Judged, node: Judged, user: User): Result<undefined, 'not_owner'> {
  const free = (directory.mode & STICKY) === 0 || user.uid === 0 || user.uid === node.uid || user.uid === directory.uid
  return free ? ok() : failLate('not_owner', { path, uid: user.uid })
}

export function requireOwner(path: string, node: Judged, user: User): Result<undefined, 'not_owner'> {
  return user.uid === 0 || user.uid === node.uid ? ok() : failLate('not_owner', { path, uid: user.uid })
}

function actOf({ kind }: Judged, want: Want): string {
  if (want.write) return 'write to'
  if (want.read) return 'read'
  return kind === 'directory' ? 'go through' : 'run'
}
