// Hostile bytes, a few thousand of each kind on every run of the tests; npm run fuzz runs as many as one likes. Only
// Results come back, and enough inputs get past the first check to prove something.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fuzzRuns, fuzzSeed, messageFuzzRuns, printCount } from '../counts.ts'
import { Chance } from '../tools/fuzz/chance.ts'
import { type Kind, makeInput } from '../tools/fuzz/inputs.ts'
import { fuzzMessages, makeMessage, messageTypes } from '../tools/fuzz/messages.ts'
import { fuzz } from '../tools/fuzz/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const kinds: Kind[] = ['image', 'entry']

describe.each(kinds)('fuzzed: %s', (kind) => {
  it('only Results, whatever the bytes', () => {
    const report = fuzz(kind, Array.from({ length: fuzzRuns[kind] }, (_, i) => i), fuzzSeed)
    printCount(`fuzz inputs of kind ${kind}, seed ${fuzzSeed}`, report.runs)
    printCount(`fuzz inputs of kind ${kind} past the first check`, report.passedFirst)
    expect(report.throws.map(({ run, stack }) => `--kind ${kind} --seed ${fuzzSeed} --only ${run}: ${stack}`)).toEqual([])
    expect(report.passedFirst / report.runs).toBeGreaterThan(0.3)
    expect(Object.keys(report.outcomes).length).toBeGreaterThanOrEqual(kind === 'image' ? 10 : 4)
    expect(report.created['made']).toBeGreaterThan(report.runs / 10)
  })

  it('one number brings an input back', () => {
    const bytesOf = (run: number): Uint8Array => {
      const memory = makeInput(kind, fuzzSeed, run)
      return memory.window(0, memory.presentBytes).slice(-4000)
    }
    const first = bytesOf(7)
    expect(bytesOf(8)).not.toEqual(first)
    expect(bytesOf(7)).toEqual(first)
  })
})

describe.each(messageTypes.map((type) => [type.name, type] as const))('fuzzed message: %s', (name, type) => {
  it('is taken or refused, and what is taken leads to its own bytes alone', () => {
    const report = fuzzMessages(type, Array.from({ length: messageFuzzRuns }, (_, i) => i), fuzzSeed)
    printCount(`fuzz inputs of message ${name}, seed ${fuzzSeed}`, report.runs)
    expect(report.throws.map(({ run, stack }) => `--kind message --seed ${fuzzSeed} --only ${run}: ${stack}`)).toEqual([])
    expect(report.passedFirst / report.runs).toBeGreaterThan(0.3)
    expect(Object.keys(report.outcomes).length).toBeGreaterThanOrEqual(2)
  })

  it('is taken as it was made', () => {
    for (let run = 0; run < 50; run++) {
      const { sound } = makeMessage(type, new Chance(fuzzSeed, run))
      expect(type.judge(sound.bytes, sound, new Chance(1, run))).toMatch(/^(accepted|answered|errno 2$|map_limit)/)
    }
  })
})

describe('npm run fuzz', () => {
  it.each([
    [['--kind', 'entry', '--runs', '50', '--seed', '3'], 0, /^entry: 50 inputs, seed 3\n {2}passed the first check: \d+ .*\n {2}outcomes: .*\n {2}making a file: .*\n {2}slowest: .*--only \d+.*\n {2}peak memory: \d+ MiB\n$/, /^$/],
    [['--runs', '20'], 0, /^image: 20 inputs[^]*entry: 20 inputs[^]*message GET_FMAP, answer: 20 inputs/, /^$/],
    [['--kind', 'message', '--only', '5'], 0, /^message GET_FMAP, answer: 1 inputs, seed 1\n {2}passed the first check: \d+ .*\n {2}outcomes: .*\n {2}slowest: .*--kind message --seed 1 --only 5\)\n {2}peak memory: \d+ MiB\nmessage /, /^$/],
    [['--kind', 'entry', '--only', '5'], 0, /^entry: 1 inputs/, /^$/],
    [['--kind', 'nonsense'], 2, /^$/, /^fuzz: there is no kind nonsense\nusage: /],
    [['--runs', '1x'], 2, /^$/, /^fuzz: --runs takes a whole number from 1 to 2\^32 - 1, not “1x”\nusage: /],
    // No input proves nothing.
    [['--runs', '0'], 2, /^$/, /^fuzz: --runs takes a whole number from 1 .*“0”\nusage: /],
    [['--seed', '4294967296'], 2, /^$/, /^fuzz: --seed takes a whole number from 0 .*\nusage: /],
  ])('%j', (args, code, out, err) => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'test/tools/fuzz.ts', ...args], { cwd: root, encoding: 'utf8', timeout: 50_000 })
    expect([run.status, run.stdout, run.stderr]).toEqual([code, expect.stringMatching(out), expect.stringMatching(err)])
  })
})
