// How many bytes stand in a row of hex: as many as fit together with what is shown beside them, and never less than one
// value. Widths are in rem, in the face that the rows are set in.

import { CELLS } from '../../playground/cells.ts'
import type { Reading } from '../look.tsx'

const BYTE_REM = 1.33
const MIDDLE_REM = 0.375
const GAP_REM = 0.75
/** Behind the address. */
const INDENT_REM = 0.825
const LETTER_REM = 0.4525
/** "0x00000000". */
const ADDRESS_LETTERS = 10
const CHOICES = [16, 8, 4]

/** Of a value in the column beside the hex. */
export const BESIDE_REM: Record<Exclude<Reading, 'text'>, number> = {
  Int8: 2.375, Uint8: 2, Int16: 3.375, Uint16: 3, Int32: 5.625, Uint32: 5.25, Float32: 6.75, Float64: 6.75, BigInt64: 9.75, BigUint64: 9.75,
}

/** @param widthRem 0 until it is known; @param addressLetters of the longest address */
export function columnsFor(widthRem: number, beside: Reading, addressLetters = ADDRESS_LETTERS): number {
  const least = beside === 'text' ? 4 : Math.max(4, CELLS[beside].bytes)
  if (widthRem <= 0) return 16
  return CHOICES.find((columns) => columns >= least && widthOf(columns, beside, addressLetters) <= widthRem) ?? least
}

function widthOf(columns: number, beside: Reading, addressLetters: number): number {
  const right = beside === 'text' ? columns * LETTER_REM : (columns / CELLS[beside].bytes) * BESIDE_REM[beside]
  return INDENT_REM + addressLetters * LETTER_REM + columns * BYTE_REM + (columns === 16 ? MIDDLE_REM : 0) + GAP_REM + right
}
