// read and write of an open file go straight to the file's bytes in memory: no page cache, no copy but the caller's own,
// and no allocation that grows with the request. Nothing is read or written outside the file, and no file grows. A file that
// is open stays as it is when its name goes.

import { fail, ok, type Result } from '../base/result.ts'
import type { AccessReason, FileInode, KernelMount } from './mount.ts'
import { mayAccess, type User } from './user.ts'

export interface OpenMode {
  read?: boolean
  write?: boolean
}

export type TransferReason = AccessReason | 'bad_descriptor' | 'wrong_open_mode' | 'out_of_file'

export class OpenFile {
  readonly inode: FileInode
  readonly mode: OpenMode
  readonly mount: KernelMount

  constructor(mount: KernelMount, inode: FileInode, mode: OpenMode) {
    this.mount = mount
    this.inode = inode
    this.mode = mode
  }

  /** @returns bytes read: fewer than the target holds at the end of the file, 0 behind it */
  read(offsetBytes: number, target: Uint8Array): Result<number, AccessReason | 'wrong_open_mode' | 'out_of_file'> {
    if (!this.mode.read) return fail('wrong_open_mode', { path: this.inode.path, what: 'reading' })
    const access = this.mount.access(this.inode)
    if (!access.ok) return access
    const { sizeBytes } = access.value
    if (!isOffset(offsetBytes)) return fail('out_of_file', { path: this.inode.path, offsetBytes, lengthBytes: target.length, sizeBytes })
    const lengthBytes = Math.max(0, Math.min(target.length, sizeBytes - offsetBytes))
    for (let done = 0; done < lengthBytes; ) {
      const window = access.value.window(offsetBytes + done, lengthBytes - done)
      if (!window) return { ok: false, failure: access.value.failure }
      if (window.length === target.length) target.set(window)
      else target.subarray(done, done + window.length).set(window)
      done += window.length
    }
    return ok(lengthBytes)
  }

  /** A range that leaves the file is refused before a byte is written; memory that fails may do so in the middle. */
  write(offsetBytes: number, source: Uint8Array): Result<number, AccessReason | 'wrong_open_mode' | 'out_of_file'> {
    if (!this.mode.write) return fail('wrong_open_mode', { path: this.inode.path, what: 'writing' })
    const access = this.mount.access(this.inode)
    if (!access.ok) return access
    const { sizeBytes } = access.value
    if (!isOffset(offsetBytes) || offsetBytes + source.length > sizeBytes) {
      return fail('out_of_file', { path: this.inode.path, offsetBytes, lengthBytes: source.length, sizeBytes })
    }
    for (let done = 0; done < source.length; ) {
      const window = access.value.steadyWindow(offsetBytes + done, source.length - done)
      if (!window) return { ok: false, failure: access.value.failure }
      window.set(source.subarray(done, done + window.length))
      done += window.length
    }
    return ok(source.length)
  }
}

/** The open files of one host, by descriptor. */
export class OpenFiles {
  readonly #files = new Map<number, OpenFile>()
  // 0, 1 and 2 are a program's own.
  #nextFd = 3

  add(file: OpenFile): number {
    const fd = this.#nextFd++
    file.mount.hold(file.inode)
    this.#files.set(fd, file)
    return fd
  }

  get(fd: number): OpenFile | undefined {
    return this.#files.get(fd)
  }

  close(fd: number): Result<undefined, 'bad_descriptor'> {
    const file = this.#files.get(fd)
    if (!file) return fail('bad_descriptor', { fd })
    this.#files.delete(fd)
    file.mount.release(file.inode)
    return ok()
  }

  anyOf(mount: KernelMount): boolean {
    for (const file of this.#files.values()) if (file.mount === mount) return true
    return false
  }
}

function isOffset(offsetBytes: number): boolean {
  return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0
}

/** Whether the user may open it so; the bytes themselves are looked at on the first access. */
export function checkAccess(inode: FileInode, mode: OpenMode, user: User): Result<undefined, 'no_access'> {
  if (mayAccess(user, inode, mode)) return ok()
  const what = mode.write ? 'written' : 'read'
  return fail('no_access', { path: inode.path, what, mode: `0${inode.mode.toString(8)}`, uid: user.uid, owner: inode.uid })
}
