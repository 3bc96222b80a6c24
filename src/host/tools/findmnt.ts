// findmnt: the mount table, filtered and in columns. Exit 1 where nothing matches, which is what scripts ask for. A tree by
// default; a list as soon as something filters.

import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import type { MountEntry } from '../../core/machine/systemTypes.ts'
import { type Given, has, valueOf } from './getopt.ts'
import { humanSize, table } from './numbers.ts'
import { absolutePath } from './paths.ts'
import { type Call, tool } from './tool.ts'
import { mountOf, type Usage, usageOf } from './usage.ts'

const COLUMNS = ['SOURCE', 'TARGET', 'FSTYPE', 'OPTIONS', 'VFS-OPTIONS', 'FS-OPTIONS', 'MAJ:MIN', 'SIZE', 'USED', 'AVAIL', 'USE%', 'ID', 'PROPAGATION'] as const
type Column = (typeof COLUMNS)[number]
const DEFAULT: readonly Column[] = ['TARGET', 'SOURCE', 'FSTYPE', 'OPTIONS']
const RIGHT: ReadonlySet<Column> = new Set(['SIZE', 'USED', 'AVAIL', 'USE%'])

export const findmnt = tool({
  short: 'rnt:S:T:M:o:lJPfaDkmsievb',
  long: {
    raw: 'r', noheadings: 'n', types: 't:', source: 'S:', target: 'T:', mountpoint: 'M:', output: 'o:', list: 'l', json: 'J', pairs: 'P',
    'first-only': 'f', ascii: 'a', df: 'D', kernel: 'k', mtab: 'm', invert: 'i', bytes: 'b', evaluate: 'e', notruncate: 'u', 'output-all': 'all',
  },
  most: 2,
  help: 'findmnt [-rnlJPfi] [-t TYPE] [-S SOURCE] [-T PATH] [-M MOUNTPOINT] [-o COLUMN,...] [DEVICE|MOUNTPOINT]: shows what is mounted. -t famfs shows standalone mounts, -T the mount that a path is in, -n leaves the headings out, -r is for scripts. Exit code 1: nothing matches.',
}, function* run(call) {
  const { given, io, voice } = call
  const columns = columnsOf(given)
  const unknown = columns.find((name) => !(COLUMNS as readonly string[]).includes(name))
  if (unknown !== undefined) {
    voice.say(`unknown column: ${unknown}`)
    return 1
  }
  const all = io.system.mountTable()
  const kept = all.filter((entry) => matches(entry, call) !== has(given, 'i'))
  const entries = has(given, 'f') ? kept.slice(0, 1) : kept
  if (entries.length === 0) return 1
  const rows = yield* rowsOf(call, entries, columns as Column[])
  const isTree = entries.length === all.length && columns.includes('TARGET') && !has(given, 'r', 'l', 'J', 'P', 'D')
  io.out(textOf(given, columns as Column[], isTree ? asTree(rows, entries, columns.indexOf('TARGET')) : rows))
  return 0
})

function columnsOf(given: Given): string[] {
  const named = valueOf(given, 'o')
  if (has(given, 'all')) return [...COLUMNS]
  if (named === undefined) return has(given, 'D') ? ['SOURCE', 'FSTYPE', 'SIZE', 'USED', 'AVAIL', 'USE%', 'TARGET'] : [...DEFAULT]
  const words = named.replace(/^\+/, '').toUpperCase().split(',')
  return named.startsWith('+') ? [...DEFAULT, ...words] : words
}

function matches(entry: MountEntry, { given, io }: Call): boolean {
  const types = valueOf(given, 't')
  if (types !== undefined && !typeMatches(entry.type, types)) return false
  const source = valueOf(given, 'S')
  if (source !== undefined && !isSource(entry, source)) return false
  const point = valueOf(given, 'M')
  if (point !== undefined && absolutePath(point, io.caller) !== entry.target) return false
  const inside = valueOf(given, 'T')
  if (inside !== undefined && targetOf(inside, { io }) !== entry.target) return false
  const [first, second] = given.operands
  if (first === undefined) return true
  if (second !== undefined) return isSource(entry, first) && absolutePath(second, io.caller) === entry.target
  return isSource(entry, first) || absolutePath(first, io.caller) === entry.target
}

function targetOf(path: string, { io }: Pick<Call, 'io'>): string | undefined {
  const real = io.system.realpath(path, io.caller)
  return real.ok ? mountOf(real.value, io).target : undefined
}

function isSource({ source }: MountEntry, wanted: string): boolean {
  return source === wanted
}

/** "famfs,fuse", or "nofamfs" for all others. */
function typeMatches(type: string, wanted: string): boolean {
  const inverse = wanted.startsWith('no')
  const types = wanted.split(',').map((word) => (inverse ? word.replace(/^no/, '') : word))
  return types.includes(type) !== inverse
}

function* rowsOf({ given, io }: Call, entries: readonly MountEntry[], columns: readonly Column[]): Task<string[][]> {
  const all = io.system.mountTable()
  const counts = columns.some((column) => RIGHT.has(column))
  const rows: string[][] = []
  for (const entry of entries) {
    const usage = counts ? yield* usageOf(entry, io) : undefined
    const number = all.findIndex(({ target }) => target === entry.target)
    rows.push(columns.map((column) => cellOf(column, entry, number, usage, has(given, 'b'))))
    if (rows.length % PIECE_ENTRIES === 0) yield { doneCount: rows.length, totalCount: entries.length, unit: 'entries' }
  }
  return rows
}

function cellOf(column: Column, entry: MountEntry, number: number, usage: Usage | undefined, inBytes: boolean): string {
  const { totalBytes = 0, usedBytes = 0, availableBytes = 0 } = usage ?? {}
  const size = (bytes: number): string => (totalBytes === 0 ? '0' : inBytes ? String(bytes) : humanSize(bytes))
  switch (column) {
    case 'SOURCE': return entry.source
    case 'TARGET': return entry.target
    case 'FSTYPE': return entry.type
    case 'OPTIONS': case 'VFS-OPTIONS': return entry.options.join(',')
    case 'FS-OPTIONS': return entry.options[0] ?? 'rw'
    case 'MAJ:MIN': return `0:${20 + number}`
    case 'SIZE': return size(totalBytes)
    case 'USED': return size(usedBytes)
    case 'AVAIL': return size(availableBytes)
    case 'USE%': return totalBytes === 0 ? '-' : `${Math.ceil((usedBytes / totalBytes) * 100)}%`
    case 'ID': return String(21 + number)
    case 'PROPAGATION': return 'private'
  }
}

function asTree(rows: readonly string[][], entries: readonly MountEntry[], column: number): string[][] {
  const below = entries.filter(({ target }) => target !== '/')
  const parentOf = ({ target }: MountEntry): string => below
    .map((other) => other.target)
    .filter((other) => target.startsWith(`${other}/`))
    .sort((a, b) => b.length - a.length)[0] ?? '/'
  const result: string[][] = []
  const add = (entry: MountEntry, lead: string, branch: string): void => {
    const row = [...(rows[entries.indexOf(entry)] ?? [])]
    row[column] = lead + branch + entry.target
    result.push(row)
    const children = below.filter((other) => parentOf(other) === entry.target)
    const next = lead + (branch === '' ? '' : branch === '└─' ? '  ' : '│ ')
    children.forEach((child, i) => add(child, next, i === children.length - 1 ? '└─' : '├─'))
  }
  for (const entry of entries) if (entry.target === '/') add(entry, '', '')
  return result
}

function textOf(given: Given, columns: readonly Column[], rows: readonly string[][]): string {
  if (has(given, 'J')) {
    const filesystems = rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i]?.toLowerCase() ?? '', cell])))
    return `${JSON.stringify({ filesystems }, undefined, 3)}\n`
  }
  if (has(given, 'P')) return rows.map((row) => `${row.map((cell, i) => `${columns[i]}="${cell}"`).join(' ')}\n`).join('')
  const all = has(given, 'n') ? rows : [columns, ...rows]
  if (has(given, 'r')) return all.map((row) => `${row.map((cell) => cell.replace(/[\s\\]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`)).join(' ')}\n`).join('')
  return table(all, new Set(columns.flatMap((column, i) => (RIGHT.has(column) ? [i] : []))))
}
