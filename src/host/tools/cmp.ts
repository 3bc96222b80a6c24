// cmp: exit 0 same, 1 different, 2 trouble. Both files are read side by side in pieces; the first piece that differs ends it,
// unless -l wants them all.

import type { Failure } from '../../core/base/result.ts'
import { PIECE_BYTES, type Task } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import { has, valueOf } from './getopt.ts'
import { sizeOf } from './numbers.ts'
import { openInput, readFull, STDIN } from './streams.ts'
import { tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const TROUBLE = 2
const NEWLINE = 10

interface Side {
  path: string
  handle: Handle
  skipBytes: number
  piece: Uint8Array
}

interface Look {
  limitBytes: number
  all: boolean
  silent: boolean
  showBytes: boolean
}

export const cmp = tool({
  short: 'bi:ln:s',
  long: { 'print-bytes': 'b', 'ignore-initial': 'i:', verbose: 'l', bytes: 'n:', quiet: 's', silent: 's' },
  usageExit: TROUBLE,
  needs: 1,
  most: 4,
  missing: "operand after 'cmp'",
  help: 'cmp [-bls] [-n BYTES] [-i SKIP[:SKIP2]] FILE1 [FILE2 [SKIP1 [SKIP2]]]: compares two files byte by byte and says where they first differ; -l lists all differing bytes, -s says nothing. Exit code 0: same, 1: different, 2: trouble.',
}, function* run({ given, io, voice, misused }) {
  const [first = '', second = STDIN, skip1, skip2] = given.operands
  const [initial1 = '0', initial2 = initial1] = (valueOf(given, 'i') ?? '0').split(':')
  const skips = [skip1 ?? initial1, skip2 ?? initial2]
  const limitBytes = sizeOf(valueOf(given, 'n') ?? '') ?? Infinity
  if (valueOf(given, 'n') !== undefined && limitBytes === Infinity) return misused(`invalid --bytes value '${valueOf(given, 'n')}'`)
  const sides: Side[] = []
  for (const [i, path] of [first, second].entries()) {
    const skipBytes = sizeOf(skips[i] ?? '0')
    if (skipBytes === undefined) return misused(`invalid --ignore-initial value '${skips[i]}'`)
    const opened = openInput(path, io)
    if (!opened.ok) {
      if (!has(given, 's')) voice.fail(path, opened.failure)
      for (const { handle } of sides) handle.close()
      return TROUBLE
    }
    sides.push({ path, handle: opened.value, skipBytes, piece: new Uint8Array(0) })
  }
  const [a, b] = sides as [Side, Side]
  const look: Look = { limitBytes, all: has(given, 'l'), silent: has(given, 's'), showBytes: has(given, 'b') }
  const trouble = (side: Side, failure: Failure): number => {
    voice.fail(side.path, failure)
    return TROUBLE
  }
  const exitCode = yield* compare(a, b, look, io, trouble)
  a.handle.close()
  b.handle.close()
  return exitCode
})

function* compare(a: Side, b: Side, look: Look, io: ToolIo, trouble: (side: Side, failure: Failure) => number): Task<number> {
  const totalBytes = Math.min(look.limitBytes, Math.max(a.handle.sizeBytes() - a.skipBytes, b.handle.sizeBytes() - b.skipBytes, 0))
  // With -s a difference in size says it all.
  if (look.silent && a.handle.kind === 'file' && b.handle.kind === 'file' && sizesDiffer(a, b, look.limitBytes)) return 1
  const bufferBytes = Math.min(PIECE_BYTES, Math.max(64 * 1024, totalBytes))
  const buffers = [new Uint8Array(bufferBytes), new Uint8Array(bufferBytes)]
  let lineNumber = 1
  let exitCode = 0
  for (let done = 0; done < look.limitBytes; ) {
    for (const [i, side] of [a, b].entries()) {
      const target = (buffers[i] as Uint8Array).subarray(0, Math.min(bufferBytes, look.limitBytes - done))
      const read = readFull(side.handle, side.skipBytes + done, target)
      if (!read.ok) return trouble(side, read.failure)
      side.piece = target.subarray(0, read.value)
    }
    const common = Math.min(a.piece.length, b.piece.length)
    for (let at = 0; (at = firstDifference(a.piece, b.piece, at, common)) < common; at++) {
      exitCode = 1
      if (look.silent) return 1
      const bytes: [number, number] = [a.piece[at] as number, b.piece[at] as number]
      if (look.all) {
        io.out(`${String(done + at + 1).padStart(String(totalBytes).length)} ${bytes.map((byte) => byteText(byte, look.showBytes)).join(' ').trimEnd()}\n`)
        continue
      }
      lineNumber += newlines(a.piece, at)
      const shown = look.showBytes ? ` is ${bytes.map((byte) => byteText(byte, true).trimEnd()).join(' ')}` : ''
      io.out(`${a.path} ${b.path} differ: byte ${done + at + 1}, line ${lineNumber}${shown}\n`)
      return 1
    }
    if (!look.all) lineNumber += newlines(a.piece, common)
    done += common
    if (a.piece.length !== b.piece.length) {
      const short = a.piece.length < b.piece.length ? a : b
      const whole = a.piece[common - 1] === NEWLINE
      const line = look.all ? '' : whole ? `, line ${lineNumber - 1}` : `, in line ${lineNumber}`
      if (!look.silent) io.err(done === 0 ? `cmp: EOF on ${short.path} which is empty\n` : `cmp: EOF on ${short.path} after byte ${done}${line}\n`)
      return 1
    }
    if (common === 0) return exitCode
    if (totalBytes > PIECE_BYTES) io.progress(b.path, done, totalBytes)
    yield { doneCount: done, totalCount: totalBytes, unit: 'bytes' }
  }
  return exitCode
}

function sizesDiffer(a: Side, b: Side, limitBytes: number): boolean {
  const [sizeA, sizeB] = [a, b].map(({ handle, skipBytes }) => Math.min(limitBytes, handle.sizeBytes() - skipBytes)) as [number, number]
  // A generated file, such as those in /proc, says 0 and still has bytes.
  return sizeA > 0 && sizeB > 0 && sizeA !== sizeB
}

function firstDifference(a: Uint8Array, b: Uint8Array, from: number, end: number): number {
  let i = from
  while (i < end && a[i] === b[i]) i++
  return i
}

function newlines(piece: Uint8Array, end: number): number {
  let count = 0
  for (let at = piece.indexOf(NEWLINE); at >= 0 && at < end; at = piece.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** Octal, and with -b the character as cat -t shows it. */
function byteText(byte: number, withCharacter: boolean): string {
  const octal = byte.toString(8).padStart(3)
  if (!withCharacter) return octal
  const high = byte >= 128 ? 'M-' : ''
  const low = byte & 127
  const shown = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low)
  return `${octal} ${(high + shown).padEnd(4)}`
}
