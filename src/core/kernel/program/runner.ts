// One mount's program and the table that its server fills. Of programs that come one behind the other only the newest is
// compiled, when one is needed next: who sends many costs its kernel little. One that can't be compiled changes nothing.
// Each change of the program moves `generation`: what was set up by another one has to be set up again.

import { CELL_BYTES, BOX, ENDED, wordsOfEnd } from './mailbox.ts'
import { compileProgram } from './compile.ts'
import { parseProgram } from './parse.ts'
import { Room } from './room.ts'
import type { RunningProgram, Sandbox } from './sandbox.ts'
import type { ProgramTrouble } from './syntax.ts'

/** Steps of one hook, as cost.ts counts them. Enough to copy and sum up the largest file's cells, and over well before 100 ms. */
export const FUEL = 10_000_000

/** A file's cells in the table. */
export interface TablePlace {
  firstCell: number
  cellCount: number
}

/** A file's own cells in the sandbox. */
export interface FileContext {
  startBytes: number
  cellCount: number
}

export class Runner {
  readonly room: Room
  readonly fuel: number
  readonly #sandbox: Sandbox
  #source: string | undefined
  /** The newest, not looked at yet. */
  #offered: string | undefined
  #running: RunningProgram | undefined
  #refused: ProgramTrouble | undefined
  #generation = 0
  #table = new Uint8Array(0)
  /** To the last cell that was ever written. */
  #tableBytes = 0

  constructor(sandbox: Sandbox, fuel: number) {
    this.#sandbox = sandbox
    this.room = new Room(sandbox)
    this.fuel = fuel
  }

  get running(): RunningProgram | undefined {
    this.#settle()
    return this.#running
  }

  /** Why none runs. */
  get refused(): ProgramTrouble | undefined {
    return this.running ? undefined : this.#refused
  }

  get generation(): number {
    this.#settle()
    return this.#generation
  }

  get tableBytes(): number {
    return this.#tableBytes
  }

  offer(source: string): void {
    this.#offered = source
  }

  /** @param cells of 8 bytes; they end inside of the table */
  writeTable(firstCell: number, cells: Uint8Array): void {
    const endBytes = firstCell * CELL_BYTES + cells.length
    if (endBytes > this.#table.length) {
      const grown = new Uint8Array(Math.max(endBytes, this.#table.length * 2))
      grown.set(this.#table)
      this.#table = grown
    }
    this.#table.set(cells, firstCell * CELL_BYTES)
    this.#tableBytes = Math.max(this.#tableBytes, endBytes)
  }

  /** No file has cells in it any more. */
  clearTable(): void {
    this.#table = new Uint8Array(0)
    this.#tableBytes = 0
  }

  /** Fills a file's own cells. @returns in words why they can't be relied on */
  setUp(running: RunningProgram, context: FileContext, { firstCell, cellCount }: TablePlace, sizeBytes: number): string | undefined {
    const { room, fuel } = this
    const tableBytes = cellCount === 0 ? 0 : room.take(cellCount)
    if (tableBytes === undefined) return `its ${cellCount} cells of the table don’t fit into the sandbox`
    const contextEndBytes = context.startBytes + context.cellCount * CELL_BYTES
    const tableEndBytes = tableBytes + cellCount * CELL_BYTES
    room.bytes.fill(0, context.startBytes, contextEndBytes)
    const held = this.#table.subarray(firstCell * CELL_BYTES, (firstCell + cellCount) * CELL_BYTES)
    room.bytes.set(held, tableBytes)
    room.bytes.fill(0, tableBytes + held.length, tableEndBytes)
    room.box[BOX.size] = sizeBytes
    const word = running.setup(context.startBytes, context.cellCount, tableBytes, cellCount, fuel)
    if (cellCount > 0) room.giveBack(tableBytes, cellCount)
    return word === ENDED.plain ? undefined : this.words(word, cellCount, context.cellCount)
  }

  words(word: number, cellCount: number, contextCount: number): string {
    return wordsOfEnd(word, this.room.box[BOX.detail] as number, { cellCount, contextCount, fuel: this.fuel })
  }
  #settle(): void {
    const source = this.#offered
    if (source === undefined) return
    this.#offered = undefined
    if (source === this.#source) return
    const parsed = parseProgram(source)
    if ('trouble' in parsed) {
      this.#refused = parsed.trouble
      return
    }
    this.#running = this.#sandbox.load(compileProgram(parsed.program))
    this.#source = source
    this.#generation++
  }
}
