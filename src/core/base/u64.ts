// 64-bit fields as numbers, for codecs that can't afford a bigint for each: little-endian, and only what a number holds
// exactly.

const HIGH_MOST = 0x1f_ffff
const LOW_RANGE = 0x1_0000_0000

/** -1 where a number can't hold the value. */
export function u64At(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true)
  return high > HIGH_MOST ? -1 : high * LOW_RANGE + view.getUint32(at, true)
}

/** @param value a whole number from 0 to 2^53 - 1 */
export function putU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true)
  view.setUint32(at + 4, Math.floor(value / LOW_RANGE), true)
}
