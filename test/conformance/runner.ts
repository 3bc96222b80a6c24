// Runs one conformance scenario, whoever the shells are: it knows the file's form (scenarios are kept as they were given)
// and judges exit codes and standard output. Nothing else is looked at, and a step that fails doesn't end the scenario.

export type Mode = 'standalone' | 'fuse'

export interface HostSpec {
  name: string
  role: string
  files?: Record<string, { text: string; mode?: string } | { size: string | number; seed: number; mode?: string }>
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
  description: string
  mode: 'any' | Mode
  relaxed?: boolean
  hosts: HostSpec[]
  device: { path: string; size: string | number }
  steps: Step[]
}

export interface Ran {
  exit: number
  stdout: string
  stderr: string
}

/** @param cwd as the step says; undefined is the shell's own */
export type Run = (host: string, line: string, cwd: string | undefined) => Promise<Ran>

export interface StepFailure {
  /** Counted from 0. */
  index: number
  host: string
  line: string
  why: string | undefined
  /** Whole sentences. */
  problems: string[]
  stdout: string
  stderr: string
}

export interface Outcome {
  name: string
  mode: Mode
  /** Why nothing was run: the scenario is for the other mode. */
  skipped: string | undefined
  /** Lines that were run: a repeated step counts each time. */
  ranCount: number
  /** Steps of the file; a repeated one counts once. */
  stepCount: number
  failures: StepFailure[]
  /** Failed steps marked `deviates`, unless those are to count. */
  deviations: StepFailure[]
}

/**
 * @param deviates steps so marked must hold too; else their failures stand apart
 */
export async function runScenario(scenario: Scenario, options: { mode: Mode; deviates: boolean; run: Run }): Promise<Outcome> {
  const { name, steps } = scenario
  const { mode, deviates, run } = options
  const outcome: Outcome = { name, mode, skipped: undefined, ranCount: 0, stepCount: 0, failures: [], deviations: [] }
  if (scenario.mode !== 'any' && scenario.mode !== mode) return { ...outcome, skipped: `it is for ${scenario.mode} mounts` }
  const saved = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    outcome.stepCount++
    for (const line of linesOf(step)) {
      outcome.ranCount++
      const ran = await run(step.host, line, step.cwd)
      const problems = problemsOf(step, ran, saved)
      if (problems.length === 0) continue
      const failure = { index, host: step.host, line, why: step.why, problems, stdout: ran.stdout, stderr: ran.stderr }
      if (step.deviates !== undefined && !deviates) outcome.deviations.push(failure)
      else outcome.failures.push(failure)
    }
  }
  return outcome
}

/** "256M" or 4096: K, M and G are binary. */
export function sizeOf(size: string | number): number {
  const [, digits, suffix = ''] = /^(\d+)([KMG]?)$/.exec(String(size)) ?? []
  if (digits === undefined) throw new Error(`“${size}” is no size in a scenario`)
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(suffix)
}

/** A failure as a person reads it. */
export function failureText({ index, host, line, why, problems, stdout, stderr }: StepFailure): string {
  const output = [...cut(stdout).map((text) => `    | ${text}`), ...cut(stderr).map((text) => `    ! ${text}`)]
  return [`  step ${index + 1}, ${host}: ${line}${why === undefined ? '' : `  (${why})`}`, ...problems.map((text) => `    ${text}`), ...output].join('\n')
}

function linesOf({ run, repeat }: Step): string[] {
  if (!repeat) return [run]
  return Array.from({ length: repeat.to - repeat.from + 1 }, (_, i) => run.replaceAll('${i}', String(repeat.from + i)))
}

function problemsOf(step: Step, { exit, stdout }: Ran, saved: Map<string, string>): string[] {
  const problems: string[] = []
  if (step.exit === 'nonzero' ? exit === 0 : exit !== step.exit) problems.push(`exit ${exit}, not ${step.exit}`)
  for (const pattern of step.stdoutMatches ?? []) if (!new RegExp(pattern, 'm').test(stdout)) problems.push(`nothing on stdout matches ${pattern}`)
  for (const pattern of step.stdoutLacks ?? []) if (new RegExp(pattern, 'm').test(stdout)) problems.push(`stdout matches ${pattern}`)
  const word = /\S+/.exec(stdout)?.[0] ?? ''
  for (const [name, equal] of [[step.equalsSaved, true], [step.differsSaved, false]] as const) {
    if (name === undefined) continue
    if (!saved.has(name)) problems.push(`nothing was saved as ${name}`)
    else if ((saved.get(name) === word) !== equal) problems.push(`the first word, ${word}, ${equal ? 'is not' : 'is'} what was saved as ${name}`)
  }
  if (step.save !== undefined) saved.set(step.save, word)
  return problems
}

function cut(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.length <= 12 ? lines : [...lines.slice(0, 12), `... ${lines.length - 12} more lines`]
}
