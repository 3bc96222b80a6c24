// How the terminal looks: the page's own colours and letters, read from CSS again whenever theme or text size change.

import type { ITheme } from '@xterm/xterm'
import { rootRemPx } from '../rem.ts'

const LETTER_REM = 0.8125
const NARROW_LETTER_REM = 0.75

export function letterPx(narrow: boolean): number {
  return Math.round(rootRemPx() * (narrow ? NARROW_LETTER_REM : LETTER_REM) * 10) / 10
}

export function fontOf(element: Element): string {
  return getComputedStyle(element).getPropertyValue('--mono').trim()
}

/** Colours that text may have are of the page's palette; whatever a program asks for, the terminal keeps it readable. */
export function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const [ink, quiet, alarm, right, accent] = [colour('ink'), colour('quiet'), colour('alarm'), colour('right'), colour('accent')]
  return {
    background: colour('paper'),
    foreground: ink,
    cursor: accent,
    cursorAccent: colour('paper'),
    selectionBackground: colour('term-selection'),
    selectionInactiveBackground: colour('free'),
    scrollbarSliderBackground: colour('hair'),
    scrollbarSliderHoverBackground: colour('edge'),
    scrollbarSliderActiveBackground: colour('edge'),
    black: ink,
    red: alarm,
    green: right,
    yellow: colour('term-yellow'),
    blue: accent,
    magenta: colour('term-magenta'),
    cyan: colour('term-cyan'),
    white: quiet,
    brightBlack: quiet,
    brightRed: alarm,
    brightGreen: right,
    brightYellow: colour('term-yellow'),
    brightBlue: accent,
    brightMagenta: colour('term-magenta'),
    brightCyan: colour('term-cyan'),
    brightWhite: ink,
  }
}
