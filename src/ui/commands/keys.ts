// What a key press means: which chord it completes, and when it is nobody's but the field's or the terminal's that has the
// focus. Pure but for isMac and placeOf; which chord does what stands in the command table.

/** "Mod+Z": Ctrl or Cmd and a key. "?": a character. "g l": two keys, one after the other. */
export type Chord = string

export interface Stroke {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  repeat: boolean
}

/** Where the focus is. Terminals take every key; fields take all but what opens the palette. */
export type Place = 'page' | 'field' | 'terminal'

export interface Reading {
  place: Place
  plainKeys: boolean
  mac: boolean
}

/** A second key must come within this time. */
export const SEQUENCE_MS = 1000
/** The one chord that also works while somebody types in a field of the page. */
export const PALETTE: Chord = 'Mod+K'

/** Chords of plain characters, which speech input and a stray hand may press by accident: they can be switched off. */
export function isPlain(chord: Chord): boolean {
  return !/^(Mod|Ctrl)\+/.test(chord)
}

export class KeyReader {
  readonly #chords: readonly Chord[]
  #first: { text: string; atMs: number } | undefined

  constructor(chords: readonly Chord[]) {
    this.#chords = chords
  }

  /** The sequence that this stroke ends: it is asked before panels are, whose own letter it may be. */
  second(stroke: Stroke, nowMs: number, how: Reading): Chord | undefined {
    const first = this.#first
    if (!first || how.place !== 'page' || stroke.repeat || nowMs - first.atMs > SEQUENCE_MS) return undefined
    const chord = this.#usable(how).find((candidate) => isSequence(candidate) && candidate.startsWith(`${first.text} `) && fits(stroke, candidate.slice(first.text.length + 1)))
    if (chord !== undefined) this.#first = undefined
    return chord
  }

  /** The chord that this stroke is or ends, if any. */
  read(stroke: Stroke, nowMs: number, how: Reading): Chord | undefined {
    if (isModifier(stroke.key)) return undefined
    const ended = this.second(stroke, nowMs, how)
    this.#first = undefined
    if (ended !== undefined || how.place === 'terminal') return ended
    if (how.place === 'field') return mayOpenPalette(stroke, how.mac) && fits(stroke, PALETTE) ? PALETTE : undefined
    const usable = this.#usable(how)
    const single = usable.find((chord) => !isSequence(chord) && fits(stroke, chord))
    // A key that is held down repeats a step, but never opens and closes something.
    if (single !== undefined) return stroke.repeat && !/Z|Y/.test(single) ? undefined : single
    const opens = usable.some((chord) => isSequence(chord) && fits(stroke, chord.slice(0, chord.indexOf(' '))))
    if (opens && !stroke.repeat) this.#first = { text: stroke.key.toLowerCase(), atMs: nowMs }
    return undefined
  }

  #usable({ plainKeys }: Reading): readonly Chord[] {
    return plainKeys ? this.#chords : this.#chords.filter((chord) => !isPlain(chord))
  }
}

/** On a Mac, Ctrl-K in a field cuts to the end of the line. */
function mayOpenPalette(stroke: Stroke, mac: boolean): boolean {
  return !mac || stroke.metaKey
}

function isSequence(chord: Chord): boolean {
  return chord.includes(' ')
}

function isModifier(key: string): boolean {
  return key === 'Shift' || key === 'Control' || key === 'Meta' || key === 'Alt' || key === 'AltGraph' || key === 'CapsLock'
}

function fits(stroke: Stroke, chord: Chord): boolean {
  const parts = chord.split('+')
  const key = parts.at(-1) ?? ''
  const wantsMod = parts.includes('Mod')
  const wantsCtrl = parts.includes('Ctrl')
  if (stroke.altKey || stroke.key.toLowerCase() !== key.toLowerCase()) return false
  if (wantsMod && stroke.ctrlKey === stroke.metaKey) return false
  if (!wantsMod && (stroke.ctrlKey !== wantsCtrl || stroke.metaKey)) return false
  // Whether a sign needs Shift is the keyboard's business.
  return !/^[a-z]$/i.test(key) || stroke.shiftKey === parts.includes('Shift')
}

/** "Ctrl Z", or "⌘ Z" on a Mac: one text for each key to press, in order. */
export function keyNames(chord: Chord, mac: boolean): string[] {
  const parts = isSequence(chord) ? chord.split(' ') : chord.split('+')
  return parts.map((part) => (part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : part.length === 1 ? part.toUpperCase() : part))
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform)
}

// A box to tick, a button or a slider has no use for letters.
const NO_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'reset', 'range', 'color', 'file'])

export function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof Element)) return 'page'
  if (target.closest('.xterm')) return 'terminal'
  if (target instanceof HTMLInputElement) return NO_TEXT.has(target.type) ? 'page' : 'field'
  if (target.closest('textarea, select, [contenteditable]:not([contenteditable="false"]), [role="textbox"], [role="combobox"], [role="spinbutton"]')) return 'field'
  return 'page'
}
