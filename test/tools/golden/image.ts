// An image is whatever bytes a file holds, gzipped or not, whole or cut off: loading never fails for what is in it, only
// for a file that can't be read.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { toSafeNumber } from '../../../src/core/base/align.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { readLogHeaderBytes, readSuperblockBytes } from '../../../src/core/log/layout.ts'
import { LOG_MAGIC, SUPERBLOCK_MAGIC } from '../../../src/core/omf/constants.ts'
import { LogHeader } from '../../../src/core/omf/log.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'

/** Far more than superblock and any log; a guard against a small file that unpacks to a disk. */
const UNPACKED_MOST_BYTES = 2 ** 31

export interface Image {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  memory: Memory
  /** What is wrong with the file as a whole, in a sentence without its stop; what can be looked at still is. */
  trouble: string | undefined
}

export function loadImage(path: string): Image {
  const { bytes, whole } = unpacked(readFileSync(path))
  const memory = memoryOf(bytes)
  const trouble = whole ? troubleOf(memory) : 'the archive ends too early; what it gave was looked at'
  return { name: basename(path).replace(/\.img(\.gz)?$/, ''), bytes, memory, trouble }
}

/** The device is as large as its superblock says, and never smaller than what is here. */
export function memoryOf(bytes: Uint8Array<ArrayBuffer>): Memory {
  const claimedBytes = toSafeNumber(Superblock.decode(bytes).ts_daxdev.dd_size) ?? 0
  const device = daxdev({ name: 'image', uuid: NIL_UUID, buffer: bytes.buffer, sizeBytes: Math.max(bytes.length, claimedBytes) })
  return coherentMemory(device)
}

/** What can be unpacked of a cut-off archive is looked at; anything that is no archive is taken as it is. */
function unpacked(file: Buffer): { bytes: Uint8Array<ArrayBuffer>; whole: boolean } {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return { bytes: new Uint8Array(file), whole: true }
  const options = { maxOutputLength: UNPACKED_MOST_BYTES }
  try {
    return { bytes: new Uint8Array(gunzipSync(file, options)), whole: true }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'Z_BUF_ERROR') throw error
    return { bytes: new Uint8Array(gunzipSync(file, { ...options, finishFlush: constants.Z_SYNC_FLUSH })), whole: false }
  }
}

function troubleOf(memory: Memory): string | undefined {
  if (memory.presentBytes === 0) return 'the file is empty'
  const superblock = Superblock.decode(readSuperblockBytes(memory))
  const header = LogHeader.decode(readLogHeaderBytes(memory))
  const known = superblock.ts_magic === SUPERBLOCK_MAGIC || header.famfs_log_magic === LOG_MAGIC
  return known ? undefined : 'neither a superblock nor a log is here: this is no famfs image'
}
