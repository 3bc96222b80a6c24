// dd: a byte stream counted in blocks. Reads here are never short, so whole and partial records follow from the byte counts
// and no block is ever held whole, however big bs is. Without conv=notrunc the target is cut first, as dd does.

import { ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES, type Task } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import { humanSize, sizeOf } from './numbers.ts'
import { eachPiece, openInput, STDIN, writeFull } from './streams.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const KEYS = new Set(['if', 'of', 'bs', 'ibs', 'obs', 'cbs', 'count', 'skip', 'iseek', 'seek', 'oseek', 'conv', 'iflag', 'oflag', 'status'])
const CONVERSIONS = new Set(['notrunc', 'sync', 'fsync', 'fdatasync', 'noerror', 'excl', 'nocreat', 'ucase', 'lcase', 'swab'])
const FLAGS = new Set(['append', 'direct', 'directory', 'dsync', 'sync', 'fullblock', 'nonblock', 'noatime', 'nocache', 'noctty', 'nofollow', 'skip_bytes', 'count_bytes', 'seek_bytes'])

interface Job {
  from: string
  to: string | undefined
  inBlock: number
  outBlock: number
  skipBytes: number
  seekBytes: number
  lengthBytes: number
  conv: ReadonlySet<string>
  append: boolean
  quiet: boolean
  showSpeed: boolean
}

export const dd = tool({
  short: '',
  help: 'dd [if=FILE] [of=FILE] [bs=N | ibs=N obs=N] [count=N] [skip=N] [seek=N] [conv=notrunc,sync,fsync...] [status=none|noxfer|progress]: copies in blocks. To write inside a famfs file say conv=notrunc: without it the file is cut first, which breaks it.',
}, function* run(call) {
  const read = jobOf(call.given.operands)
  if (typeof read === 'string') {
    call.voice.say(read, /^unrecognized|^invalid (conv|input|output)/.test(read) ? `Try 'dd --help'.` : '')
    return 1
  }
  return yield* copy(read, call)
})

function* copy(job: Job, { io, voice }: Call): Task<number> {
  const started = io.system.now()
  const input = openInput(job.from, io)
  if (!input.ok) {
    voice.fail(`failed to open '${job.from}'`, input.failure, job.from)
    return 1
  }
  const output = job.to === undefined ? undefined : openOutput(job, job.to, io)
  if (output && !output.ok) {
    voice.fail(`failed to open '${job.to}'`, output.failure, job.to)
    input.value.close()
    return 1
  }
  const target = output?.value
  const startBytes = job.append && target ? target.sizeBytes() : job.seekBytes
  let inBytes = 0
  let outBytes = 0
  let exitCode = 0
  const put = (piece: Uint8Array): boolean => {
    if (!target) {
      io.outBytes(piece)
      outBytes += piece.length
      return true
    }
    const { doneBytes, failure } = writeFull(target, startBytes + outBytes, piece)
    outBytes += doneBytes
    if (!failure) return true
    voice.fail(`error writing '${job.to}'`, failure, job.to)
    exitCode = 1
    return false
  }
  const span = { fromBytes: job.skipBytes, lengthBytes: job.lengthBytes, fresh: !target, label: job.to ?? job.from }
  const read = yield* eachPiece(input.value, io, span, (piece) => {
    inBytes += piece.length
    return put(converted(piece, job.conv))
  })
  if (!read.ok) {
    voice.fail(`error reading '${job.from === STDIN ? 'standard input' : job.from}'`, read.failure, job.from)
    exitCode = 1
  }
  // Only the last block can be short.
  const missing = (job.inBlock - (inBytes % job.inBlock)) % job.inBlock
  if (exitCode === 0 && job.conv.has('sync')) {
    for (let left = missing; left > 0; left -= PIECE_BYTES) if (!put(new Uint8Array(Math.min(left, PIECE_BYTES)))) break
  }
  input.value.close()
  target?.close()
  if (!job.quiet) io.err(report(job, inBytes, outBytes, io.system.now() - started))
  return exitCode
}

function openOutput(job: Job, path: string, io: ToolIo): Result<Handle> {
  const there = io.system.stat(path, io.caller)
  const exists = there.ok
  const isFile = !exists || there.value.kind === 'file'
  const cuts = isFile && !job.conv.has('notrunc') && !job.append
  const opened = io.open(path, {
    write: true,
    ...(job.conv.has('nocreat') ? {} : { create: 0o666 }),
    ...(job.conv.has('excl') ? { exclusive: true } : {}),
    ...(cuts && job.seekBytes === 0 ? { truncate: true } : {}),
  })
  if (!opened.ok || !cuts || job.seekBytes === 0) return opened
  const cut = opened.value.truncate(job.seekBytes)
  if (cut.ok) return ok(opened.value)
  opened.value.close()
  return cut
}

function converted(piece: Uint8Array, conv: ReadonlySet<string>): Uint8Array {
  if (conv.has('ucase')) return piece.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte))
  if (conv.has('lcase')) return piece.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
  if (!conv.has('swab')) return piece
  return piece.map((byte, i) => piece[i ^ 1] ?? byte)
}

function report(job: Job, inBytes: number, outBytes: number, elapsedMs: number): string {
  const records = (bytes: number, block: number): string => `${Math.floor(bytes / block)}+${bytes % block === 0 ? 0 : 1} records`
  const lines = `${records(inBytes, job.inBlock)} in\n${records(outBytes, job.outBlock)} out\n`
  if (!job.showSpeed) return lines
  const seconds = Math.max(elapsedMs, 1) / 1000
  const human = outBytes < 1000 ? '' : ` (${spaced(humanSize(outBytes, 1000, Math.round), 'B')}${outBytes < 1024 ? '' : `, ${spaced(humanSize(outBytes, 1024, Math.round), 'iB')}`})`
  return `${lines}${outBytes} byte${outBytes === 1 ? '' : 's'}${human} copied, ${seconds} s, ${spaced(humanSize(Math.round(outBytes / seconds), 1000, Math.round), 'B')}/s\n`
}

/** "1.5M" to "1.5 MB" or "1.5 MiB"; dd writes kB with a small k. */
function spaced(size: string, tail: string): string {
  const unit = /[KMGTPE]$/.exec(size)?.[0] ?? ''
  if (unit === '') return `${size} B`
  return `${size.slice(0, -1)} ${unit === 'K' && tail === 'B' ? 'k' : unit}${tail}`
}

/** @returns what is wrong, in GNU's words, where it can't be read */
function jobOf(operands: readonly string[]): Job | string {
  const said = new Map<string, string>()
  for (const operand of operands) {
    const equals = operand.indexOf('=')
    const key = operand.slice(0, Math.max(0, equals))
    if (!KEYS.has(key)) return `unrecognized operand '${operand}'`
    said.set(key, operand.slice(equals + 1))
  }
  const list = (key: string): string[] => (said.get(key) ?? '').split(',').filter((word) => word !== '')
  const conv = new Set(list('conv'))
  const inFlags = list('iflag')
  const outFlags = list('oflag')
  for (const word of conv) if (!CONVERSIONS.has(word)) return `invalid conversion: '${word}'`
  for (const word of inFlags) if (!FLAGS.has(word)) return `invalid input flag: '${word}'`
  for (const word of outFlags) if (!FLAGS.has(word)) return `invalid output flag: '${word}'`
  const status = said.get('status') ?? ''
  if (!/^(none|noxfer|progress|)$/.test(status)) return `invalid status level: '${status}'`
  for (const key of ['bs', 'ibs', 'obs', 'count', 'skip', 'iseek', 'seek', 'oseek']) {
    const text = said.get(key)
    if (text !== undefined && productOf(text) === undefined) return `invalid number: '${text}'`
    if (key.endsWith('bs') && text !== undefined && productOf(text) === 0) return `invalid number: '${text}'`
  }
  const number = (...keys: string[]): number | undefined => keys.map((key) => said.get(key)).map((text) => (text === undefined ? undefined : productOf(text))).find((value) => value !== undefined)
  const inBlock = number('bs', 'ibs') ?? 512
  const outBlock = number('bs', 'obs') ?? 512
  const scaled = (count: number, block: number, inBytes: boolean): number => (inBytes ? count : count * block)
  const count = number('count')
  const isBytes = (key: string): boolean => (said.get(key) ?? '').endsWith('B')
  return {
    from: said.get('if') ?? STDIN,
    to: said.get('of'),
    inBlock,
    outBlock,
    skipBytes: scaled(number('skip', 'iseek') ?? 0, inBlock, inFlags.includes('skip_bytes') || isBytes('skip')),
    seekBytes: scaled(number('seek', 'oseek') ?? 0, outBlock, outFlags.includes('seek_bytes') || isBytes('seek')),
    lengthBytes: count === undefined ? Infinity : scaled(count, inBlock, inFlags.includes('count_bytes') || isBytes('count')),
    conv,
    append: outFlags.includes('append'),
    quiet: status === 'none',
    showSpeed: status !== 'noxfer',
  }
}

/** "2x1M" is 2 MiB; "10B" is ten bytes. */
function productOf(text: string): number | undefined {
  if (/^0x/i.test(text)) return sizeOf(text)
  let product = 1
  for (const factor of text.split('x')) {
    // dd alone wants its units in capitals, but for k.
    if (/[mgt]/.test(factor)) return undefined
    const value = sizeOf(/^\d+B$/.test(factor) ? factor.slice(0, -1) : factor)
    if (value === undefined) return undefined
    product *= value
  }
  return Number.isSafeInteger(product) ? product : undefined
}
