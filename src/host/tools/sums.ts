// sha256sum, sha1sum, md5sum. The hashers are WebAssembly and come to life asynchronously, so `prepareHashers` runs once before
// the first tool. One hasher serves all tools at once: its state is put away between pieces.

import { createMD5, createSHA1, createSHA256, createSHA512, type IHasher } from 'hash-wasm'
import type { Program } from '../../cli/program.ts'
import { assert } from '../../core/base/assert.ts'
import { textOf } from '../../core/base/plain.ts'
import { ok, type Result } from '../../core/base/result.ts'
import type { Task } from '../../core/base/task.ts'
import { has } from './getopt.ts'
import { eachPiece, inputs, openInput, smallFile, STDIN } from './streams.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

type Algorithm = 'MD5' | 'SHA1' | 'SHA256' | 'SHA512'

const makers: Readonly<Record<Algorithm, () => Promise<IHasher>>> = { MD5: createMD5, SHA1: createSHA1, SHA256: createSHA256, SHA512: createSHA512 }
const hashers = new Map<Algorithm, IHasher>()

export async function prepareHashers(): Promise<void> {
  for (const algorithm of Object.keys(makers) as Algorithm[]) {
    if (!hashers.has(algorithm)) hashers.set(algorithm, await makers[algorithm]())
  }
}

export const md5sum = sumTool('MD5', 32)
export const sha1sum = sumTool('SHA1', 40)
export const sha256sum = sumTool('SHA256', 64)
export const sha512sum = sumTool('SHA512', 128)

function sumTool(algorithm: Algorithm, digits: number): Program {
  return tool({
    short: 'bctwz',
    long: { binary: 'b', check: 'c', text: 't', tag: 'tag', quiet: 'quiet', status: 'status', warn: 'w', strict: 'strict', 'ignore-missing': 'missing', zero: 'z' },
    help: `${algorithm.toLowerCase()}sum [-c] [FILE...]: prints ${algorithm} checksums of files, or of standard input; -c reads such lines from files and checks them, --quiet says nothing about good ones, --status nothing at all.`,
  }, function* run(call) {
    const { given, io, voice } = call
    let exitCode = 0
    for (const path of inputs(given.operands)) {
      if (has(given, 'c')) {
        exitCode = Math.max(exitCode, yield* checkList(algorithm, digits, path, call))
        continue
      }
      const sum = yield* sumOf(algorithm, path, io)
      if (sum.ok) io.out(has(given, 'tag') ? `${algorithm} (${path}) = ${sum.value}\n` : `${sum.value} ${has(given, 'b') ? '*' : ' '}${path}${has(given, 'z') ? '\0' : '\n'}`)
      else {
        voice.fail(path, sum.failure)
        exitCode = 1
      }
    }
    return exitCode
  })
}

function* sumOf(algorithm: Algorithm, path: string, io: ToolIo): Task<Result<string>> {
  const opened = openInput(path, io)
  if (!opened.ok) return opened
  const hasher = hashers.get(algorithm)
  assert(hasher !== undefined, 'prepare() ran before the first checksum')
  let state = hasher.init().save()
  const read = yield* eachPiece(opened.value, io, { label: path }, (piece) => {
    hasher.load(state)
    state = hasher.update(piece).save()
  })
  opened.value.close()
  if (!read.ok) return read
  hasher.load(state)
  return ok(hasher.digest('hex'))
}

function* checkList(algorithm: Algorithm, digits: number, listPath: string, { given, io, voice }: Call): Task<number> {
  const bytes = smallFile(listPath, io)
  if (!bytes) {
    const opened = openInput(listPath, io)
    if (!opened.ok) voice.fail(listPath, opened.failure)
    return 1
  }
  const line = new RegExp(`^\\\\?(?:([0-9a-fA-F]{${digits}}) [ *](.+)|${algorithm} \\((.+)\\) = ([0-9a-fA-F]{${digits}}))$`)
  const counts = { read: 0, malformed: 0, unreadable: 0, different: 0 }
  const quiet = has(given, 'status')
  for (const text of textOf(bytes).split('\n')) {
    if (text === '' || text.startsWith('#')) continue
    const match = line.exec(text)
    if (!match) {
      counts.malformed++
      continue
    }
    counts.read++
    const path = match[2] ?? match[3] ?? ''
    const sum = yield* sumOf(algorithm, path, io)
    if (!sum.ok) {
      if (has(given, 'missing') && sum.failure.errno === 'ENOENT') continue
      counts.unreadable++
      voice.fail(path, sum.failure)
      if (!quiet) io.out(`${path}: FAILED open or read\n`)
      continue
    }
    const good = sum.value === (match[1] ?? match[4] ?? '').toLowerCase()
    if (!good) counts.different++
    if (!quiet && !(good && has(given, 'quiet'))) io.out(`${path}: ${good ? 'OK' : 'FAILED'}\n`)
  }
  if (counts.read === 0) {
    voice.say(`${listPath === STDIN ? 'standard input' : listPath}: no properly formatted checksum lines found`)
    return 1
  }
  const warn = (count: number, one: string, many: string): void => {
    if (count > 0 && !quiet) voice.say(`WARNING: ${count} ${count === 1 ? one : many}`)
  }
  warn(counts.malformed, 'line is improperly formatted', 'lines are improperly formatted')
  warn(counts.unreadable, 'listed file could not be read', 'listed files could not be read')
  warn(counts.different, 'computed checksum did NOT match', 'computed checksums did NOT match')
  return counts.unreadable + counts.different > 0 || (has(given, 'strict') && counts.malformed > 0) ? 1 : 0
}
