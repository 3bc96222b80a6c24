// ls: one name a line unless -C asks for columns, since a tool here doesn't know whether a person or a pipe reads. Names are in
// byte order. Control characters in names never reach a terminal as they are.

import { ok, type Result } from '../../core/base/result.ts'
import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import type { NodeStat } from '../../core/machine/systemTypes.ts'
import { type Given, has, lastOf, valueOf } from './getopt.ts'
import { modeWord, type Names, namesOf, shortTime } from './names.ts'
import { humanSize, table } from './numbers.ts'
import { joined } from './paths.ts'
import { tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import type { Voice } from './voice.ts'

const TROUBLE = 2
const DEFAULT_COLUMNS = 80

interface Entry {
  name: string
  path: string
  stat: NodeStat
  /** What a link holds. */
  target?: string
}

interface Lister {
  io: ToolIo
  voice: Voice
  given: Given
  names: Names
  colour: boolean
  exitCode: number
  /** Something was printed, so a blank line comes before the next directory. */
  begun: boolean
}

export const ls = tool({
  short: 'aAlhR1CdintSrFpgoUkqQLHGsxcuv',
  long: { all: 'a', 'almost-all': 'A', 'human-readable': 'h', recursive: 'R', directory: 'd', inode: 'i', 'numeric-uid-gid': 'n', reverse: 'r', classify: 'F', color: 'color?', colour: 'color?', dereference: 'L', 'no-group': 'G', sort: 'sort:', 'quote-name': 'Q', size: 's', 'full-time': 'full' },
  usageExit: TROUBLE,
  help: 'ls [-aAlhR1CdintSrFs] [--color] [FILE...]: lists directories; -a shows hidden names, -l mode, owner, size and time, -h sizes for people, -R the whole tree, -d directories themselves, -i inodes, -n numbers for owners, -t by time, -S by size, -r the other way round, -F marks kinds.',
}, function* run({ given, io, voice }) {
  const colour = has(given, 'color') && !/^(never|no|none|auto|tty|if-tty)$/.test(valueOf(given, 'color') ?? '')
  const lister: Lister = { io, voice, given, names: namesOf(io), colour, exitCode: 0, begun: false }
  const operands = given.operands.length > 0 ? given.operands : ['.']
  const files: Entry[] = []
  const directories: string[] = []
  for (const path of operands) {
    const follows = has(given, 'L', 'H') || !has(given, 'l', 'd', 'F')
    const looked = lookAt(path, follows, io)
    if (!looked.ok) {
      voice.fail(`cannot access '${path}'`, looked.failure, path)
      lister.exitCode = TROUBLE
    } else if (looked.value.kind === 'directory' && !has(given, 'd')) directories.push(path)
    else files.push(entryOf(path, path, looked.value, io))
  }
  if (files.length > 0) show(lister, sorted(files, given), false)
  const titled = operands.length > 1 || has(given, 'R')
  for (const path of directories.toSorted()) yield* listDirectory(lister, path, titled, true)
  return lister.exitCode
})

/** A link that leads nowhere is shown itself. */
function lookAt(path: string, follows: boolean, { system, caller }: ToolIo): Result<NodeStat> {
  const followed = follows ? system.stat(path, caller) : undefined
  return followed?.ok ? followed : system.lstat(path, caller)
}

function entryOf(name: string, path: string, stat: NodeStat, { system, caller }: ToolIo): Entry {
  const target = stat.kind === 'symlink' ? system.readlink(path, caller) : undefined
  return { name, path, stat, ...(target?.ok ? { target: target.value } : {}) }
}

function* listDirectory(lister: Lister, path: string, titled: boolean, isOperand: boolean): Task<void> {
  const { io, voice, given } = lister
  const read = yield* entriesOf(lister, path)
  if (!read.ok) {
    voice.fail(`cannot open directory '${path}'`, read.failure, path)
    lister.exitCode = isOperand ? TROUBLE : Math.max(1, lister.exitCode)
    return
  }
  if (titled) io.out(`${lister.begun ? '\n' : ''}${quoted(path)}:\n`)
  lister.begun = true
  const entries = sorted(read.value, given)
  show(lister, entries, true)
  if (!has(given, 'R')) return
  for (const { name, path: below, stat } of entries) {
    if (stat.kind === 'directory' && name !== '.' && name !== '..') yield* listDirectory(lister, below, true, false)
  }
}

function* entriesOf({ io, voice, given }: Lister, path: string): Task<Result<Entry[]>> {
  const { system, caller } = io
  const listed = system.readdir(path, caller)
  if (!listed.ok) return listed
  const all = lastOf(given, 'a', 'A')
  const names = listed.value.map(({ name }) => name).filter((name) => all !== undefined || !name.startsWith('.'))
  if (all === 'a') names.push('.', '..')
  const entries: Entry[] = []
  for (const name of names) {
    const below = joined(path, name)
    const looked = lookAt(below, has(given, 'L'), io)
    if (looked.ok) entries.push(entryOf(name, below, looked.value, io))
    else voice.fail(`cannot access '${below}'`, looked.failure, below)
    if (entries.length % PIECE_ENTRIES === 0) yield { doneCount: entries.length, totalCount: names.length, unit: 'entries' }
  }
  return ok(entries)
}

function sorted(entries: Entry[], given: Given): Entry[] {
  const by = valueOf(given, 'sort') ?? { t: 'time', S: 'size', U: 'none', f: 'none' }[lastOf(given, 't', 'S', 'U', 'f') ?? ''] ?? 'name'
  const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  const compare = {
    time: (a: Entry, b: Entry) => b.stat.modifiedMs - a.stat.modifiedMs || byName(a, b),
    size: (a: Entry, b: Entry) => b.stat.sizeBytes - a.stat.sizeBytes || byName(a, b),
    none: () => 0,
  }[by] ?? byName
  const result = [...entries].sort(compare)
  return has(given, 'r') ? result.reverse() : result
}

function show(lister: Lister, entries: Entry[], withTotal: boolean): void {
  const { io, given } = lister
  lister.begun = true
  const blocks = (bytes: number): string => (has(given, 'h') ? humanSize(bytes) : String(Math.ceil(bytes / 1024)))
  const isLong = has(given, 'l', 'n', 'g', 'o', 'full')
  if (withTotal && (isLong || has(given, 's'))) {
    io.out(`total ${blocks(entries.reduce((sum, { stat }) => sum + (stat.kind === 'file' ? stat.sizeBytes : 0), 0))}\n`)
  }
  const leads = entries.map(({ stat }) => [
    ...(has(given, 'i') ? [String(stat.ino)] : []),
    ...(has(given, 's') ? [blocks(stat.kind === 'file' ? stat.sizeBytes : 0)] : []),
  ])
  if (isLong) return showLong(lister, entries, leads)
  const widths = leads[0]?.map((_, i) => Math.max(...leads.map((lead) => lead[i]?.length ?? 0))) ?? []
  const cells = entries.map((entry, i) => {
    const lead = (leads[i] ?? []).map((text, at) => `${text.padStart(widths[at] ?? 0)} `).join('')
    return { shown: lead + painted(lister, entry), width: lead.length + plain(lister, entry).length }
  })
  const inColumns = lastOf(given, '1', 'C', 'x') === 'C' || lastOf(given, '1', 'C', 'x') === 'x'
  io.out(inColumns ? columns(cells, Number(io.env('COLUMNS')) || DEFAULT_COLUMNS) : cells.map(({ shown }) => `${shown}\n`).join(''))
}

function showLong(lister: Lister, entries: Entry[], leads: string[][]): void {
  const { io, given, names } = lister
  const numbers = has(given, 'n')
  const nowMs = io.system.now()
  const rows = entries.map(({ stat }, i) => {
    const { kind, rdev, sizeBytes, uid, gid, modifiedMs } = stat
    const size = kind === 'device' && rdev ? `${rdev[0]}, ${rdev[1]}` : has(given, 'h') ? humanSize(sizeBytes) : String(sizeBytes)
    return [
      ...(leads[i] ?? []),
      modeWord(stat),
      String(stat.linkCount),
      ...(has(given, 'g') ? [] : [numbers ? String(uid) : (names.user(uid) ?? String(uid))]),
      ...(has(given, 'o', 'G') ? [] : [numbers ? String(gid) : (names.group(gid) ?? String(gid))]),
      size,
      has(given, 'full') ? new Date(modifiedMs).toISOString().replace('T', ' ').replace('Z', '000000 +0000') : shortTime(modifiedMs, nowMs),
    ]
  })
  const leadCount = leads[0]?.length ?? 0
  const last = (rows[0]?.length ?? 0) - 1
  const right = new Set([...Array.from({ length: leadCount }, (_, i) => i), leadCount + 1, last - 1])
  const lines = table(rows, right).split('\n')
  io.out(entries.map((entry, i) => {
    const target = entry.target === undefined ? '' : ` -> ${quoted(entry.target)}`
    return `${lines[i]} ${painted(lister, entry)}${target}\n`
  }).join(''))
}

function plain({ given }: Lister, { name, stat }: Entry): string {
  const text = has(given, 'Q') ? `"${name.replace(/["\\]/g, '\\$&')}"` : has(given, 'C', 'color') ? quotedForShell(name) : quoted(name)
  if (stat.kind === 'directory' && has(given, 'F', 'p')) return `${text}/`
  if (!has(given, 'F')) return text
  if (stat.kind === 'symlink') return has(given, 'l') ? text : `${text}@`
  if (stat.kind === 'socket') return `${text}=`
  return stat.kind === 'file' && (stat.mode & 0o111) !== 0 ? `${text}*` : text
}

function painted(lister: Lister, entry: Entry): string {
  const text = plain(lister, entry)
  const code = lister.colour ? colourOf(entry.stat) : ''
  return code === '' ? text : `\x1b[${code}m${text}\x1b[0m`
}

function colourOf({ kind, mode }: NodeStat): string {
  if (kind === 'directory') return '1;34'
  if (kind === 'symlink') return '1;36'
  if (kind === 'device') return '1;33'
  if (kind === 'socket') return '1;35'
  return (mode & 0o111) === 0 ? '' : '1;32'
}

/** As the shell would have to write it, where it would have to quote. */
function quotedForShell(name: string): string {
  if (/[\x00-\x1f\x7f]/.test(name)) return quoted(name)
  if (!/[\s"'$`\\!*?[\]{}()<>|;&#~^=]/.test(name)) return name
  return name.includes("'") ? `"${name}"` : `'${name}'`
}

function quoted(name: string): string {
  return name.replace(/[\x00-\x1f\x7f]/g, '?')
}

/** Columns filled from above to below, as many as fit. */
function columns(cells: { shown: string; width: number }[], lineWidth: number): string {
  if (cells.length === 0) return ''
  const gap = 2
  for (let rowCount = 1; ; rowCount++) {
    const widths: number[] = []
    for (let start = 0; start < cells.length; start += rowCount) {
      widths.push(Math.max(...cells.slice(start, start + rowCount).map(({ width }) => width)))
    }
    const total = widths.reduce((sum, width) => sum + width + gap, -gap)
    if (total > lineWidth && rowCount < cells.length) continue
    return Array.from({ length: rowCount }, (_, row) => {
      const line = widths.map((width, column) => {
        const cell = cells[column * rowCount + row]
        const isLast = (column + 1) * rowCount + row >= cells.length
        return cell ? cell.shown + (isLast ? '' : ' '.repeat(width - cell.width + gap)) : ''
      })
      return `${line.join('')}\n`
    }).join('')
  }
}
