// One mount in one host's kernel. Inodes come only from what the host was told (replay, or its own creat), live in this
// host's memory, and die with the mount. A file gives access to the bytes of its own map and to nothing else; a size that
// differs from the map makes it invalid: ENXIO at the first access, EIO from then on.

import { assert } from '../base/assert.ts'
import { normalizedPath, parentOf } from '../base/path.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Fmap } from '../fmap/fmap.ts'
import { piecesOf } from '../fmap/fmap.ts'
import { type Resolver, resolverOf } from '../fmap/resolve.ts'
import type { Memory } from '../mem/memory.ts'
import { WRITE_BITS } from './user.ts'

export interface FileInode {
  kind: 'file'
  ino: number
  path: string
  mode: number
  uid: number
  gid: number
  /** What stat shows; equal to the map's size unless someone truncated the file on this host. */
  sizeBytes: number
  map: Fmap
  /** Made at the first access and kept: all later faults are arithmetic. */
  resolver: Resolver | undefined
  /** Set by the first access that failed: it sticks until the mount is gone. */
  invalid: boolean
  /** Log entry it came from; -1 for the meta files. */
  entryIndex: number
}

interface DirectoryInode {
  kind: 'directory'
  ino: number
  path: string
  mode: number
  uid: number
  gid: number
  children: Inode[]
  entryIndex: number
}

export type Inode = FileInode | DirectoryInode

interface NodeFacts {
  path: string
  mode: number
  uid: number
  gid: number
  entryIndex: number
}

export type AccessReason = 'size_changed' | 'file_invalid' | 'bad_map' | 'not_on_image'

export class KernelMount {
  readonly memory: Memory
  readonly #dropWriteBits: boolean
  readonly #inodes = new Map<string, Inode>()
  readonly #order: Inode[] = []

  /** @param dropWriteBits on clients: a default against accidents, since the memory is shared */
  constructor(memory: Memory, dropWriteBits: boolean) {
    this.memory = memory
    this.#dropWriteBits = dropWriteBits
    this.#inodes.set('', this.#directory({ path: '', mode: 0o755, uid: 0, gid: 0, entryIndex: -1 }))
  }

  /** @param path relative to the mount point, normalized; '' is the mount point */
  lookup(path: string): Inode | undefined {
    return this.#inodes.get(path)
  }

  /** Every inode but the mount point, in the order they were made; `from` skips those already seen. */
  inodes(from = 0): readonly Inode[] {
    return from === 0 ? this.#order : this.#order.slice(from)
  }

  /** As replay calls it, with a path as it was logged: whatever exists there is left as it is, a directory too. */
  addFile(file: NodeFacts & { map: Fmap }): 'made' | 'existed' | 'error' {
    const path = normalizedPath(file.path)
    if (path === undefined) return 'error'
    if (this.#inodes.has(path)) return 'existed'
    const { uid, gid, map, entryIndex } = file
    const inode: FileInode = {
      kind: 'file',
      ino: this.#order.length + 2,
      path,
      mode: this.#dropWriteBits ? file.mode & ~WRITE_BITS : file.mode,
      uid,
      gid,
      sizeBytes: map.sizeBytes,
      map,
      resolver: undefined,
      invalid: false,
      entryIndex,
    }
    return this.#add(inode)
  }

  addDirectory(directory: NodeFacts): 'made' | 'existed' | 'error' {
    const path = normalizedPath(directory.path)
    if (path === undefined) return 'error'
    const there = this.#inodes.get(path)
    if (there) return there.kind === 'directory' ? 'existed' : 'error'
    return this.#add(this.#directory({ ...directory, path }))
  }

  /** What truncate does on this host alone: neither the map nor the log nor other hosts learn of it. */
  setSize(inode: FileInode, sizeBytes: number): void {
    inode.sizeBytes = sizeBytes
  }

  /** The way to the bytes, or why there is none. Checked once per open or mmap, as a fault would. */
  access(inode: FileInode): Result<Resolver, AccessReason> {
    if (inode.invalid) return fail('file_invalid', { path: inode.path })
    if (inode.sizeBytes !== inode.map.sizeBytes) {
      inode.invalid = true
      return fail('size_changed', { path: inode.path, sizeBytes: inode.sizeBytes, mapBytes: inode.map.sizeBytes })
    }
    if (inode.resolver) return ok(inode.resolver)
    const refused = this.#refuseMap(inode)
    if (refused) return refused
    inode.resolver = resolverOf(inode.map)
    return ok(inode.resolver)
  }

  /** A map may have been made by hand, or for another device: held against this one before the first byte is touched. */
  #refuseMap({ path, map }: FileInode): ReturnType<typeof fail<'bad_map' | 'not_on_image'>> | undefined {
    const { device, presentBytes } = this.memory
    for (const piece of piecesOf(map)) {
      if (piece.devindex !== 0) return fail('bad_map', { path, what: `device ${piece.devindex} is not here` })
      const endBytes = piece.offsetBytes + piece.lengthBytes
      if (endBytes > device.sizeBytes) return fail('bad_map', { path, what: `it ends at byte ${endBytes} of a device of ${device.sizeBytes}` })
      if (endBytes > presentBytes) return fail('not_on_image', { offsetBytes: piece.offsetBytes, presentBytes })
    }
    return undefined
  }

  #directory(facts: NodeFacts): DirectoryInode {
    const { path, mode, uid, gid, entryIndex } = facts
    return { kind: 'directory', ino: this.#order.length + 2, path, mode, uid, gid, children: [], entryIndex }
  }

  #add(inode: Inode): 'made' | 'error' {
    assert(!this.#inodes.has(inode.path), 'a path leads to one inode')
    const parent = this.#inodes.get(parentOf(inode.path))
    if (parent?.kind !== 'directory') return 'error'
    parent.children.push(inode)
    this.#inodes.set(inode.path, inode)
    this.#order.push(inode)
    return 'made'
  }
}
