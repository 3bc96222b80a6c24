// Text can be read in both themes: every colour of letters on every ground that it stands on, by WCAG 2's formula. What is
// no text, but must be seen to be used, has 3:1.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../../src/ui/tokens.css', import.meta.url), 'utf8')
const LETTERS = ['--ink', '--quiet', '--accent', '--alarm', '--right']
const GROUNDS = ['--paper', '--tint', '--accent-tint', '--lit']
/** Letters on grounds of their own. */
const PAIRS = [['--on-accent', '--accent'], ['--alarm', '--alarm-tint'], ['--ink', '--alarm-tint'], ['--ink', '--log-free'], ['--paper', '--ink']] as const
/** Borders of controls, the ring around what has the focus, and on the map poison and what doesn't answer: each has paper round about. */
const EDGES = [['--edge', '--paper'], ['--accent', '--paper'], ['--accent', '--tint'], ['--alarm', '--paper'], ['--alarm', '--alarm-tint'], ['--alarm', '--free'], ['--quiet', '--paper']] as const

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  const colours = coloursOf(theme)
  it('letters have 4.5:1 and edges 3:1', () => {
    const letters = [...LETTERS.flatMap((letter) => GROUNDS.map((ground) => [letter, ground] as const)), ...PAIRS]
    const tooFaint = [...below(4.5, letters), ...below(3, EDGES)]
    const least = Math.min(...letters.map(([letter, ground]) => ratioOf(letter, ground)))
    process.stdout.write(`contrast in ${theme}: at least ${least.toFixed(2)}:1 over ${letters.length} pairs\n`)
    expect(tooFaint).toEqual([])
  })

  function below(limit: number, pairs: readonly (readonly [string, string])[]): string[] {
    return pairs.filter(([one, other]) => ratioOf(one, other) < limit).map(([one, other]) => `${one} on ${other}: ${ratioOf(one, other).toFixed(2)}`)
  }

  function ratioOf(one: string, other: string): number {
    const [darker = 0, lighter = 0] = [luminance(colours.get(one)), luminance(colours.get(other))].toSorted((a, b) => a - b)
    return (lighter + 0.05) / (darker + 0.05)
  }
})

it('knows black from white', () => {
  expect((luminance('#ffffff') + 0.05) / (luminance('#000000') + 0.05)).toBeCloseTo(21)
})

/** The dark theme says only what differs. */
function coloursOf(theme: 'light' | 'dark'): Map<string, string> {
  const [light = '', dark = ''] = css.split(":root[data-theme='dark']")
  const found = (text: string) => [...text.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value] as const)
  return new Map([...found(light), ...(theme === 'dark' ? found(dark) : [])])
}

function luminance(colour: string | undefined): number {
  if (colour === undefined) throw new Error('the tokens lack a colour that the page is drawn with')
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
