// An image is whatever bytes a file holds, gzipped or not, whole or cut off: loading never fails for what is in it, only
// for a file that can't be read.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { toSafeNumber } from '../../../src/core/base/align.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'

/** Far more than superblock and any log; a guard against a small file that unpacks to a disk. */
const UNPACKED_MOST_BYTES = 2 ** 31

export interface Image {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  memory: Memory
}

export function loadImage(path: string): Image {
  const bytes = unpacked(readFileSync(path))
  return { name: basename(path).replace(/\.img(\.gz)?$/, ''), bytes, memory: memoryOf(bytes) }
}

/** The device is as large as its superblock says, and never smaller than what is here. */
export function memoryOf(bytes: Uint8Array<ArrayBuffer>): Memory {
  const claimedBytes = toSafeNumber(Superblock.decode(bytes).ts_daxdev.dd_size) ?? 0
  const device = daxdev({ name: 'image', uuid: NIL_UUID, buffer: bytes.buffer, sizeBytes: Math.max(bytes.length, claimedBytes) })
  return coherentMemory(device)
}

/** What can be unpacked of a damaged archive is looked at; anything that is no archive is taken as it is. */
function unpacked(file: Buffer): Uint8Array<ArrayBuffer> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return new Uint8Array(file)
  const bytes = gunzipSync(file, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MOST_BYTES })
  return new Uint8Array(bytes)
}
