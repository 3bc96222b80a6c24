// sort: lines in the order of their bytes, as in the C locale, which is what these hosts speak; by keys where they are named.
// Lines are kept with one letter for each byte, so that they leave as they came.

import { ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES, type Progress } from '../../core/base/task.ts'
import { bytesOfLatin1, latin1Of } from '../bytes.ts'
import { type Given, has, valueOf } from './getopt.ts'
import { type Compare, comparing, inBytes, type Key, keyOf, ORDER_FLAGS } from './sortKeys.ts'
import { eachPiece, inputs, openInput, writeFull } from './streams.ts'
import { type Call, tool } from './tool.ts'

const TROUBLE = 2

export const sort = tool({
  short: `${ORDER_FLAGS}cCk:t:uso:zS:T:m`,
  long: {
    'ignore-leading-blanks': 'b', 'dictionary-order': 'd', 'ignore-case': 'f', 'general-numeric-sort': 'g', 'human-numeric-sort': 'h', 'ignore-nonprinting': 'i',
    'numeric-sort': 'n', reverse: 'r', 'random-sort': 'R', 'version-sort': 'V', check: 'c', key: 'k:', 'field-separator': 't:', unique: 'u', stable: 's', output: 'o:',
    'zero-terminated': 'z', 'buffer-size': 'S:', 'temporary-directory': 'T:', merge: 'm',
  },
  usageExit: TROUBLE,
  help: 'sort [-nrufhVbsz] [-t SEPARATOR] [-k FIELD[.LETTER][FLAGS][,FIELD[.LETTER][FLAGS]]] [-c] [-o FILE] [FILE...]: writes the lines of all files in the order of their bytes. -n orders by number, -h by 2K and 1M, -V by version, -u keeps one of equal lines, -c only checks.',
}, function* run(call) {
  const { given, voice, misused } = call
  const keys: Key[] = []
  for (const [, text] of given.options.filter(([name]) => name === 'k')) {
    const key = keyOf(text)
    if (typeof key === 'string') return misused(key)
    keys.push(key)
  }
  const separator = valueOf(given, 't')
  if (separator !== undefined && separator.length !== 1) return misused(separator === '' ? 'empty tab' : `multi-character tab '${separator}'`)
  const end = has(given, 'z') ? '\0' : '\n'
  const lines: string[] = []
  for (const path of inputs(given.operands)) {
    const read = yield* readLines(call, path, end, lines)
    if (read.ok) continue
    voice.fail(`cannot read: ${path}`, read.failure, path)
    return TROUBLE
  }
  const byKeys = comparing(keys, ORDER_FLAGS.replace(/./g, (flag) => (has(given, flag) ? flag : '')), separator)
  if (has(given, 'c', 'C')) return check(call, lines, byKeys)
  lines.sort(orderOf(given, byKeys))
  const kept = has(given, 'u') ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1] as string, line) !== 0) : lines
  return yield* write(call, bytesOfLatin1(kept.map((line) => line + end).join('')))
})

/** Lines whose keys are equal come in the order of their bytes, unless that is said to be left as it was. */
function orderOf(given: Given, byKeys: Compare): Compare {
  if (has(given, 's', 'u')) return byKeys
  return has(given, 'r') ? (a, b) => byKeys(a, b) || inBytes(b, a) : (a, b) => byKeys(a, b) || inBytes(a, b)
}

function* readLines({ io }: Call, path: string, end: string, lines: string[]): Generator<Progress, Result<undefined>, void> {
  const opened = openInput(path, io)
  if (!opened.ok) return opened
  let rest = ''
  const read = yield* eachPiece(opened.value, io, {}, (piece) => {
    const parts = (rest + latin1Of(piece)).split(end)
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(part)
  })
  opened.value.close()
  if (!read.ok) return read
  if (rest !== '') lines.push(rest)
  return ok()
}

function check({ given, voice }: Call, lines: readonly string[], byKeys: Compare): number {
  const most = has(given, 'u') ? -1 : 0
  const order = orderOf(given, byKeys)
  const at = lines.findIndex((line, i) => i > 0 && order(lines[i - 1] as string, line) > most)
  if (at < 0) return 0
  if (!has(given, 'C')) voice.say(`${given.operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at]}`)
  return 1
}

function* write({ given, io, voice }: Call, bytes: Uint8Array): Generator<Progress, number, void> {
  const path = valueOf(given, 'o')
  const opened = path === undefined ? undefined : io.open(path, { write: true, create: 0o666, truncate: true })
  if (opened && !opened.ok) {
    voice.fail(`open failed: ${path}`, opened.failure, path)
    return TROUBLE
  }
  for (let done = 0; done < bytes.length; done += PIECE_BYTES) {
    const piece = bytes.subarray(done, done + PIECE_BYTES)
    yield { doneCount: done, totalCount: bytes.length, unit: 'bytes' }
    if (!opened) {
      io.outBytes(piece)
      continue
    }
    const { failure } = writeFull(opened.value, done, piece)
    if (!failure) continue
    voice.fail(`write failed: ${path}`, failure, path)
    return TROUBLE
  }
  opened?.value.close()
  return 0
}
