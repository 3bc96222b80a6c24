// The lab's state outside React: what is set, what runs, what came of it. It outlives the page that shows it, so that the
// scene can be looked at in between. An answer to what was asked before is never shown as one to what is set now.

import type { Amplification, Lab, LabCurve, LabKernel, LabMessage, LabProgress, LabRun, LabSetup, ProgramTrouble } from '../../playground/lab/types.ts'
import type { Result } from '../../core/base/result.ts'
import { countText, plural } from '../format.ts'
import { mistakeOf, type Trouble } from '../trouble.ts'
import { type Linked, troubleOf } from './link.ts'
import { firstSetup, type Preset, PRESETS, presetOf, sameSetup } from './presets.ts'
import { KERNEL_TITLES } from './text.ts'

export type Side = 0 | 1

export interface ChosenMessage {
  side: Side
  index: number
}

export interface Choices {
  /** Undefined until the engine is loaded. */
  lab: Lab | undefined
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
  /** As it stands in the editor. */
  source: string
  /** The last that was written and is no example: it is kept while examples are looked at. */
  own: string | undefined
  sourceTrouble: ProgramTrouble | undefined
  /** For those who don't see it: what came of the last thing that was asked. */
  told: string
}

const CALM_MS = 400

export class Chooser {
  readonly #open: () => Promise<Lab>
  readonly #listeners = new Set<() => void>()
  #state: Choices = {
    lab: undefined, setup: firstSetup(), running: false, progress: undefined, measuring: false, run: undefined, amplification: undefined, curves: [], trouble: undefined, unread: undefined, stopped: undefined, pressedCount: 0, chosen: undefined, source: '', own: undefined,
    sourceTrouble: undefined, told: '',
  }
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  #measured = 0
  #checked = 0
  #isClosed = false

  readonly #linked: Linked | undefined

  /** @param linked what an address asks for from the first */
  constructor(open: () => Promise<Lab>, linked?: Linked) {
    this.#open = open
    this.#linked = linked
    if (linked) this.#state = { ...this.#state, setup: linked.setup }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): Choices => this.#state

  /** Loads the engine and runs what is set; once. */
  readonly start = async (): Promise<void> => {
    try {
      const lab = await this.#open()
      if (this.#isClosed) return lab.close()
      this.#set({ lab, source: lab.examples[0]?.source ?? '' })
      await (this.#linked ? this.follow(this.#linked) : this.#press(PRESETS[0]))
    } catch (error) {
      this.#set({ trouble: mistakeOf(error) })
    }
  }

  /** Runs by itself once nobody changes anything for a moment: a slider is dragged through many values. */
  readonly change = (change: Partial<LabSetup>): void => {
    const setup = { ...this.#state.setup, ...change }
    const curves = sameCurves(setup, this.#state.setup) ? this.#state.curves : []
    this.#set({ setup, curves })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.run(), CALM_MS)
  }

  /** Sets and runs what an address says. */
  readonly follow = async ({ setup, example, source, wrong }: Linked): Promise<void> => {
    const { lab, curves } = this.#state
    if (!lab) return
    const known = lab.examples.find(({ name }) => name === example)
    const unread = troubleOf(example === undefined || known ? wrong : [...wrong, `program=“${example.slice(0, 24)}”, which is no example`])
    this.#set({ setup, curves: sameCurves(setup, this.#state.setup) ? curves : [], unread })
    this.write(source ?? (known ?? lab.examples[0])?.source ?? '')
    if ((await this.run()) && chosenPreset(this.#state)?.withCurve) await this.measure(setup.kernels, true)
  }

  readonly press = (preset: Preset): Promise<void> => this.#press(preset, true)

  async #press(preset: Preset | undefined, byHand = false): Promise<void> {
    if (!preset) return
    const { lab, source } = this.#state
    const curves = sameCurves(preset.setup, this.#state.setup) ? this.#state.curves : []
    // A preset's point is made by the program that works, whatever stands in the editor; what was written stays to be had.
    const runs = preset.setup.kernels.includes('program') ? (lab?.examples[0]?.source ?? source) : source
    this.#set({ setup: { ...preset.setup }, curves, source: runs })
    if (!(await this.run())) return
    if (byHand) this.#set({ pressedCount: this.#state.pressedCount + 1 })
    // What was concluded is the last word, and not that something more was measured.
    if (preset.withCurve) await this.measure(preset.setup.kernels, true)
  }

  /** @returns whether it came to its end */
  readonly run = (): Promise<boolean> => {
    const { source } = this.#state
    return this.#run({ program: source })
  }

  /** Half-way the editor's program takes the place of the example that works, with files open and no new mount. */
  readonly uploadHalfWay = async (): Promise<void> => {
    await this.check()
    const { sourceTrouble, lab, source } = this.#state
    if (sourceTrouble || !lab) return
    this.#withProgram()
    await this.#run({ program: lab.examples[0]?.source ?? source, programChange: source })
  }

  async #run(programs: Pick<LabSetup, 'program' | 'programChange'>): Promise<boolean> {
    const { lab, setup } = this.#state
    clearTimeout(this.#timer)
    if (!lab) return false
    const mine = ++this.#asked
    // A worker does one thing after the other: what nobody waits for any more makes room.
    if (this.#state.running) lab.cancel()
    this.#set({ running: true, progress: undefined, trouble: undefined, stopped: undefined, told: 'Running.' })
    const asked = setup.kernels.includes('program') ? { ...setup, ...programs } : setup
    const [run, amplification] = await Promise.all([this.#try(() => lab.run(asked, (progress) => mine === this.#asked && this.#set({ progress }))), this.#try(() => lab.amplification(asked))])
    if (mine !== this.#asked || this.#isClosed) return false
    if (!run.ok) {
      this.#set({ running: false, trouble: run.trouble, told: run.trouble.says })
      return false
    }
    const shown = inOrder(run.value)
    this.#set({ running: false, run: shown, amplification: amplification.ok ? amplification.value : undefined, chosen: firstMessage(shown), told: shown.conclusion.join(' ') })
    return true
  }

  /** Whatever runs, run and curves; what is set and what is there already stays. The next run begins at once. */
  readonly stop = (): void => {
    const { lab, running, measuring } = this.#state
    if (!lab || !(running || measuring)) return
    clearTimeout(this.#timer)
    this.#asked++
    this.#measured++
    const stopped = running ? stoppedRun(this.#state) : stoppedCurves(this.#state)
    lab.cancel()
    this.#set({ running: false, measuring: false, progress: undefined, stopped, told: stopped })
  }

  /** Curves of these kernels, both by default, beside those that are there. */
  readonly measure = async (kernels: readonly LabKernel[] = this.#state.setup.kernels, quietly = false): Promise<void> => {
    const { lab, setup } = this.#state
    if (!lab) return
    const mine = ++this.#measured
    this.#set({ measuring: true, stopped: undefined, ...(!quietly && { told: 'Measuring.' }) })
    const missing = [...new Set(kernels)].filter((kernel) => this.#state.curves.every((curve) => curve.kernel !== kernel))
    for (const kernel of missing) {
      const curve = await this.#try(() => lab.curve(kernel, setup))
      if (mine !== this.#measured || this.#isClosed) return
      if (!sameCurves(setup, this.#state.setup) || (!curve.ok && curve.trouble.reason === 'cancelled')) return this.#set({ measuring: false })
      if (!curve.ok) return this.#set({ measuring: false, trouble: curve.trouble })
      this.#set({ curves: [...this.#state.curves, curve.value] })
    }
    this.#set({ measuring: false, ...(!quietly && { told: 'The curves are measured.' }) })
  }

  readonly choose = (chosen: ChosenMessage | undefined): void => this.#set({ chosen })

  readonly write = (source: string): void => {
    const isExample = this.#state.lab?.examples.some((example) => example.source === source)
    this.#set({ source, ...(!isExample && { own: source }) })
  }

  /** Whether what is written compiles. */
  readonly check = async (): Promise<void> => {
    const mine = ++this.#checked
    const trouble = await this.#state.lab?.compile(this.#state.source)
    if (mine === this.#checked && !this.#isClosed) this.#set({ sourceTrouble: trouble })
  }

  /** Where it compiles, what the editor holds, on both kernels' files; the program's kernel takes part, whatever was chosen. */
  readonly runProgram = async (): Promise<void> => {
    await this.check()
    if (this.#state.sourceTrouble) return
    this.#withProgram()
    await this.run()
  }

  #withProgram(): void {
    const { kernels } = this.#state.setup
    if (!kernels.includes('program')) this.change({ kernels: [kernels[0], 'program'] })
  }

  readonly dismiss = (): void => this.#set({ trouble: undefined })

  readonly dismissUnread = (): void => this.#set({ unread: undefined })

  /** For what a part of the page couldn't do, and for what it did. */
  readonly tell = (what: { trouble: Trouble } | { told: string }): void => this.#set(what)

  readonly close = (): void => {
    this.#isClosed = true
    clearTimeout(this.#timer)
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
function stoppedRun({ setup: { kernels: [left, right] }, progress, run }: Choices): string {
  const where = progress ? ` at ${progress.what}, ${countText(progress.doneCount)} of ${countText(progress.totalCount)}` : ''
  const stands = run ? 'What stands here is of the run before.' : 'Nothing was compared yet.'
  return `Stopped: ${KERNEL_TITLES[left]} and ${KERNEL_TITLES[right]}${where}. ${stands} Press Run again, or set something else: it runs at once.`
}

function stoppedCurves({ curves }: Choices): string {
  return `Stopped: the curves. ${curves.length === 0 ? 'None is measured yet.' : `${plural(curves.length, 'kernel is', 'kernels are')} measured, and stay.`} Measuring again goes on with those that are missing.`
}

/** Whether the run that is shown isn't one of what is set now. The program that stands in the editor runs when it is told to. */
export function isStale({ run, setup }: Choices): boolean {
  return run !== undefined && !sameSetup(run.setup, setup)
}

/** The preset that is set, and nothing else: with another program in the editor its point isn't made. */
export function chosenPreset({ setup, lab, source }: Choices): Preset | undefined {
  return setup.kernels.includes('program') && source !== lab?.examples[0]?.source ? undefined : presetOf(setup)
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
