// A file is looked at through the map that the host has, so that the page shows what the host would read. Loaded when the first
// is looked at.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Fmap } from '../core/fmap/fmap.ts'
import { resolverOf } from '../core/fmap/mapResolve.ts'
import { LENGTH, newAnswer, OFFSET } from '../core/fmap/resolve.ts'
import type { Memory } from '../core/mem/memory.ts'
import { isOffset } from './peek.ts'
import { type HostFile, PEEK_MOST_BYTES } from './types.ts'

/** Bytes behind the end of the file are left out. */
export function peekFile(memory: Memory, file: HostFile, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>, 'peek_too_long' | 'out_of_file' | 'bad_map'> {
  const { path, sizeBytes } = file
  if (lengthBytes > PEEK_MOST_BYTES) return fail('peek_too_long', { lengthBytes, limitBytes: PEEK_MOST_BYTES })
  if (!isOffset(offsetBytes)) return fail('out_of_file', { path, offsetBytes, lengthBytes, sizeBytes })
  return readFile(memory, file, offsetBytes, lengthBytes)
}

/** However long: whoever asks for much asks for it in pieces. */
export function readFile(memory: Memory, file: HostFile, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>, 'bad_map'> {
  const { path, sizeBytes } = file
  const resolver = resolverOf(mapOf(file))
  const answer = newAnswer()
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, sizeBytes - offsetBytes)))
  for (let at = 0; at < bytes.length; ) {
    if (!resolver.resolve(offsetBytes + at, answer)) return fail('bad_map', { path, what: `byte ${offsetBytes + at} has no place` })
    const count = Math.min(answer[LENGTH] as number, bytes.length - at)
    const from = answer[OFFSET] as number
    if (from + count > memory.presentBytes) return fail('bad_map', { path, what: `byte ${from + count} is beyond the device` })
    memory.read(from, bytes.subarray(at, at + count))
    at += count
  }
  return ok(bytes)
}

/** Where a byte of the file lies on the device; undefined for one that has no place. */
export function placeOf(file: HostFile, offsetBytes: number): number | undefined {
  const answer = newAnswer()
  return resolverOf(mapOf(file)).resolve(offsetBytes, answer) ? answer[OFFSET] : undefined
}

function mapOf(file: HostFile): Fmap {
  const pieces = file.extents.map((extent) => ({ devindex: 0, ...extent }))
  const { sizeBytes, chunkBytes } = file
  return chunkBytes === undefined ? { kind: 'simple', sizeBytes, extents: pieces } : { kind: 'interleaved', sizeBytes, chunkBytes, strips: pieces }
}
