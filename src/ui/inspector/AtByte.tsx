// What the bytes from the current one on are as values of every kind, little-endian and exact. Plain text, to be read and
// to be marked and copied.

import { memo } from 'react'
import { useBytes } from '../bytes.ts'
import { addressText } from '../format.ts'
import { CELL_KINDS, exactText, valuesOf } from '../values.ts'

const MOST_BYTES = 8

export const AtByte = memo(function AtByte({ cursor, endBytes, version }: { cursor: number; endBytes: number; version: number }) {
  const { offsetBytes, bytes } = useBytes(DEVICE, Math.min(cursor, endBytes), Math.max(0, Math.min(MOST_BYTES, endBytes - cursor)), version)
  return (
    <dl className="at-byte mono" aria-label={`Values at ${addressText(offsetBytes)}, little-endian`}>
      {CELL_KINDS.map((cell) => {
        const value = cursor < endBytes ? valuesOf(bytes, cell)[0] : undefined
        return (
          <div key={cell}>
            <dt className="quiet">{cell}</dt>
            <dd>{value === undefined ? 'no room' : exactText(value, cell)}</dd>
          </div>
        )
      })}
    </dl>
  )
})

const DEVICE = { kind: 'device' } as const
