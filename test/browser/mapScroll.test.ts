// A picture that is taller than any element: wheel and one finger move it, and at its ends they are left to the page.

import { expect, it, onTestFinished } from 'vitest'
import { Scroll } from '../../src/ui/map/scroll.ts'

const TALL_PX = 100_000_000

function newScroll(totalPx: number): { scroll: Scroll; box: HTMLElement; moves: () => number } {
  const box = document.createElement('div')
  box.style.cssText = 'height: 200px; width: 100px; overflow: auto'
  const spacer = document.createElement('div')
  box.append(spacer)
  document.body.append(box)
  let moves = 0
  const scroll = new Scroll(box, spacer, () => void moves++)
  scroll.layout(totalPx, 200)
  onTestFinished(() => {
    scroll.dispose()
    box.remove()
  })
  return { scroll, box, moves: () => moves }
}

/** @returns whether the page was kept from moving instead */
function touch(box: HTMLElement, type: string, ...ys: number[]): boolean {
  const touches = ys.map((clientY, identifier) => new Touch({ identifier, target: box, clientX: 50, clientY }))
  return !box.dispatchEvent(new TouchEvent(type, { touches, cancelable: true, bubbles: true }))
}

const turned = (deltaY: number): WheelEvent => new WheelEvent('wheel', { deltaY })

it('a wheel moves it by pixels, and beyond its ends the page', () => {
  const { scroll, moves } = newScroll(TALL_PX)
  expect([scroll.wheel(turned(-40)), scroll.wheel(turned(40)), scroll.topPx, moves()]).toEqual([false, true, 40, 1])
  scroll.to(TALL_PX)
  expect([scroll.wheel(turned(40)), scroll.wheel(turned(-40)), scroll.topPx]).toEqual([false, true, TALL_PX - 240])
  expect(newScroll(1000).scroll.wheel(turned(40))).toBe(false)
})

it('a finger moves it, up to its ends', () => {
  const { scroll, box } = newScroll(TALL_PX)
  touch(box, 'touchstart', 100)
  expect([touch(box, 'touchmove', 120), touch(box, 'touchmove', 90), scroll.topPx]).toEqual([false, true, 30])
  scroll.to(TALL_PX)
  expect(touch(box, 'touchmove', 80)).toBe(false)
})

it('two fingers are the page’s, and the one that stays begins anew', () => {
  const { scroll, box } = newScroll(TALL_PX)
  touch(box, 'touchstart', 100)
  expect([touch(box, 'touchmove', 60, 150), touch(box, 'touchmove', 10, 190), scroll.topPx]).toEqual([false, false, 0])
  expect([touch(box, 'touchmove', 190), touch(box, 'touchmove', 180), scroll.topPx]).toEqual([false, true, 10])
})
