// How one value of an array stands in a file: little-endian, as every famfs host has it.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { CellKind } from './types.ts'

export const CELL_BYTES: Record<CellKind, number> = { Uint8: 1, Int32: 4, Float64: 8 }

export function bytesOfCell(cell: CellKind, value: number): Result<Uint8Array<ArrayBuffer>, 'bad_value'> {
  const bytes = new Uint8Array(CELL_BYTES[cell])
  const view = new DataView(bytes.buffer)
  if (!fits(cell, value)) return fail('bad_value', { value, cell })
  if (cell === 'Uint8') view.setUint8(0, value)
  else if (cell === 'Int32') view.setInt32(0, value, true)
  else view.setFloat64(0, value, true)
  return ok(bytes)
}

function fits(cell: CellKind, value: number): boolean {
  if (cell === 'Float64') return true
  if (!Number.isInteger(value)) return false
  return cell === 'Uint8' ? value >= 0 && value <= 255 : value >= -(2 ** 31) && value < 2 ** 31
}
