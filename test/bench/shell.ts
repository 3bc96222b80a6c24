// What a command costs in a host's own bash, in a worker as people use it: one script of 10,000 commands, and how fast it is
// when it has made its first thousand files and when it makes its last.

import { MIB } from '../../src/core/base/align.ts'
import { workerDriver } from '../../src/host/workerDriver.ts'
import { Fleet } from '../helpers/fleet.ts'
import { type BenchRow, expectEqual, rowOf, type Sample, SAMPLE_COUNT } from './measure.ts'

const FILES = 10_000
const PART = 1_000
const SETUP = 'mkfs.famfs -l 16m --allocunit 4096 /dev/dax0.0 > /dev/null && famfs mount /dev/dax0.0 /mnt/famfs'
const LOOP = `for ((i = 1; i <= ${FILES}; i++)); do famfs creat -s 4096 /mnt/famfs/f$i || exit 1; if ((i % ${PART} == 0)); then echo "at $i"; fi; done`

export async function shellRows(): Promise<BenchRow[]> {
  const first: Sample[] = []
  const last: Sample[] = []
  for (let sample = 0; sample <= SAMPLE_COUNT; sample++) {
    const rates = await ratesOfParts()
    const [atFirst = NaN, atLast = NaN] = [rates[0], rates.at(-1)]
    first.push({ value: atFirst })
    last.push({ value: atLast, ratio: atLast / atFirst })
  }
  // The first one warmed up.
  return [
    rowOf({ name: 'shell_creat_1000', unit: 'commands per second, files 1 to 1,000' }, first.slice(1)),
    rowOf({ name: 'shell_creat_10000', unit: 'commands per second, files 9,001 to 10,000', peer: 'the rate at 1,000' }, last.slice(1)),
  ]
}

async function ratesOfParts(): Promise<number[]> {
  const fleet = new Fleet(workerDriver(), { device: { path: '/dev/dax0.0', sizeBytes: 256 * MIB }, relaxed: true, mode: 'standalone' }, () => Promise.resolve())
  try {
    const host = await fleet.host('A')
    expectEqual((await host.run(SETUP)).exit, 0, 'exit code of mkfs and mount')
    const rates: number[] = []
    let said = ''
    let before = performance.now()
    const { exit } = await host.run(`${LOOP}; ls /mnt/famfs | wc -l`, {
      onNote: (note) => {
        if (note.kind !== 'output') return
        said += note.text
        if (!note.text.startsWith('at ')) return
        const now = performance.now()
        rates.push((PART / (now - before)) * 1000)
        before = now
      },
    })
    expectEqual(exit, 0, 'exit code of the loop')
    expectEqual(said.trim().split('\n').at(-1), String(FILES), 'files that ls shows')
    expectEqual(rates.length, FILES / PART, 'parts')
    return rates
  } finally {
    await fleet.end()
  }
}
