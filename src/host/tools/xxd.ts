// xxd: a dump of bytes, and with -r bytes made of a dump. What it can't read in a dump it skips, as xxd does.

import { ok, type Result } from '../../core/base/result.ts'
import type { Task } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import { has, valueOf } from './getopt.ts'
import { sizeOf } from './numbers.ts'
import { dumpRows, hex, printable } from './rows.ts'
import { eachPiece, openInput, STDIN, writeFull } from './streams.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

export const xxd = tool({
  short: 'l:s:o:c:g:puribe',
  long: { len: 'l:', seek: 's:', cols: 'c:', groupsize: 'g:', plain: 'p', postscript: 'p', ps: 'p', uppercase: 'u', revert: 'r', bits: 'b' },
  most: 2,
  help: 'xxd [-p] [-u] [-b] [-l LENGTH] [-s SKIP] [-c COLUMNS] [-g GROUP] [FILE [OUTFILE]]: shows bytes in hexadecimal and as text beside; -p as plain digits, -b as bits. xxd -r [-p] [FILE [OUTFILE]] turns such a dump into bytes again.',
  modern: (args) => args.map((arg) => (/^-(len|seek|cols|plain|ps|revert|bits|groupsize|postscript)$/.test(arg) ? `-${arg}` : arg)),
}, function* run(call) {
  const { given, io, voice, misused } = call
  const [path = STDIN, outPath] = given.operands
  const numbers = ['l', 's', 'c', 'g'].map((key) => (valueOf(given, key) === undefined ? undefined : sizeOf(valueOf(given, key) ?? '') ?? NaN))
  if (numbers.some((number) => Number.isNaN(number))) return misused('invalid number')
  const [lengthBytes = Infinity, seekBytes = 0, columns, group] = numbers
  const input = openInput(path, io)
  if (!input.ok) {
    voice.fail(path, input.failure)
    return 2
  }
  const output = outPath === undefined ? undefined : io.open(outPath, { write: true, create: 0o666, truncate: !has(given, 'r') })
  if (output && !output.ok) {
    voice.fail(outPath ?? '', output.failure)
    return 3
  }
  const target = output?.value
  const exitCode = has(given, 'r') ? yield* revert(call, input.value, target, seekBytes)
    : yield* dump(call, input.value, target, { lengthBytes, fromBytes: seekBytes, columns, group })
  input.value.close()
  target?.close()
  return exitCode
})

interface Look {
  fromBytes: number
  lengthBytes: number
  columns: number | undefined
  group: number | undefined
}

function* dump({ given, io, voice }: Call, input: Handle, target: Handle | undefined, look: Look): Task<number> {
  const plain = has(given, 'p')
  const bits = has(given, 'b')
  const width = Math.min(4096, look.columns || (plain ? 30 : bits ? 6 : 16))
  const group = look.group ?? (bits ? 1 : 2)
  const byteText = (byte: number): string => (bits ? byte.toString(2).padStart(8, '0') : has(given, 'u') ? hex(byte, 2).toUpperCase() : hex(byte, 2))
  const line = (row: Uint8Array, offset: number): string => {
    if (plain) return `${Array.from(row, byteText).join('')}\n`
    let shown = ''
    for (let i = 0; i < width; i++) {
      shown += i < row.length ? byteText(row[i] ?? 0) : ' '.repeat(bits ? 8 : 2)
      if (group > 0 && (i + 1) % group === 0 && i + 1 < width) shown += ' '
    }
    return `${hex(offset, 8)}: ${shown}  ${printable(row)}\n`
  }
  let writtenBytes = 0
  const toFile: ToolIo = target ? { ...io, out: (text) => (writtenBytes += writeFull(target, writtenBytes, latin(text)).doneBytes) } : io
  const dumped = yield* dumpRows([input], toFile, { fromBytes: look.fromBytes, lengthBytes: look.lengthBytes, width, squeeze: false, line })
  if (!dumped.ok) voice.fail(input.path, dumped.failure)
  return dumped.ok ? 0 : 2
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function* revert(call: Call, input: Handle, target: Handle | undefined, seekBytes: number): Task<number> {
  const { io, voice } = call
  const plain = has(call.given, 'p')
  let rest = ''
  let atBytes = 0
  let exitCode = 0
  const put = (text: string): void => {
    const parsed = plain ? { bytes: bytesOf(text), offset: atBytes } : parsedLine(text)
    if (!parsed || parsed.bytes.length === 0) return
    if (!target) {
      // A stream can't jump, so gaps are filled with zeros.
      if (parsed.offset > atBytes) io.outBytes(new Uint8Array(parsed.offset - atBytes))
      io.outBytes(parsed.bytes)
    } else {
      const { failure } = writeFull(target, seekBytes + parsed.offset, parsed.bytes)
      if (failure && exitCode === 0) voice.fail(target.path, failure)
      if (failure) exitCode = 3
    }
    atBytes = Math.max(atBytes, parsed.offset + parsed.bytes.length)
  }
  const read: Result<number> = yield* eachPiece(input, io, { pieceBytes: 64 * 1024 }, (piece) => {
    const lines = (rest + Array.from(piece, (byte) => String.fromCharCode(byte)).join('')).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) put(text)
    return exitCode === 0
  })
  if (exitCode === 0) put(rest)
  const done = read.ok ? ok() : read
  if (!done.ok) voice.fail(input.path, done.failure)
  return done.ok ? exitCode : 2
}

function parsedLine(text: string): { bytes: Uint8Array; offset: number } | undefined {
  const match = /^\s*([0-9a-fA-F]+):?\s+(.*)$/.exec(text)
  if (!match) return undefined
  // Two blanks part the digits from the text beside them.
  return { offset: Number.parseInt(match[1] ?? '0', 16), bytes: bytesOf((match[2] ?? '').split(/\s{2}/)[0] ?? '') }
}

function bytesOf(text: string): Uint8Array {
  const digits = text.replace(/[^0-9a-fA-F]/g, '')
  return Uint8Array.from({ length: Math.floor(digits.length / 2) }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
