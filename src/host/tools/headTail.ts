// head, tail and wc. From big files head and tail read only what they show: head stops, tail looks for line ends backwards.

import { ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES, type Progress, type Task } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import { has, lastOf, valueOf } from './getopt.ts'
import { sizeOf } from './numbers.ts'
import { eachPiece, inputs, openInput, readFull, STDIN } from './streams.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const NEWLINE = 10
const LOOK_BYTES = 64 * 1024
const LONG = { bytes: 'c:', lines: 'n:', quiet: 'q', silent: 'q', verbose: 'v' }

interface Amount {
  unit: 'lines' | 'bytes'
  count: number
  /** "-" before a head count, "+" before a tail count: counted from the other end. */
  other: boolean
}

type Show = (handle: Handle, io: ToolIo, amount: Amount, label: string) => Task<Result<number>>

export const head = tool({
  short: 'c:n:qv',
  long: LONG,
  help: 'head [-n LINES | -c BYTES] [-qv] [FILE...]: writes the first 10 lines, or as many as asked for, of each file; a "-" before the number means all but the last ones.',
  modern: (args) => oldCount(args, /^-\d+$/),
}, (call) => showEach(call, '-', showHead))

export const tail = tool({
  short: 'c:n:qvfF',
  long: { ...LONG, follow: 'f?' },
  help: 'tail [-n LINES | -c BYTES] [-qv] [FILE...]: writes the last 10 lines, or as many as asked for, of each file; a "+" before the number begins at that line or byte. Following a file (-f) is not done here.',
  modern: (args) => oldCount(args, /^[-+]\d+$/),
}, function* run(call) {
  if (has(call.given, 'f', 'F')) return call.misused('following a file is not done here; run tail again to see what is new')
  return yield* showEach(call, '+', showTail)
})

/** "-5" is "-n 5", but only where it comes first. */
function oldCount([first = '', ...rest]: readonly string[], old: RegExp): string[] {
  if (first === '') return rest
  return old.test(first) ? ['-n', first.replace('-', ''), ...rest] : [first, ...rest]
}

function* showEach({ given, io, voice }: Call, otherSign: string, show: Show): Task<number> {
  const unit = lastOf(given, 'c', 'n') === 'c' ? 'bytes' : 'lines'
  const text = valueOf(given, unit === 'bytes' ? 'c' : 'n') ?? '10'
  const count = sizeOf(text.replace(/^[-+]/, ''))
  if (count === undefined) {
    voice.say(`invalid number of ${unit}: '${text}'`)
    return 1
  }
  const amount: Amount = { unit, count, other: text.startsWith(otherSign) }
  const paths = inputs(given.operands)
  const titled = (paths.length > 1 || has(given, 'v')) && !(lastOf(given, 'q', 'v') === 'q')
  let exitCode = 0
  let shown = 0
  for (const path of paths) {
    const opened = openInput(path, io)
    if (opened.ok && titled) io.out(`${shown++ > 0 ? '\n' : ''}==> ${path === STDIN ? 'standard input' : path} <==\n`)
    const done = opened.ok ? yield* show(opened.value, io, amount, path) : opened
    if (opened.ok) opened.value.close()
    if (done.ok) continue
    if (opened.ok) voice.fail(`error reading '${path}'`, done.failure, path)
    else voice.fail(`cannot open '${path}' for reading`, done.failure, path)
    exitCode = 1
  }
  return exitCode
}

function* showHead(handle: Handle, io: ToolIo, amount: Amount, label: string): Task<Result<number>> {
  if (amount.other) {
    const end = yield* startOfLast(handle, amount)
    return end.ok ? yield* eachPiece(handle, io, { lengthBytes: end.value, fresh: true, label }, (piece) => io.outBytes(piece)) : end
  }
  if (amount.unit === 'bytes') return yield* eachPiece(handle, io, { lengthBytes: amount.count, fresh: true, label }, (piece) => io.outBytes(piece))
  let left = amount.count
  if (left === 0) return ok(0)
  return yield* eachPiece(handle, io, { pieceBytes: LOOK_BYTES, fresh: true, label }, (piece) => {
    const end = afterLines(piece, left)
    left -= end.lineCount
    io.outBytes(piece.subarray(0, end.bytes))
    return left > 0
  })
}

function* showTail(handle: Handle, io: ToolIo, amount: Amount, label: string): Task<Result<number>> {
  const start = amount.other ? yield* startAfter(handle, io, amount) : yield* startOfLast(handle, amount)
  return start.ok ? yield* eachPiece(handle, io, { fromBytes: start.value, fresh: true, label }, (piece) => io.outBytes(piece)) : start
}

/** Where line or byte number `count` begins, counted from 1. */
function* startAfter(handle: Handle, io: ToolIo, { unit, count }: Amount): Task<Result<number>> {
  const skipped = Math.max(0, count - 1)
  if (unit === 'bytes' || skipped === 0) return ok(skipped)
  let left = skipped
  let start = 0
  const read = yield* eachPiece(handle, io, { pieceBytes: LOOK_BYTES }, (piece, offset) => {
    const end = afterLines(piece, left)
    left -= end.lineCount
    start = offset + end.bytes
    return left > 0
  })
  return read.ok ? ok(start) : read
}

/** Where the last `count` lines or bytes begin. */
function* startOfLast(handle: Handle, { unit, count }: Amount): Generator<Progress, Result<number>, void> {
  const size = handle.sizeBytes()
  if (unit === 'bytes') return ok(Math.max(0, size - count))
  if (count === 0) return ok(size)
  const buffer = new Uint8Array(Math.min(LOOK_BYTES, Math.max(1, size)))
  // A newline at the very end closes the last line, and begins none.
  let found = 0
  let yieldAt = PIECE_BYTES
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - buffer.length)
    const read = readFull(handle, start, buffer.subarray(0, end - start))
    if (!read.ok) return read
    for (let i = read.value - 1; i >= 0; i--) {
      if (buffer[i] !== NEWLINE || start + i === size - 1) continue
      if (++found === count) return ok(start + i + 1)
    }
    end = start
    if (size - end < yieldAt) continue
    yieldAt += PIECE_BYTES
    yield { doneCount: size - end, totalCount: size, unit: 'bytes' }
  }
  return ok(0)
}

function afterLines(piece: Uint8Array, wanted: number): { bytes: number; lineCount: number } {
  let lineCount = 0
  for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) {
    if (++lineCount === wanted) return { bytes: at + 1, lineCount }
  }
  return { bytes: piece.length, lineCount }
}

export const wc = tool({
  short: 'clwmL',
  long: { bytes: 'c', lines: 'l', words: 'w', chars: 'm', 'max-line-length': 'L' },
  help: 'wc [-clwmL] [FILE...]: counts lines, words and bytes; -m counts characters, -L gives the length of the longest line. With -c alone a file is not read, only asked for its size.',
}, function* run({ given, io, voice }) {
  const asked = (['l', 'w', 'm', 'c', 'L'] as const).filter((key) => has(given, key))
  const keys = asked.length > 0 ? asked : (['l', 'w', 'c'] as const)
  const rows: { counts: number[]; path: string }[] = []
  let exitCode = 0
  for (const path of inputs(given.operands)) {
    const opened = openInput(path, io)
    const counted = opened.ok ? yield* countOf(opened.value, io, keys.length === 1 && keys[0] === 'c', path) : opened
    if (opened.ok) opened.value.close()
    if (counted.ok) {
      const { value } = counted
      rows.push({ counts: keys.map((key) => value[key]), path: given.operands.length > 0 ? path : '' })
      continue
    }
    voice.fail(path, counted.failure)
    exitCode = 1
  }
  if (given.operands.length > 1) rows.push({ counts: keys.map((key, i) => totalOf(key, rows.map(({ counts }) => counts[i] ?? 0))), path: 'total' })
  const width = keys.length === 1 && given.operands.length < 2 ? 0 : given.operands.length > 0 ? String(totalSize(given.operands, io)).length : 7
  for (const { counts, path } of rows) io.out(`${counts.map((count) => String(count).padStart(width)).join(' ')}${path && ` ${path}`}\n`)
  return exitCode
})

/** The widest number can't be longer than this, which is known before anything is read. */
function totalSize(paths: readonly string[], { system, caller }: ToolIo): number {
  return paths.map((path) => system.stat(path, caller)).reduce((sum, stat) => sum + (stat.ok && stat.value.kind === 'file' ? stat.value.sizeBytes : 0), 0)
}

type Counts = Record<'l' | 'w' | 'm' | 'c' | 'L', number>

function totalOf(key: keyof Counts, counts: number[]): number {
  return key === 'L' ? Math.max(0, ...counts) : counts.reduce((a, b) => a + b, 0)
}

function* countOf(handle: Handle, io: ToolIo, sizeOnly: boolean, label: string): Task<Result<Counts>> {
  const counts: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 }
  if (sizeOnly && handle.kind === 'file' && handle.sizeBytes() > 0) return ok({ ...counts, c: handle.sizeBytes() })
  let inWord = false
  let column = 0
  const read = yield* eachPiece(handle, io, { label }, (piece) => {
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i] as number
      if ((byte & 0xc0) !== 0x80) counts.m++
      const blank = byte === 32 || (byte >= 9 && byte <= 13)
      if (!blank && !inWord) counts.w++
      inWord = !blank
      if (byte === NEWLINE) counts.l++
      column = byte === NEWLINE ? 0 : (byte & 0xc0) === 0x80 ? column : column + 1
      if (column > counts.L) counts.L = column
    }
  })
  if (!read.ok) return read
  counts.c = read.value
  return ok(counts)
}
