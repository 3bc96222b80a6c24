// A file's bytes as numbers: always little-endian, as the hosts' typed arrays are, and never past the end of the file.

import { CELLS } from '../playground/cells.ts'
import type { CellKind } from '../playground/types.ts'

export const CELL_KINDS = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64'] as const satisfies readonly CellKind[]
/** Room that one value takes in the grid, in rem. */
export const CELL_REM: Record<CellKind, number> = {
  Int8: 2.5, Uint8: 2.25, Int16: 3.5, Uint16: 3.25, Int32: 6, Uint32: 5.75, Float32: 6.5, Float64: 6.5, BigInt64: 10.5, BigUint64: 10.5,
}

/** What a file most likely holds, by its name; numbers as bytes where the name says nothing. */
export function likelyCell(path: string): CellKind {
  if (/\.(f64|double|npy)$/i.test(path)) return 'Float64'
  return /\.(i32|int32)$/i.test(path) ? 'Int32' : 'Uint8'
}

/** @param bytes start at a multiple of the cell's size; a rest too short for a value is left out */
export function valuesOf(bytes: Uint8Array, cell: CellKind): Float64Array<ArrayBuffer> {
  const { bytes: size, read } = CELLS[cell]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(Math.floor(bytes.length / size))
  for (let i = 0; i < values.length; i++) values[i] = Number(read(view, i * size))
  return values
}

export function valueText(value: number | undefined, cell: CellKind): string {
  if (value === undefined) return ''
  if (cell !== 'Float64') return String(value)
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value)
  return String(Number(value.toPrecision(6)))
}

/** A sentence if the text can't be written as such a value. */
export function mistakeIn(text: string, cell: CellKind): string | undefined {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) return 'Give a number.'
  // Too large is not the same as Infinity, which one may well want to write.
  if (cell === 'Float64') return Number.isFinite(value) || /^[+-]?Infinity$/.test(text.trim()) ? undefined : 'Give a number that 64 bits can hold: at most about 1.8e308.'
  const [low, high] = cell === 'Uint8' ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1]
  return Number.isInteger(value) && value >= low && value <= high ? undefined : `Give a whole number from ${low} to ${high}.`
}
