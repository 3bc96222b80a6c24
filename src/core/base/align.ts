// Sizes and offsets are whole numbers of bytes; anything above 2^53 - 1 never becomes a number.

export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

export function unitsOf(valueBytes: number, unitBytes: number): number {
  return Math.ceil(valueBytes / unitBytes)
}

export function isPowerOfTwo(value: number): boolean {
  // log2 alone rounds: for 2^53 - 1 it is 53.
  return Number.isSafeInteger(value) && value > 0 && 2 ** Math.round(Math.log2(value)) === value
}

/** The door from exact u64 to arithmetic: undefined where a number could not hold the value exactly. */
export function toSafeNumber(value: bigint): number | undefined {
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined
}
