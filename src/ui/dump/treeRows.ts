// Files and directories of a log as a tree. A directory that has no entry of its own, but something in it, is there too;
// two entries of one path are two rows. Ten thousand of them cost a few milliseconds, once.

import type { DumpView, MediaFile } from '../../playground/types.ts'

export interface TreeNode {
  /** Unlike any other's: the path, and which of several. */
  key: string
  name: string
  path: string
  /** 1 for the top. */
  level: number
  /** Undefined for a directory that only follows from a path. */
  entryIndex: number | undefined
  /** Undefined for a directory. */
  file: MediaFile | undefined
  parent: TreeNode | undefined
  children: TreeNode[]
}

export interface TreeRow {
  node: TreeNode
  isOpen: boolean
  /** Among its siblings, from 1, and how many they are. */
  position: number
  siblingCount: number
}

/** Up to here a tree starts with everything open. */
const OPEN_MOST = 200

export function treeOf(files: readonly MediaFile[], directories: DumpView['directories']): TreeNode[] {
  const roots: TreeNode[] = []
  const known = new Map<string, TreeNode>()
  const directoryAt = (parts: readonly string[]): TreeNode | undefined => {
    if (parts.length === 0) return undefined
    const path = parts.join('/')
    const found = known.get(path)
    if (found) return found
    const made = add(parts, undefined, undefined)
    known.set(path, made)
    return made
  }
  const add = (parts: readonly string[], entryIndex: number | undefined, file: MediaFile | undefined): TreeNode => {
    const parent = directoryAt(parts.slice(0, -1))
    const path = parts.join('/')
    const node: TreeNode = { key: entryIndex === undefined ? path : `${entryIndex} ${path}`, name: parts.at(-1) ?? '', path, level: (parent?.level ?? 0) + 1, entryIndex, file, parent, children: [] }
    const siblings = parent?.children ?? roots
    siblings.push(node)
    return node
  }
  for (const { entryIndex, path } of directories) {
    const parts = partsOf(path)
    const found = known.get(parts.join('/'))
    if (found && found.entryIndex === undefined) found.entryIndex = entryIndex
    else if (found) add(parts, entryIndex, undefined)
    else known.set(parts.join('/'), add(parts, entryIndex, undefined))
  }
  for (const file of files) add(partsOf(file.path), file.entryIndex, file)
  sortDeep(roots)
  return roots
}

/** Keys of the directories that are open before anyone has chosen. */
export function openAtFirst(roots: readonly TreeNode[]): ReadonlySet<string> {
  const keys: string[] = []
  let count = 0
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const { key, file, children } of nodes) {
      count += 1
      if (!file) keys.push(key)
      walk(children)
    }
  }
  walk(roots)
  return new Set(count <= OPEN_MOST ? keys : [])
}

/** What shows, in order. */
export function rowsOf(roots: readonly TreeNode[], open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const [i, node] of nodes.entries()) {
      const isOpen = !node.file && open.has(node.key)
      rows.push({ node, isOpen, position: i + 1, siblingCount: nodes.length })
      if (isOpen) walk(node.children)
    }
  }
  walk(roots)
  return rows
}

/** The next row, after the current one and around, whose name begins with the letter. */
export function rowByLetter(rows: readonly TreeRow[], current: number, letter: string): number | undefined {
  const wanted = letter.toLowerCase()
  for (let step = 1; step <= rows.length; step++) {
    const at = (current + step) % rows.length
    if (rows[at]?.node.name.toLowerCase().startsWith(wanted)) return at
  }
  return undefined
}

/** Never empty: a path of nothing but slashes is one part without letters. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.length === 0 ? [''] : parts
}

/** Directories first, then by name, as most tools list them. */
function sortDeep(nodes: TreeNode[]): void {
  nodes.sort((a, b) => Number(a.file !== undefined) - Number(b.file !== undefined) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const { children } of nodes) if (children.length > 0) sortDeep(children)
}
