// The daemon of a fuse mount: it answers a kernel's lookups from the shadow tree, where a directory is a directory and a
// small YAML file stands for each famfs file. What isn't in the tree doesn't exist; a file with bad YAML can't be looked up.

import { textOf } from '../base/plain.ts'
import { type Fmap, piecesOf } from '../fmap/fmap.ts'
import { type WideMap, wideOf } from '../fmap/wide.ts'
import { parseShadowYaml, SHADOW_MOST_BYTES } from './daemonYaml.ts'

interface ShadowStat {
  kind: string
  ino: number
  mode: number
  uid: number
  gid: number
  modifiedMs: number
}

/** The host's own files, as the daemon reads them. Paths are absolute. */
export interface ShadowFiles {
  stat(path: string): ShadowStat | undefined
  /** At most so many bytes from its start. */
  read(path: string, mostBytes: number): Uint8Array<ArrayBuffer> | undefined
  list(path: string): { name: string; kind: string }[] | undefined
}

const DEVINDEX_MOST = 0xffff_ffff

type Answer =
  | { kind: 'file'; ino: number; mode: number; uid: number; gid: number; modifiedMs: number; map: Fmap }
  | { kind: 'directory'; ino: number; mode: number; uid: number; gid: number; modifiedMs: number }

interface CacheCounts {
  searchCount: number
  scannedCount: number
  failedCount: number
}

export class ShadowDaemon {
  readonly #files: ShadowFiles
  readonly #root: string
  readonly #log: (line: string) => void
  /** Inode numbers that were given out, by path: what the real daemon keeps until the kernel forgets them. */
  readonly #given = new Map<string, number>()
  readonly #paths = new Map<number, string>()
  readonly #counts: CacheCounts = { searchCount: 0, scannedCount: 0, failedCount: 0 }

  /** @param root the directory that stands for the mount point; @param log where trouble with a shadow file is told */
  constructor(files: ShadowFiles, root: string, log: (line: string) => void) {
    this.#files = files
    this.#root = root
    this.#log = log
  }

  get counts(): Readonly<CacheCounts> {
    return this.#counts
  }

  /** @param path relative to the mount point, normalized */
  lookup(path: string): Answer | undefined {
    this.#counts.searchCount++
    if (this.#given.has(path)) this.#counts.scannedCount++
    else this.#counts.failedCount++
    const answer = this.#answer(path)
    const before = this.#given.get(path)
    if (before !== undefined && this.#paths.get(before) === path) this.#paths.delete(before)
    if (answer) {
      this.#given.set(path, answer.ino)
      this.#paths.set(answer.ino, path)
    } else this.#given.delete(path)
    return answer
  }

  /** As the shadow file says now; undefined for a number that wasn't given out, or that is of another file by now. */
  map(node: number): WideMap | undefined {
    const path = this.#paths.get(node)
    const answer = path === undefined ? undefined : this.#answer(path)
    if (answer?.kind !== 'file' || answer.ino !== node) return undefined
    // A larger index would come out as another device.
    return piecesOf(answer.map).some(({ devindex }) => devindex > DEVINDEX_MOST) ? undefined : wideOf(answer.map)
  }

  list(path: string): string[] | undefined {
    return this.#files.list(this.#at(path))?.filter(({ kind }) => kind === 'file' || kind === 'directory').map(({ name }) => name)
  }

  /** One line for each inode that was given out. */
  dump(): string[] {
    return [...this.#given].map(([path, ino]) => `icache: ino ${ino} /${path}`)
  }

  #answer(path: string): Answer | undefined {
    const stat = this.#files.stat(this.#at(path))
    if (!stat) return undefined
    const { ino, modifiedMs, mode, uid, gid } = stat
    if (stat.kind === 'directory') return { kind: 'directory', ino, mode, uid, gid, modifiedMs }
    if (stat.kind !== 'file') return undefined
    const bytes = this.#files.read(this.#at(path), SHADOW_MOST_BYTES)
    if (!bytes) return undefined
    const file = parseShadowYaml(textOf(bytes), path)
    if (!file.ok) {
      this.#log(`famfs_fused: ${file.failure.says}`)
      return undefined
    }
    return { kind: 'file', ino, modifiedMs, mode: file.value.mode, uid: file.value.uid, gid: file.value.gid, map: file.value.map }
  }

  #at(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`
  }
}
