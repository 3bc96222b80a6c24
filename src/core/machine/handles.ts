// Open files of every kind, behind one face. A handle may do what it was opened for, whatever becomes of the name or of
// its permissions; famfs files are open in the machine, so that a mount in use stays.

import { bytesOfText, textOf } from '../base/plain.ts'
import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { ROOT, type User } from '../kernel/user.ts'
import type { Machine } from './machine.ts'
import { PlainTools } from './plainTools.ts'
import { isOffset } from './pathText.ts'
import type { FileNode, GeneratedNode, RootFs } from './rootFs.ts'
import type { Handle, NodeKind } from './systemTypes.ts'

export interface Mode {
  read?: boolean
  write?: boolean
}

/** What differs between kinds of files; offsets and modes are judged before. */
export interface Body {
  kind: NodeKind
  sizeBytes(): number
  read(offsetBytes: number, target: Uint8Array): Result<number>
  write(offsetBytes: number, source: Uint8Array): Result<number>
  truncate(sizeBytes: number): Result<undefined>
  close(): void
}

export function openHandle(path: string, mode: Mode, body: Body): Handle {
  let isOpen = true
  const refuse = (what: 'reading' | 'writing', offsetBytes: number): ReturnType<typeof fail<'wrong_open_mode' | 'bad_size'>> | undefined => {
    if (!isOpen || !(what === 'reading' ? mode.read : mode.write)) return fail('wrong_open_mode', { path, what })
    return isOffset(offsetBytes) ? undefined : fail('bad_size', { sizeBytes: offsetBytes })
  }
  return {
    path,
    kind: body.kind,
    sizeBytes: () => body.sizeBytes(),
    read: (offsetBytes, target) => refuse('reading', offsetBytes) ?? body.read(offsetBytes, target),
    write: (offsetBytes, source) => refuse('writing', offsetBytes) ?? body.write(offsetBytes, source),
    truncate: (sizeBytes) => refuse('writing', sizeBytes) ?? body.truncate(sizeBytes),
    close() {
      if (isOpen) body.close()
      isOpen = false
    },
  }
}

export function fileBody(rootFs: RootFs, node: FileNode): Body {
  const { bytes } = node
  rootFs.opened(node)
  return {
    kind: 'file',
    sizeBytes: () => bytes.sizeBytes,
    read: (offsetBytes, target) => ok(bytes.read(offsetBytes, target)),
    write(offsetBytes, source) {
      if (!bytes.write(offsetBytes, source)) return failLate('root_full', { limitBytes: rootFs.budget.limitBytes })
      rootFs.touch(node)
      return ok(source.length)
    },
    truncate(sizeBytes) {
      bytes.truncate(sizeBytes)
      rootFs.touch(node)
      return ok()
    },
    close: () => rootFs.closed(node),
  }
}

/** The text as it is now: later changes are seen by whoever opens it then. */
export function generatedBody(path: string, node: GeneratedNode): Body {
  const bytes = bytesOfText(node.text())
  return {
    kind: 'file',
    sizeBytes: () => bytes.length,
    read: (offsetBytes, target) => ok(copyFrom(bytes, offsetBytes, target)),
    write(_, source) {
      const put = node.put?.(textOf(source)) ?? failLate('not_permitted', { path, why: 'the kernel alone writes it' })
      return put.ok ? ok(source.length) : put
    },
    truncate: () => ok(),
    close() {},
  }
}

/** A directory opens for reading and is read by readdir alone. */
export function directoryBody(path: string): Body {
  const refused = (): ReturnType<typeof fail<'is_a_directory'>> => fail('is_a_directory', { path })
  return { kind: 'directory', sizeBytes: () => 0, read: refused, write: refused, truncate: refused, close() {} }
}

/**
 * A famfs file that the caller may open. One whose bytes can't be reached opens as well, and fails when it is read or
 * written: so does Linux, and so `touch` leaves a stub without complaint.
 */
export function famfsBody(machine: Machine, path: string, mode: Mode, user: User): Result<Body> {
  let fd: number | undefined
  if (isHealthy(machine, path)) {
    const opened = machine.open(path, mode, user)
    if (!opened.ok) return opened
    fd = opened.value
  }
  let lastBytes = 0
  const withFile = <T>(act: (openFd: number) => Result<T>): Result<T> => {
    if (fd !== undefined) return act(fd)
    const opened = machine.open(path, mode, ROOT)
    if (!opened.ok) return opened
    fd = opened.value
    return act(fd)
  }
  return ok({
    kind: 'file',
    sizeBytes() {
      const stat = machine.stat(path)
      if (stat.ok) lastBytes = stat.value.sizeBytes
      return lastBytes
    },
    read: (offsetBytes, target) => withFile((openFd) => machine.read(openFd, offsetBytes, target)),
    write: (offsetBytes, source) => withFile((openFd) => machine.write(openFd, offsetBytes, source)),
    truncate: (sizeBytes) => new PlainTools(machine).truncate(path, sizeBytes, ROOT),
    close() {
      if (fd !== undefined) machine.close(fd)
    },
  })
}

/** Looked at without an access, which would mark a damaged file for good. */
function isHealthy(machine: Machine, path: string): boolean {
  const found = machine.inode(path)
  if (!found.ok || found.value.kind !== 'file') return true
  const { map, sizeBytes, invalid } = found.value
  return !invalid && map?.sizeBytes === sizeBytes
}

function copyFrom(bytes: Uint8Array, offsetBytes: number, target: Uint8Array): number {
  const part = bytes.subarray(offsetBytes, offsetBytes + target.length)
  target.set(part)
  return part.length
}
