// One mount's program and the table that its server fills. Of programs that come one behind the other only the newest is
// compiled, when one is needed next: who sends many costs its kernel little. One that can't be compiled changes nothing.
// Each change of the program moves `generation`: what was set up by another one has to be set up again. Table and sandbox
// only grow, as long as a file is in them; with the last one what they grew by is let go.

import { CELL_BYTES, BOX, ENDED, wordsOfEnd } from './mailbox.ts'
import { compileProgram } from './compile.ts'
import { parseProgram } from './parse.ts'
import { Room } from './room.ts'
import { PAGE_BYTES, type ProgramModule, type RunningProgram, type Sandbox, type SandboxMaker } from './sandbox.ts'
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
  readonly fuel: number
  readonly #makeSandbox: SandboxMaker
  #sandbox: Sandbox
  #room: Room
  #source: string | undefined
  /** The newest, not looked at yet. */
  #offered: string | undefined
  #module: ProgramModule | undefined
  #running: RunningProgram | undefined
  #refused: ProgramTrouble | undefined
  #generation = 0
  /** With room for more, as long as it is being filled. */
  #table = new Uint8Array(0)

  constructor(makeSandbox: SandboxMaker, fuel: number) {
    this.#makeSandbox = makeSandbox
    this.#sandbox = makeSandbox()
    this.#room = new Room(this.#sandbox)
    this.fuel = fuel
  }

  /** Where files have their own cells. Another one after `clear`. */
  get room(): Room {
    return this.#room
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

  /** Of the table and the sandbox, with what they have room for. */
  get residentBytes(): number {
    return this.#table.length + this.#sandbox.buffer.byteLength
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
  }

  /** No file has cells in the table or the sandbox any more. */
  clear(): void {
    this.#table = new Uint8Array(0)
    if (this.#sandbox.buffer.byteLength <= PAGE_BYTES) return
    this.#sandbox = this.#makeSandbox()
    this.#room = new Room(this.#sandbox)
    if (this.#module) this.#running = this.#sandbox.load(this.#module)
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
    this.#module = compileProgram(parsed.program)
    this.#running = this.#sandbox.load(this.#module)
    this.#source = source
    this.#generation++
  }
}
