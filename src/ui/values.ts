// Bytes as values and values as text, there and back: always little-endian, as the hosts' typed arrays are, and never past
// the end. Whole numbers of 64 bits stay exact; what is typed is either a value of its kind or a sentence.

import { CELLS } from '../playground/cells.ts'
import type { CellKind } from '../playground/types.ts'

export const CELL_KINDS = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64'] as const satisfies readonly CellKind[]
export const READINGS = [...CELL_KINDS, 'text'] as const

export type Values = Float64Array | BigInt64Array | BigUint64Array

/** Room that one value takes in a grid, in rem. */
export const CELL_REM: Record<CellKind, number> = {
  Int8: 2.5, Uint8: 2.25, Int16: 3.5, Uint16: 3.25, Int32: 6, Uint32: 5.75, Float32: 6.5, Float64: 6.5, BigInt64: 10.5, BigUint64: 10.5,
}

/** What a file most likely holds, by its name; numbers as bytes where the name says nothing. */
export function likelyCell(path: string): CellKind {
  if (/\.(f64|double|npy)$/i.test(path)) return 'Float64'
  return /\.(i32|int32)$/i.test(path) ? 'Int32' : 'Uint8'
}

/** @param bytes start at a multiple of the cell's size; a rest too short for a value is left out */
export function valuesOf(bytes: Uint8Array, cell: CellKind): Values {
  const { bytes: size, read } = CELLS[cell]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Math.floor(bytes.length / size)
  if (cell === 'BigInt64' || cell === 'BigUint64') {
    const whole = cell === 'BigInt64' ? new BigInt64Array(count) : new BigUint64Array(count)
    for (let i = 0; i < count; i++) whole[i] = BigInt(read(view, i * size))
    return whole
  }
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) values[i] = Number(read(view, i * size))
  return values
}

/** For pictures only: what is larger than a double holds exactly is rounded. */
export function numbersOf(values: Values): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values, Number)
}

/** Lowest and highest, exact; for numbers over the finite ones, and undefined where there are none. */
export function extremesOf(values: Values): { low: number | bigint; high: number | bigint } | undefined {
  let low: number | bigint | undefined
  let high: number | bigint | undefined
  for (const value of values) {
    if (typeof value === 'number' && !Number.isFinite(value)) continue
    if (low === undefined || value < low) low = value
    if (high === undefined || value > high) high = value
  }
  return low === undefined || high === undefined ? undefined : { low, high }
}

/** So that what is typed back is the same value: the fewest digits that are enough. */
export function exactText(value: number | bigint, cell: CellKind): string {
  if (typeof value === 'bigint') return String(value)
  if (Object.is(value, -0)) return '-0'
  if (cell !== 'Float32' || !Number.isFinite(value)) return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

/** For a grid, where long fractions are cut to six digits. */
export function valueText(value: number | bigint | undefined, cell: CellKind): string {
  if (value === undefined) return ''
  if (cell !== 'Float64' && cell !== 'Float32') return String(value)
  if (typeof value === 'bigint' || Object.is(value, -0)) return exactText(value, cell)
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value)
  return String(Number(value.toPrecision(6)))
}

/** The value that the text says, or a sentence on what to type. */
export function parseValue(text: string, cell: CellKind): { value: number | bigint } | { mistake: string } {
  const { range } = CELLS[cell]
  const trimmed = text.trim()
  if (!range) return parseFloating(trimmed, cell)
  const value = wholeOf(trimmed)
  if (value === undefined && (trimmed === '' || Number.isNaN(Number(trimmed)))) return { mistake: 'Give a number.' }
  if (value === undefined || value < BigInt(range[0]) || value > BigInt(range[1])) return { mistake: `Give a whole number from ${range[0]} to ${range[1]}.` }
  return { value: typeof range[0] === 'bigint' ? value : Number(value) }
}

function parseFloating(text: string, cell: CellKind): { value: number } | { mistake: string } {
  if (/^[+-]?nan$/i.test(text)) return { value: Number.NaN }
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) return { mistake: 'Give a number.' }
  const stored = cell === 'Float32' ? Math.fround(value) : value
  // Too large is not the same as Infinity, which one may well want to write.
  if (Number.isFinite(stored) || /^[+-]?Infinity$/.test(text)) return { value: stored }
  return { mistake: cell === 'Float32' ? 'Give a number that 32 bits can hold: at most about 3.4e38.' : 'Give a number that 64 bits can hold: at most about 1.8e308.' }
}

/** "-12", "0xff", "1e3": whole numbers, exact however many digits they have. */
function wholeOf(text: string): bigint | undefined {
  const [, sign = '', digits] = /^([+-]?)(\d+|0x[\da-f]+|0b[01]+)$/i.exec(text) ?? []
  if (digits !== undefined) return sign === '-' ? -BigInt(digits) : BigInt(digits)
  const value = Number(text)
  return text !== '' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}
