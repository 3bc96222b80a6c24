// Files and directories of one host's mounts, by their paths: looked up in the mount that a path is in, opened and mapped as
// somebody, read and written whole. Everything that a machine does with what is there and makes nothing new.

import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import type { Fmap } from '../fmap/fmap.ts'
import { type DataFile, type DataReason, fillSeeded, flushFile, scan, verifySeeded } from '../fs/data.ts'
import { MappedFile } from '../kernel/mappedFile.ts'
import type { AccessReason, FileInode, Inode } from '../kernel/mount.ts'
import { checkAccess, OpenFile, OpenFiles, type OpenMode, type TransferReason } from '../kernel/openFile.ts'
import { ROOT, type User } from '../kernel/user.ts'
import { dataFileOf } from './making.ts'
import { inUse, type Mount, MountTable } from './mounts.ts'
import type { FileReason, PathReason, Stat } from './types.ts'

type MountedFile = DataFile & { mount: Mount }

export class MachineFiles {
  readonly mountTable = new MountTable()
  protected readonly openFiles = new OpenFiles()

  stat(path: string): Result<Stat, PathReason> {
    const found = this.inodeAt(path)
    if (!found.ok) return found
    const { inode } = found.value
    const { kind, ino, mode, uid, gid, modifiedMs } = inode
    return ok({ kind, ino, mode, uid, gid, modifiedMs, sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0 })
  }

  /** The inode as it is; its map says where a file's bytes are. */
  inode(path: string): Result<Inode, PathReason> {
    const found = this.inodeAt(path)
    return found.ok ? ok(found.value.inode) : found
  }

  /** A file's map as the kernel holds it, for standalone mounts. */
  mapGet(path: string): Result<Fmap, PathReason | 'is_a_directory' | 'no_access' | 'no_file_map'> {
    const found = this.fileAt(path)
    if (!found.ok) return found
    const map = found.value.mount.kernel.mapGet(found.value.inode)
    return map ? ok(map) : fail('no_file_map', { path })
  }

  /** Names in a directory. A name whose kind is unknown can't be looked up: its shadow file is damaged. */
  readdir(path: string): Result<{ name: string; kind: Inode['kind'] | undefined }[], PathReason | 'not_a_directory'> {
    const found = this.inodeAt(path)
    if (!found.ok) return found
    const { mount, inode } = found.value
    return inode.kind === 'directory' ? ok(mount.kernel.list(inode)) : fail('not_a_directory', { path })
  }

  open(path: string, mode: OpenMode, user: User): Result<number, FileReason> {
    const found = this.fileAt(path, mode, user)
    if (!found.ok) return found
    const { mount, inode } = found.value
    const access = mount.kernel.access(inode)
    if (!access.ok) return access
    return ok(this.openFiles.add(new OpenFile(mount.kernel, inode, mode)))
  }

  close(fd: number): Result<undefined, 'bad_descriptor'> {
    return this.openFiles.close(fd)
  }

  /** @returns bytes read; 0 at the end of the file */
  read(fd: number, offsetBytes: number, target: Uint8Array): Result<number, TransferReason> {
    return this.openFiles.get(fd)?.read(offsetBytes, target) ?? fail('bad_descriptor', { fd })
  }

  write(fd: number, offsetBytes: number, source: Uint8Array): Result<number, TransferReason> {
    return this.openFiles.get(fd)?.write(offsetBytes, source) ?? fail('bad_descriptor', { fd })
  }

  mmap(path: string, mode: OpenMode, user: User): Result<MappedFile, FileReason> {
    const found = this.fileAt(path, { ...mode, read: true }, user)
    if (!found.ok) return found
    const { mount, inode } = found.value
    const access = mount.kernel.access(inode)
    return access.ok ? ok(new MappedFile(path, access.value, mode.write ?? false)) : access
  }

  // whole files

  /** Fills the whole file with the seed's data. */
  *fill(path: string, seed: number | bigint, user: User): Task<Result<undefined, FileReason | DataReason>> {
    const data = this.#data(path, { write: true }, user)
    return data.ok ? yield* inUse(data.value.mount, fillSeeded(data.value, seed)) : data
  }

  *verify(path: string, seed: number | bigint, user: User): Task<Result<undefined, FileReason | DataReason | 'data_differs' | 'no_seed'>> {
    const data = this.#data(path, { read: true }, user)
    return data.ok ? yield* inUse(data.value.mount, verifySeeded(data.value, seed)) : data
  }

  /** The file's bytes in order, as they are in memory, at most 4 MiB at a time. */
  *scan(path: string, look: (window: Uint8Array, fileOffsetBytes: number) => void, user: User): Task<Result<undefined, FileReason | DataReason>> {
    const data = this.#data(path, { read: true }, user)
    return data.ok ? yield* inUse(data.value.mount, scan(data.value, look)) : data
  }

  /** Flush and invalidate of all its bytes: good for who wrote, and for who reads. */
  *flush(path: string, user: User): Task<Result<undefined, FileReason | DataReason>> {
    const data = this.#data(path, { read: true }, user)
    return data.ok ? yield* inUse(data.value.mount, flushFile(data.value)) : data
  }

  protected inodeAt(path: string): Result<{ mount: Mount; inode: Inode }, PathReason> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    const inode = mount.kernel.lookup(relpath)
    return inode ? ok({ mount, inode }) : fail('no_such_path', { path })
  }

  protected fileAt(path: string, mode: OpenMode = {}, user: User = ROOT): Result<{ mount: Mount; inode: FileInode }, PathReason | 'is_a_directory' | 'no_access'> {
    const found = this.inodeAt(path)
    if (!found.ok) return found
    const { mount, inode } = found.value
    if (inode.kind === 'directory') return fail('is_a_directory', { path })
    const judged = mount.options.fuse?.checksPermissions === false ? ROOT : user
    const allowed = checkAccess(inode, mode, judged)
    return allowed.ok ? ok({ mount, inode }) : allowed
  }

  #data(path: string, mode: OpenMode, user: User): Result<MountedFile, FileReason> {
    const found = this.fileAt(path, mode, user)
    return found.ok ? this.#dataOf(found.value.mount, found.value.inode) : found
  }

  #dataOf(mount: Mount, inode: FileInode): Result<MountedFile, AccessReason> {
    const access = mount.kernel.access(inode)
    return access.ok ? ok({ mount, ...dataFileOf(access.value) }) : access
  }
}
