// What was done, as steps that can be undone and done again. An operation that ended as it should, alone, is kept as the
// acts that it consisted of; every other one is sealed: the pages that it changed are kept, and what became of its host.
// So nothing replays what a program did, and each step leads to the same bytes. Small, since every page loads it: sealing
// and travelling are loaded when they are first needed.

import { type Act, type HostState, isSameHost, type Known, metSince, type Pages } from './acts.ts'
import type { Extent, HistoryView } from './types.ts'

export interface Step {
  /** Of the first event that belongs to it. */
  sentence: string
  acts: Act[]
  /** Where the device may have changed. */
  touched: Extent[]
  /** What must be on the device after it; undefined where others were at work when it was recorded. */
  leaves: Leaves | undefined
  /** Sum of the device after it; taken only when someone leaves the step for another. */
  sum: number | undefined
}

export interface Leaves {
  fsUuid: string | undefined
  entryCount: number
  /** What the hardware says of all devices, as text. */
  health: string
}

/**
 * How an operation ended. done: as it should. partly: it may have written where the page knows of. unknown: it may have
 * written anywhere. nothing: nothing was written, and only hosts may have changed.
 */
export type Outcome = 'done' | 'partly' | 'unknown' | 'nothing'

/** Something under way that may change the device or a host. */
export interface Operation {
  /** The host that it is about; undefined where it is about several. */
  readonly host: string | undefined
  readonly firstEvent: number
  overlapped: boolean
  /** How it ends, where all goes well. */
  outcome: Outcome
  /** It puts another device in place: that doesn't end it. */
  replaces: boolean
}

/** Where a session began: what is on its device is kept before the first change. */
export interface Base {
  known: Known
  pages: Pages | undefined
  /** What hosts met of memory then, before anything was done. */
  acts: Act[]
  sum: number | undefined
}

/** Keeps bytes; loaded when first needed. */
export interface Sealer {
  /** Acts that lead from what is known to what is there: pages that changed in these ranges, or anywhere; then hosts. */
  seal(ranges: readonly Extent[] | undefined, known: Known): Promise<{ acts: Act[]; known: Known }>
  keepBase(): Promise<Pages | undefined>
  /** Learns what acts have written, so that it isn't taken for a change. */
  learn(): Promise<void>
}

export interface HistoryStage {
  now(): Known
  leaves(): Leaves
  nextEvent(): number
  /** Gives events to a step. @returns the sentence of the first */
  claim(step: number, operations: readonly Operation[]): string | undefined
  /** Forgets the events of this step and all later ones. */
  dropFrom(step: number): void
  /** There are no steps any more, and the events stay. */
  release(): void
  sealer(): Promise<Sealer>
  stumbled(error: unknown): void
}

export class History {
  readonly #stage: HistoryStage
  readonly #running = new Set<Operation>()
  readonly #waiting: (() => void)[] = []
  #ended: Operation[] = []
  #closing: Promise<void> | undefined
  #keeping: Promise<void> | undefined
  /** Of operations that haven't become a step yet. */
  #acts: Act[] = []
  /**
   * What hosts have met of memory since the last step: who only looks makes no step. It is kept with the step that they
   * looked after, unless there are steps after that one, which knew nothing of it.
   */
  #met: Act[] = []
  #touched = new Map<number, Extent>()
  /** Ranges that acts have written and the sealer hasn't learnt. */
  #unlearnt = new Map<number, Extent>()
  #steps: Step[] = []
  #position = 0
  #base: Base
  #baseKept = false
  /** As of the last step. */
  #known: Known
  #travel: Promise<unknown> | undefined
  #held: Promise<unknown> | undefined

  constructor(stage: HistoryStage) {
    this.#stage = stage
    this.#known = stage.now()
    this.#base = newBase(this.#known)
  }

  get view(): HistoryView {
    const steps = this.#steps
    const position = this.#position
    return { position, stepCount: steps.length, back: steps[position - 1]?.sentence, forward: steps[position]?.sentence, travelling: this.#travel !== undefined }
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  get position(): number {
    return this.#position
  }

  get base(): Base {
    return this.#base
  }

  /** Nobody is at work and all is recorded, so that what acts have written is what is there, until others have a turn. */
  get isQuiet(): boolean {
    return this.#running.size === 0 && this.#closing === undefined
  }

  /** From here on: what is there now is where the session begins. @param isEmpty a new device, on which nothing is yet */
  beginHere(isEmpty: boolean): void {
    this.#forget()
    this.#stage.release()
    this.#steps = []
    this.#position = 0
    this.#known = this.#stage.now()
    this.#base = newBase(this.#known)
    this.#baseKept = isEmpty
    this.#unlearnt.clear()
  }

  get isTravelling(): boolean {
    return this.#travel !== undefined
  }

  /** Nobody travels or holds the others back, and what the session began with is kept: the device may be changed. */
  get isReady(): boolean {
    return this.#travel === undefined && this.#held === undefined && this.#baseKept
  }

  /** Await it again and again until it is ready: others wait as well. */
  async ready(): Promise<void> {
    await this.arrival()
    await this.#held
    await this.keepBase()
  }

  async arrival(): Promise<void> {
    await this.#travel
  }

  /** Where it fails, the next who asks tries again. */
  async keepBase(): Promise<void> {
    while (!this.#baseKept) {
      this.#keeping ??= this.#keepBase().finally(() => (this.#keeping = undefined))
      await this.#keeping
    }
  }

  async #keepBase(): Promise<void> {
    const base = this.#base
    const sealer = await this.#stage.sealer()
    base.pages = await sealer.keepBase()
    // The session may have begun anew meanwhile: then this was another's beginning.
    if (base === this.#base) this.#baseKept = true
  }

  begin(host: string | undefined): Operation {
    const overlapped = this.#running.size > 0 || this.#closing !== undefined
    for (const other of this.#running) other.overlapped = true
    if (!overlapped) this.#lookBack()
    const operation: Operation = { host, firstEvent: this.#stage.nextEvent(), overlapped, outcome: 'done', replaces: false }
    this.#running.add(operation)
    return operation
  }

  /** An act has been done: in their order they are the step. */
  did(act: Act): void {
    this.#acts.push(act)
  }

  /** The device may have changed there. */
  touched(ranges: Iterable<Extent>): void {
    for (const range of ranges) keepLongest(this.#touched, range)
  }

  /** Resolves when it is recorded. */
  end(operation: Operation, outcome: Outcome): Promise<void> {
    this.#running.delete(operation)
    this.#rested()
    operation.outcome = outcome
    if (outcome === 'nothing' && this.#sameAsKnown()) {
      // Nothing has come of it, and there is nothing to undo.
      this.#known = this.#stage.now()
      if (this.#running.size === 0 && this.#ended.length === 0) this.#acts = []
      return Promise.resolve()
    }
    this.#ended.push(operation)
    if (this.#closing) return this.#closing
    const alone = !operation.overlapped && this.#running.size === 0 && this.#ended.length === 1
    if (alone && (outcome === 'done' || outcome === 'nothing')) {
      const touched = this.#takeTouched()
      for (const range of touched) keepLongest(this.#unlearnt, range)
      const now = this.#stage.now()
      this.#add(this.#ended.splice(0), [...this.#acts, ...metSince(this.#known.hosts, now.hosts).acts], touched, now, true)
      return Promise.resolve()
    }
    this.#closing = this.#close().finally(() => (this.#closing = undefined))
    return this.#closing
  }

  /** It was about a device that is gone. */
  drop(operation: Operation): void {
    this.#running.delete(operation)
    this.#rested()
  }

  /** Resolves when nobody is at work, and everything that has ended is recorded. */
  async settled(): Promise<void> {
    for (;;) {
      if (this.#closing) await this.#closing
      else if (this.#running.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      else return
    }
  }

  /** What the sealer must learn; taken only once. */
  takeUnlearnt(): Extent[] {
    const ranges = [...this.#unlearnt.values()]
    this.#unlearnt.clear()
    return ranges
  }

  /** Nothing is recorded while it goes on, and whoever wants to begin waits. */
  async travel<T>(work: () => Promise<T>): Promise<T> {
    const travelling = work()
    this.#travel = travelling.catch(() => undefined)
    try {
      return await travelling
    } finally {
      this.#travel = undefined
    }
  }

  /** Whoever else wants to begin waits until it has ended. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const working = work()
    this.#held = working.catch(() => undefined)
    try {
      return await working
    } finally {
      this.#held = undefined
    }
  }

  /** Another state is about to be shown: what hosts have met in this one stays with it. */
  leave(): void {
    this.#lookBack()
    if (this.#position === this.#steps.length) this.#keepMet()
  }

  /** Another state is shown now, and the sealer knows it: the one after so many steps. */
  arrived(position: number): void {
    this.#forget()
    this.#position = position
    this.#known = this.#stage.now()
    this.#unlearnt.clear()
  }

  /** What the device adds up to after so many steps; undefined where nobody has added it up. */
  sumAt(position: number): number | undefined {
    return (this.#steps[position - 1] ?? this.#base).sum
  }

  keepSum(position: number, sum: number | undefined): void {
    const at = this.#steps[position - 1] ?? this.#base
    at.sum ??= sum
  }

  async #close(): Promise<void> {
    try {
      const sealer = await this.#stage.sealer()
      while (this.#ended.length > 0) {
        const ended = this.#ended.splice(0)
        const touched = this.#takeTouched()
        const anywhere = ended.some(({ overlapped, outcome }) => overlapped || outcome === 'unknown')
        const { acts, known } = await sealer.seal(anywhere ? undefined : touched, this.#known)
        if (acts.length > 0) this.#add(ended, acts, touched, known, this.#running.size === 0 && this.#ended.length === 0)
        this.#acts = []
      }
    } catch (error) {
      // A state that can't be come by again must not be promised: the session begins here.
      this.#ended = []
      this.#stage.stumbled(error)
      this.beginHere(false)
    }
  }

  #add(ended: readonly Operation[], acts: Act[], touched: Extent[], known: Known, isQuiet: boolean): void {
    const index = this.#position
    this.#steps.length = index
    this.#keepMet()
    this.#stage.dropFrom(index)
    const sealed = acts.flatMap((act) => (act.act === 'pages' ? act.pages.runs : []))
    const sentence = this.#stage.claim(index, ended) ?? 'Something was changed.'
    this.#steps.push({ sentence, acts, touched: [...touched, ...sealed], leaves: isQuiet ? this.#stage.leaves() : undefined, sum: undefined })
    this.#position = index + 1
    this.#acts = []
    this.#known = known
  }

  /** What hosts have met by looking alone belongs to the state that they looked at. */
  #lookBack(): void {
    const { acts, hosts } = metSince(this.#known.hosts, this.#stage.now().hosts)
    this.#met.push(...acts)
    this.#known = { ...this.#known, hosts }
  }

  #keepMet(): void {
    const at = this.#steps[this.#position - 1] ?? this.#base
    at.acts.push(...this.#met)
    this.#met = []
  }

  #rested(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #takeTouched(): Extent[] {
    const touched = [...this.#touched.values()]
    this.#touched.clear()
    return touched
  }

  #sameAsKnown(): boolean {
    const { devices, health, hosts } = this.#stage.now()
    const known = this.#known
    const isSame = (host: HostState, i: number): boolean => known.hosts[i] !== undefined && isSameHost(known.hosts[i], host)
    const sameMemory = devices[0]?.uuid === known.devices[0]?.uuid && JSON.stringify(health) === JSON.stringify(known.health)
    return sameMemory && hosts.length === known.hosts.length && hosts.every(isSame)
  }

  #forget(): void {
    this.#acts = []
    this.#met = []
    this.#ended = []
    this.#touched.clear()
  }
}

function newBase(known: Known): Base {
  return { known, pages: undefined, acts: [], sum: undefined }
}

function keepLongest(ranges: Map<number, Extent>, range: Extent): void {
  const there = ranges.get(range.offsetBytes)
  if (!there || there.lengthBytes < range.lengthBytes) ranges.set(range.offsetBytes, range)
}
