// A tree for replay to fill, without kernel or mount: what one host knows after playing the log: every node has a parent that is a directory, and a path
// leads to one node. A name that exists is left as it is, whatever the log says later.

import { normalizedPath, parentOf } from '../../src/core/base/path.ts'
import type { Played, PlayedDirectory, PlayedFile, ReplayTarget } from '../../src/core/log/replay.ts'

interface ShadowFile extends PlayedFile {
  kind: 'file'
}

interface ShadowDirectory extends PlayedDirectory {
  kind: 'directory'
  children: ShadowNode[]
}

type ShadowNode = ShadowFile | ShadowDirectory

export class ShadowTree implements ReplayTarget {
  readonly root: ShadowDirectory = { kind: 'directory', path: '', mode: 0o755, uid: 0, gid: 0, entryIndex: -1, children: [] }
  readonly #nodes = new Map<string, ShadowNode>([['', this.root]])

  /** @param path relative to the mount point, normalized; '' is the mount point */
  lookup(path: string): ShadowNode | undefined {
    return this.#nodes.get(path)
  }

  /** Files and directories but the root, in the order they were made. */
  *nodes(): Generator<ShadowNode, void, void> {
    for (const node of this.#nodes.values()) if (node !== this.root) yield node
  }

  addFile(file: PlayedFile): Played {
    const path = normalizedPath(file.path)
    if (path === undefined || path === '') return 'error'
    const there = this.#nodes.get(path)
    if (there) return there.kind === 'file' ? 'existed' : 'error'
    return this.#add(path, { kind: 'file', ...file, path })
  }

  addDirectory(directory: PlayedDirectory): Played {
    const path = normalizedPath(directory.path)
    if (path === undefined) return 'error'
    const there = this.#nodes.get(path)
    if (there) return there.kind === 'directory' ? 'existed' : 'error'
    return this.#add(path, { kind: 'directory', ...directory, path, children: [] })
  }

  #add(path: string, node: ShadowNode): Played {
    const parent = this.#nodes.get(parentOf(path))
    if (parent?.kind !== 'directory') return 'error'
    parent.children.push(node)
    this.#nodes.set(path, node)
    return 'made'
  }
}
