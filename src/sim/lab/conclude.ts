// Two plain sentences on a run: what came of it first, then what its setup is about, or where the two kernels differ most.
// Every number in them is a number of the run, written as in its table. Counts are told as they are; a time is only
// compared where all samples of the one lie above all samples of the other.

import { asking, difference, type Facts, pressing, sameKernel, waiting } from './compare.ts'
import type { LabSide } from './types.ts'
import { countWords, numberWords, sizeWords } from './words.ts'

export function concludes(facts: Facts): [string, string] {
  const { sides, setup, movedCount = 0 } = facts
  const [a, b] = sides
  if (sides.some(({ failedCount }) => failedCount >= setup.accessCount)) return failed(facts)
  if (movedCount > 0) return moved(facts, movedCount)
  if (setup.programChange !== undefined && sides.some(({ kernel }) => kernel === 'program')) return changed(facts)
  if (hasFailed(a) || hasFailed(b)) return failed(facts)
  if (!isRight(a) || !isRight(b)) return wrong(facts)
  if (a.kernel === b.kernel) return sameKernel(facts)
  if (facts.daemon === 'worker' && a.roundTripCount + b.roundTripCount > 0) return [asking(facts), waiting(a, b)]
  const pressed = pressing(facts)
  return pressed ?? [asking(facts), difference(facts)]
}

function hasFailed({ failedCount }: LabSide): boolean {
  return failedCount > 0
}

function isRight({ failedCount, wrongCount = 0, checksum, expectedChecksum = checksum }: LabSide): boolean {
  return failedCount === 0 && wrongCount === 0 && checksum === expectedChecksum
}

function failed({ sides: [a, b], setup: { accessCount } }: Facts): [string, string] {
  if (hasFailed(a) && hasFailed(b)) {
    const [one, other] = [refusal(a, accessCount), refusal(b, accessCount)]
    if (one === other) return [`${one}.`, `Both sides are ${a.kernel}: the note beneath says what it takes at most, or what failed.`]
    const areOut = a.failedCount >= accessCount && b.failedCount >= accessCount
    return [`${areOut ? 'Neither kernel read anything' : 'Neither kernel could read all'}: ${one}; ${other}.`, 'The notes beneath say what each of them takes at most, or what failed.']
  }
  const [bad, other] = hasFailed(a) ? [a, b] : [b, a]
  return [`${refusal(bad, accessCount)}.`, `${reading(other, accessCount)}, ${other.roundTripCount === 0 ? 'and asked nobody for a map' : `with ${countWords(other.roundTripCount, 'round trip')}`}; it kept ${sizeWords(other.residentMostBytes)} of maps at most.`]
}

/** Refused at the door, or only some of it. */
function refusal({ kernel, failure, failedCount }: LabSide, accessCount: number): string {
  const why = `${failure?.errno ?? 'an error'} (${failure?.says ?? 'without a word'})`
  if (failedCount >= accessCount) return `${kernel} read nothing, with ${why}`
  return `${kernel} could not read ${numberWords(failedCount)} of ${countWords(accessCount, 'access', 'accesses')}, with ${why}`
}

/** What a side that was told no error read. */
function reading(side: LabSide, accessCount: number): string {
  const { kernel, wrongCount = 0 } = side
  if (isRight(side)) return `${kernel} read every byte as it stands in the files`
  return `${kernel} was told no error and got wrong bytes in ${numberWords(wrongCount)} of ${countWords(accessCount, 'access', 'accesses')}`
}

/** Without a move, only a program can be to blame but us. */
function wrong({ sides, setup }: Facts): [string, string] {
  const bad = sides.filter((side) => !isRight(side))
  const first = `${said(bad.map((side) => reading(side, setup.accessCount))).join('; ')}.`
  if (bad.every(({ kernel }) => kernel === 'program') && setup.program !== undefined) return [first, 'Its program answers with places of the file’s own, and not with the right ones: that nobody can check.']
  return [first, 'That is a mistake of ours.']
}

/** What is the same of both sides is said once. */
function said(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** Who heard of it, and who read at the old place. */
function moved({ sides, setup: { accessCount, fileCount } }: Facts, movedCount: number): [string, string] {
  const [a, b] = sides
  const [what, used] = movedCount === 1 || fileCount === 1 ? ['A file', 'while it was used'] : ['Files', 'while they were used']
  const outcomes = said(sides.map((side) => outcome(side, accessCount)))
  const both = isRight(a) && isRight(b) ? 'both kernels read every byte as it stands in the files' : `${outcomes.length === 1 ? 'on both sides ' : ''}${outcomes.join('; ')}`
  const heard = sides.every((side) => !canBeTold(side)) ? ['Neither kernel can be told, and both rely on the map that they were given'] : said(sides.map(hearing))
  return [`${what} moved ${movedCount === 1 ? '' : `${numberWords(movedCount)} times `}${used}: ${both}.`, `${heard.join('; ')}.`]
}

function outcome(side: LabSide, accessCount: number): string {
  const { kernel, wrongCount = 0 } = side
  const misses = [
    ...(wrongCount > 0 ? [`read stale bytes in ${numberWords(wrongCount)} of ${countWords(accessCount, 'access', 'accesses')} without being told of it`] : []),
    ...(hasFailed(side) ? [`failed in ${numberWords(side.failedCount)} with ${side.failure?.errno ?? 'an error'}`] : []),
  ]
  return misses.length > 0 ? `${kernel} ${misses.join(' and ')}` : reading(side, accessCount)
}

function canBeTold({ kernel }: LabSide): boolean {
  return kernel.startsWith('fuse-iomap') || kernel === 'program'
}

function hearing(side: LabSide): string {
  const { kernel, noticeCount = 0, revalidationCount = 0 } = side
  const looked = revalidationCount === 0 ? 'found nothing changed that it held' : `looked again ${revalidationCount === 1 ? 'once' : `${numberWords(revalidationCount)} times`}`
  if (kernel === 'fuse-iomap-shared') return `${kernel} needs no notice: the file’s cookie lies in memory that both see, and it ${looked}`
  if (canBeTold(side)) return `${kernel} was told with ${countWords(noticeCount, 'notice')} and ${looked}`
  return `${kernel} can’t be told, and relies on the map that it was given`
}

/** Another program in the middle, with files open and no new mount. */
function changed(facts: Facts): [string, string] {
  const { sides, setup: { accessCount } } = facts
  const program = sides.find(({ kernel }) => kernel === 'program')
  const other = sides.find(({ kernel }) => kernel !== 'program')
  if (!program) return failed(facts)
  const half = 'Half-way, with its files open, program was given another program by a notice'
  // One that is refused, and one that is the same, leave all as it was.
  const goesOn = (program.revalidationCount ?? 0) > 0 ? ', and it' : '; it went on with the one before, and'
  const first = isRight(program) ? `${half}${goesOn} read every byte as it stands in the files.` : `${half}; ${outcomeOfProgram(program, accessCount)}.`
  return [first, other ? `${hasFailed(other) ? refusal(other, accessCount) : reading(other, accessCount)}.` : 'Both sides ran the same programs.']
}

function outcomeOfProgram(program: LabSide, accessCount: number): string {
  return hasFailed(program) ? refusal(program, accessCount) : reading(program, accessCount)
}
