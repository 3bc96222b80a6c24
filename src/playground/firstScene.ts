// The first scene: host A has made two files, host B has played one of them and is one entry behind. Everything in it is
// done by the hosts themselves, with the same actions that the page offers.

import { MIB } from '../core/base/align.ts'
import type { Session } from './session.ts'

const NOTES = `famfs shares data; it doesn't store it.

This file lies in memory that several hosts share. Host A made it, wrote these lines in
place, and appended one entry to the log. Host B found it by playing the log, and reads
the very same bytes through its own mapping: nothing was copied, nothing was sent.
`

export async function playFirstScene(session: Session): Promise<void> {
  await session.startHost('A')
  await session.format({ host: 'A' })
  await session.dropFiles('A', [new File([NOTES], 'notes.txt')])
  await session.startHost('B')
  await session.dropFiles('A', [new File([wave().buffer], 'tides.f64')])
}

/** A day of tides, say: 4 MiB of Float64 that a plot shows as a wave. */
function wave(): Float64Array<ArrayBuffer> {
  const values = new Float64Array((4 * MIB) / 8)
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i / 20) * (1 + 0.4 * Math.sin(i / 173))
  return values
}
