// node:zlib as far as the shell library asks for it, for browsers, which have none: gzip, gunzip and zcat over fflate. The
// bundler puts it there by an alias.

import { gunzipSync as inflateGzip, gzipSync as deflateGzip } from 'fflate'

type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

interface Options {
  level?: number
  /** What the result may have at most. */
  maxOutputLength?: number
}

const MOST_LEVEL = 9
const DEFAULT_LEVEL = 6

export const constants = { Z_BEST_COMPRESSION: MOST_LEVEL, Z_BEST_SPEED: 1, Z_DEFAULT_COMPRESSION: -1, Z_NO_COMPRESSION: 0 }

export function gzipSync(bytes: Uint8Array, { level }: Options = {}): Uint8Array {
  return deflateGzip(bytes, { level: levelOf(level) })
}

export function gunzipSync(bytes: Uint8Array, { maxOutputLength }: Options = {}): Uint8Array {
  return within(inflateGzip(bytes), maxOutputLength)
}

function levelOf(level: number | undefined): Level {
  return (level === undefined || level < 0 || level > MOST_LEVEL ? DEFAULT_LEVEL : level) as Level
}

function within(bytes: Uint8Array, most = Infinity): Uint8Array {
  if (bytes.length > most) throw new RangeError(`Cannot create a Buffer larger than ${most} bytes`)
  return bytes
}
