// hexdump and od: bytes shown as words of the host's byte order, which is lowest byte first.

import { has, valueOf } from './getopt.ts'
import { sizeOf } from './numbers.ts'
import { dumpRows, hex, openStream, printable, wordAt } from './rows.ts'
import { inputs } from './streams.ts'
import { tool } from './tool.ts'

const ROW_BYTES = 16

export const hexdump = tool({
  short: 'Cn:s:vxbcdo',
  long: { canonical: 'C', length: 'n:', skip: 's:', 'no-squeezing': 'v' },
  help: 'hexdump [-C] [-n LENGTH] [-s SKIP] [-v] [FILE...]: shows bytes in hexadecimal, two at a time; -C shows them singly and as text beside; -v shows repeated rows too.',
}, function* run({ given, io, voice, misused }) {
  const lengthBytes = valueOf(given, 'n') === undefined ? Infinity : sizeOf(valueOf(given, 'n') ?? '')
  const fromBytes = sizeOf(valueOf(given, 's') ?? '0')
  if (lengthBytes === undefined || fromBytes === undefined) return misused('failed to parse length or offset')
  let exitCode = 0
  const handles = openStream(inputs(given.operands), io, (path, failure) => {
    voice.fail(path, failure)
    exitCode = 1
  })
  if (handles.length === 0) return exitCode
  const canonical = has(given, 'C')
  const line = canonical ? canonicalLine : wordLine
  const dumped = yield* dumpRows(handles, io, { fromBytes, lengthBytes, width: ROW_BYTES, squeeze: !has(given, 'v'), line })
  for (const handle of handles) handle.close()
  if (!dumped.ok) {
    voice.fail(handles[0]?.path ?? '', dumped.failure)
    return 1
  }
  if (dumped.value > fromBytes) io.out(`${hex(dumped.value, canonical ? 8 : 7)}\n`)
  return exitCode
})

function canonicalLine(row: Uint8Array, offset: number): string {
  let bytes = ''
  for (let i = 0; i < ROW_BYTES; i++) bytes += `${i === 8 ? ' ' : ''} ${i < row.length ? hex(row[i] ?? 0, 2) : '  '}`
  return `${hex(offset, 8)} ${bytes}  |${printable(row)}|\n`
}

function wordLine(row: Uint8Array, offset: number): string {
  let words = ''
  for (let i = 0; i < ROW_BYTES; i += 2) words += i < row.length ? ` ${wordAt(row, i, 2).toString(16).padStart(4, '0')}` : '     '
  return `${hex(offset, 7)}${words}\n`
}

type Format = { kind: 'a' | 'c' | 'd' | 'o' | 'u' | 'x'; size: number; text: boolean }

const OLD_FORMATS: Readonly<Record<string, string>> = { a: 'a', b: 'o1', c: 'c', d: 'u2', i: 'd4', l: 'd8', o: 'o2', s: 'd2', x: 'x2' }
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 }

export const od = tool({
  short: 'A:t:j:N:vw:abcdilosx',
  long: { 'address-radix': 'A:', format: 't:', 'skip-bytes': 'j:', 'read-bytes': 'N:', 'output-duplicates': 'v', width: 'w?' },
  help: 'od [-A d|o|x|n] [-t TYPE] [-j SKIP] [-N COUNT] [-w WIDTH] [-v] [FILE...]: dumps bytes, by default as octal words of 2 bytes. TYPE is a, c, or d, o, u, x with a size of 1, 2, 4 or 8, and z behind it for text beside.',
}, function* run({ given, io, voice, misused }) {
  const types = given.options.flatMap(([key, value]) => (key === 't' ? formatsOf(value) : OLD_FORMATS[key] ? formatsOf(OLD_FORMATS[key]) : []))
  if (types.includes(undefined)) return misused(`invalid type string '${valueOf(given, 't')}'`)
  const formats = (types.length > 0 ? types : formatsOf('o2')) as Format[]
  const fromBytes = sizeOf(valueOf(given, 'j') ?? '0')
  const lengthBytes = valueOf(given, 'N') === undefined ? Infinity : sizeOf(valueOf(given, 'N') ?? '')
  const width = sizeOf(valueOf(given, 'w') || (has(given, 'w') ? '32' : '16'))
  const radix = valueOf(given, 'A') ?? 'o'
  if (fromBytes === undefined || lengthBytes === undefined || !width) return misused('invalid number')
  if (!/^[doxn]$/.test(radix)) return misused(`invalid output address radix '${radix}'; it must be one character from [doxn]`)
  let exitCode = 0
  const handles = openStream(inputs(given.operands), io, (path, failure) => {
    voice.fail(path, failure)
    exitCode = 1
  })
  if (handles.length === 0) return exitCode
  const address = (offset: number): string => addressText(offset, radix)
  const cell = Math.max(...formats.map((format) => (cellWidth(format) + 1) / format.size))
  const line = (row: Uint8Array, offset: number): string => formats.map((format, i) => odLine(row, format, width, cell, i === 0 ? address(offset) : ' '.repeat(address(0).length))).join('')
  const dumped = yield* dumpRows(handles, io, { fromBytes, lengthBytes, width, squeeze: !has(given, 'v'), line })
  for (const handle of handles) handle.close()
  if (!dumped.ok) {
    voice.fail(handles[0]?.path ?? '', dumped.failure)
    return 1
  }
  if (radix !== 'n') io.out(`${address(dumped.value)}\n`)
  return exitCode
})

function addressText(offset: number, radix: string): string {
  if (radix === 'n') return ''
  if (radix === 'x') return hex(offset, 6)
  return offset.toString(radix === 'd' ? 10 : 8).padStart(7, '0')
}

/** "x1", "d4z", "c", or several in a row. */
function formatsOf(text: string): (Format | undefined)[] {
  if (!/^(?:[ac]z?|[doux](?:[1248CSIL])?z?)+$/.test(text)) return [undefined]
  return [...text.matchAll(/([acdoux])([1248CSIL])?(z)?/g)].map(([, kind, size = '4', z]) => ({
    kind: kind as Format['kind'],
    size: kind === 'a' || kind === 'c' ? 1 : (SIZES[size] ?? Number(size)),
    text: z !== undefined,
  }))
}

function cellWidth({ kind, size }: Format): number {
  if (kind === 'a' || kind === 'c') return 3
  const most = 2n ** BigInt(size * 8) - 1n
  if (kind === 'd') return (most / 2n + 1n).toString().length + 1
  return most.toString(kind === 'x' ? 16 : kind === 'o' ? 8 : 10).length
}

/** @param perByte columns that one byte takes, so that several formats stand under one another */
function odLine(row: Uint8Array, format: Format, width: number, perByte: number, lead: string): string {
  const { size, text } = format
  let line = lead
  const cell = Math.round(perByte * size)
  for (let at = 0; at < row.length; at += size) line += shownValue(row, at, format).padStart(cell)
  if (text) line = `${line.padEnd(lead.length + (width / size) * cell)}  >${printable(row)}<`
  return `${line}\n`
}

const NAMED = ['nul', 'soh', 'stx', 'etx', 'eot', 'enq', 'ack', 'bel', 'bs', 'ht', 'nl', 'vt', 'ff', 'cr', 'so', 'si', 'dle', 'dc1', 'dc2', 'dc3', 'dc4', 'nak', 'syn', 'etb', 'can', 'em', 'sub', 'esc', 'fs', 'gs', 'rs', 'us', 'sp']
const ESCAPED: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }

function shownValue(row: Uint8Array, at: number, { kind, size }: Format): string {
  const byte = row[at] ?? 0
  if (kind === 'a') return (byte & 127) === 127 ? 'del' : (NAMED[byte & 127] ?? String.fromCharCode(byte & 127))
  if (kind === 'c') return ESCAPED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))
  const value = wordAt(row, at, size, kind === 'd')
  if (kind === 'd' || kind === 'u') return value.toString()
  const radix = kind === 'x' ? 16 : 8
  return value.toString(radix).padStart(cellWidth({ kind, size, text: false }), '0')
}
