// Every pair of kernels, on files of several kinds: whatever is concluded, each number in it is a number of that run, in its
// unit, and nothing is said of times where both sides are one kernel. Times come from a clock that counts its looks.

import { describe, expect, it } from 'vitest'
import { ok } from '../../../src/core/base/result.ts'
import { PAGE_BYTES } from '../../../src/core/kernel/program/sandbox.ts'
import type { KernelName } from '../../../src/core/kernel/way.ts'
import { kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { labNow, type LabOutside, runLab } from '../../../src/sim/lab/run.ts'
import type { LabRun, LabSetup } from '../../../src/sim/lab/types.ts'
import { numberWords, sizeWords, timesWords, timeWords } from '../../../src/sim/lab/words.ts'
import { setupOf } from '../../helpers/lab.ts'
import { valueOf } from '../../helpers/outcome.ts'

const KINDS: Readonly<Record<string, Partial<LabSetup>>> = {
  'one extent': { extentCount: 1, accessCount: 1 },
  'files of two extents, few of them read': { extentCount: 2, fileCount: 60, accessCount: 20 },
  'mixed lengths': { extentCount: 300, isUniform: false },
  'stripes': { shape: 'striped', extentCount: 200, stripCount: 8, deviceCount: 4, fileCount: 2 },
  'a small cap': { extentCount: 800, fileCount: 2, cacheCapBytes: 4096, accessCount: 60 },
  'moves': { extentCount: 2, fileCount: 2, moveCount: 3 },
}
const pairs = kernelNames.flatMap((left) => kernelNames.map((right) => [left, right] as const))

function outsideOf(): LabOutside {
  let lookCount = 0
  return { nowUs: () => 1000 * ++lookCount, newBuffer: (sizeBytes) => ok(new SharedArrayBuffer(sizeBytes)), sandbox: makeSandbox }
}

function runOf(kernels: readonly [KernelName, KernelName], kind: Partial<LabSetup>): LabRun {
  return valueOf(labNow(runLab(setupOf({ accessCount: 40, ...kind, kernels }), outsideOf())))
}

/** All that a sentence may name. */
function wordsOf({ sides, setup, movedCount = 0, aheadBytes = 0 }: LabRun): Set<string> {
  const counts = [setup.accessCount, setup.fileCount, movedCount, ...sides.flatMap((side) => [side.roundTripCount, side.failedCount, side.wrongCount ?? 0, side.noticeCount ?? 0, side.revalidationCount ?? 0, side.openedCount ?? 0])]
  const sizes = [4096, PAGE_BYTES, setup.cacheCapBytes, aheadBytes, ...sides.flatMap(({ copiedBytes, residentMostBytes }) => [copiedBytes, residentMostBytes])]
  const times = sides.flatMap(({ nsPerResolve = 0, openUs = 0 }) => [nsPerResolve, openUs * 1000])
  const ratio = (read: (side: LabRun['sides'][0]) => number): string => timesWords(Math.max(...sides.map(read)) / Math.min(...sides.map(read)))
  return new Set([
    ...counts.map(numberWords), ...sizes.map(sizeWords), ...times.map(timeWords), ...counts.map((count) => `${numberWords(count)} times`),
    ratio((side) => side.residentMostBytes), ratio((side) => side.nsPerResolve ?? 0), ratio((side) => side.openUs ?? 0),
  ])
}

/** "1,204", "4.0 KiB", "54.8 µs", "6.5 times"; not the numbers of a refusal's own words, or of a kernel's name. */
function numbersIn(sentence: string): string[] {
  const own = sentence.replaceAll(/\(the .*?\)/g, '').replaceAll(/\bv1(?:-abi42)?\b|\bE2BIG\b/g, '')
  return own.match(/\d[\d,.]*\d(?: (?:[KMG]iB|B|ns|µs|ms|s|times)\b)?|\d(?: (?:[KMG]iB|B|ns|µs|ms|s|times)\b)?/g) ?? []
}

describe.each(Object.entries(KINDS))('of %s', (_, kind) => {
  it.each(pairs)('%s and %s: nothing is said that the numbers don’t bear', (left, right) => {
    const run = runOf([left, right], kind)
    const [first, second] = run.conclusion
    const known = wordsOf(run)
    for (const sentence of [first, second]) {
      expect(sentence).toMatch(/^[A-Za-z][^\n]*[^.]\.$/)
      expect(sentence).not.toMatch(/NaN|Infinity|undefined|\b0 (?:times|round trips|B)\b|\b1 (?:round trips|accesses|files|notices|times)\b|\b(\S+) (?:took|kept) .* as \1\b/)
      expect(numbersIn(sentence).filter((number) => !known.has(number))).toEqual([])
    }
  })
})

it('the same run in the other order says the same of what is counted', () => {
  for (const [left, right] of pairs) {
    const [one, other] = [runOf([left, right], {}), runOf([right, left], {})]
    const counted = ({ sides }: LabRun): object => Object.fromEntries(sides.map(({ kernel, roundTripCount, copiedBytes, residentMostBytes, openedCount }) => [kernel, { roundTripCount, copiedBytes, residentMostBytes, openedCount }]))
    expect(counted(one)).toEqual(counted(other))
  }
})
