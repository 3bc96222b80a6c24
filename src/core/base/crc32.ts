// The common CRC-32 (zlib): crc32 of "123456789" is 0xcbf43926. Every checksum on the media is this one. Eight bytes at a
// time, by tables; and zeros, of which a log is full, all at once: what they do to a checksum depends on their number alone.

const POLYNOMIAL = 0xedb8_8320
const BYTES = 256
const STEP = 8

/** Of a byte that 0 to 7 others follow. */
const TABLES = newTables()

/** @returns an unsigned 32-bit number */
export function crc32(bytes: Uint8Array): number {
  return crc32At(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)
}

/** The same without a view of its own, for who asks often. */
export function crc32At(view: DataView, start: number, end: number): number {
  return ~passed(-1, view, start, end) >>> 0
}

/** What so many zeros do to a checksum of what is before them. */
export class Zeros {
  /** Of each byte of the sum. They don't touch each other's bits, so the whole is what all four do. */
  readonly #table = new Int32Array(4 * BYTES)

  constructor(count: number) {
    const zeros = new DataView(new ArrayBuffer(count))
    const table = this.#table
    for (let i = 0; i < table.length; i++) {
      const byte = i % BYTES
      const bit = byte & -byte
      const others = i - bit
      table[i] = byte === bit ? passed(bit << (8 * Math.floor(i / BYTES)), zeros, 0, count) : (table[others] as number) ^ (table[i - byte + bit] as number)
    }
  }

  /** @param sum checksum of what is before them. @returns checksum of both */
  behind(sum: number): number {
    const r = ~sum
    const t = this.#table
    const behind = (t[r & 255] as number) ^ (t[BYTES + ((r >>> 8) & 255)] as number) ^ (t[2 * BYTES + ((r >>> 16) & 255)] as number) ^ (t[3 * BYTES + (r >>> 24)] as number)
    return ~behind >>> 0
  }
}

function passed(from: number, view: DataView, start: number, end: number): number {
  const t = TABLES
  let r = from
  let i = start
  for (; i + STEP <= end; i += STEP) {
    r ^= view.getInt32(i, true)
    const s = view.getInt32(i + 4, true)
    const last = (t[s >>> 24] as number) ^ (t[BYTES + ((s >>> 16) & 255)] as number) ^ (t[2 * BYTES + ((s >>> 8) & 255)] as number) ^ (t[3 * BYTES + (s & 255)] as number)
    r = last ^ (t[4 * BYTES + (r >>> 24)] as number) ^ (t[5 * BYTES + ((r >>> 16) & 255)] as number) ^ (t[6 * BYTES + ((r >>> 8) & 255)] as number) ^ (t[7 * BYTES + (r & 255)] as number)
  }
  for (; i < end; i++) r = (t[(r ^ view.getUint8(i)) & 255] as number) ^ (r >>> 8)
  return r
}

function newTables(): Int32Array {
  const tables = new Int32Array(STEP * BYTES)
  for (let byte = 0; byte < BYTES; byte++) {
    let r = byte
    for (let bit = 0; bit < 8; bit++) r = (r & 1) * POLYNOMIAL ^ (r >>> 1)
    tables[byte] = r
  }
  for (let i = BYTES; i < tables.length; i++) {
    const before = tables[i - BYTES] as number
    tables[i] = (tables[before & 255] as number) ^ (before >>> 8)
  }
  return tables
}
