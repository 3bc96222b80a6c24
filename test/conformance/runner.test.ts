// The runner itself: what it expects of a shell, what it calls a failure, and that every scenario has its form.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { failureText, type Ran, runScenario, type Scenario, sizeOf, type Step } from './runner.ts'

const folder = fileURLToPath(new URL('scenarios', import.meta.url))
const scenarios = readdirSync(folder).map((file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Scenario)

const scenario = (steps: Partial<Step>[], mode: Scenario['mode'] = 'any'): Scenario => ({
  name: 'made up', description: '', mode, hosts: [{ name: 'a', role: 'master' }], device: { path: '/dev/dax0.0', size: '4K' },
  steps: steps.map((step) => ({ host: 'a', run: 'x', exit: 0, ...step })),
})

/** A shell that says its line, and exits with its last word where that is a number. */
const echo = async (_host: string, line: string, cwd?: string): Promise<Ran> => ({ exit: Number(/\d+$/.exec(line)?.[0] ?? 0), stdout: `${line}\n${cwd ?? ''}`, stderr: 'oh' })
const run = (steps: Partial<Step>[], deviates = false) => runScenario(scenario(steps), { mode: 'fuse', deviates, run: echo })
const problems = async (step: Partial<Step>): Promise<string[]> => (await run([step])).failures.flatMap((failure) => failure.problems)

describe('a step', () => {
  it.each<[string, Partial<Step>, string[]]>([
    ['its exit code', { run: 'x 3', exit: 3 }, []],
    ['another one', { run: 'x 3', exit: 4 }, ['exit 3, not 4']],
    ['any failure', { run: 'x 3', exit: 'nonzero' }, []],
    ['no failure', { run: 'x', exit: 'nonzero' }, ['exit 0, not nonzero']],
    ['a pattern at a line of its own', { run: 'hello', stdoutMatches: ['^hello$'], cwd: '/tmp' }, []],
    ['a pattern that is missing', { run: 'hello', stdoutMatches: ['^ello'] }, ['nothing on stdout matches ^ello']],
    ['a pattern that must be missing', { run: 'hello', stdoutLacks: ['ell|x'] }, ['stdout matches ell|x']],
    ['its directory', { cwd: '/mnt', stdoutMatches: ['^/mnt$'] }, []],
    ['what nobody saved', { equalsSaved: 'k' }, ['nothing was saved as k']],
  ])('%s', async (_, step, expected) => expect(await problems(step)).toEqual(expected))

  it('is repeated, and compared with what was saved', async () => {
    const outcome = await run([
      { run: 'n${i} 0', repeat: { from: 1, to: 20 }, stdoutMatches: ['^n\\d+ 0$'] },
      { run: 'one', save: 'k' }, { run: 'one', equalsSaved: 'k' }, { run: 'two', differsSaved: 'k' },
      { run: 'two', equalsSaved: 'k' }, { run: 'one', differsSaved: 'k' },
    ])
    expect(outcome).toMatchObject({ ranCount: 25, stepCount: 6, skipped: undefined })
    expect(outcome.failures.map(({ problems: [first] }) => first)).toEqual(['the first word, two, is not what was saved as k', 'the first word, one, is what was saved as k'])
    expect(failureText(outcome.failures[0]!)).toBe('  step 5, a: two\n    the first word, two, is not what was saved as k\n    | two\n    ! oh')
  })

  it('that deviates stands apart, unless it is to count', async () => {
    const steps = [{ exit: 5, deviates: 'the reference does otherwise' }]
    expect(await run(steps)).toMatchObject({ failures: [], deviations: [{ index: 0 }] })
    expect(await run(steps, true)).toMatchObject({ failures: [{ index: 0 }], deviations: [] })
  })
})

it('a scenario of the other mode is skipped', async () => {
  const outcome = await runScenario(scenario([{}], 'standalone'), { mode: 'fuse', deviates: true, run: echo })
  expect(outcome).toMatchObject({ skipped: 'it is for standalone mounts', ranCount: 0 })
})

it('sizes are binary', () => {
  expect([4096, '4096', '1K', '256M', '8G'].map(sizeOf)).toEqual([4096, 4096, 1024, 2 ** 28, 2 ** 33])
  expect(() => sizeOf('1T')).toThrow('1T')
})

describe('the scenarios', () => {
  it('are all there', () => {
    expect(scenarios).toHaveLength(30)
    expect(scenarios.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(682)
  })

  it.each(scenarios.map((each) => [each.name, each] as const))('%s has patterns that are patterns, and hosts that are hosts', (_, { hosts, steps, device }) => {
    expect(sizeOf(device.size)).toBeGreaterThan(0)
    for (const step of steps) {
      expect(hosts.map(({ name }) => name)).toContain(step.host)
      for (const pattern of [...(step.stdoutMatches ?? []), ...(step.stdoutLacks ?? [])]) expect(new RegExp(pattern, 'm')).toBeInstanceOf(RegExp)
    }
  })
})
