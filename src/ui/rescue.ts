// The used bytes of all devices as one file, one behind the other, for when they can't be saved otherwise: from byte 0 to the end of the last file, or of
// what isn't zero where superblock and log don't say in full what is used. In gzip where the browser has it, so that what is
// free weighs nothing. `Open a dump` reads it.

import { toPlain } from '../core/base/plain.ts'
import { ok, type Result } from '../core/base/result.ts'
import { PEEK_MOST_BYTES, type Playground, type Snapshot } from '../playground/types.ts'
import { ALLOC_UNIT_BYTES, LOG_LEAST_BYTES } from '../core/omf/constants.ts'
import { logOffsetOf } from './addresses.ts'

export async function usedBytes(playground: Playground): Promise<Result<{ name: string; blob: Blob }>> {
  const snapshot = playground.snapshot()
  const end = isToldInFull(snapshot) ? ok(0) : await lastUsed(playground, snapshot.device.sizeBytes)
  if (!end.ok) return end
  const ranges = end.value > 0 ? [{ startBytes: 0, endBytes: end.value }] : usedRanges(snapshot)
  const gzip = typeof CompressionStream === 'function' ? new CompressionStream('gzip') : undefined
  const packed = gzip && gathered(gzip.readable)
  const writer = gzip?.writable.getWriter()
  const pieces: Uint8Array[] = []
  const put = async (piece: Uint8Array<ArrayBuffer>): Promise<void> => void (writer ? await writer.write(piece) : pieces.push(piece))

  let at = 0
  for (const { startBytes, endBytes } of ranges) {
    for (; at < startBytes; at += PEEK_MOST_BYTES) await put(new Uint8Array(Math.min(PEEK_MOST_BYTES, startBytes - at)))
    for (at = Math.max(startBytes, 0); at < endBytes; at += PEEK_MOST_BYTES) {
      const piece = await playground.peek({ kind: 'device' }, at, Math.min(PEEK_MOST_BYTES, endBytes - at))
      if (!piece.ok) return piece
      await put(piece.value)
    }
    at = endBytes
  }
  await writer?.close()
  const bytes = packed ? await packed : joined(pieces)
  return ok({ name: `famfs-device.img${gzip ? '.gz' : ''}`, blob: new Blob([toPlain(bytes)]) })
}

/** What a damaged entry named is nobody's any more, and still there. */
function isToldInFull({ device: { filesystem } }: Snapshot): boolean {
  return filesystem !== undefined && filesystem.badEntryCount === 0
}

/** End of the last portion that isn't all zero. */
async function lastUsed(playground: Playground, sizeBytes: number): Promise<Result<number>> {
  for (let at = Math.floor(Math.max(0, sizeBytes - 1) / PEEK_MOST_BYTES) * PEEK_MOST_BYTES; at >= 0; at -= PEEK_MOST_BYTES) {
    const piece = await playground.peek({ kind: 'device' }, at, PEEK_MOST_BYTES)
    if (!piece.ok) return piece
    if (piece.value.some((byte) => byte !== 0)) return ok(Math.min(sizeBytes, Math.ceil((at + 1) / ALLOC_UNIT_BYTES) * ALLOC_UNIT_BYTES))
  }
  return ok(0)
}

/** In order, none touching another: superblock and log, then what files have. */
export function usedRanges(snapshot: Pick<Snapshot, 'device' | 'files'>): { startBytes: number; endBytes: number }[] {
  const { sizeBytes, filesystem } = snapshot.device
  const metadataEnd = logOffsetOf(snapshot) + (filesystem?.logLengthBytes ?? LOG_LEAST_BYTES)
  const all = [{ startBytes: 0, endBytes: Math.min(sizeBytes, metadataEnd) }]
  const superblocks = snapshot.device.devices.slice(1).map(({ baseBytes }) => ({ offsetBytes: baseBytes, lengthBytes: logOffsetOf(snapshot) }))
  const extents = [...superblocks, ...snapshot.files.flatMap((file) => file.extents)].sort((a, b) => a.offsetBytes - b.offsetBytes)
  for (const { offsetBytes, lengthBytes } of extents) {
    const last = all.at(-1)
    const endBytes = Math.min(sizeBytes, offsetBytes + lengthBytes)
    if (last && offsetBytes <= last.endBytes) last.endBytes = Math.max(last.endBytes, endBytes)
    else if (offsetBytes < sizeBytes) all.push({ startBytes: offsetBytes, endBytes })
  }
  return all
}

async function gathered(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  const reader = stream.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(read.value)
  return joined(pieces)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
