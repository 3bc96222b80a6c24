// famfs creat: one new file with its final size, or several. A file that is there with the wanted size is good as it is.
// Nothing is made before everything that can be seen to be wrong has been looked at.

import type { Task } from '../core/base/task.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import type { CreateSpec } from '../core/machine/types.ts'
import { orBusError, tryMapping } from '../core/machine/mapping.ts'
import { yamlOf } from '../core/machine/toolText.ts'
import { type Call, command, countExit, onlyOperand, say, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { existingFile, famfsFile, lockable, refuseMeta } from './place.ts'
import type { Io } from './program.ts'
import { configuredInterleave, gid, interleaveOf, interleaving, modeOption, ownerOf, shown, threadOption, uid, verbose } from './shared.ts'
import { counted, fieldsOf, type Reading, readSeed, readSize, refuse } from './units.ts'

interface Wanted {
  name: string
  /** Undefined where no size was given: fine for a file that exists. */
  sizeBytes: number | undefined
  seed: bigint
}

const options = {
  size: { short: 's', long: 'size', value: { name: 'SIZE', read: readSize }, says: 'bytes, or with k, m or g behind the number; needed for a new file' },
  randomize: { short: 'r', long: 'randomize', says: 'fill with pseudo random data; needs --seed' },
  seed: { short: 'S', long: 'seed', value: { name: 'SEED', read: readSeed }, says: 'of the data, not 0; famfs verify wants the same', against: ['multi'] },
  mode: modeOption('permission bits in octal (0644), less the umask'),
  uid,
  gid,
  multi: { short: 'M', long: 'multi', value: { name: 'FILE,SIZE[,SEED]', read: readMulti }, says: 'one of several files; repeatable' },
  threadct: threadOption('threads to fill several files with, 0 to 256 (one for each CPU)'),
  ...interleaving,
  verbose,
} as const satisfies OptionTable

export const creat = command({
  name: 'famfs creat',
  about: 'make files with their final size, or fill files again',
  synopsis: ['[options] FILE', '[options] --multi FILE,SIZE[,SEED] ...'],
  options,
  notes: ['New files show what the memory held before, unless they are filled.', 'Exit codes: 0 good, 1 refused; with --multi the number of files that failed.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, name } = call
  const { interleave, trouble } = interleaveOf(given)
  if (trouble) return stop(call, trouble)
  if (given.multi.length > 0) return yield* several(call, given.multi, interleave)
  const file = onlyOperand(call)
  if (file === undefined) return stop(call, { says: 'no file is named', next: 'Write famfs creat --size SIZE FILE.' })
  const seed = given.seed.at(-1) ?? 0n
  if (given.seed.length > 0 && given.randomize === 0) return stop(call, { says: '--seed says nothing without --randomize', next: 'Give both: -r -S SEED.' })
  if (seed === 0n && given.randomize > 0) io.err(`${name}: --randomize without --seed fills nothing; give -S SEED.\n`)
  const wanted = { name: file, sizeBytes: given.size.at(-1), seed }
  const made = yield* make(call, wanted, interleave)
  if (!made.ok) return stop(call, made.failure)
  if (seed === 0n) return 0
  const filled = yield* fill(io, file, seed)
  if (!filled.ok) return stop({ io, name }, filled.failure)
  io.out(`randomized ${filled.value} bytes: ${file}\n`)
  return 0
}

function* several(call: Call<typeof options>, files: readonly Wanted[], interleave: CreateSpec['interleave']): Task<number> {
  const { given, io, name } = call
  if (given.size.length > 0) io.err(`${name}: --size is ignored: each --multi has its own.\n`)
  if (call.operands.length > 0) io.err(`${name}: ${call.operands.join(' ')} is ignored: files are named by --multi.\n`)
  let newCount = 0
  let errorCount = 0
  for (const wanted of files) {
    // Size 0 stands for the size that an existing file has.
    const made = yield* make(call, { ...wanted, sizeBytes: wanted.sizeBytes === 0 ? undefined : wanted.sizeBytes }, interleave)
    if (!made.ok) say(io, name, made.failure)
    if (!made.ok) errorCount++
    else if (made.value) newCount++
  }
  io.out(`Create complete for ${newCount} of ${files.length} files with ${errorCount} errs\n`)
  if (errorCount > 0) return countExit(errorCount)
  const threadCount = given.threadct.at(-1) ?? io.system.cpuCount
  io.out(`randomize_multi: randomizing ${files.length} files via ${threadCount} threads\n`)
  let seededCount = 0
  for (const wanted of files) {
    if (wanted.seed === 0n) continue
    const filled = yield* fill(io, wanted.name, wanted.seed)
    if (filled.ok) seededCount++
    else errorCount++
    if (!filled.ok) say(io, name, filled.failure)
  }
  io.out(`Randomize complete for ${seededCount} of ${files.length} files with ${errorCount} errs\n`)
  return countExit(errorCount)
}

/** @returns whether the file is new */
function* make(call: Call<typeof options>, wanted: Wanted, interleave: CreateSpec['interleave']): Task<Result<boolean>> {
  const { given, io, name } = call
  const there = existingFile(io, wanted.name)
  if (!there.ok) return there
  if (there.value) return recreate(call, wanted, there.value.sizeBytes)
  const place = lockable(io, wanted.name)
  if (!place.ok) return place
  const { mount, path } = place.value
  const plan = interleave ?? configuredInterleave(io, name, mount.mountpoint)
  const spec = {
    sizeBytes: wanted.sizeBytes ?? 0,
    mode: (given.mode.at(-1) ?? 0o644) & ~io.caller.umask,
    ...ownerOf(given, io),
    ...(plan ? { interleave: plan } : {}),
  }
  const made = yield* io.system.machine.creat(path, spec)
  if (!made.ok) return made
  if (given.verbose > 0) io.out(`famfs creat: created ${wanted.name} with ${spec.sizeBytes} bytes\n`)
  if (given.verbose > 1) io.out(yamlOf(made.value.inode))
  return ok(made.value.isNew)
}

/** Any host may do this: no entry is logged. */
function recreate({ given, io }: Call<typeof options>, { name, sizeBytes }: Wanted, thereBytes: number): Result<boolean> {
  if (sizeBytes !== undefined && sizeBytes !== thereBytes) return fail('size_differs', { path: name, sizeBytes: thereBytes, wantedBytes: sizeBytes })
  if (given.verbose > 0) io.out(`famfs creat: re-create: ${name} is there with ${thereBytes} bytes\n`)
  return ok(false)
}

/** @returns the bytes that were filled */
function* fill(io: Io, file: string, seed: bigint): Task<Result<number>> {
  const found = famfsFile(io, file)
  if (!found.ok) return found
  const { path, sizeBytes } = found.value
  const refused = refuseMeta(path)
  if (refused) return refused
  const mapping = tryMapping(io.system.machine, path, io.caller.user)
  if (!mapping.ok) return mapping
  const filled = orBusError(yield* shown(io, path, io.system.machine.fill(path, seed, io.caller.user)))
  return filled.ok ? ok(sizeBytes) : filled
}

function readMulti(text: string): Reading<Wanted> {
  const [name, size, seed, ...more] = fieldsOf(text)
  if (name === undefined || size === undefined || more.length > 0) {
    return refuse(`“${text}” has ${counted(fieldsOf(text).length, 'field')}, not 2 or 3`, 'Write FILE,SIZE or FILE,SIZE,SEED.')
  }
  const sizeBytes = readSize(size)
  if (!sizeBytes.ok) return sizeBytes
  const seeded = readSeed(seed ?? '0')
  if (!seeded.ok) return seeded
  const value = { name, sizeBytes: sizeBytes.value, seed: seeded.value }
  return { ok: true, value, ...(sizeBytes.ignored === undefined ? {} : { ignored: sizeBytes.ignored }) }
}
