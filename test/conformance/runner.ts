// Runs one conformance scenario, whoever the shells are, and judges exit codes and standard output. Nothing else is looked
// at, and a step that fails doesn't end the scenario. A repeated step counts once: it passes when all of its runs do.

export type Mode = 'standalone' | 'fuse'

export interface FileSpec {
  mode?: string
}

export interface HostSpec {
  name: string
  role?: string
  files?: Record<string, ({ text: string } | { size: string | number; seed: number }) & FileSpec>
  dirs?: string[]
}

export interface Step {
  host: string
  run: string
  exit: number | 'nonzero'
  stdoutMatches?: string[]
  stdoutLacks?: string[]
  cwd?: string
  repeat?: { from: number; to: number }
  save?: string
  equalsSaved?: string
  differsSaved?: string
  why?: string
  /** What the reference does instead: only then is this step's failure reported on its own. */
  deviates?: string
}

export interface Scenario {
  name: string
  description?: string
  mode: 'any' | Mode
  relaxed?: boolean
  hosts: HostSpec[]
  device: { path: string; size: string | number }
  steps: Step[]
}

export interface Ran {
  /** Undefined where the line didn't end by itself; then stderr says why. */
  exit: number | undefined
  stdout: string
  stderr: string
}

/** @param cwd as the step says; undefined is the shell's own */
export type Run = (host: string, line: string, cwd: string | undefined) => Promise<Ran>

/** The first run of a step that was not as expected. */
export interface StepFailure {
  /** Counted from 0. */
  index: number
  host: string
  line: string
  why: string | undefined
  /** What was expected and what came. */
  problems: string[]
  stdout: string
  stderr: string
  /** Of how many runs, how many failed: both 1 unless the step is repeated. */
  failedRuns: number
  runs: number
}

export interface Outcome {
  name: string
  mode: Mode
  /** Steps of the file; a repeated one counts once. */
  stepCount: number
  failures: StepFailure[]
  /** Failed steps marked `deviates`, unless those are to count. */
  deviations: StepFailure[]
}

const MODES: readonly Mode[] = ['standalone', 'fuse']

/** In which modes a scenario is to run. */
export function modesOf(scenario: Pick<Scenario, 'mode'>, only?: Mode): Mode[] {
  return MODES.filter((mode) => (scenario.mode === 'any' || scenario.mode === mode) && (only === undefined || only === mode))
}

/**
 * @param deviates steps so marked must hold too; else their failures stand apart
 */
export async function runScenario(scenario: Scenario, options: { mode: Mode; deviates: boolean; run: Run }): Promise<Outcome> {
  const { name, steps } = scenario
  const { mode, deviates, run } = options
  const outcome: Outcome = { name, mode, stepCount: steps.length, failures: [], deviations: [] }
  const saved = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    const failure = await runStep(step, index, run, saved)
    if (!failure) continue
    if (step.deviates !== undefined && !deviates) outcome.deviations.push(failure)
    else outcome.failures.push(failure)
  }
  return outcome
}

async function runStep(step: Step, index: number, run: Run, saved: Map<string, string>): Promise<StepFailure | undefined> {
  const lines = linesOf(step)
  let failure: StepFailure | undefined
  for (const line of lines) {
    const ran = await run(step.host, line, step.cwd)
    const problems = problemsOf(step, ran, saved)
    if (problems.length === 0) continue
    failure ??= { index, host: step.host, line, why: step.why, problems, stdout: ran.stdout, stderr: ran.stderr, failedRuns: 0, runs: lines.length }
    failure.failedRuns++
  }
  return failure
}

/** "256M" or 4096: K, M and G are binary. Undefined for anything else. */
export function sizeOf(size: string | number): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([KMG]?)$/.exec(String(size)) ?? []
  if (digits === undefined) return undefined
  const bytes = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(suffix)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

function linesOf({ run, repeat }: Step): string[] {
  if (!repeat) return [run]
  return Array.from({ length: repeat.to - repeat.from + 1 }, (_, i) => run.replaceAll('${i}', String(repeat.from + i)))
}

function problemsOf(step: Step, { exit, stdout }: Ran, saved: Map<string, string>): string[] {
  const problems: string[] = []
  if (exit === undefined) problems.push(`exit ${step.exit} expected, but it did not end by itself`)
  else if (step.exit === 'nonzero' ? exit === 0 : exit !== step.exit) problems.push(`exit ${step.exit} expected, ${exit} came`)
  for (const pattern of step.stdoutMatches ?? []) if (!new RegExp(pattern, 'm').test(stdout)) problems.push(`stdout should match ${pattern} but is ${shown(stdout)}`)
  for (const pattern of step.stdoutLacks ?? []) {
    const found = new RegExp(pattern, 'm').exec(stdout)
    if (found) problems.push(`stdout should not match ${pattern} but has ${shown(found[0])}`)
  }
  const word = /\S+/.exec(stdout)?.[0] ?? ''
  for (const [name, equal] of [[step.equalsSaved, true], [step.differsSaved, false]] as const) {
    if (name === undefined) continue
    const known = saved.get(name)
    if (known === undefined) problems.push(`nothing was saved as ${name}`)
    else if ((known === word) !== equal) problems.push(`the first word of stdout should ${equal ? 'be' : 'not be'} what was saved as ${name}, ${shown(known)}, but is ${shown(word)}`)
  }
  if (step.save !== undefined) saved.set(step.save, word)
  return problems
}

/** In one line, and not too long. */
function shown(text: string): string {
  if (text === '') return 'empty'
  const cut = text.length <= 160 ? text : `${text.slice(0, 160)}...`
  return JSON.stringify(cut)
}
