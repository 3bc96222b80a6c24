// The common CRC-32 (zlib): crc32 of "123456789" is 0xcbf43926. Every checksum on the media is this one.

import { crc32 as crc32OfView } from '@foxglove/crc'

/** @returns an unsigned 32-bit number */
export function crc32(bytes: Uint8Array): number {
  return crc32OfView(bytes)
}
