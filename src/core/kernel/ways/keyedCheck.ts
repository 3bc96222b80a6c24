// A checksum of 64 bits that nobody can aim at without its key: HalfSipHash-2-4. A CRC is linear, so that whoever sends the
// bytes chooses what comes out; here a message that gives what another one gave is a matter of one chance in 2^64.

export const CHECK_KEY_BYTES = 8

/** @param into gets two words of it, the first one at `at` */
export type KeyedCheck = (bytes: Uint8Array, into: Uint32Array, at: number) => void

const ROUNDS = 2
const LAST_ROUNDS = 4
const ZERO = new DataView(new ArrayBuffer(4))

/** @param key of so many bytes */
export function keyedCheck(key: Uint8Array): KeyedCheck {
  const keys = viewOf(key)
  const k0 = keys.getInt32(0, true)
  const k1 = keys.getInt32(4, true)
  const state = new Int32Array(4)
  const tail = new Uint8Array(4)
  return (bytes, into, at) => {
    state.set([k0, k1 ^ 0xee, 0x6c79_6765 ^ k0, 0x7465_6462 ^ k1])
    const wholeBytes = bytes.length - (bytes.length % 4)
    mix(state, viewOf(bytes), wholeBytes, ROUNDS)
    tail.fill(0)
    tail.set(bytes.subarray(wholeBytes))
    tail[3] = bytes.length & 0xff
    mix(state, viewOf(tail), 4, ROUNDS)
    state[2] = (state[2] as number) ^ 0xee
    mix(state, ZERO, 4, LAST_ROUNDS)
    into[at] = (state[1] as number) ^ (state[3] as number)
    state[1] = (state[1] as number) ^ 0xdd
    mix(state, ZERO, 4, LAST_ROUNDS)
    into[at + 1] = (state[1] as number) ^ (state[3] as number)
  }
}

/** A hot path: each word of each page. */
function mix(state: Int32Array, view: DataView, lengthBytes: number, roundCount: number): void {
  let v0 = state[0] as number
  let v1 = state[1] as number
  let v2 = state[2] as number
  let v3 = state[3] as number
  for (let from = 0; from < lengthBytes; from += 4) {
    const word = view.getInt32(from, true)
    v3 ^= word
    for (let i = 0; i < roundCount; i++) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
  }
  state[0] = v0
  state[1] = v1
  state[2] = v2
  state[3] = v3
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
