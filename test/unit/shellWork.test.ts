// A script of ten thousand commands costs each of them the same: neither shell, tools, log nor names make the last slower
// than the first. Work is counted, never timed.

import { afterAll, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import { printCount } from '../counts.ts'
import { Fleet, type FleetMode } from '../helpers/fleet.ts'
import { WorkCounter } from '../helpers/workCount.ts'

const PARTS = 10
/** Quadratic work would make it about five times as much. */
const MOST_GROWTH = 1.25

// One for all tests: the engine counts wholly only what was compiled while it counts.
const work = new WorkCounter()
afterAll(() => work.end())

it.each<[FleetMode, number]>([['standalone', 10_000], ['fuse', 4_000]])('famfs creat, again and again in one script (%s)', async (mode, commands) => {
  const costs = await costsOf('famfs creat -s 4096 /mnt/famfs/f$i', mode, commands)
  printCount(`blocks entered by a famfs creat (${mode}), each ${commands / PARTS} commands`, costs.join(' '))
  expect(growthOf(costs)).toBeLessThan(MOST_GROWTH)
})

it('work that grows is seen to grow', async () => {
  const costs = await costsOf('famfs creat -s 4096 /mnt/famfs/f$i && ls /mnt/famfs > /dev/null', 'standalone', 500)
  expect(growthOf(costs)).toBeGreaterThan(2)
})

/** Blocks entered by one command, on average, in each tenth of a script that makes `commands` files. */
async function costsOf(command: string, mode: FleetMode, commands: number): Promise<number[]> {
  const fleet = new Fleet(inlineDriver, { device: { path: '/dev/dax0.0', sizeBytes: 256 * MIB }, relaxed: true, mode }, () => Promise.resolve())
  onTestFinished(() => fleet.end())
  const host = await fleet.host('A')
  const part = commands / PARTS
  const costs: number[] = []
  let said = ''
  const setup = 'mkfs.famfs --allocunit 4096 /dev/dax0.0 > /dev/null && famfs mount /dev/dax0.0 /mnt/famfs > /dev/null'
  const loop = `for ((i = 1; i <= ${commands}; i++)); do ${command} || break; if ((i % ${part} == 0)); then echo "at $i"; fi; done`
  const ran = await host.run(`${setup}; ${loop}; ls /mnt/famfs | wc -l`, {
    onNote: (note) => {
      if (note.kind !== 'output') return
      said += note.text
      if (note.text.startsWith('at ')) costs.push(Math.round(work.take() / part))
    },
  })
  const marks = Array.from({ length: PARTS }, (_, i) => `at ${(i + 1) * part}\n`)
  expect({ ran, said }).toEqual({ ran: { exit: 0, trouble: undefined }, said: `${marks.join('')}${commands}\n` })
  return costs
}

/** The first part also opened the shell, formatted and mounted. */
function growthOf(costs: readonly number[]): number {
  return (costs.at(-1) ?? NaN) / (costs[1] ?? NaN)
}
