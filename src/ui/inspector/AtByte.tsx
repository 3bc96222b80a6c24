// What the bytes from the current one on are as values of every kind, little-endian and exact. Plain text, to be read and
// to be marked and copied.

import { type CSSProperties, memo } from 'react'
import type { CellKind } from '../../playground/types.ts'
import { useBytes } from '../bytes.ts'
import { placeText } from '../addresses.ts'
import { useDevices } from '../session.tsx'
import { exactText, valuesOf } from '../values.ts'

const MOST_BYTES = 8
/** Letters that a name and its longest value take; in an order that fills lines well. */
const ROOM: readonly (readonly [CellKind, number])[] = [
  ['Int8', 10], ['Uint8', 10], ['Int16', 13], ['Uint16', 13], ['Float32', 23], ['Int32', 18], ['Uint32', 18], ['Float64', 33], ['BigInt64', 30], ['BigUint64', 31],
]

export const AtByte = memo(function AtByte({ cursor, endBytes, version }: { cursor: number; endBytes: number; version: number }) {
  const { offsetBytes, bytes } = useBytes(DEVICE, Math.min(cursor, endBytes), Math.max(0, Math.min(MOST_BYTES, endBytes - cursor)), version)
  const devices = useDevices()
  return (
    <dl className="at-byte mono" aria-label={`Values at ${placeText(devices, offsetBytes)}, little-endian`}>
      {ROOM.map(([cell, letters]) => {
        const value = cursor < endBytes ? valuesOf(bytes, cell)[0] : undefined
        return (
          <div key={cell} style={{ '--letters': `${letters}ch` } as CSSProperties}>
            <dt className="quiet">{cell}</dt>
            <dd>{value === undefined ? '··' : exactText(value, cell)}</dd>
          </div>
        )
      })}
    </dl>
  )
})

const DEVICE = { kind: 'device' } as const
