// One mount in one host's kernel. Inodes come only from what the host was told (replay, its own creat, or its daemon), live
// in this host's memory, and die with the mount. A file gives access to the bytes of its own map and to nothing else; a
// size that differs from the map makes it invalid: ENXIO at the first access, EIO from then on.

import { assert } from '../base/assert.ts'
import { normalizedPath, parentOf } from '../base/path.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import { type Fmap, isSameMap } from '../fmap/fmap.ts'
import type { Memory } from '../mem/memory.ts'
import { MountDevices } from './devices.ts'
import { type BytesReason, FileBytes } from './fileBytes.ts'
import { WRITE_BITS } from './user.ts'
import { type IsReserved, isStandalone, type MapReason, type MapWay, type OpenDevice, type WayMaker } from './way.ts'
import { v1 } from './ways/v1.ts'

interface InodeFacts {
  ino: number
  path: string
  mode: number
  uid: number
  gid: number
  modifiedMs: number
  /** Log entry it came from; -1 for the meta files and for what was made on this host alone. */
  entryIndex: number
  /** Someone changed mode, owner or time on this host: the daemon's answers don't undo that. */
  pinned: boolean
  /** When the daemon is asked again; undefined where nobody is asked. */
  staleAtMs: number | undefined
}

export interface FileInode extends InodeFacts {
  kind: 'file'
  /** What stat shows; equal to the map's size unless someone truncated the file on this host. */
  sizeBytes: number
  /** What log or daemon say, for people and tools; undefined for a stub that a plain tool made. The way to the bytes is `bytes`. */
  map: Fmap | undefined
  /** As kernel and daemon call it; undefined until they talk of it. */
  node: number | undefined
  /** As the kernel was told, made at the first access and kept. */
  bytes: FileBytes | undefined
  /** Set by the first access that failed: it sticks until the mount is gone. */
  invalid: boolean
}

export interface DirectoryInode extends InodeFacts {
  kind: 'directory'
  children: Inode[]
}

export type Inode = FileInode | DirectoryInode

interface NodeFacts {
  path: string
  mode: number
  uid: number
  gid: number
  entryIndex: number
}

export type FoundNode =
  | { kind: 'file'; ino: number; mode: number; uid: number; gid: number; modifiedMs: number; map: Fmap }
  | { kind: 'directory'; ino: number; mode: number; uid: number; gid: number; modifiedMs: number }

/** Whom a fuse kernel asks for names that it doesn't know. Paths are relative to the mount point and normalized. */
export interface LookupSource {
  lookup(path: string): FoundNode | undefined
  /** Names in a directory; undefined where there is none. */
  list(path: string): string[] | undefined
}

export type AccessReason = 'size_changed' | BytesReason

export interface KernelOptions {
  /** On clients: a default against accidents, since the memory is shared. */
  dropWriteBits: boolean
  /** Milliseconds since 1970. */
  now: () => number
  /** How maps arrive; the standalone module's way unless said otherwise. */
  way?: WayMaker
  /** Allocation unit of the file system. */
  unitBytes: number
  /** Nothing is unless said otherwise. */
  isReserved?: IsReserved
  /** Other devices of this host, for kernels that are told of them by name. */
  openDevice?: OpenDevice
  source?: LookupSource
  /** How long an answer of the source is good for. */
  timeoutMs?: number
}

const ROOT_INO = 1

export class KernelMount {
  readonly memory: Memory
  readonly devices: MountDevices
  readonly way: MapWay
  readonly #options: KernelOptions
  readonly #inodes = new Map<string, Inode>()
  /** In the order they were made; undefined until someone looks, and again after one of them went. */
  #order: Inode[] | undefined
  /** How often files are open: what the kernel holds of one stays until its last close, whatever becomes of its name. */
  readonly #openCounts = new Map<FileInode, number>()
  #nextIno = ROOT_INO
  #changeCount = 0

  constructor(memory: Memory, options: KernelOptions) {
    this.memory = memory
    this.#options = options
    const { way = v1, unitBytes, isReserved = () => false, openDevice = () => undefined } = options
    this.devices = new MountDevices(memory, isStandalone(way.kernel))
    this.way = way.make({ devices: this.devices, unitBytes, isReserved, openDevice })
    const root = options.source?.lookup('')
    const { mode, uid, gid } = root ?? { mode: 0o755, uid: 0, gid: 0 }
    this.#inodes.set('', this.#directory({ path: '', mode, uid, gid, entryIndex: -1 }))
  }

  /** Moves when something that was there is gone, or is another. What is new doesn't move it. */
  get changeCount(): number {
    return this.#changeCount
  }

  /** @param path relative to the mount point, normalized; '' is the mount point */
  lookup(path: string): Inode | undefined {
    const there = this.#inodes.get(path)
    if (!this.#options.source) return there
    if (there && (path === '' || there.staleAtMs === undefined || there.staleAtMs > this.#options.now())) return there
    return this.#ask(path, there)
  }

  /** Names in a directory: what the daemon lists, or the directory's own inodes. */
  list(directory: DirectoryInode): { name: string; kind: Inode['kind'] | undefined }[] {
    const { source } = this.#options
    if (!source) return directory.children.map(({ path, kind }) => ({ name: nameOf(path), kind }))
    const names = source.list(directory.path) ?? []
    return names.map((name) => ({ name, kind: this.lookup(directory.path === '' ? name : `${directory.path}/${name}`)?.kind }))
  }

  /** Every inode but the mount point, in the order they were made; `from` skips those already seen. */
  inodes(from = 0): readonly Inode[] {
    this.#order ??= [...this.#inodes.values()].filter(({ path }) => path !== '')
    return from === 0 ? this.#order : this.#order.slice(from)
  }

  /** As replay calls it, with a path as it was logged: whatever exists there is left as it is, a directory too. */
  addFile(file: NodeFacts & { map: Fmap }): 'made' | 'existed' | 'error' | Failure<MapReason> {
    const path = normalizedPath(file.path)
    if (path === undefined) return 'error'
    if (this.#inodes.has(path)) return 'existed'
    const inode = this.#file(path, this.#modeOf('file', file.mode), file, file.map)
    const refused = this.#push(inode, file.map)
    if (refused) return refused
    // On a fuse mount the shadow file says who owns it.
    if (!this.#options.source) applyOwner(inode)
    if (this.#add(inode)) return 'made'
    this.#letGo(inode)
    return 'error'
  }

  addDirectory(directory: NodeFacts): 'made' | 'existed' | 'error' {
    const path = normalizedPath(directory.path)
    if (path === undefined) return 'error'
    const there = this.#inodes.get(path)
    if (there) return there.kind === 'directory' ? 'existed' : 'error'
    const inode = this.#directory({ ...directory, path })
    applyOwner(inode)
    return this.#add(inode) ? 'made' : 'error'
  }

  /** What a plain tool's create leaves: a file without a map, known to this host alone. The name is free. */
  addStub(path: string, mode: number, uid: number, gid: number): FileInode {
    const inode = this.#file(path, mode, { uid, gid, entryIndex: -1 }, undefined)
    assert(this.#add(inode), 'the directory of a stub was looked up first')
    return inode
  }

  /** Only this host forgets it: the log and its space stay as they are. A directory is empty. */
  remove(inode: Inode): void {
    assert(inode.kind === 'file' || inode.children.length === 0, 'only an empty directory is removed')
    if (inode.kind === 'file' && !this.#openCounts.has(inode)) this.#letGo(inode)
    this.#detach(inode)
    this.#inodes.delete(inode.path)
    this.#order = undefined
    this.#changeCount++
  }

  /** Renames on this host alone; the target's name is free and its directory exists. */
  move(inode: Inode, path: string): void {
    this.#detach(inode)
    const from = inode.path
    for (const node of inode.kind === 'directory' ? this.#subtree(inode) : [inode]) {
      this.#inodes.delete(node.path)
      node.path = path + node.path.slice(from.length)
      this.#inodes.set(node.path, node)
    }
    this.#parentOf(inode)?.children.push(inode)
    this.#order = undefined
    this.#changeCount++
  }

  /** What truncate does on this host alone: neither the map nor the log nor other hosts learn of it. */
  setSize(inode: FileInode, sizeBytes: number): void {
    if (inode.sizeBytes !== sizeBytes) this.#changeCount++
    inode.sizeBytes = sizeBytes
    inode.modifiedMs = this.#options.now()
  }

  /** Mode, owner or time, on this host alone and until it unmounts. */
  setAttributes(inode: Inode, changes: { mode?: number; uid?: number; gid?: number; modifiedMs?: number }): void {
    Object.assign(inode, changes, { pinned: true })
    this.#changeCount++
  }

  /** The way to the bytes, or why there is none. Checked once per open or mmap, as a fault would. */
  access(inode: FileInode): Result<FileBytes, AccessReason> {
    const { map } = inode
    const down = this.devices.down(inode.path)
    if (down) return { ok: false, failure: down }
    if (inode.invalid) return fail('file_invalid', { path: inode.path })
    if (!map) return fail('no_file_map', { path: inode.path })
    if (inode.sizeBytes !== map.sizeBytes) {
      inode.invalid = true
      return fail('size_changed', { path: inode.path, sizeBytes: inode.sizeBytes, mapBytes: map.sizeBytes })
    }
    if (inode.bytes) return ok(inode.bytes)
    const node = this.#nodeOf(inode)
    if (node === undefined) return fail('no_file_map', { path: inode.path })
    const opened = this.way.open({ node, path: inode.path, sizeBytes: inode.sizeBytes })
    if (!opened.ok) return opened
    inode.bytes = new FileBytes(inode, opened.value, this.devices)
    return ok(inode.bytes)
  }

  /** An open file: its bytes are reached through it also when its name is gone. */
  hold(inode: FileInode): void {
    this.#openCounts.set(inode, (this.#openCounts.get(inode) ?? 0) + 1)
  }

  /** One of its open files was closed. */
  release(inode: FileInode): void {
    const openCount = (this.#openCounts.get(inode) ?? 0) - 1
    assert(openCount >= 0, 'what is released was held')
    if (openCount > 0) return void this.#openCounts.set(inode, openCount)
    this.#openCounts.delete(inode)
    if (this.#inodes.get(inode.path) !== inode) this.#letGo(inode)
  }

  /** What tools are told who ask the kernel for a file's map; undefined for a stub, and where there is no such call. */
  mapGet({ node }: FileInode): Fmap | undefined {
    return node === undefined ? undefined : this.way.get?.(node)
  }

  /** As kernel and daemon call it: a fuse daemon numbers files when it is asked for them, a module's files are its own. */
  #nodeOf(inode: FileInode): number | undefined {
    const { source } = this.#options
    if (inode.node === undefined && source) inode.node = source.lookup(inode.path)?.ino
    else inode.node ??= inode.ino
    return inode.node
  }

  /** Hands the map to a kernel that takes it when the file is made. @returns why it was refused */
  #push(inode: FileInode, map: Fmap): Failure<MapReason> | undefined {
    const node = this.way.push ? this.#nodeOf(inode) : undefined
    return node === undefined ? undefined : this.way.push?.({ node, path: inode.path, sizeBytes: map.sizeBytes }, map)
  }

  #letGo(inode: FileInode): void {
    if (inode.node !== undefined) this.way.forget(inode.node)
    inode.bytes = undefined
  }

  /** Asks the source and keeps its answer; what it doesn't know any more is forgotten. */
  #ask(path: string, known: Inode | undefined): Inode | undefined {
    const found = this.#options.source?.lookup(path)
    if (!found || (known && known.kind !== found.kind)) {
      if (known) this.#forget(known)
      if (!found) return undefined
    } else if (known) {
      this.#refresh(known, found)
      return known
    }
    const parent = this.lookup(parentOf(path))
    if (parent?.kind !== 'directory') return undefined
    const facts = { path, mode: found.mode, uid: found.uid, gid: found.gid, entryIndex: -1 }
    const inode = found.kind === 'file' ? this.#file(path, this.#modeOf('file', found.mode), facts, found.map) : this.#directory(facts)
    inode.modifiedMs = found.modifiedMs
    if (inode.kind === 'file' && found.kind === 'file') {
      inode.node = found.ino
      if (this.#push(inode, found.map)) return undefined
    }
    return this.#add(inode) ? inode : undefined
  }

  #refresh(inode: Inode, found: FoundNode): void {
    inode.staleAtMs = this.#staleAtMs()
    const { uid, gid, modifiedMs } = found
    const mode = this.#modeOf(inode.kind, found.mode)
    if (!inode.pinned) {
      if (inode.mode !== mode || inode.uid !== uid || inode.gid !== gid) this.#changeCount++
      Object.assign(inode, { mode, uid, gid, modifiedMs })
    }
    if (inode.kind !== 'file' || found.kind !== 'file') return
    const { ino, map } = found
    const isSame = inode.sizeBytes === map.sizeBytes && inode.map !== undefined && isSameMap(inode.map, map)
    if (!isSame) this.#changeCount++
    // Attributes time out often and maps seldom move: what the kernel holds of a file may have cost it a thousand questions.
    if (isSame && inode.node === ino) return
    inode.map = map
    inode.sizeBytes = map.sizeBytes
    this.#letGo(inode)
    inode.node = ino
    this.#push(inode, map)
  }

  #forget(inode: Inode): void {
    if (inode.kind === 'directory') while (inode.children[0]) this.#forget(inode.children[0])
    this.remove(inode)
  }

  #modeOf(kind: Inode['kind'], mode: number): number {
    return kind === 'file' && this.#options.dropWriteBits ? mode & ~WRITE_BITS : mode
  }

  #staleAtMs(): number | undefined {
    const { timeoutMs } = this.#options
    return timeoutMs === undefined ? undefined : this.#options.now() + timeoutMs
  }

  /** A hot path: replay makes one for each file of the log. */
  #file(path: string, mode: number, { uid, gid, entryIndex }: { uid: number; gid: number; entryIndex: number }, map: Fmap | undefined): FileInode {
    return {
      kind: 'file',
      ino: ++this.#nextIno,
      path,
      mode,
      uid,
      gid,
      sizeBytes: map?.sizeBytes ?? 0,
      map,
      node: undefined,
      bytes: undefined,
      invalid: false,
      modifiedMs: this.#options.now(),
      entryIndex,
      pinned: false,
      staleAtMs: this.#staleAtMs(),
    }
  }

  #directory(facts: NodeFacts): DirectoryInode {
    const { path, mode, uid, gid, entryIndex } = facts
    const ino = path === '' ? ROOT_INO : ++this.#nextIno
    const modifiedMs = this.#options.now()
    return { kind: 'directory', ino, path, mode, uid, gid, children: [], modifiedMs, entryIndex, pinned: false, staleAtMs: this.#staleAtMs() }
  }

  /** @returns false where its directory doesn't exist */
  #add(inode: Inode): boolean {
    const parent = this.#parentOf(inode)
    if (!parent) return false
    const { size } = this.#inodes
    this.#inodes.set(inode.path, inode)
    assert(this.#inodes.size > size, 'a path leads to one inode')
    parent.children.push(inode)
    this.#order?.push(inode)
    return true
  }

  #detach(inode: Inode): void {
    const parent = this.#parentOf(inode)
    assert(parent, 'whatever is removed or moved has a directory')
    parent.children.splice(parent.children.indexOf(inode), 1)
    parent.modifiedMs = this.#options.now()
  }

  #parentOf(inode: Inode): DirectoryInode | undefined {
    const parent = this.#inodes.get(parentOf(inode.path))
    return parent?.kind === 'directory' ? parent : undefined
  }

  #subtree(directory: DirectoryInode): Inode[] {
    return [directory, ...directory.children.flatMap((child) => (child.kind === 'directory' ? this.#subtree(child) : [child]))]
  }
}

/** An owner is applied only where both ids are given; else it is whoever played the log, which is root. */
function applyOwner(inode: Inode): void {
  if (inode.uid !== 0 && inode.gid !== 0) return
  inode.uid = 0
  inode.gid = 0
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
