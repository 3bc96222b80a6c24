// df and du. df shows famfs by what the log has given away, which plain Linux tools never see; du counts bytes of files.

import { ok, type Result } from '../../core/base/result.ts'
import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import type { MountEntry } from '../../core/machine/systemTypes.ts'
import { type Given, has, lastOf, valueOf } from './getopt.ts'
import { humanSize, sizeOf, table } from './numbers.ts'
import { joined } from './paths.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import { mountOf, type Usage, usageOf } from './usage.ts'
import { isFamfsType } from './voice.ts'

interface Row extends Usage {
  entry: MountEntry
}

export const df = tool({
  short: 'ahHkmTPt:x:liB:',
  long: { all: 'a', 'human-readable': 'h', si: 'H', 'print-type': 'T', portability: 'P', type: 't:', 'exclude-type': 'x:', local: 'l', 'block-size': 'B:', output: 'output?', total: 'total', inodes: 'i' },
  help: 'df [-ahkmT] [-t TYPE] [FILE...]: shows how full file systems are. A famfs is used by its superblock, its log and every file ever logged: nothing is given back. With FILE: only the file system that it is in.',
}, function* run(call) {
  const { given, io, voice } = call
  const unit = unitOf(given)
  if (unit === undefined) return call.misused(`invalid -B argument '${valueOf(given, 'B')}'`)
  let exitCode = 0
  const rows: Row[] = []
  const entries = given.operands.length === 0 ? listedMounts(given, io) : given.operands.flatMap((path) => {
    const found = mountOfOperand(path, io)
    if (found.ok) return [found.value]
    voice.fail(path, found.failure)
    exitCode = 1
    return []
  })
  for (const entry of entries) rows.push({ entry, ...(yield* usageOf(entry, io)) })
  const shown = rows.filter(({ totalBytes }) => totalBytes > 0 || has(given, 'a') || given.operands.length > 0)
  if (shown.length === 0) {
    if (exitCode === 0) voice.say('no file systems processed')
    return 1
  }
  io.out(dfText(shown, given, unit))
  return exitCode
})

function listedMounts(given: Given, io: ToolIo): MountEntry[] {
  const wanted = given.options.filter(([key]) => key === 't').map(([, type]) => type)
  const excluded = new Set(given.options.filter(([key]) => key === 'x').map(([, type]) => type))
  return io.system.mountTable().filter(({ type }) => (wanted.length === 0 || wanted.includes(type)) && !excluded.has(type))
}

function mountOfOperand(path: string, io: ToolIo): Result<MountEntry> {
  const { system, caller } = io
  const byDevice = system.mountTable().find((entry) => isFamfsType(entry.type) && entry.source === path)
  if (byDevice) return ok(byDevice)
  const real = system.realpath(path, caller)
  return real.ok ? ok(mountOf(real.value, io)) : real
}

/** Bytes in one block; 0 for human units, -1 for those of 1000. */
function unitOf(given: Given): number | undefined {
  const last = lastOf(given, 'h', 'H', 'k', 'm', 'B', 'P')
  if (last === 'h') return 0
  if (last === 'H') return -1
  if (last === 'm') return 1024 * 1024
  if (last !== 'B') return 1024
  const text = valueOf(given, 'B') ?? ''
  return sizeOf(/^\d/.test(text) ? text : `1${text}`) || undefined
}

function dfText(rows: Row[], given: Given, unit: number): string {
  const size = (bytes: number): string => (unit > 0 ? String(Math.ceil(bytes / unit)) : humanSize(bytes, unit === 0 ? 1024 : 1000))
  const title = unit <= 0 ? 'Size' : unit === 1024 ? (has(given, 'P') ? '1024-blocks' : '1K-blocks') : unit === 1 ? '1B-blocks' : `${humanSize(unit).replace('.0', '')}-blocks`
  const withType = has(given, 'T')
  const percent = unit <= 0 || !has(given, 'P') ? 'Use%' : 'Capacity'
  const cells = rows.map(({ entry, totalBytes, usedBytes, availableBytes }) => [
    entry.source,
    ...(withType ? [entry.type] : []),
    size(totalBytes),
    size(usedBytes),
    size(availableBytes),
    totalBytes === 0 ? '-' : `${Math.ceil((usedBytes / (usedBytes + availableBytes)) * 100)}%`,
    entry.target,
  ])
  const header = ['Filesystem', ...(withType ? ['Type'] : []), title, 'Used', unit > 0 ? 'Available' : 'Avail', percent, 'Mounted on']
  const first = withType ? 2 : 1
  return table([header, ...cells], new Set([first, first + 1, first + 2, first + 3]))
}

export const du = tool({
  short: 'sahbckmd:x',
  long: { summarize: 's', all: 'a', 'human-readable': 'h', bytes: 'b', total: 'c', 'max-depth': 'd:', 'apparent-size': 'apparent' },
  help: 'du [-sahbck] [-d DEPTH] [FILE...]: adds up the sizes of files in directories; -s only the sums of what is named, -a files too, -b in bytes, -h for people.',
}, function* run(call) {
  const { given, io } = call
  const depth = has(given, 's') ? 0 : (sizeOf(valueOf(given, 'd') ?? '') ?? Infinity)
  const state: Sum = { call, depth, count: 0, exitCode: 0 }
  let totalBytes = 0
  for (const path of given.operands.length > 0 ? given.operands : ['.']) totalBytes += yield* sumTree(state, path, 0)
  if (has(given, 'c')) io.out(`${amount(given, totalBytes)}\ttotal\n`)
  return state.exitCode
})

interface Sum {
  call: Call
  depth: number
  count: number
  exitCode: number
}

function* sumTree(state: Sum, path: string, level: number): Task<number> {
  const { given, io: { system, caller, out }, voice } = state.call
  const stat = system.lstat(path, caller)
  if (!stat.ok) {
    voice.fail(`cannot access '${path}'`, stat.failure, path)
    state.exitCode = 1
    return 0
  }
  if (++state.count % PIECE_ENTRIES === 0) yield { doneCount: state.count, totalCount: state.count, unit: 'entries' }
  const isDirectory = stat.value.kind === 'directory'
  let sum = stat.value.kind === 'file' ? stat.value.sizeBytes : 0
  const listed = isDirectory ? system.readdir(path, caller) : undefined
  if (listed && !listed.ok) {
    voice.fail(`cannot read directory '${path}'`, listed.failure, path)
    state.exitCode = 1
  }
  for (const { name } of listed?.ok ? listed.value : []) sum += yield* sumTree(state, joined(path, name), level + 1)
  if (level === 0 || (level <= state.depth && (isDirectory || has(given, 'a')))) out(`${amount(given, sum)}\t${path}\n`)
  return sum
}

function amount(given: Given, bytes: number): string {
  if (has(given, 'b')) return String(bytes)
  if (has(given, 'h')) return humanSize(bytes)
  return String(Math.ceil(bytes / (has(given, 'm') ? 1024 * 1024 : 1024)))
}
