// Every scenario, in every mode that it names, on hosts in this thread: each line goes through the host's own bash.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import { conformance, printCount } from '../counts.ts'
import { readScenario } from './form.ts'
import { runOnHosts } from './hosts.ts'
import { counted, countsText, linesOf, NO_COUNTS } from './report.ts'
import { modesOf } from './runner.ts'

const folder = fileURLToPath(new URL('scenarios', import.meta.url))
const scenarios = readdirSync(folder).map((file) => {
  const read = readScenario(readFileSync(join(folder, file), 'utf8'))
  if (!read.ok) throw new Error(`${file}: ${read.problems.join('; ')}`)
  return read.scenario
})
let counts = NO_COUNTS

describe('the scenarios', () => {
  it('are all there, under their names', () => {
    expect(scenarios.map(({ name }) => `${name}.json`)).toEqual(readdirSync(folder))
    expect(scenarios.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(conformance.fileSteps)
    expect(scenarios).toHaveLength(conformance.scenarios)
  })

  it.each(scenarios.flatMap((scenario) => modesOf(scenario).map((mode) => [scenario.name, mode, scenario] as const)))('%s (%s)', async (_, mode, scenario) => {
    const outcome = await runOnHosts(inlineDriver, scenario, { mode, deviates: true })
    counts = counted(counts, outcome)
    expect(linesOf(outcome)).toEqual([])
  })

  it('were all run', () => {
    printCount('conformance in Node', `${scenarios.length} scenarios, ${countsText(counts)}`)
    expect(countsText(counts)).toBe(countsText({ runs: conformance.runs, passed: conformance.steps, failed: 0, skipped: 0 }))
  })
})
