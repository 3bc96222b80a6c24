// The mappings that one kernel holds, of all files, in columns under one cap: the one that was not used for longest goes
// first, whatever file it is of. Each file's mappings are in two orders, by where they are in the file and by where they
// are on devices, and in neither do two of them overlap. A look at what is there allocates nothing.

import { NONE, resized, SlotOrder } from './iomapOrder.ts'

/** Of one file: the roots of its two orders. */
export interface CachedFile {
  byOffset: number
  byPlace: number
  count: number
}

/** Columns, links of two trees with a height in each, links of the list by use, and whose it is. */
export const CACHED_MAPPING_BYTES = 3 * 8 + 4 + 4 * 4 + 2 * 1 + 2 * 4 + 8
const SLOTS_AT_FIRST = 16

export class IomapCache {
  readonly #mostCount: number
  #starts = new Float64Array(0)
  #lengths = new Float64Array(0)
  #offsets = new Float64Array(0)
  #devindices = new Uint32Array(0)
  /** Neighbours in the order of use; of free slots, `older` is the next free one. */
  #older = new Int32Array(0)
  #newer = new Int32Array(0)
  readonly #files: (CachedFile | undefined)[] = []
  readonly #byOffset = new SlotOrder((a, b) => this.startOf(a) < this.startOf(b))
  readonly #byPlace = new SlotOrder((a, b) => this.#isPlacedBefore(a, b))
  #newest = NONE
  #oldest = NONE
  #free = NONE
  #capacity = 0
  #count = 0

  /** One mapping is always kept, whatever the cap. */
  constructor(capBytes: number) {
    this.#mostCount = Math.max(1, Math.floor(capBytes / CACHED_MAPPING_BYTES))
  }

  /** With the room that there is for more; none where nothing is held. */
  get residentBytes(): number {
    return this.#capacity * CACHED_MAPPING_BYTES
  }

  startOf(slot: number): number {
    return this.#starts[slot] as number
  }

  lengthOf(slot: number): number {
    return this.#lengths[slot] as number
  }

  offsetOf(slot: number): number {
    return this.#offsets[slot] as number
  }

  devindexOf(slot: number): number {
    return this.#devindices[slot] as number
  }

  /** The mapping that holds a byte of the file, which counts as used now; NONE where it isn't known. */
  find(file: CachedFile, fileOffsetBytes: number): number {
    const slot = this.overlapping(file, fileOffsetBytes, 1)
    if (slot !== NONE && slot !== this.#newest) {
      this.#unlink(slot)
      this.#link(slot)
    }
    return slot
  }

  /** The last mapping that shares bytes of the file with a range. */
  overlapping({ byOffset }: CachedFile, startBytes: number, lengthBytes: number): number {
    const starts = this.#starts
    const { left, right } = this.#byOffset
    const endBytes = startBytes + lengthBytes
    let best = NONE
    for (let slot = byOffset; slot !== NONE; ) {
      if ((starts[slot] as number) < endBytes) {
        best = slot
        slot = right[slot] as number
      } else slot = left[slot] as number
    }
    return best !== NONE && (starts[best] as number) + (this.#lengths[best] as number) > startBytes ? best : NONE
  }

  /** The last mapping of the file that shares bytes of a device with a range there. */
  overlappingPlace({ byPlace }: CachedFile, devindex: number, offsetBytes: number, lengthBytes: number): number {
    const { left, right } = this.#byPlace
    const endBytes = offsetBytes + lengthBytes
    let best = NONE
    for (let slot = byPlace; slot !== NONE; ) {
      const other = this.devindexOf(slot)
      if (other < devindex || (other === devindex && this.offsetOf(slot) < endBytes)) {
        best = slot
        slot = right[slot] as number
      } else slot = left[slot] as number
    }
    if (best === NONE || this.devindexOf(best) !== devindex) return NONE
    return this.offsetOf(best) + this.lengthOf(best) > offsetBytes ? best : NONE
  }

  /** Nothing that is held of the file overlaps it, in the file or on the device. */
  add(file: CachedFile, startBytes: number, lengthBytes: number, devindex: number, offsetBytes: number): number {
    const slot = this.#take()
    this.#starts[slot] = startBytes
    this.#lengths[slot] = lengthBytes
    this.#offsets[slot] = offsetBytes
    this.#devindices[slot] = devindex
    this.#files[slot] = file
    file.byOffset = this.#byOffset.insert(file.byOffset, slot)
    file.byPlace = this.#byPlace.insert(file.byPlace, slot)
    file.count++
    this.#count++
    this.#link(slot)
    return slot
  }

  remove(slot: number): void {
    const file = this.#files[slot]
    if (!file) return
    file.byOffset = this.#byOffset.remove(file.byOffset, slot)
    file.byPlace = this.#byPlace.remove(file.byPlace, slot)
    file.count--
    this.#count--
    this.#unlink(slot)
    this.#files[slot] = undefined
    this.#older[slot] = this.#free
    this.#free = slot
    if (this.#count === 0) this.#resize(0)
  }

  /** Whatever shares a byte of the file with the range. */
  removeRange(file: CachedFile, startBytes: number, lengthBytes: number): void {
    for (let slot = this.overlapping(file, startBytes, lengthBytes); slot !== NONE; slot = this.overlapping(file, startBytes, lengthBytes)) this.remove(slot)
  }

  clear(file: CachedFile): void {
    while (file.byOffset !== NONE) this.remove(file.byOffset)
  }

  #isPlacedBefore(a: number, b: number): boolean {
    const difference = this.devindexOf(a) - this.devindexOf(b)
    return difference === 0 ? this.offsetOf(a) < this.offsetOf(b) : difference < 0
  }

  /** A slot that nobody has: a free one, or that of the mapping that was not used for longest. */
  #take(): number {
    if (this.#count === this.#mostCount) this.remove(this.#oldest)
    if (this.#free === NONE) this.#grow()
    const slot = this.#free
    this.#free = this.#older[slot] as number
    return slot
  }

  #grow(): void {
    const from = this.#capacity
    this.#resize(Math.min(Math.max(from * 2, SLOTS_AT_FIRST), this.#mostCount))
    for (let slot = this.#capacity - 1; slot >= from; slot--) {
      this.#older[slot] = this.#free
      this.#free = slot
    }
  }

  /** To more slots, or to none. */
  #resize(capacity: number): void {
    this.#starts = resized(this.#starts, new Float64Array(capacity))
    this.#lengths = resized(this.#lengths, new Float64Array(capacity))
    this.#offsets = resized(this.#offsets, new Float64Array(capacity))
    this.#devindices = resized(this.#devindices, new Uint32Array(capacity))
    this.#older = resized(this.#older, new Int32Array(capacity))
    this.#newer = resized(this.#newer, new Int32Array(capacity))
    this.#byOffset.resize(capacity)
    this.#byPlace.resize(capacity)
    if (capacity === 0) {
      this.#files.length = 0
      this.#free = NONE
    }
    this.#capacity = capacity
  }

  #link(slot: number): void {
    this.#older[slot] = this.#newest
    this.#newer[slot] = NONE
    if (this.#newest !== NONE) this.#newer[this.#newest] = slot
    this.#newest = slot
    if (this.#oldest === NONE) this.#oldest = slot
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] as number
    const newer = this.#newer[slot] as number
    if (newer === NONE) this.#newest = older
    else this.#older[newer] = older
    if (older === NONE) this.#oldest = newer
    else this.#newer[older] = newer
  }
}
