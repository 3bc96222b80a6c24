// One file of a kernel that runs programs: its place in the table, its own cells in the sandbox, and the ranges of devices
// that answers are held against. Whatever the program answers, nothing outside of these ranges is reached. Ranges that are in
// use were all looked at, and never become others: what the server tells is put aside, looked at and taken in one step, with
// no question in between. A failure stays until the program or the file's part of the table is another one. A resolve
// allocates nothing.

import { failLate } from '../../base/late.ts'
import { fail, type Failure } from '../../base/result.ts'
import type { Extent } from '../../fmap/fmap.ts'
import { type Answer, BEFORE, DEVINDEX, inside, LENGTH, OFFSET, type Resolver } from '../../fmap/resolve.ts'
import type { Columns } from '../../fmap/wide.ts'
import { FILE_SPANS_MOST } from '../../fuse/programMessages.ts'
import type { FileAsk, MapReason } from '../way.ts'
import { BOX, ENDED, LINE_SHIFT } from './mailbox.ts'
import type { FileContext, Runner, TablePlace } from './runner.ts'
import { Spans } from './spans.ts'

/** A file's own cells: as many as it has in the table, and these for what a program computes in advance. */
export const SPARE_CELLS = 16

const NEVER = -1
const ENDED_MASK = (1 << LINE_SHIFT) - 1

/** What a file needs of its mount. */
export interface FileHome {
  readonly runner: Runner
  readonly unitBytes: number
  /** Takes in what the server has sent meanwhile. */
  poll(): void
  /** Asks for devices that aren't known. The server may tell of this file meanwhile. */
  learnDevices(spans: Columns): void
  /** Whether ranges are good for a file of this mount. Nobody is asked. */
  refuse(ask: FileAsk, spans: Columns): Failure<MapReason> | undefined
  /** A file that the kernel holds keeps so many bytes more of ranges, or fewer. */
  keep(moreBytes: number): void
}

export class ProgramFile implements Resolver {
  /** The kernel let go of it: notices don't find it any more, so that nothing may be held of it. */
  isForgotten = false
  readonly #home: FileHome
  readonly #runner: Runner
  #ask: FileAsk
  #place: TablePlace = { firstCell: 0, cellCount: 0 }
  #spans = new Spans()
  /** As told, and not taken: not looked at yet, or refused. Never the same object as those in use. */
  #toldSpans: Spans | undefined
  #hasNewSpans = false
  #context: FileContext | undefined
  /** Of the program that filled the context. */
  #generation = NEVER
  #trouble: Failure<MapReason> | undefined
  #changeCount = 0

  constructor(home: FileHome, ask: FileAsk) {
    this.#home = home
    this.#runner = home.runner
    this.#ask = ask
  }

  get sizeBytes(): number {
    return this.#ask.sizeBytes
  }

  get trouble(): Failure<MapReason> | undefined {
    return this.#trouble
  }

  /** Whether ranges came since the last `expectSpans`. */
  get hasNewSpans(): boolean {
    return this.#hasNewSpans
  }

  /** How often its part of the table, or its ranges, became others. */
  get changeCount(): number {
    return this.#changeCount
  }

  get residentBytes(): number {
    return this.#spans.residentBytes + (this.#toldSpans?.residentBytes ?? 0)
  }

  expectSpans(): void {
    this.#hasNewSpans = false
  }

  /**
   * The server says where its bytes are from now on, in as many parts as it takes.
   * @param firstSpan how many were told before; 0 begins anew
   * @returns false for a part that doesn't go on where the one before ended, or goes on too long: nothing changed
   */
  tell(firstSpan: number, spans: readonly Extent[]): boolean {
    const before = firstSpan === 0 ? undefined : (this.#toldSpans ?? this.#spans)
    if ((before?.toldCount ?? 0) !== firstSpan || firstSpan + spans.length > FILE_SPANS_MOST) return false
    const told = before === this.#spans ? before.copy() : (before ?? new Spans())
    const keptBytes = this.residentBytes
    told.add(spans)
    this.#toldSpans = told
    this.#hasNewSpans = true
    this.#home.keep(this.residentBytes - keptBytes)
    return true
  }

  /** Its part of the table is another one: the next fault sets it up again. */
  outdate(): void {
    this.#changeCount++
    this.#generation = NEVER
  }

  /** @returns why it can't be opened */
  open(ask: FileAsk, place: TablePlace): Failure<MapReason> | undefined {
    this.#ask = ask
    if (place.cellCount !== this.#place.cellCount) this.letGo()
    this.#place = place
    this.#setUp()
    return this.#trouble
  }

  letGo(): void {
    if (this.#context) this.#runner.room.giveBack(this.#context.startBytes, this.#context.cellCount)
    this.#context = undefined
    this.#generation = NEVER
  }

  /** Moves with the program too: another one may find the same bytes elsewhere. */
  validity(): number {
    this.#home.poll()
    return this.#changeCount + this.#runner.generation
  }

  resolve(fileOffsetBytes: number, answer: Answer): boolean {
    const runner = this.#runner
    this.#home.poll()
    if (!inside(fileOffsetBytes, this.#ask.sizeBytes)) return false
    if (this.#generation !== runner.generation) this.#setUp()
    const context = this.#context
    const { running } = runner
    if (this.#trouble || !context || !running) return false
    const { box } = runner.room
    box[BOX.offset] = fileOffsetBytes
    box[BOX.size] = this.#ask.sizeBytes
    const word = running.resolve(context.startBytes, context.cellCount, runner.fuel)
    if ((word & ENDED_MASK) !== ENDED.answered) return this.#failed(runner.words(word, this.#place.cellCount, context.cellCount))
    return this.#take(fileOffsetBytes, box, answer)
  }

  /**
   * An answer that reaches past the file's end is cut there; one that leaves the file's ranges is none. What is answered for
   * a byte counts for its unit, as a page fault maps whole pages: else a slow program could be run once for each byte.
   */
  #take(fileOffsetBytes: number, box: Float64Array, answer: Answer): boolean {
    const devindex = box[BOX.devindex] as number
    const beforeBytes = box[BOX.before] as number
    const { sizeBytes } = this.#ask
    const { unitBytes } = this.#home
    const lengthBytes = Math.min(box[BOX.length] as number, sizeBytes - fileOffsetBytes)
    // A unit of the file is a unit of the device: what is inside of one is at the same place in the other.
    const apartBytes = (box[BOX.answerOffset] as number) - fileOffsetBytes
    const unitsApart = apartBytes / unitBytes
    const isSound = lengthBytes >= 1 && beforeBytes >= 0 && beforeBytes <= fileOffsetBytes && unitsApart === Math.floor(unitsApart)
    const fromBytes = Math.floor((fileOffsetBytes - beforeBytes) / unitBytes) * unitBytes
    const toBytes = Math.min(Math.ceil((fileOffsetBytes + lengthBytes) / unitBytes) * unitBytes, sizeBytes)
    if (!isSound || !this.#spans.holds(devindex, fromBytes + apartBytes, toBytes + apartBytes)) return this.#failed(this.#wordsOf(fileOffsetBytes, box))
    answer[DEVINDEX] = devindex
    answer[OFFSET] = fileOffsetBytes + apartBytes
    answer[LENGTH] = toBytes - fileOffsetBytes
    answer[BEFORE] = fileOffsetBytes - fromBytes
    return true
  }

  #setUp(): void {
    this.#trouble = this.#trySetUp()
    // Ranges that were refused are looked at again: a device that is missing may turn up.
    this.#generation = this.#toldSpans ? NEVER : this.#runner.generation
  }

  #trySetUp(): Failure<MapReason> | undefined {
    const refusedSpans = this.#takeSpans()
    if (refusedSpans) return refusedSpans
    const { running, refused, room } = this.#runner
    if (!running) return this.#programFailed(refused ? `line ${refused.line}, column ${refused.column}: ${refused.says}` : 'there is none')
    const cellCount = this.#place.cellCount + SPARE_CELLS
    const startBytes = this.#context?.startBytes ?? room.take(cellCount)
    if (startBytes === undefined) return this.#programFailed(`its ${cellCount} cells don’t fit into the sandbox`)
    this.#context = { startBytes, cellCount }
    const what = this.#runner.setUp(running, this.#context, this.#place, this.#ask.sizeBytes)
    return what === undefined ? undefined : this.#programFailed(what)
  }

  /** @returns why what was told can't be used */
  #takeSpans(): Failure<MapReason> | undefined {
    if (!this.#toldSpans) return undefined
    this.#home.learnDevices(this.#toldSpans.columns)
    // What was told while it answered counts, too: from here on nobody is asked.
    const told = this.#toldSpans
    const refused = this.#home.refuse(this.#ask, told.columns)
    if (refused) return refused
    if (!told.isInOrder) return fail('bad_map', { path: this.#ask.path, what: 'its ranges are told in no order' }).failure
    const keptBytes = this.residentBytes
    told.join()
    this.#spans = told
    this.#toldSpans = undefined
    this.#home.keep(this.residentBytes - keptBytes)
    return undefined
  }

  #failed(what: string): false {
    this.#trouble = this.#programFailed(what)
    return false
  }

  #programFailed(what: string): Failure<MapReason> {
    return failLate('program_failed', { path: this.#ask.path, what }).failure
  }

  #wordsOf(fileOffsetBytes: number, box: Float64Array): string {
    const [devindex, offsetBytes, lengthBytes, beforeBytes] = box.subarray(BOX.devindex)
    return `for byte ${fileOffsetBytes} it answered ${lengthBytes} bytes at ${offsetBytes} of device ${devindex}, ${beforeBytes} before them, which this file doesn’t have there`
  }
}
