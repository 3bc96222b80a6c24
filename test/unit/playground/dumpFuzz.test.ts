// Whatever the bytes, a dump opens or is refused: nothing is thrown, and what opens can be looked at everywhere.

import { expect, it } from 'vitest'
import { openDump } from '../../../src/playground/dump.ts'
import type { Playground } from '../../../src/playground/types.ts'
import { dumpFuzzRuns, fuzzSeed, printCount } from '../../counts.ts'
import { zipped } from '../../helpers/dumps.ts'
import { makeInput } from '../../tools/fuzz/inputs.ts'

async function lookEverywhere(playground: Playground): Promise<string> {
  const { device, dump, files, problems } = playground.snapshot()
  if (!dump) throw new Error('a dump says of itself that it is one')
  const { filesystem } = device
  const texts = [dump.verdict, dump.fsckText, device.verdict, problems.sentence, ...dump.notes, ...problems.list.flatMap(({ says, next }) => [says, next])]
  for (const text of texts) if (/undefined|NaN|\[object/.test(text)) throw new Error(`a sentence has a hole: ${text}`)
  if (dump.presentBytes > device.sizeBytes) throw new Error('more is here than the device has')
  if (filesystem && filesystem.usedUnitCount > filesystem.unitCount) throw new Error('more units are used than there are')
  for (const offset of [0, 2 ** 21, dump.presentBytes, device.sizeBytes, 2 ** 53]) await playground.peek({ kind: 'device' }, offset, 4096)
  const found = await playground.findEntries({ text: '', kind: 'bad' })
  if (filesystem && found.length !== filesystem.badEntryCount) throw new Error('bad entries are counted and found differently')
  if (files.length > (filesystem?.entryCount ?? 0)) throw new Error('more files than entries')
  return dump.state
}

it('only Results', async () => {
  const outcomes: Record<string, number> = {}
  const thrown: string[] = []
  for (let run = 0; run < dumpFuzzRuns; run++) {
    const memory = makeInput('image', fuzzSeed + 7, run)
    const bytes = new Uint8Array(memory.window(0, memory.presentBytes))
    const cut = bytes.length > 2 ** 21 && run % 2 === 1
    const parts: File[] = cut ? [new File([bytes.subarray(2 ** 21)], 'b'), new File([bytes.subarray(0, 2 ** 21)], 'a')] : [new File([run % 50 === 0 ? zipped(bytes) : bytes], 'x')]
    try {
      const opened = await openDump(parts)
      const outcome = opened.ok ? await lookEverywhere(opened.value) : opened.failure.reason
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    } catch (error) {
      thrown.push(`run ${run}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  printCount('fuzz inputs opened as dumps', Object.values(outcomes).reduce((sum, count) => sum + count, 0))
  expect(thrown).toEqual([])
  expect(Object.keys(outcomes).toSorted()).toEqual(expect.arrayContaining(['damaged', 'not_a_dump', 'sound']))
})
