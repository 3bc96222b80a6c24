// famfs verify: compares files with the data of their seeds. Any host may, and nothing is changed.

import { SeededRandom } from '../core/base/random.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import { PIECE_BYTES, type Task } from '../core/base/task.ts'
import { orBusError, tryMapping } from '../core/machine/mapping.ts'
import { type Call, command, countExit, say, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { famfsFile } from './place.ts'
import type { Io } from './program.ts'
import { differsAt, readPart } from './reading.ts'
import { shown, threadOption } from './shared.ts'
import { counted, fieldsOf, type Reading, readSeed, readText, refuse } from './units.ts'

const options = {
  seed: { short: 'S', long: 'seed', value: { name: 'SEED', read: readSeed }, says: 'what the file was filled with, not 0', against: ['multi'] },
  filename: { short: 'f', long: 'filename', value: { name: 'FILE', read: readText }, says: 'the file', against: ['multi'] },
  multi: { short: 'm', long: 'multi', value: { name: 'FILE,SEED', read: readPair }, says: 'one of several files; repeatable' },
  threadct: threadOption('threads to verify several files with, 0 to 256 (one for each CPU)'),
  quiet: { short: 'q', long: 'quiet', says: 'no word where all is good' },
} as const satisfies OptionTable

export const verify = command({
  name: 'famfs verify',
  about: 'compare files with the data that famfs creat --seed filled them with',
  synopsis: ['--seed SEED --filename FILE [--quiet]', '--multi FILE,SEED ... [--threadct N] [--quiet]'],
  options,
  notes: ['Exit codes: 0 equal, 1 not; with --multi the number of files that differ.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, name } = call
  if (given.multi.length > 0) return yield* several(call, given.multi)
  const file = given.filename.at(-1)
  const seed = given.seed.at(-1) ?? 0n
  if (file === undefined || seed === 0n) {
    return stop(call, { says: file === undefined ? 'no file is named' : 'no seed is given, or it is 0', next: 'Write famfs verify -S SEED -f FILE, or -m FILE,SEED.' })
  }
  const verified = yield* one(io, file, seed)
  if (!verified.ok) return stop({ io, name }, verified.failure)
  if (given.quiet === 0) io.out(`Success: verified ${verified.value} bytes in file ${file}\n`)
  return 0
}

function* several({ given, io, name }: Call<typeof options>, files: readonly { name: string; seed: bigint }[]): Task<number> {
  const threadCount = given.threadct.at(-1) ?? io.system.cpuCount
  if (given.quiet === 0) io.out(`verify_multi: threads=${threadCount} nfiles=${files.length}\n`)
  let errorCount = 0
  for (const file of files) {
    const verified = yield* one(io, file.name, file.seed)
    if (verified.ok) continue
    errorCount++
    say(io, name, verified.failure)
  }
  io.out(`Verify complete for ${files.length} files with ${errorCount} errs\n`)
  return countExit(errorCount)
}

/** @returns the bytes that are equal: all of them */
function* one(io: Io, file: string, seed: bigint): Task<Result<number>> {
  const stat = io.system.stat(file, io.caller)
  if (stat.ok && stat.value.kind === 'file' && stat.value.mountpoint === undefined) return yield* shown(io, file, local(io, file, seed))
  const found = famfsFile(io, file)
  if (!found.ok) return found
  const { path, sizeBytes } = found.value
  const mapping = tryMapping(io.system.machine, path, io.caller.user)
  if (!mapping.ok) return mapping
  const verified = orBusError(yield* shown(io, path, io.system.machine.verify(path, seed, io.caller.user)))
  return verified.ok ? ok(sizeBytes) : verified
}

/** A file outside of famfs may have been copied out of one. */
function* local(io: Io, file: string, seed: bigint): Task<Result<number>> {
  const opened = io.system.open(file, { read: true }, io.caller)
  if (!opened.ok) return opened
  const handle = opened.value
  try {
    const sizeBytes = handle.sizeBytes()
    const random = new SeededRandom(seed)
    const [seen, expected] = [new Uint8Array(Math.min(PIECE_BYTES, sizeBytes)), new Uint8Array(Math.min(PIECE_BYTES, sizeBytes))]
    for (let done = 0; done < sizeBytes; done += PIECE_BYTES) {
      yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
      const part = Math.min(PIECE_BYTES, sizeBytes - done)
      random.fillBytes(expected.subarray(0, part))
      const trouble = readPart(handle, done, seen.subarray(0, part))
      if (trouble) return trouble
      const differs = differsAt(expected.subarray(0, part), seen.subarray(0, part))
      if (differs >= 0) return fail('data_differs', { path: file, offsetBytes: done + differs - (differs % 4) })
    }
    return ok(sizeBytes)
  } finally {
    handle.close()
  }
}

function readPair(text: string): Reading<{ name: string; seed: bigint }> {
  const [name, seed, ...more] = fieldsOf(text)
  if (name === undefined || seed === undefined || more.length > 0) {
    return refuse(`“${text}” has ${counted(fieldsOf(text).length, 'field')}, not 2`, 'Write FILE,SEED.')
  }
  const read = readSeed(seed)
  return read.ok ? { ok: true, value: { name, seed: read.value } } : read
}
