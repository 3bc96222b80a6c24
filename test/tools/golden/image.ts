// An image is whatever bytes a file holds, gzipped or not, whole or cut off: loading never fails for what is in it, only
// for a file that can't be read.

import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { constants, gunzipSync, type ZlibOptions } from 'node:zlib'
import { GIB, toSafeNumber } from '../../../src/core/base/align.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { readLogHeaderBytes, readSuperblockBytes } from '../../../src/core/log/layout.ts'
import { LOG_MAGIC, SUPERBLOCK_MAGIC } from '../../../src/core/omf/constants.ts'
import { LogHeader } from '../../../src/core/omf/log.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'

/** Far more than superblock and any log; a guard against a small file that unpacks to a disk. */
const IMAGE_MOST_BYTES = GIB

export interface Image {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  memory: Memory
  /** What is wrong with the file as a whole, in a sentence without its stop; what can be looked at still is. */
  trouble: string | undefined
}

export function loadImage(path: string): Image {
  const name = basename(path).replace(/\.img(\.gz)?$/, '')
  if (statSync(path).size > IMAGE_MOST_BYTES) throw new Error(tooLarge(name, 'is'))
  const { bytes, whole } = unpacked(name, readFileSync(path))
  const memory = memoryOf(bytes)
  const trouble = whole ? troubleOf(memory) : 'the archive ends too early; what it gave was looked at'
  return { name, bytes, memory, trouble }
}

/** The device is as large as its superblock says, and never smaller than what is here. */
export function memoryOf(bytes: Uint8Array<ArrayBuffer>): Memory {
  const claimedBytes = toSafeNumber(Superblock.decode(bytes).ts_daxdev.dd_size) ?? 0
  const device = daxdev({ name: 'image', uuid: NIL_UUID, buffer: bytes.buffer, sizeBytes: Math.max(bytes.length, claimedBytes) })
  return coherentMemory(device)
}

/** What can be unpacked of a cut-off archive is looked at; anything that is no archive is taken as it is. */
function unpacked(name: string, file: Buffer): { bytes: Uint8Array<ArrayBuffer>; whole: boolean } {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return { bytes: new Uint8Array(file), whole: true }
  const unpack = (options: ZlibOptions): Uint8Array<ArrayBuffer> => {
    try {
      return new Uint8Array(gunzipSync(file, { ...options, maxOutputLength: IMAGE_MOST_BYTES }))
    } catch (error) {
      throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? new Error(tooLarge(name, 'unpacks to')) : error
    }
  }
  try {
    return { bytes: unpack({}), whole: true }
  } catch (error) {
    if (codeOf(error) !== 'Z_BUF_ERROR') throw error
    return { bytes: unpack({ finishFlush: constants.Z_SYNC_FLUSH }), whole: false }
  }
}

function tooLarge(name: string, how: 'is' | 'unpacks to'): string {
  return `${name} ${how} more than 1 GiB: give the first megabytes of the device, which hold superblock and log`
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function troubleOf(memory: Memory): string | undefined {
  if (memory.presentBytes === 0) return 'the file is empty'
  const superblock = Superblock.decode(readSuperblockBytes(memory))
  const header = LogHeader.decode(readLogHeaderBytes(memory))
  const known = superblock.ts_magic === SUPERBLOCK_MAGIC || header.famfs_log_magic === LOG_MAGIC
  return known ? undefined : 'neither a superblock nor a log is here: this is no famfs image'
}
