// A host's own file system, in memory: nodes, and the directories that name them. It keeps counts, times and the budget
// right and knows nothing of paths with links, of callers or of permissions. Whoever removes a node keeps it while it is open.

import { assert } from '../base/assert.ts'
import type { Result } from '../base/result.ts'
import { type Budget, RootFileBytes } from './rootFileBytes.ts'
import { partsOf } from './pathText.ts'

/** Parts of the tree that Linux mounts separately: nothing is linked or renamed from one to another. */
export type FsType = 'rootfs' | 'devtmpfs' | 'proc' | 'sysfs'

interface Owned {
  mode: number
  uid: number
  gid: number
}

interface NodeFacts extends Owned {
  ino: number
  modifiedMs: number
  linkCount: number
  fsType: FsType
}

export interface FileNode extends NodeFacts {
  kind: 'file'
  bytes: RootFileBytes
  openCount: number
}

/** A file whose text is made when someone opens it. */
export interface GeneratedNode extends NodeFacts {
  kind: 'generated'
  text: () => string
  /** What is done with text that someone writes; undefined where nobody may. */
  put: ((text: string) => Result<undefined>) | undefined
}

export interface DirectoryNode extends NodeFacts {
  kind: 'directory'
  entries: Map<string, RootNode>
}

interface SymlinkNode extends NodeFacts {
  kind: 'symlink'
  target: () => string
}

interface DeviceNode extends NodeFacts {
  kind: 'device'
  rdev: [number, number]
}

interface SocketNode extends NodeFacts {
  kind: 'socket'
  /** What whoever listens answers to a whole request. */
  answer: (request: string) => string
}

export type RootNode = FileNode | GeneratedNode | DirectoryNode | SymlinkNode | DeviceNode | SocketNode

const DEFAULT_LIMIT_BYTES = 1024 * 1024 * 1024
const SETGID = 0o2000
const LINK_MODE = 0o777

export class RootFs {
  readonly root: DirectoryNode
  readonly budget: Budget
  readonly #now: () => number
  #nextIno = 1

  constructor(now: () => number, limitBytes = DEFAULT_LIMIT_BYTES) {
    this.#now = now
    this.budget = { usedBytes: 0, limitBytes }
    this.root = { kind: 'directory', entries: new Map(), ...this.#facts({ mode: 0o755, uid: 0, gid: 0 }, 'rootfs'), linkCount: 2 }
  }

  addFile(directory: DirectoryNode, name: string, owned: Owned): FileNode {
    return this.#put(directory, name, { kind: 'file', bytes: new RootFileBytes(this.budget), openCount: 0, ...this.#inherited(directory, owned) })
  }

  addGenerated(directory: DirectoryNode, name: string, text: () => string, put?: GeneratedNode['put']): GeneratedNode {
    const mode = put ? 0o644 : 0o444
    return this.#put(directory, name, { kind: 'generated', text, put, ...this.#inherited(directory, { mode, uid: 0, gid: 0 }) })
  }

  addDirectory(directory: DirectoryNode, name: string, owned: Owned, fsType = directory.fsType): DirectoryNode {
    const facts = this.#inherited(directory, owned)
    const mode = facts.mode | (directory.mode & SETGID)
    return this.#put(directory, name, { kind: 'directory', entries: new Map(), ...facts, mode, fsType, linkCount: 1 })
  }

  addSymlink(directory: DirectoryNode, name: string, target: () => string, owner: { uid: number; gid: number } = { uid: 0, gid: 0 }): SymlinkNode {
    return this.#put(directory, name, { kind: 'symlink', target, ...this.#inherited(directory, { ...owner, mode: LINK_MODE }) })
  }

  addDevice(directory: DirectoryNode, name: string, rdev: [number, number], owned: Owned): DeviceNode {
    return this.#put(directory, name, { kind: 'device', rdev, ...this.#inherited(directory, owned) })
  }

  addSocket(directory: DirectoryNode, name: string, answer: (request: string) => string, owned: Owned): SocketNode {
    return this.#put(directory, name, { kind: 'socket', answer, ...this.#inherited(directory, owned) })
  }

  /** One more name for a node that isn't a directory. */
  link(directory: DirectoryNode, name: string, node: RootNode): void {
    assert(node.kind !== 'directory', 'a directory has one name')
    this.#put(directory, name, node)
  }

  /** Takes a name away; the node goes with its last one. A directory is empty. */
  remove(directory: DirectoryNode, name: string): void {
    const node = directory.entries.get(name)
    assert(node && (node.kind !== 'directory' || node.entries.size === 0), 'what is removed is there, and empty if it is a directory')
    this.#take(directory, name, node)
    if (node.kind === 'directory') node.linkCount = 0
    this.#reap(node)
  }

  /** Whatever has the new name is removed first. */
  move(from: DirectoryNode, name: string, to: DirectoryNode, newName: string): void {
    const node = from.entries.get(name)
    assert(node, 'what is moved is there')
    if (to.entries.has(newName)) this.remove(to, newName)
    this.#take(from, name, node)
    this.#put(to, newName, node)
  }

  opened(node: FileNode): void {
    node.openCount++
  }

  closed(node: FileNode): void {
    node.openCount--
    this.#reap(node)
  }

  touch(node: RootNode): void {
    node.modifiedMs = this.#now()
  }

  /** @param path canonical, in this file system alone */
  find(path: string): RootNode | undefined {
    let node: RootNode | undefined = this.root
    for (const part of partsOf(path)) node = node?.kind === 'directory' ? node.entries.get(part) : undefined
    return node
  }

  /** Makes the levels that are missing. @param path canonical */
  ensureDirectory(path: string, mode = 0o755): DirectoryNode {
    let here: DirectoryNode = this.root
    for (const part of partsOf(path)) {
      const there = here.entries.get(part)
      const next: RootNode = there ?? this.addDirectory(here, part, { mode, uid: 0, gid: 0 })
      assert(next.kind === 'directory', 'only directories are on the way')
      here = next
    }
    return here
  }

  /** Removes a directory with all that is in it. */
  removeTree(directory: DirectoryNode, name: string): void {
    const node = directory.entries.get(name)
    if (node?.kind === 'directory') for (const child of node.entries.keys()) this.removeTree(node, child)
    if (node) this.remove(directory, name)
  }

  #inherited(directory: DirectoryNode, owned: Owned): NodeFacts {
    const gid = directory.mode & SETGID ? directory.gid : owned.gid
    return this.#facts({ ...owned, gid }, directory.fsType)
  }

  #facts({ mode, uid, gid }: Owned, fsType: FsType): NodeFacts {
    return { ino: this.#nextIno++, mode, uid, gid, modifiedMs: this.#now(), linkCount: 0, fsType }
  }

  #put<N extends RootNode>(directory: DirectoryNode, name: string, node: N): N {
    assert(!directory.entries.has(name), 'a name is given once')
    directory.entries.set(name, node)
    node.linkCount++
    if (node.kind === 'directory') directory.linkCount++
    this.touch(directory)
    return node
  }

  #take(directory: DirectoryNode, name: string, node: RootNode): void {
    directory.entries.delete(name)
    node.linkCount--
    if (node.kind === 'directory') directory.linkCount--
    this.touch(directory)
  }

  /** A file without names that nobody has open gives its space back. */
  #reap(node: RootNode): void {
    if (node.kind === 'file' && node.linkCount === 0 && node.openCount === 0) node.bytes.truncate(0)
  }
}
