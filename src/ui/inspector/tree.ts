// The device as a tree: what it is made of, in the order of the device. Nothing is made for what isn't open, and a row is
// found without walking the rows before it: 15,420 log entries cost as much as two.

import { SUPERBLOCK_REGION_BYTES } from '../../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../core/omf/log.ts'
import { Superblock } from '../../core/omf/superblock.ts'
import { deviceWords } from '../../playground/spoken.ts'
import type { Extent, MediaFile, Snapshot } from '../../playground/types.ts'
import { briefPlace, deviceAt, entryOffset, logOffsetOf } from '../addresses.ts'
import { countText, sizeText } from '../format.ts'
import { partAt } from '../map/levels.ts'
import { partsOf } from '../map/model.ts'
import { mediaIndex } from '../mediaIndex.ts'
import { placeAt } from '../overlay.ts'
import { freeOf, pieceAt } from './pieces.ts'

/** Groups that are longer than this are shut at first. */
const OPEN_MOST = 24

export interface TreeNode {
  key: string
  level: number
  title: string
  /** Its address, or what it holds. */
  note: string
  startBytes: number
  lengthBytes: number
  childCount: number
  /** Among its siblings, from 0. */
  position: number
  siblingCount: number
  /** Of a file and its pieces. */
  file: MediaFile | undefined
}

type RootKind = 'superblock' | 'rest' | 'header' | 'entries' | 'slots' | 'files' | 'devices' | 'free' | 'unknown'

interface Root {
  kind: RootKind
  title: string
  note: string
  startBytes: number
  lengthBytes: number
  childCount: number
}

export interface Tree {
  snapshot: Snapshot
  roots: readonly Root[]
  gaps: readonly Extent[]
}

export function treeOf(snapshot: Snapshot): Tree {
  const { device: { filesystem, sizeBytes, devices }, files } = snapshot
  const logOffset = logOffsetOf(snapshot)
  const root = (kind: RootKind, title: string, startBytes: number, lengthBytes: number, childCount = 0, note = briefPlace(devices, startBytes)): Root =>
    ({ kind, title, note, startBytes, lengthBytes, childCount })
  const roots = [
    root('superblock', 'Superblock', 0, Superblock.sizeBytes),
    root('rest', 'Rest of its region', Superblock.sizeBytes, SUPERBLOCK_REGION_BYTES - Superblock.sizeBytes),
    root('header', 'Log header', logOffset, LOG_HEADER_BYTES),
  ]
  if (!filesystem) {
    const behind = logOffset + LOG_HEADER_BYTES
    roots.push(root('unknown', 'No file system', behind, Math.max(1, sizeBytes - behind)))
    return { snapshot, roots, gaps: [] }
  }
  const { entryCount, slotCount, logLengthBytes } = filesystem
  const logEnd = logOffset + logLengthBytes
  const freeSlots = entryOffset(snapshot, entryCount)
  const { gaps, totalBytes } = freeOf(snapshot)
  const firstFile = files[0]?.extents[0]?.offsetBytes ?? logEnd
  roots.push(root('entries', `Log entries (${countText(entryCount)})`, entryOffset(snapshot, 0), Math.max(1, entryCount * LOG_ENTRY_BYTES), entryCount))
  if (slotCount > entryCount) roots.push(root('slots', `Free slots (${countText(slotCount - entryCount)})`, freeSlots, logEnd - freeSlots))
  if (files.length > 0) roots.push(root('files', `File data (${countText(files.length)})`, firstFile, 1, files.length))
  const [, second] = devices
  if (second) roots.push(root('devices', `Other devices (${devices.length - 1})`, second.baseBytes, Superblock.sizeBytes, devices.length - 1))
  if (gaps[0]) roots.push(root('free', gaps.length > 1 ? `Free space (${countText(gaps.length)})` : 'Free space', gaps[0].offsetBytes, gaps[0].lengthBytes, gaps.length > 1 ? gaps.length : 0, sizeText(totalBytes)))
  return { snapshot, roots, gaps }
}

export function openAtFirst({ roots }: Tree): ReadonlySet<string> {
  return new Set(roots.filter((root) => root.childCount > 0 && root.childCount <= OPEN_MOST).map((root) => root.kind))
}

/** Undefined for what isn't there (any more). */
export function nodeOf(tree: Tree, key: string): TreeNode | undefined {
  const [kind = '', first, second] = key.split(':')
  const rootAt = tree.roots.findIndex((root) => root.kind === kind)
  const root = tree.roots[rootAt]
  if (!root) return undefined
  if (first === undefined) return { ...root, key, level: 1, position: rootAt, siblingCount: tree.roots.length, file: undefined }
  const position = Number(first)
  if (!(position < root.childCount)) return undefined
  const child = { key, level: 2, position, siblingCount: root.childCount }
  if (kind === 'entries') return { ...child, ...entryNode(tree, position) }
  if (kind === 'free') return { ...child, ...gapNode(tree, position) }
  if (kind === 'devices') return { ...child, ...deviceNode(tree, position) }
  const file = tree.snapshot.files[position]
  if (!file) return undefined
  const childCount = file.extents.length > 1 ? file.extents.length : 0
  const [only] = file.extents
  if (second === undefined) {
    return { ...child, title: file.path, note: sizeText(file.sizeBytes), startBytes: only?.offsetBytes ?? 0, lengthBytes: only?.lengthBytes ?? 1, childCount, file }
  }
  const extent = file.extents[Number(second)]
  if (!extent || childCount === 0) return undefined
  const title = `${file.chunkBytes === undefined ? 'Extent' : 'Strip'} ${second}`
  return {
    key, level: 3, position: Number(second), siblingCount: childCount, title, note: briefPlace(tree.snapshot.device.devices, extent.offsetBytes),
    startBytes: extent.offsetBytes, lengthBytes: extent.lengthBytes, childCount: 0, file,
  }
}

function entryNode({ snapshot }: Tree, index: number) {
  const { devices } = snapshot.device
  const file = mediaIndex(snapshot.files).byEntry.get(index)
  const added = devices.find(({ entryIndex }) => entryIndex === index)
  const startBytes = entryOffset(snapshot, index)
  return { title: `Entry ${index}${file ? ` ${file.path}` : added ? ` adds ${deviceWords(added)} ${added.name}` : ''}`, note: briefPlace(devices, startBytes), startBytes, lengthBytes: LOG_ENTRY_BYTES, childCount: 0, file }
}

function gapNode({ gaps, snapshot }: Tree, index: number) {
  const { offsetBytes = 0, lengthBytes = 1 } = gaps[index] ?? {}
  const on = deviceAt(snapshot.device.devices, offsetBytes)
  return { title: `${sizeText(lengthBytes)}${on ? ` on ${deviceWords(on)}` : ''}`, note: briefPlace(snapshot.device.devices, offsetBytes), startBytes: offsetBytes, lengthBytes, childCount: 0, file: undefined }
}

/** What stands first on a device. */
function deviceNode({ snapshot }: Tree, index: number) {
  const { fsDevindex, name = '', sizeBytes = 0, baseBytes = 0 } = snapshot.device.devices[index + 1] ?? {}
  return { title: fsDevindex === undefined ? `${name}, in no file system` : `Device ${fsDevindex} ${name}`, note: sizeText(sizeBytes), startBytes: baseBytes, lengthBytes: Superblock.sizeBytes, childCount: 0, file: undefined }
}

export function parentOf(key: string): string | undefined {
  const colon = key.lastIndexOf(':')
  return colon < 0 ? undefined : key.slice(0, colon)
}

/** The deepest node that holds the byte. */
export function keyAt({ snapshot, gaps }: Tree, offsetBytes: number): string {
  const { filesystem } = snapshot.device
  const place = placeAt(snapshot, offsetBytes)
  const parts = partsOf(snapshot)
  const on = filesystem && partAt(parts, offsetBytes)
  if (on && on.startBytes > 0 && (on.role === 'other' || offsetBytes < on.reservedEndBytes)) return `devices:${parts.indexOf(on) - 1}`
  if (place.kind === 'superblock') return 'superblock'
  if (place.kind === 'log_header') return 'header'
  if (offsetBytes < logOffsetOf(snapshot)) return 'rest'
  if (!filesystem) return 'unknown'
  if (place.kind === 'log_entry' && (place.entryIndex ?? 0) < filesystem.entryCount) return `entries:${place.entryIndex}`
  if (offsetBytes < logOffsetOf(snapshot) + filesystem.logLengthBytes) return 'slots'
  const piece = pieceAt(snapshot, offsetBytes)
  if (piece) return piece.file.extents.length > 1 ? `files:${piece.position}:${piece.index}` : `files:${piece.position}`
  if (gaps.length < 2) return 'free'
  return `free:${Math.max(0, gaps.findLastIndex((gap) => gap.offsetBytes <= offsetBytes))}`
}

/** The next row, after the current one and around, whose title begins with the letter. */
export function rowNamed(tree: Tree, rows: Rows, letter: string, from: number): string | undefined {
  const wanted = letter.toLowerCase()
  for (let i = 1; i <= rows.count; i++) {
    const key = rows.keyAt((from + i) % rows.count)
    if (key !== undefined && firstLetter(tree, key) === wanted) return key
  }
  return undefined
}

/** Of thousands of rows: no node is made for its title's sake. */
function firstLetter(tree: Tree, key: string): string {
  const colon = key.indexOf(':')
  const title = key.startsWith('entries:') ? 'Entry' : key.startsWith('files:') && key.indexOf(':', colon + 1) < 0 ? tree.snapshot.files[Number(key.slice(colon + 1))]?.path : nodeOf(tree, key)?.title
  return title?.charAt(0).toLowerCase() ?? ''
}

/** The rows that show: the roots, and what is in those that are open. */
export interface Rows {
  count: number
  keyAt: (row: number) => string | undefined
  /** Undefined while something that it is in is shut. */
  rowOf: (key: string) => number | undefined
  /** The node itself, or what it is in and shows. */
  shownFor: (key: string) => string
}

export function rowsOf(tree: Tree, open: ReadonlySet<string>): Rows {
  const unfolded = [...open].flatMap((key) => {
    const node = key.startsWith('files:') ? nodeOf(tree, key) : undefined
    return node && node.childCount > 0 && node.level === 2 ? [node] : []
  }).sort((a, b) => a.position - b.position)
  const unfoldedCount = unfolded.reduce((sum, node) => sum + node.childCount, 0)
  const starts: number[] = []
  let count = 0
  for (const root of tree.roots) {
    starts.push(count)
    count += 1 + (open.has(root.kind) ? root.childCount + (root.kind === 'files' ? unfoldedCount : 0) : 0)
  }
  const rowOf = (key: string): number | undefined => {
    const node = nodeOf(tree, key)
    const [kind = '', first] = key.split(':')
    const start = starts[tree.roots.findIndex((root) => root.kind === kind)]
    if (!node || start === undefined) return undefined
    if (first === undefined) return start
    if (!open.has(kind)) return undefined
    const before = unfolded.reduce((sum, each) => sum + (kind === 'files' && each.position < Number(first) ? each.childCount : 0), 0)
    const row = start + 1 + Number(first) + before
    if (node.level === 2) return row
    return open.has(`${kind}:${first}`) ? row + 1 + node.position : undefined
  }
  return {
    count,
    rowOf,
    shownFor(key) {
      let shown = key
      for (let up = parentOf(shown); up !== undefined && rowOf(shown) === undefined; up = parentOf(shown)) shown = up
      return shown
    },
    keyAt(row) {
      const at = starts.findLastIndex((start) => start <= row)
      const root = tree.roots[at]
      if (!root || row >= count || row < 0) return undefined
      let rest = row - (starts[at] ?? 0) - 1
      if (rest < 0) return root.kind
      if (root.kind !== 'files') return `${root.kind}:${rest}`
      for (const node of unfolded) {
        if (rest <= node.position) break
        if (rest <= node.position + node.childCount) return `${node.key}:${rest - node.position - 1}`
        rest -= node.childCount
      }
      return `files:${rest}`
    },
  }
}
