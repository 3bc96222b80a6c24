// A look at bytes is a private copy of at most 64 KiB. A file is looked at through the map that the host has, so that the
// page shows what the host would read.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Fmap } from '../core/fmap/fmap.ts'
import { LENGTH, newAnswer, OFFSET } from '../core/fmap/resolve.ts'
import { resolverOf } from '../core/fmap/mapResolve.ts'
import type { Memory } from '../core/mem/memory.ts'
import { type HostFile, PEEK_MOST_BYTES } from './types.ts'

/** Bytes behind the end of the device are left out. */
export function peekDevice(memory: Memory, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>, 'peek_too_long' | 'not_on_image'> {
  const { presentBytes } = memory
  if (lengthBytes > PEEK_MOST_BYTES) return fail('peek_too_long', { lengthBytes, limitBytes: PEEK_MOST_BYTES })
  if (!isOffset(offsetBytes) || offsetBytes > presentBytes) return fail('not_on_image', { offsetBytes, presentBytes })
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, presentBytes - offsetBytes)))
  memory.read(offsetBytes, bytes)
  return ok(bytes)
}

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

function isOffset(offsetBytes: number): boolean {
  return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0
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
