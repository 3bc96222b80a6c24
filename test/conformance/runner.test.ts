// The runner itself: what it expects of a shell, what it calls a failure, how it counts, and which files it refuses.

import { describe, expect, it } from 'vitest'
import { readScenario } from './form.ts'
import { counted, countsText, linesOf, NO_COUNTS } from './report.ts'
import { modesOf, type Ran, runScenario, type Scenario, sizeOf, type Step } from './runner.ts'

const scenario = (steps: Partial<Step>[], mode: Scenario['mode'] = 'any'): Scenario => ({
  name: 'made-up', description: '', mode, hosts: [{ name: 'a', role: 'master' }], device: { path: '/dev/dax0.0', size: '4K' },
  steps: steps.map((step) => ({ host: 'a', run: 'x', exit: 0, ...step })),
})

/** A shell that says its line, and exits with its last word where that is a number. */
const echo = async (_host: string, line: string, cwd?: string): Promise<Ran> => ({ exit: Number(/\d+$/.exec(line)?.[0] ?? 0), stdout: `${line}\n${cwd ?? ''}`, stderr: 'oh\n\nmy' })
const run = (steps: Partial<Step>[], deviates = false) => runScenario(scenario(steps), { mode: 'fuse', deviates, run: echo })
const problems = async (step: Partial<Step>): Promise<string[]> => (await run([step])).failures.flatMap((failure) => failure.problems)
const count = async (steps: Partial<Step>[], deviates = false) => countsText(counted(NO_COUNTS, await run(steps, deviates)))

describe('a step', () => {
  it.each<[string, Partial<Step>, string[]]>([
    ['its exit code', { run: 'x 3', exit: 3 }, []],
    ['another one', { run: 'x 3', exit: 4 }, ['exit 4 expected, 3 came']],
    ['any failure', { run: 'x 3', exit: 'nonzero' }, []],
    ['no failure', { run: 'x', exit: 'nonzero' }, ['exit nonzero expected, 0 came']],
    ['a pattern at a line of its own', { run: 'hello', stdoutMatches: ['^hello$'], cwd: '/tmp' }, []],
    ['a pattern that is missing', { run: 'hello', stdoutMatches: ['^ello'] }, ['stdout should match ^ello but is "hello\\n"']],
    ['a pattern that must be missing', { run: 'hello', stdoutLacks: ['ell|x'] }, ['stdout should not match ell|x but has "ell"']],
    ['its directory', { cwd: '/tmp', stdoutMatches: ['^/tmp$'] }, []],
    ['what nobody saved', { equalsSaved: 'k' }, ['nothing was saved as k']],
    ['several at once', { run: 'x 1', stdoutMatches: ['y'], stdoutLacks: ['x'] }, ['exit 0 expected, 1 came', 'stdout should match y but is "x 1\\n"', 'stdout should not match x but has "x"']],
  ])('%s', async (_, step, expected) => expect(await problems(step)).toEqual(expected))

  it('that never ended is wrong, whatever exit it wants', async () => {
    const hanging = async (): Promise<Ran> => ({ exit: undefined, stdout: '', stderr: 'stopped' })
    for (const exit of [0, 130, 'nonzero'] as const) {
      const { failures } = await runScenario(scenario([{ exit }]), { mode: 'fuse', deviates: false, run: hanging })
      expect(failures.map((failure) => failure.problems)).toEqual([[`exit ${exit} expected, but it did not end by itself`]])
    }
  })

  it('is compared with what was saved', async () => {
    const outcome = await run([
      { run: 'one', save: 'k' }, { run: 'one', equalsSaved: 'k' }, { run: 'two', differsSaved: 'k' }, { run: 'two', equalsSaved: 'k' }, { run: 'one', differsSaved: 'k' },
    ])
    expect(outcome.failures.map(({ index, problems: [first] }) => [index, first])).toEqual([
      [3, 'the first word of stdout should be what was saved as k, "one", but is "two"'],
      [4, 'the first word of stdout should not be what was saved as k, "one", but is "one"'],
    ])
  })

  it('that is repeated counts once, and passes when all of its runs do', async () => {
    const all = { run: 'n${i} 0', repeat: { from: 1, to: 20 }, stdoutMatches: ['^n\\d+ 0$'] }
    expect(await count([all, {}])).toBe('1 scenario runs, 2 steps passed, 0 failed, 0 skipped')
    const some = { run: 'n ${i}', repeat: { from: 3, to: 5 }, exit: 4 }
    expect(await count([some, {}])).toBe('1 scenario runs, 1 steps passed, 1 failed, 0 skipped')
    expect(linesOf(await run([some]))).toEqual(['FAILED made-up (fuse) step 1 on a: n 3 (2 of 3 runs): exit 4 expected, 3 came; stderr: oh | my'])
  })

  it('that deviates stands apart, unless it is to count', async () => {
    const steps = [{ exit: 5, deviates: 'the reference does otherwise', why: 'it is better' }, {}]
    expect(await count(steps)).toBe('1 scenario runs, 1 steps passed, 0 failed, 1 skipped')
    expect(await count(steps, true)).toBe('1 scenario runs, 1 steps passed, 1 failed, 0 skipped')
    expect(linesOf(await run(steps))).toEqual(['DEVIATES made-up (fuse) step 1 on a: x: exit 5 expected, 0 came; stderr: oh | my; why: it is better'])
    expect(linesOf(await run(steps, true))[0]).toMatch(/^FAILED /)
    // One that holds is a step like others.
    expect(await count([{ deviates: 'the reference fails here' }])).toBe('1 scenario runs, 1 steps passed, 0 failed, 0 skipped')
  })
})

it('a scenario runs in the modes that it names', () => {
  expect((['any', 'standalone', 'fuse'] as const).map((mode) => modesOf({ mode }))).toEqual([['standalone', 'fuse'], ['standalone'], ['fuse']])
  expect((['any', 'standalone', 'fuse'] as const).map((mode) => modesOf({ mode }, 'fuse'))).toEqual([['fuse'], [], ['fuse']])
})

it('sizes are binary', () => {
  expect([4096, '4096', '1K', '256M', '8G'].map(sizeOf)).toEqual([4096, 4096, 1024, 2 ** 28, 2 ** 33])
  expect(['1T', '', 'G', '-1', '1.5M', '1 M', '9999999999G'].map(sizeOf)).toEqual(Array.from({ length: 7 }, () => undefined))
})

describe('a file', () => {
  const good = { ...scenario([{}]), source: 'test0' }
  const step = (more: object) => ({ ...good, steps: [{ host: 'a', run: 'x', exit: 0, ...more }] })
  const host = (more: object) => ({ ...good, hosts: [{ name: 'a', role: 'master', ...more }] })

  it('of the form is read', () => {
    const all = step({ run: 'x ${i}', exit: 'nonzero', stdoutMatches: ['a'], stdoutLacks: ['b'], cwd: '/', repeat: { from: 1, to: 1 }, save: 'k', why: '', deviates: 'd', _evidence: 1 })
    const files = { '/tmp/a': { text: '' }, '/tmp/b': { size: '1M', seed: 7, mode: '0640' } }
    for (const each of [good, all, host({ files, dirs: ['/tmp/d'] }), { ...good, relaxed: false, _note: 'free' }]) expect(readScenario(JSON.stringify(each))).toEqual({ ok: true, scenario: each })
  })

  it.each<[string, unknown, string]>([
    ['other text', '{', 'it is not JSON: '],
    ['no object', '[1]', 'takes an object, a scenario, not [1]'],
    ['no steps', { ...good, steps: undefined }, 'steps: is missing: a scenario has it'],
    ['nothing to run', { ...good, steps: [] }, 'steps: is empty: there is nothing to run'],
    ['no host', { ...good, hosts: [] }, 'hosts: is empty'],
    ['another mode', { ...good, mode: 'both' }, 'mode: takes "standalone" or "fuse" or "any", not "both"'],
    ['a strange size', { ...good, device: { path: '/dev/dax0.0', size: '1T' } }, 'device.size: takes a size such as 4096, "64K", "256M" or "4G", not "1T"'],
    ['an empty device', { ...good, device: { path: '/dev/dax0.0', size: 0 } }, 'device.size: a device has more than no bytes'],
    ['a misspelled key', step({ stdoutMatch: ['x'] }), 'steps[0].stdoutMatch: a step has no such key; it has host, run, exit, stdoutMatches,'],
    ['a misspelled key of no object’s own', step({ constructor: 1 }), 'steps[0].constructor: a step has no such key'],
    ['a pattern alone', step({ stdoutMatches: 'x' }), 'steps[0].stdoutMatches: takes a list, not "x"'],
    ['a pattern that is none', step({ stdoutLacks: ['a', '('] }), 'steps[0].stdoutLacks[1]: is no regular expression: '],
    ['a strange exit', step({ exit: 'failure' }), 'steps[0].exit: takes a number from 0 to 255 or "nonzero", not "failure"'],
    ['no exit', step({ exit: undefined }), 'steps[0].exit: is missing'],
    ['two lines', step({ run: 'a\nb' }), 'steps[0].run: takes one command line'],
    ['nobody', step({ host: 'b' }), 'steps[0].host: there is no host b; there are a'],
    ['what nobody saved', step({ save: 'k', equalsSaved: 'k' }), 'steps[0].equalsSaved: no step before saves k'],
    ['a repetition of nothing', step({ repeat: { from: 2, to: 1 } }), 'steps[0].repeat: goes from 2 to 1: the step would never run'],
    ['a number that nothing gives', step({ run: 'x ${i}' }), 'steps[0].run: uses ${i}, but the step has no "repeat"'],
    ['two of a name', { ...good, hosts: [{ name: 'a' }, { name: 'a' }] }, 'hosts[1].name: there are two hosts a'],
    ['a file of both kinds', host({ files: { '/x': { text: 'a', size: 1, seed: 1 } } }), 'hosts[0].files["/x"]: a file has either "text" or "size" and "seed"'],
    ['a file without a seed', host({ files: { '/x': { size: 1 } } }), 'hosts[0].files["/x"].seed: is missing'],
    ['a file without a place', host({ files: { x: { text: '' } } }), 'hosts[0].files["x"]: takes an absolute path, not "x"'],
    ['a mode that isn’t octal', host({ files: { '/x': { text: '', mode: '0688' } } }), 'hosts[0].files["/x"].mode: takes an octal mode'],
    ['a directory without a place', host({ dirs: ['d'] }), 'hosts[0].dirs[0]: takes an absolute path, not "d"'],
  ])('with %s is refused, and where', (_, value, says) => {
    const read = readScenario(typeof value === 'string' ? value : JSON.stringify(value))
    expect(read.ok ? [] : read.problems).toContainEqual(expect.stringContaining(says))
  })
})
