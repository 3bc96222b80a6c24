// Scrolls a picture that may be taller than any element may be. Up to TALL_MOST_PX the scrollbar is exact; beyond, it says
// roughly where we are, and wheel and finger move by pixels of the picture; at its ends they are the page's, and so are two
// fingers. Outside of React: a scroll redraws, and no more.

// Firefox stops at about 17 million pixels.
const TALL_MOST_PX = 4_000_000
const LINE_PX = 24

export class Scroll {
  topPx = 0
  #totalPx = 0
  #heightPx = 0
  // Where the scrollbar was left last: our own scrollTop comes back rounded.
  #ownPx = 0
  #fingerY: number | undefined
  readonly #scroller: HTMLElement
  readonly #spacer: HTMLElement
  readonly #onMove: () => void

  constructor(scroller: HTMLElement, spacer: HTMLElement, onMove: () => void) {
    this.#scroller = scroller
    this.#spacer = spacer
    this.#onMove = onMove
    scroller.addEventListener('scroll', this.#onScroll, { passive: true })
    scroller.addEventListener('touchstart', this.#onTouchStart, { passive: true })
    scroller.addEventListener('touchmove', this.#onTouchMove, { passive: false })
  }

  dispose(): void {
    this.#scroller.removeEventListener('scroll', this.#onScroll)
    this.#scroller.removeEventListener('touchstart', this.#onTouchStart)
    this.#scroller.removeEventListener('touchmove', this.#onTouchMove)
  }

  get isScaled(): boolean {
    return this.#totalPx > TALL_MOST_PX
  }

  /** The picture's height and the box's; keeps its place as well as it can. */
  layout(totalPx: number, heightPx: number): void {
    this.#totalPx = totalPx
    this.#heightPx = heightPx
    this.#spacer.style.height = `${Math.max(0, Math.min(totalPx, TALL_MOST_PX) - heightPx)}px`
    this.to(this.topPx)
  }

  to(topPx: number): void {
    this.topPx = Math.min(Math.max(0, topPx), this.#most)
    const barPx = this.topPx / this.#factor
    if (Math.abs(this.#scroller.scrollTop - barPx) > 0.5) this.#scroller.scrollTop = barPx
    this.#ownPx = this.#scroller.scrollTop
  }

  /** A wheel's turn, where the scrollbar is too coarse for it: true if that was done here. */
  wheel(event: WheelEvent): boolean {
    return this.isScaled && this.#by(pixelsOf(event, this.#heightPx))
  }

  /** False where the picture ends: then there is nothing to move. */
  #by(px: number): boolean {
    const before = this.topPx
    this.to(before + px)
    if (this.topPx === before) return false
    this.#onMove()
    return true
  }

  get #most(): number {
    return Math.max(0, this.#totalPx - this.#heightPx)
  }

  /** Pixels of the picture to one of the scrollbar. */
  get #factor(): number {
    return this.isScaled ? this.#most / Math.max(1, TALL_MOST_PX - this.#heightPx) : 1
  }

  readonly #onScroll = (): void => {
    const barPx = this.#scroller.scrollTop
    if (Math.abs(barPx - this.#ownPx) < 1) return
    this.#ownPx = barPx
    this.topPx = Math.min(Math.max(0, barPx * this.#factor), this.#most)
    this.#onMove()
  }

  readonly #onTouchStart = (event: TouchEvent): void => {
    this.#fingerY = event.touches[0]?.clientY
  }

  readonly #onTouchMove = (event: TouchEvent): void => {
    const before = this.#fingerY
    const y = event.touches.length === 1 ? event.touches[0]?.clientY : undefined
    this.#fingerY = y
    // A move that can't be cancelled is the page's already, up to its end.
    if (!this.isScaled || y === undefined || before === undefined || !event.cancelable) return
    if (this.#by(before - y)) event.preventDefault()
  }
}

export function pixelsOf(event: WheelEvent, pagePx: number): number {
  if (event.deltaMode === WheelEvent.DOM_DELTA_LINE) return event.deltaY * LINE_PX
  return event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? event.deltaY * pagePx : event.deltaY
}
