// The lab's state outside React: what is set, what runs, what came of it. It outlives the page that shows it, so that the
// scene can be looked at in between. An answer to what was asked before is never shown as one to what is set now.

import type { Amplification, Lab, LabCurve, LabKernel, LabMessage, LabProgress, LabRun, LabSetup, ProgramTrouble } from '../../playground/lab/types.ts'
import type { Result } from '../../core/base/result.ts'
import { countText, plural } from '../format.ts'
import { mistakeOf, type Trouble } from '../trouble.ts'
import { type Linked, troubleOf } from './link.ts'
import { firstSetup, type Preset, presetOf, sameSetup } from './presets.ts'
import { KERNEL_TITLES } from './text.ts'

export type Side = 0 | 1

export interface ChosenMessage {
  side: Side
  index: number
}

export interface Choices {
  /** Undefined until the engine is loaded. */
  lab: Lab | undefined
  /** The engine didn't come; it can be started again. */
  failed: boolean
  setup: LabSetup
  running: boolean
  progress: LabProgress | undefined
  measuring: boolean
  run: LabRun | undefined
  amplification: Amplification | undefined
  curves: readonly LabCurve[]
  trouble: Trouble | undefined
  /** What the page's address said and could not be set; until somebody puts it away. */
  unread: Trouble | undefined
  /** What was stopped last, and what to do next; until something runs again. */
  stopped: string | undefined
  /** Of presets that somebody pressed, and whose run came to its end. */
  pressedCount: number
  chosen: ChosenMessage | undefined
  /** As it stands in the editor; empty until an example, or somebody's own, stands there. */
  source: string
  /** It takes the place of the program that works in the middle of the accesses, and doesn't run from the start. */
  isHalfWay: boolean
  /** The last that was written and is no example: it is kept while examples are looked at. */
  own: string | undefined
  sourceTrouble: ProgramTrouble | undefined
  /** Whether any source was looked at yet: before that nothing is said of it. */
  isChecked: boolean
  /** For those who don't see it: what came of the last thing that was asked. */
  told: string
}

const CALM_MS = 400
const NOTHING_WANTED = { kernels: [], quietly: true }

export class Chooser {
  readonly #open: () => Promise<Lab>
  readonly #listeners = new Set<() => void>()
  #state: Choices = {
    lab: undefined, failed: false, setup: firstSetup(), running: false, progress: undefined, measuring: false, run: undefined, amplification: undefined, curves: [], trouble: undefined, unread: undefined, stopped: undefined, pressedCount: 0, chosen: undefined, source: '', isHalfWay: false, own: undefined,
    sourceTrouble: undefined, isChecked: false, told: '',
  }
  #timer: ReturnType<typeof setTimeout> | undefined
  #frame: number | undefined
  /** The newest, which shows with the next frame. */
  #progress: LabProgress | undefined
  #asked = 0
  #measured = 0
  /** Kernels whose curves somebody waits for. */
  #wanted: { kernels: readonly LabKernel[]; quietly: boolean } = NOTHING_WANTED
  #checked = 0
  #isClosed = false
  #linked: Linked | undefined

  /** @param linked what an address asks for from the first */
  constructor(open: () => Promise<Lab>, linked?: Linked) {
    this.#open = open
    this.#linked = linked
    if (linked) this.#state = { ...this.#state, setup: linked.setup, isHalfWay: linked.isHalfWay }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): Choices => this.#state

  /** Loads the engine and runs what is set; once, or again after it didn't come. What somebody set or wrote meanwhile is the newer word. */
  readonly start = async (): Promise<void> => {
    if (this.#state.failed) this.#set({ failed: false, trouble: undefined, told: 'The lab is loading.' })
    try {
      const lab = await this.#open()
      if (this.#isClosed) return lab.close()
      const { setup, source, isHalfWay } = this.#state
      const asked = this.#linked ?? { example: undefined, source: undefined, wrong: [] }
      this.#set({ lab })
      await this.follow({ ...asked, setup, isHalfWay, ...(source !== '' && { example: undefined, source }) })
    } catch (error) {
      this.#set({ failed: this.#state.lab === undefined, trouble: mistakeOf(error) })
    }
  }

  /** Runs by itself once nobody changes anything for a moment: a slider is dragged through many values. */
  readonly change = (change: Partial<LabSetup>): void => {
    const setup = { ...this.#state.setup, ...change }
    this.#set({ setup, isHalfWay: this.#state.isHalfWay && runsProgram(setup), curves: this.#curvesOf(setup) })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.run(), CALM_MS)
  }

  /** Sets and runs what an address says; once there is an engine, if there is none yet. */
  readonly follow = async (linked: Linked): Promise<void> => {
    const { setup, example, source, isHalfWay, wrong } = linked
    const { lab } = this.#state
    if (!lab) {
      this.#linked = linked
      return this.#set({ setup, isHalfWay, source: '' })
    }
    const known = lab.examples.find(({ name }) => name === example)
    const unread = troubleOf(example === undefined || known ? wrong : [...wrong, `program=“${example.slice(0, 24)}”, which is no example`])
    this.#set({ setup, isHalfWay, curves: this.#curvesOf(setup), unread })
    this.write(source ?? (known ?? lab.examples[0])?.source ?? '')
    if ((await this.run()) && chosenPreset(this.#state)?.withCurve) await this.measure(setup.kernels, true)
  }

  readonly press = async (preset: Preset): Promise<void> => {
    const { lab, source } = this.#state
    // A preset's point is made by the program that works, whatever stands in the editor; what was written stays to be had.
    const runs = runsProgram(preset.setup) ? (lab?.examples[0]?.source ?? '') : source
    this.#set({ setup: { ...preset.setup }, isHalfWay: false, curves: this.#curvesOf(preset.setup), source: runs })
    if (!(await this.run())) return
    this.#set({ pressedCount: this.#state.pressedCount + 1 })
    // What was concluded is the last word, and not that something more was measured.
    if (preset.withCurve) await this.measure(preset.setup.kernels, true)
  }

  /** @returns whether it came to its end */
  readonly run = async (): Promise<boolean> => {
    const { lab, setup, running, measuring } = this.#state
    clearTimeout(this.#timer)
    if (!lab) return false
    const mine = ++this.#asked
    // A worker does one thing after the other: what nobody waits for any more makes room, and curves wait until this has run.
    if (running || measuring) lab.cancel()
    this.#measured++
    this.#forgetProgress()
    this.#set({ running: true, measuring: measuring && this.#wanted.kernels.length > 0, progress: undefined, trouble: undefined, stopped: undefined, told: 'Running.' })
    const asked = { ...setup, ...programsOf(this.#state) }
    const [run, amplification] = await Promise.all([this.#try(() => lab.run(asked, (progress) => mine === this.#asked && this.#show(progress))), this.#try(() => lab.amplification(asked))])
    if (mine !== this.#asked || this.#isClosed) return false
    this.#forgetProgress()
    if (run.ok) {
      const shown = inOrder(run.value)
      this.#set({ running: false, progress: undefined, run: shown, amplification: amplification.ok ? amplification.value : undefined, chosen: firstMessage(shown), told: shown.conclusion.join(' ') })
    } else {
      this.#set({ running: false, progress: undefined, trouble: run.trouble, told: run.trouble.says })
    }
    if (this.#state.measuring) void this.#measureWanted()
    return run.ok
  }

  /** Half-way the editor's program takes the place of the example that works, with files open and no new mount. */
  readonly uploadHalfWay = (): Promise<void> => this.#runProgram(true)

  /** Where it compiles, what the editor holds, on both kernels' files; the program's kernel takes part, whatever was chosen. */
  readonly runProgram = (): Promise<void> => this.#runProgram(false)

  async #runProgram(isHalfWay: boolean): Promise<void> {
    await this.check()
    const { lab, sourceTrouble, setup } = this.#state
    if (!lab || sourceTrouble) return
    if (!runsProgram(setup)) this.change({ kernels: [setup.kernels[0], 'program'] })
    this.#set({ isHalfWay })
    await this.run()
  }

  /** Whatever runs, run and curves; what is set and what is there already stays. The next run begins at once. */
  readonly stop = (): void => {
    const { lab, running, measuring } = this.#state
    if (!lab || !(running || measuring)) return
    clearTimeout(this.#timer)
    this.#asked++
    this.#measured++
    const stopped = running ? stoppedRun(this.#state, this.#progress) : stoppedCurves(this.#state)
    this.#forgetProgress()
    lab.cancel()
    this.#set({ running: false, measuring: false, progress: undefined, stopped, told: stopped })
  }

  /** Curves of these kernels, both by default, beside those that are there. */
  readonly measure = async (kernels: readonly LabKernel[] = this.#state.setup.kernels, quietly = false): Promise<void> => {
    const { lab, running, measuring } = this.#state
    if (!lab) return
    this.#wanted = { kernels: measuring ? [...this.#wanted.kernels, ...kernels] : kernels, quietly }
    if (measuring) return
    this.#set({ measuring: true, stopped: undefined, ...(!quietly && { told: 'Measuring.' }) })
    // What runs is waited for first, and goes on with them.
    if (!running) await this.#measureWanted()
  }

  async #measureWanted(): Promise<void> {
    const mine = ++this.#measured
    for (;;) {
      const { lab, setup, curves } = this.#state
      const kernel = this.#wanted.kernels.find((each) => curves.every((curve) => curve.kernel !== each))
      if (!lab || kernel === undefined) break
      const curve = await this.#try(() => lab.curve(kernel, setup))
      if (mine !== this.#measured || this.#isClosed) return
      if (!sameCurves(setup, this.#state.setup) || (!curve.ok && curve.trouble.reason === 'cancelled')) return this.#set({ measuring: false })
      if (!curve.ok) return this.#set({ measuring: false, trouble: curve.trouble })
      this.#set({ curves: [...this.#state.curves, curve.value] })
    }
    // What was concluded is the last word where nobody asked for more.
    this.#set({ measuring: false, ...(!this.#wanted.quietly && { told: 'The curves are measured.' }) })
  }

  /** @returns those that are there, as far as they are of this setup; nobody waits for others any more */
  #curvesOf(setup: LabSetup): readonly LabCurve[] {
    if (sameCurves(setup, this.#state.setup)) return this.#state.curves
    this.#wanted = NOTHING_WANTED
    return []
  }

  /** Told many times a second, and drawn once a frame. */
  #show(progress: LabProgress): void {
    this.#progress = progress
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#set({ progress: this.#progress })
    })
  }

  #forgetProgress(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    this.#progress = undefined
  }

  readonly choose = (chosen: ChosenMessage | undefined): void => this.#set({ chosen })

  readonly write = (source: string): void => {
    const isExample = this.#state.lab?.examples.some((example) => example.source === source)
    this.#set({ source, ...(!isExample && { own: source }) })
  }

  /** Whether what is written compiles. */
  readonly check = async (): Promise<void> => {
    const mine = ++this.#checked
    const { lab, source } = this.#state
    if (!lab) return
    const trouble = await lab.compile(source)
    if (mine === this.#checked && !this.#isClosed) this.#set({ sourceTrouble: trouble, isChecked: true })
  }

  readonly dismiss = (): void => this.#set({ trouble: undefined })

  readonly dismissUnread = (): void => this.#set({ unread: undefined })

  /** For what a part of the page couldn't do, and for what it did. */
  readonly tell = (what: { trouble: Trouble } | { told: string }): void => this.#set(what)

  readonly close = (): void => {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#forgetProgress()
    this.#state.lab?.close()
  }

  async #try<T>(ask: () => Promise<Result<T>>): Promise<{ ok: true; value: T } | { ok: false; trouble: Trouble & { reason?: string } }> {
    try {
      const result = await ask()
      return result.ok ? result : { ok: false, trouble: result.failure }
    } catch (error) {
      return { ok: false, trouble: mistakeOf(error) }
    }
  }

  #set(change: Partial<Choices>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}

/** Where it was when it ended, and what stands on the page now. */
function stoppedRun({ setup: { kernels: [left, right] }, run }: Choices, progress: LabProgress | undefined): string {
  const where = progress ? ` at ${progress.what}, ${countText(progress.doneCount)} of ${countText(progress.totalCount)}` : ''
  const stands = run ? 'What stands here is of the run before.' : 'Nothing was compared yet.'
  return `Stopped: ${KERNEL_TITLES[left]} and ${KERNEL_TITLES[right]}${where}. ${stands} Press Run again, or set something else: it runs at once.`
}

function stoppedCurves({ curves }: Choices): string {
  return `Stopped: the curves. ${curves.length === 0 ? 'None is measured yet.' : `${plural(curves.length, 'kernel is', 'kernels are')} measured, and stay.`} Measuring again goes on with those that are missing.`
}

/** Why the run that is shown isn't one of what is set now: other settings, or another program in the editor. */
export function staleBy(choices: Choices): 'setup' | 'program' | undefined {
  const { run, setup } = choices
  if (!run) return undefined
  if (!sameSetup(run.setup, setup)) return 'setup'
  const { program, programChange } = programsOf(choices)
  return run.setup.program === program && run.setup.programChange === programChange ? undefined : 'program'
}

/** The preset that is set, and nothing else: with another program its point isn't made, nor was it by a run of another one. */
export function chosenPreset(choices: Choices): Preset | undefined {
  const { setup, lab, source, isHalfWay, running } = choices
  if (runsProgram(setup) && (isHalfWay || source !== lab?.examples[0]?.source)) return undefined
  return !running && staleBy(choices) === 'program' ? undefined : presetOf(setup)
}

export function runsProgram({ kernels }: LabSetup): boolean {
  return kernels.includes('program')
}

/** What runs of the editor as things are set. */
function programsOf({ setup, source, isHalfWay, lab }: Choices): Pick<LabSetup, 'program' | 'programChange'> {
  if (!runsProgram(setup)) return {}
  return isHalfWay ? { program: lab?.examples[0]?.source ?? source, programChange: source } : { program: source }
}

/** A notice is written down when it is sent, a request when it is answered: here all stand in the order they were sent. */
function inOrder(run: LabRun): LabRun {
  const [left, right] = run.sides
  const sorted = (side: LabRun['sides'][0]): LabRun['sides'][0] => ({ ...side, messages: side.messages.toSorted((a, b) => a.sentUs - b.sentUs) })
  return { ...run, sides: [sorted(left), sorted(right)] }
}

/** Whether a curve of the one is a curve of the other: number of extents, files and accesses are not in it. */
function sameCurves(one: LabSetup, other: LabSetup): boolean {
  const keyOf = ({ shape, stripCount, isUniform, deviceCount, cacheCapBytes, daemon }: LabSetup): string => JSON.stringify([shape, stripCount, isUniform, deviceCount, cacheCapBytes, daemon])
  return keyOf(one) === keyOf(other)
}

export function messageOf(run: LabRun | undefined, chosen: ChosenMessage | undefined): LabMessage | undefined {
  return chosen && run?.sides[chosen.side].messages[chosen.index]
}

/** Something is selected from the first, on whichever side says something: the first message that is answered at length. */
function firstMessage({ sides }: LabRun): ChosenMessage | undefined {
  const longest = (side: Side): ChosenMessage[] => sides[side].messages.map((_, index) => ({ side, index }))
  const all = [...longest(1), ...longest(0)]
  const lengthOf = ({ side, index }: ChosenMessage): number => {
    const message = sides[side].messages[index]
    return message ? message.request.length + (message.answer?.bytes.length ?? 0) : 0
  }
  return all.find((chosen) => lengthOf(chosen) >= 56) ?? all[0]
}
