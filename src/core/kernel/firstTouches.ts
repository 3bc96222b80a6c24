// Which segments of a mapping were touched, by where they begin in the file. Segments begin with units, so that a bit for each is
// enough; those of a map made by hand may begin anywhere, and are remembered one by one.

/** No unit is smaller. */
const PAGE_BYTES = 4096

const BITS = 30

export class FirstTouches {
  /** Bits by their group's number; what begins within a unit has a negative number of its own. */
  readonly #groups = new Map<number, number>()
  #count = 0

  /** Of all that were touched for the first time, also before `clear`. */
  get count(): number {
    return this.#count
  }

  add(fileOffsetBytes: number): void {
    const unit = fileOffsetBytes / PAGE_BYTES
    const isWhole = Number.isInteger(unit)
    const group = isWhole ? Math.floor(unit / BITS) : -fileOffsetBytes
    const bit = isWhole ? 1 << (unit % BITS) : 1
    const bits = this.#groups.get(group) ?? 0
    if ((bits & bit) !== 0) return
    this.#groups.set(group, bits | bit)
    this.#count++
  }

  /** The next touch of each is a first one again. */
  clear(): void {
    this.#groups.clear()
  }
}
