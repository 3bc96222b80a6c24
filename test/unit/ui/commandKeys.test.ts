// What key presses mean, without a page: chords, sequences, and keys that belong to somebody else.

import { describe, expect, it } from 'vitest'
import { isPlain, keyNames, KeyReader, type Place, SEQUENCE_MS, type Stroke } from '../../../src/ui/commands/keys.ts'

const CHORDS = ['Mod+K', 'Mod+Z', 'Mod+Shift+Z', 'Ctrl+Y', '?', 'n', 'g l', 'g p', 'p n']

const PLAIN: Stroke = { key: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false }

/** "C-z", "M-S-z", "?": what a browser says of that press. */
function strokeOf(text: string): Stroke {
  const parts = text.split('-')
  const key = parts.at(-1) ?? ''
  const shiftKey = parts.includes('S') && parts.length > 1
  return { ...PLAIN, key: shiftKey ? key.toUpperCase() : key, shiftKey, ctrlKey: parts.slice(0, -1).includes('C'), metaKey: parts.slice(0, -1).includes('M'), altKey: parts.slice(0, -1).includes('A') }
}

function chordsOf(texts: string[], { place = 'page', plainKeys = true, mac = false, gapMs = 10 }: { place?: Place; plainKeys?: boolean; mac?: boolean; gapMs?: number } = {}): string[] {
  const reader = new KeyReader(CHORDS)
  return texts.flatMap((text, i) => reader.read(strokeOf(text), i * gapMs, { place, plainKeys, mac }) ?? [])
}

describe('a chord', () => {
  it.each([
    ['C-k', 'Mod+K'], ['M-k', 'Mod+K'], ['C-z', 'Mod+Z'], ['M-z', 'Mod+Z'], ['C-S-z', 'Mod+Shift+Z'], ['M-S-z', 'Mod+Shift+Z'], ['C-y', 'Ctrl+Y'], ['?', '?'], ['n', 'n'],
  ])('%s is %s', (text, chord) => {
    expect(chordsOf([text])).toEqual([chord])
  })

  it.each(['k', 'C-S-k', 'C-M-k', 'A-C-k', 'A-n', 'C-n', 'S-n', 'C-?', 'M-y', 'x', 'C-c', 'Escape', 'Tab', 'Enter', ' '])('%s is none', (text) => {
    expect(chordsOf([text])).toEqual([])
  })

  it('a sign that needs Shift is the sign', () => {
    expect(new KeyReader(CHORDS).read({ ...PLAIN, key: '?', shiftKey: true }, 0, { place: 'page', plainKeys: true, mac: false })).toBe('?')
  })

  it('held down it repeats a step, and nothing that opens', () => {
    const held = (key: string, more: Partial<Stroke>) => new KeyReader(CHORDS).read({ ...PLAIN, key, repeat: true, ...more }, 0, { place: 'page', plainKeys: true, mac: false })
    expect(held('z', { ctrlKey: true })).toBe('Mod+Z')
    expect(held('k', { ctrlKey: true })).toBeUndefined()
    expect(held('n', {})).toBeUndefined()
  })
})

describe('a sequence', () => {
  it('is two keys, whatever they are alone', () => {
    expect(chordsOf(['g', 'l'])).toEqual(['g l'])
    expect(chordsOf(['p', 'n'])).toEqual(['p n'])
    expect(chordsOf(['g', 'Shift', 'l'])).toEqual(['g l'])
    expect(chordsOf(['g', 'l', 'l'])).toEqual(['g l'])
    expect(chordsOf(['g', 'g', 'l'])).toEqual(['g l'])
  })

  it('is left by another key, which counts for itself', () => {
    expect(chordsOf(['g', 'n'])).toEqual(['n'])
    expect(chordsOf(['g', 'C-z'])).toEqual(['Mod+Z'])
    expect(chordsOf(['l'])).toEqual([])
    // The first key of another one.
    expect(chordsOf(['g', 'p'])).toEqual(['g p'])
    expect(chordsOf(['g', 'x', 'p', 'n'])).toEqual(['p n'])
  })

  it('ends with its time', () => {
    expect(chordsOf(['g', 'l'], { gapMs: SEQUENCE_MS })).toEqual(['g l'])
    expect(chordsOf(['g', 'l'], { gapMs: SEQUENCE_MS + 1 })).toEqual([])
  })
})

describe('keys that are somebody else’s', () => {
  it('a terminal takes all', () => {
    expect(chordsOf(['C-k', 'M-k', '?', 'n', 'C-z', 'g', 'l'], { place: 'terminal' })).toEqual([])
  })

  it('a field takes all but what opens the palette', () => {
    expect(chordsOf(['?', 'n', 'C-z', 'C-y', 'g', 'l'], { place: 'field' })).toEqual([])
    expect(chordsOf(['C-k'], { place: 'field' })).toEqual(['Mod+K'])
    // On a Mac, Ctrl-K cuts to the end of the line.
    expect(chordsOf(['C-k'], { place: 'field', mac: true })).toEqual([])
    expect(chordsOf(['M-k'], { place: 'field', mac: true })).toEqual(['Mod+K'])
  })

  it('plain keys can be switched off', () => {
    expect(chordsOf(['?', 'n', 'g', 'l', 'C-z', 'C-k'], { plainKeys: false })).toEqual(['Mod+Z', 'Mod+K'])
    expect(CHORDS.filter(isPlain)).toEqual(['?', 'n', 'g l', 'g p', 'p n'])
  })
})

it('keys have the names that stand on them', () => {
  expect(keyNames('Mod+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z'])
  expect(keyNames('Mod+K', true)).toEqual(['⌘', 'K'])
  expect(keyNames('g l', false)).toEqual(['G', 'L'])
  expect(keyNames('?', true)).toEqual(['?'])
})
