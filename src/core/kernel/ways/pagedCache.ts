// Pages of maps in one kernel's memory: all files share one cap, and the page that was not used for longest goes first. One
// page is always kept, whatever the cap: the one that is in use.

/** Consecutive mappings of one file, with nothing between them. */
export interface MapPage {
  readonly book: PageBook
  readonly index: number
  /** Of each mapping in the file; one more says where the last one ends. */
  readonly starts: Float64Array
  readonly offsets: Float64Array
  readonly devindices: Uint32Array
  older: MapPage | undefined
  newer: MapPage | undefined
}

/** What is known of one file's pages; the pages themselves come and go. */
export interface PageBook {
  readonly pages: (MapPage | undefined)[]
  /** Where the last access was, as long as it is kept. */
  last: MapPage | undefined
}

function bytesOfPage({ starts, offsets, devindices }: MapPage): number {
  return starts.byteLength + offsets.byteLength + devindices.byteLength
}

export class PageCache {
  readonly #capBytes: number
  #usedBytes = 0
  /** Of the books, which can't be dropped as long as their files are open. */
  #bookBytes = 0
  #newest: MapPage | undefined
  #oldest: MapPage | undefined

  constructor(capBytes: number) {
    this.#capBytes = capBytes
  }

  get residentBytes(): number {
    return this.#usedBytes + this.#bookBytes
  }

  /** What books may still take, if all pages but the one in use go. */
  get roomForBooksBytes(): number {
    return this.#capBytes - this.#bookBytes
  }

  /** Books take from the same cap. A negative number gives back. */
  addBookBytes(changeBytes: number): void {
    this.#bookBytes += changeBytes
    this.#shrink()
  }

  /** Whether a page fits without dropping another. */
  hasRoomFor(page: MapPage): boolean {
    return this.residentBytes + bytesOfPage(page) <= this.#capBytes
  }

  /** As the newest one; older ones go where the cap says so. */
  add(page: MapPage): void {
    page.book.pages[page.index] = page
    this.#usedBytes += bytesOfPage(page)
    this.#link(page)
    this.#shrink()
  }

  touch(page: MapPage): void {
    if (page === this.#newest) return
    this.#unlink(page)
    this.#link(page)
  }

  drop(page: MapPage): void {
    const { book, index } = page
    this.#unlink(page)
    this.#usedBytes -= bytesOfPage(page)
    book.pages[index] = undefined
    if (book.last === page) book.last = undefined
  }

  #shrink(): void {
    while (this.residentBytes > this.#capBytes && this.#oldest && this.#oldest !== this.#newest) this.drop(this.#oldest)
  }

  #link(page: MapPage): void {
    page.older = this.#newest
    page.newer = undefined
    if (this.#newest) this.#newest.newer = page
    this.#newest = page
    this.#oldest ??= page
  }

  #unlink(page: MapPage): void {
    if (page.newer) page.newer.older = page.older
    else this.#newest = page.older
    if (page.older) page.older.newer = page.newer
    else this.#oldest = page.newer
    page.older = undefined
    page.newer = undefined
  }
}
