// famfs chkread: reads a file in both ways that there are, and compares.

import { PIECE_BYTES, type Task } from '../core/base/task.ts'
import { fieldsOf } from '../core/machine/toolText.ts'
import { type Call, command, onlyOperand, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { famfsFile } from './place.ts'
import { differsAt } from './reading.ts'
import type { Trouble } from './units.ts'

const SHOWN_BYTES = 256

const options = {
  superblock: { short: 's', long: 'superblock', says: 'show it as a superblock, both times', against: ['log'] },
  log: { short: 'l', long: 'log', says: 'show it as a log, both times' },
} as const satisfies OptionTable

export const chkread = command({
  name: 'famfs chkread',
  about: 'read a file by read and by mmap, and compare',
  synopsis: ['[-s|-l] FILE'],
  options,
  notes: ['Exit codes: 0 equal, 1 not.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io } = call
  const file = onlyOperand(call)
  if (file === undefined) return stop(call, { says: 'no file is named', next: 'Write famfs chkread FILE.' })
  const found = famfsFile(io, file)
  if (!found.ok) return stop(call, found.failure)
  const { path, sizeBytes } = found.value
  const heads = { read: new Uint8Array(SHOWN_BYTES), mmap: new Uint8Array(SHOWN_BYTES) }
  const compared = yield* compare(call, path, sizeBytes, heads)
  if ('says' in compared) return stop(call, compared)
  io.out(`read tried=${sizeBytes} got=${compared.gotBytes}\n`)
  const kind = given.superblock > 0 ? 'superblock' : given.log > 0 ? 'log' : undefined
  if (kind) for (const way of ['read', 'mmap'] as const) show(call, kind, way, heads[way].subarray(0, sizeBytes))
  if (compared.differsAt !== undefined) {
    return stop(call, { says: `read and mmap differ from byte ${compared.differsAt} on`, next: 'Flush the file (famfs flush), then look again.' })
  }
  io.out('Read and mmap match\n')
  return 0
}

/** Keeps the first bytes of both ways. */
function* compare(
  { io }: Call<typeof options>,
  path: string,
  sizeBytes: number,
  heads: { read: Uint8Array; mmap: Uint8Array },
): Task<{ gotBytes: number; differsAt: number | undefined } | Trouble> {
  const mapped = io.system.machine.mmap(path, { read: true }, io.caller.user)
  if (!mapped.ok) return mapped.failure
  const opened = io.system.open(path, { read: true }, io.caller)
  if (!opened.ok) return opened.failure
  try {
    const length = Math.min(PIECE_BYTES, sizeBytes)
    const [a, b] = [new Uint8Array(length), new Uint8Array(length)]
    let gotBytes = 0
    for (let done = 0; done < sizeBytes; done += length) {
      yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
      const part = Math.min(length, sizeBytes - done)
      const got = opened.value.read(done, a.subarray(0, part))
      if (!got.ok) return got.failure
      gotBytes += got.value
      const copied = mapped.value.copyTo(b.subarray(0, part), done)
      if (!copied.ok) return copied.failure
      if (done === 0) {
        heads.read.set(a.subarray(0, SHOWN_BYTES))
        heads.mmap.set(b.subarray(0, SHOWN_BYTES))
      }
      const differs = differsAt(a.subarray(0, part), b.subarray(0, part))
      if (differs >= 0) return { gotBytes, differsAt: done + differs }
    }
    return { gotBytes, differsAt: undefined }
  } finally {
    opened.value.close()
  }
}

function show({ io }: Call<typeof options>, kind: 'superblock' | 'log', way: string, bytes: Uint8Array): void {
  const fields = fieldsOf(kind, bytes)
  io.out(`${kind} by ${way}:\n`)
  if (!fields) io.out(`  this is no ${kind}\n`)
  for (const [name, value] of fields ?? []) io.out(`  ${name}: ${value}\n`)
  for (let at = 0; at < bytes.length; at += 16) {
    const hex = Array.from(bytes.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    io.out(`  ${at.toString(16).padStart(8, '0')}  ${hex}\n`)
  }
}
