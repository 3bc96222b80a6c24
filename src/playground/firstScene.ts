// The first scene: host A has made two files, host B has played one of them and is one entry behind. Everything in it is
// done by the hosts themselves, with the same actions that the page offers.

import { MIB } from '../core/base/align.ts'
import { bytesOfText, toPlain } from '../core/base/plain.ts'
import type { Result } from '../core/base/result.ts'
import type { Playground } from './types.ts'

/** What the scene asks for: the page's own actions, and the starting of hosts by name. */
interface Stage extends Pick<Playground, 'format' | 'dropFiles'> {
  startHost(name: string): Promise<Result<undefined>>
}

const NOTES = `famfs shares data; it doesn't store it.

This file lies in memory that several hosts share. Host A made it, wrote these lines in
place, and appended one entry to the log. Host B found it by playing the log, and reads
the very same bytes through its own mapping: nothing was copied, nothing was sent.
`

export async function playFirstScene(stage: Stage): Promise<void> {
  await stage.startHost('A')
  await stage.format({ host: 'A' })
  await stage.dropFiles('A', [new File([toPlain(bytesOfText(NOTES))], 'notes.txt')])
  await stage.startHost('B')
  await stage.dropFiles('A', [new File([toPlain(wave())], 'tides.f64')])
}

/** A day of tides, say: 4 MiB of Float64 that a plot shows as a wave. */
function wave(): Uint8Array {
  const values = new Float64Array((4 * MIB) / 8)
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i / 20) * (1 + 0.4 * Math.sin(i / 173))
  return new Uint8Array(values.buffer)
}
