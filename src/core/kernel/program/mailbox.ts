// What kernel and program share: a few numbers at the start of their memory, and the word that a hook ends with. Numbers
// pass as Float64, exact to 2^53, because a 64-bit integer would be an object for each call.

/** Cells of the box, 8 bytes each. */
export const BOX = { offset: 0, size: 1, devindex: 2, answerOffset: 3, length: 4, before: 5, detail: 6 } as const
export const BOX_CELLS = 8
export const CELL_BYTES = 8

/** How a hook ended; the line where it did stands above, from bit 8 on. */
export const ENDED = { plain: 0, answered: 1, outOfFuel: 2, outsideTable: 3, outsideFile: 4, byZero: 5, failed: 6 } as const

export const LINE_SHIFT = 8
const ENDED_MASK = 0xff

/** What a hook's last word says, for people. `detail` is the cell that was asked for, or what fail was called with. */
export function wordsOfEnd(word: number, detail: number, facts: { cellCount: number; contextCount: number; fuel: number }): string {
  const line = `line ${word >> LINE_SHIFT}`
  switch (word & ENDED_MASK) {
    case ENDED.outOfFuel:
      return `${line}: out of fuel after ${facts.fuel} steps`
    case ENDED.outsideTable:
      return `${line}: table[${detail}] is outside of the table, where this file has ${facts.cellCount} cells`
    case ENDED.outsideFile:
      return `${line}: file[${detail}] is outside of what the file keeps, which is ${facts.contextCount} cells`
    case ENDED.byZero:
      return `${line}: division by zero`
    case ENDED.failed:
      return `${line}: it gave up with fail(${detail})`
    default:
      return 'resolve ended without an answer'
  }
}
