// How one value of an array stands in memory: little-endian, as every famfs host has it. One row per typed array.

import { failLate } from '../core/base/late.ts'
import { ok, type Result } from '../core/base/result.ts'
import type { CellKind } from './types.ts'

interface Cell {
  bytes: number
  read: (view: DataView, at: number) => number | bigint
  write: (view: DataView, at: number, value: number | bigint) => void
  /** Lowest and highest value; undefined where any double does. */
  range: readonly [number | bigint, number | bigint] | undefined
}

export const CELLS: Record<CellKind, Cell> = {
  Int8: { bytes: 1, read: (view, at) => view.getInt8(at), write: (view, at, value) => view.setInt8(at, Number(value)), range: [-128, 127] },
  Uint8: { bytes: 1, read: (view, at) => view.getUint8(at), write: (view, at, value) => view.setUint8(at, Number(value)), range: [0, 255] },
  Int16: { bytes: 2, read: (view, at) => view.getInt16(at, true), write: (view, at, value) => view.setInt16(at, Number(value), true), range: [-32768, 32767] },
  Uint16: { bytes: 2, read: (view, at) => view.getUint16(at, true), write: (view, at, value) => view.setUint16(at, Number(value), true), range: [0, 65535] },
  Int32: { bytes: 4, read: (view, at) => view.getInt32(at, true), write: (view, at, value) => view.setInt32(at, Number(value), true), range: [-(2 ** 31), 2 ** 31 - 1] },
  Uint32: { bytes: 4, read: (view, at) => view.getUint32(at, true), write: (view, at, value) => view.setUint32(at, Number(value), true), range: [0, 2 ** 32 - 1] },
  Float32: { bytes: 4, read: (view, at) => view.getFloat32(at, true), write: (view, at, value) => view.setFloat32(at, Number(value), true), range: undefined },
  Float64: { bytes: 8, read: (view, at) => view.getFloat64(at, true), write: (view, at, value) => view.setFloat64(at, Number(value), true), range: undefined },
  BigInt64: { bytes: 8, read: (view, at) => view.getBigInt64(at, true), write: (view, at, value) => view.setBigInt64(at, BigInt(value), true), range: [-(2n ** 63n), 2n ** 63n - 1n] },
  BigUint64: { bytes: 8, read: (view, at) => view.getBigUint64(at, true), write: (view, at, value) => view.setBigUint64(at, BigInt(value), true), range: [0n, 2n ** 64n - 1n] },
}

export function bytesOfCell(cell: CellKind, value: number | bigint): Result<Uint8Array<ArrayBuffer>, 'bad_value'> {
  const { bytes: length, write, range } = CELLS[cell]
  if (range && !(isWhole(value) && value >= range[0] && value <= range[1])) return failLate('bad_value', { value, cell })
  const bytes = new Uint8Array(length)
  write(new DataView(bytes.buffer), 0, value)
  return ok(bytes)
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value)
}
