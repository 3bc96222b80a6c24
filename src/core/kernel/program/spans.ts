// The ranges of devices that a file's answers are held against: in the order of devices and places, so that a look at one
// answer is a search by halves however many there are. It allocates nothing. They stay as the server told them until they
// have been looked at: two that overlap, or are no whole units, would make a good one. Then those that touch are one.

import type { Extent } from '../../fmap/fmap.ts'
import { type Columns, newColumns } from '../../fmap/wide.ts'
import { columnBytes } from '../../fmap/widePulled.ts'

export class Spans {
  #columns: Columns = newColumns(0)
  #isInOrder = true
  #toldCount = 0
  /** Where the last answer was. */
  #last = 0

  get columns(): Columns {
    return this.#columns
  }

  /** How many were told, whatever they are joined to by now. */
  get toldCount(): number {
    return this.#toldCount
  }

  /** Each begins behind the one before, on its device or a later one. */
  get isInOrder(): boolean {
    return this.#isInOrder
  }

  /** With room for more, until `join`. */
  get residentBytes(): number {
    return columnBytes(this.#columns)
  }

  /** The same ranges, to which others can be added. */
  copy(): Spans {
    const copied = new Spans()
    copied.#columns = withRoom(this.#columns, this.#columns.count)
    copied.#isInOrder = this.#isInOrder
    copied.#toldCount = this.#toldCount
    return copied
  }

  /** They are sound and in order, and no more are added: those that touch become one, and room for more is let go. */
  join(): void {
    const columns = this.#columns
    const { count, devindices, offsets, lengths } = columns
    let last = 0
    for (let i = 1; i < count; i++) {
      const isNext = devindices[i] === devindices[last] && offsets[i] === (offsets[last] as number) + (lengths[last] as number)
      if (isNext) lengths[last] = (lengths[last] as number) + (lengths[i] as number)
      else if (++last < i) {
        devindices[last] = devindices[i] as number
        offsets[last] = offsets[i] as number
        lengths[last] = lengths[i] as number
      }
    }
    columns.count = Math.min(count, last + 1)
    if (devindices.length > columns.count) this.#columns = withRoom(columns, columns.count)
  }

  add(spans: readonly Extent[]): void {
    this.#makeRoom(spans.length)
    this.#toldCount += spans.length
    const columns = this.#columns
    for (const { devindex, offsetBytes, lengthBytes } of spans) {
      const i = columns.count++
      columns.devindices[i] = devindex
      columns.offsets[i] = offsetBytes
      columns.lengths[i] = lengthBytes
      this.#isInOrder &&= i === 0 || isBehind(columns, i)
    }
  }

  /** Whether one range has all of these bytes. */
  holds(devindex: number, startBytes: number, endBytes: number): boolean {
    if (this.#isIn(this.#last, devindex, startBytes, endBytes)) return true
    const { devindices, offsets } = this.#columns
    let low = 0
    let high = this.#columns.count - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const other = devindices[middle] as number
      if (other < devindex || (other === devindex && (offsets[middle] as number) <= startBytes)) low = middle
      else high = middle - 1
    }
    if (!this.#isIn(low, devindex, startBytes, endBytes)) return false
    this.#last = low
    return true
  }

  #isIn(index: number, devindex: number, startBytes: number, endBytes: number): boolean {
    const { count, devindices, offsets, lengths } = this.#columns
    if (index >= count || devindices[index] !== devindex) return false
    const offsetBytes = offsets[index] as number
    return startBytes >= offsetBytes && endBytes <= offsetBytes + (lengths[index] as number)
  }

  #makeRoom(moreCount: number): void {
    const { count, devindices } = this.#columns
    const neededCount = count + moreCount
    if (neededCount > devindices.length) this.#columns = withRoom(this.#columns, Math.max(neededCount, count * 2))
  }
}

/** The same ranges in columns of another length; all of them fit. */
function withRoom({ count, devindices, offsets, lengths }: Columns, capacity: number): Columns {
  const columns = newColumns(capacity)
  columns.devindices.set(devindices.subarray(0, count))
  columns.offsets.set(offsets.subarray(0, count))
  columns.lengths.set(lengths.subarray(0, count))
  columns.count = count
  return columns
}

function isBehind({ devindices, offsets, lengths }: Columns, i: number): boolean {
  const apart = (devindices[i] as number) - (devindices[i - 1] as number)
  if (apart !== 0) return apart > 0
  return (offsets[i] as number) >= (offsets[i - 1] as number) + (lengths[i - 1] as number)
}
