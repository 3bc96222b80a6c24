// cat and tee: bytes go through unchanged, in pieces that nobody else writes into.

import type { Handle } from '../../core/machine/systemTypes.ts'
import { has } from './getopt.ts'
import { eachPiece, inputs, openInput, STDIN, writeFull } from './streams.ts'
import { tool } from './tool.ts'
import type { Voice } from './voice.ts'

/** Decorating is done byte by byte, so pauses come sooner. */
const DECORATED_BYTES = 256 * 1024

export const cat = tool({
  short: 'nbsETAveut',
  long: { number: 'n', 'number-nonblank': 'b', 'squeeze-blank': 's', 'show-ends': 'E', 'show-tabs': 'T', 'show-all': 'A' },
  help: 'cat [-bEnsTA] [FILE...]: writes files, or standard input, one after another to standard output. -n numbers lines, -b those that are not empty, -s squeezes empty ones, -E shows line ends as $, -T tabs as ^I, -A both.',
}, function* run({ given, voice, io }) {
  const style = {
    number: has(given, 'n') && !has(given, 'b'),
    numberFull: has(given, 'b'),
    squeeze: has(given, 's'),
    ends: has(given, 'E', 'A', 'e'),
    tabs: has(given, 'T', 'A', 't'),
  }
  const plain = !Object.values(style).includes(true)
  const lines = plain ? undefined : decorator(style)
  let exitCode = 0
  for (const path of inputs(given.operands)) {
    const opened = openInput(path, io)
    if (!opened.ok) {
      voice.fail(path, opened.failure)
      exitCode = 1
      continue
    }
    const read = yield* eachPiece(opened.value, io, lines ? { pieceBytes: DECORATED_BYTES, label: path } : { fresh: true, label: path }, (piece) => io.outBytes(lines ? lines(piece) : piece))
    opened.value.close()
    if (read.ok) continue
    voice.fail(path, read.failure)
    exitCode = 1
  }
  return exitCode
})

interface Out {
  path: string
  handle: Handle
  atBytes: number
}

interface Style {
  number: boolean
  numberFull: boolean
  squeeze: boolean
  ends: boolean
  tabs: boolean
}

/** Remembers across pieces and files where in a line it is. */
function decorator(style: Style): (piece: Uint8Array) => Uint8Array {
  let atStart = true
  let emptyCount = 0
  let lineNumber = 0
  return (piece) => {
    const out: number[] = []
    const put = (text: string): void => {
      for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i))
    }
    for (const byte of piece) {
      const empty = atStart && byte === 10
      emptyCount = empty ? emptyCount + 1 : 0
      if (empty && style.squeeze && emptyCount > 1) continue
      if (atStart && (style.number || (style.numberFull && !empty))) put(`${String(++lineNumber).padStart(6)}\t`)
      if (byte === 10 && style.ends) put('$')
      if (byte === 9 && style.tabs) put('^I')
      else out.push(byte)
      atStart = byte === 10
    }
    return Uint8Array.from(out)
  }
}

export const tee = tool({
  short: 'ai',
  long: { append: 'a', 'ignore-interrupts': 'i' },
  help: 'tee [-a] [FILE...]: copies standard input to standard output and to each file; -a appends. A famfs file must be there and long enough: famfs files never grow.',
}, function* run({ given, voice, io }) {
  const append = has(given, 'a')
  const outs: Out[] = []
  let exitCode = 0
  for (const path of given.operands) {
    const opened = io.open(path, { write: true, create: 0o666, truncate: !append })
    if (opened.ok) outs.push({ path, handle: opened.value, atBytes: append ? opened.value.sizeBytes() : 0 })
    else {
      voice.fail(path, opened.failure)
      exitCode = 1
    }
  }
  const input = openInput(STDIN, io)
  if (input.ok) {
    yield* eachPiece(input.value, io, { fresh: true }, (piece, offset) => {
      io.outBytes(piece)
      exitCode = Math.max(exitCode, writeAll(outs, piece, offset, voice))
    })
  }
  for (const { handle } of outs) handle.close()
  return exitCode
})

/** A file that fails is told about once, and left out from then on. */
function writeAll(outs: Out[], piece: Uint8Array, offset: number, voice: Voice): number {
  let exitCode = 0
  for (const out of outs.slice()) {
    const { failure } = writeFull(out.handle, out.atBytes + offset, piece)
    if (!failure) continue
    voice.fail(out.path, failure)
    out.handle.close()
    outs.splice(outs.indexOf(out), 1)
    exitCode = 1
  }
  return exitCode
}
