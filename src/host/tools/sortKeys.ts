// What sort compares: whole lines, or the fields that keys name. Without a separator a field begins with the blanks before
// it, as GNU has it; a key's own flags stand for the general ones, and never add to them.

export type Compare = (a: string, b: string) => number

export interface Key {
  /** From 1. */
  fromField: number
  fromLetter: number
  /** Infinity: to the line's end. */
  toField: number
  /** 0: to the field's end. */
  toLetter: number
  flags: string
}

export const ORDER_FLAGS = 'bdfghinrRV'
const UNITS = 'KMGTPEZY'

/** "2", "2,3n", "1.3,1.5r". @returns what is wrong with it */
export function keyOf(text: string): Key | string {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text)
  if (!match) return `invalid number at field start: invalid count at start of '${text}'`
  const [, fromField = '', fromLetter = '1', own = '', toField, toLetter = '0', more = ''] = match
  const flags = own + more
  if ([...flags].some((flag) => !ORDER_FLAGS.includes(flag))) return `stray character in field spec: invalid field specification '${text}'`
  if (Number(fromField) === 0 || toField === '0') return `field number is zero: invalid field specification '${text}'`
  return { fromField: Number(fromField), fromLetter: Math.max(1, Number(fromLetter)), toField: toField === undefined ? Infinity : Number(toField), toLetter: Number(toLetter), flags }
}

/** @param general flags for keys that have none of their own, and for whole lines */
export function comparing(keys: readonly Key[], general: string, separator: string | undefined): Compare {
  if (keys.length === 0) return directed(valueOrder(general), general)
  const parts = keys.map((key) => {
    const flags = key.flags === '' ? general : key.flags
    const order = directed(valueOrder(flags), flags)
    return { order, textOf: (line: string) => keyText(line, key, separator, flags.includes('b')) }
  })
  return (a, b) => {
    for (const { order, textOf } of parts) {
      const found = order(textOf(a), textOf(b))
      if (found !== 0) return found
    }
    return 0
  }
}

function directed(order: Compare, flags: string): Compare {
  return flags.includes('r') ? (a, b) => order(b, a) : order
}

function valueOrder(flags: string): Compare {
  if (flags.includes('n') || flags.includes('g')) return (a, b) => numberOf(a) - numberOf(b)
  if (flags.includes('h')) return (a, b) => humanOf(a) - humanOf(b)
  if (flags.includes('V')) return byVersion
  const told = (text: string): string => {
    let shown = flags.includes('b') ? text.replace(/^[ \t]+/, '') : text
    if (flags.includes('d')) shown = shown.replace(/[^A-Za-z0-9 \t]/g, '')
    return flags.includes('f') ? shown.toUpperCase() : shown
  }
  return (a, b) => inBytes(told(a), told(b))
}

export function inBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function keyText(line: string, key: Key, separator: string | undefined, skipsBlanks: boolean): string {
  const starts = fieldStarts(line, separator)
  const begin = starts[key.fromField - 1]
  if (begin === undefined) return ''
  const from = blankless(line, begin, skipsBlanks) + key.fromLetter - 1
  const last = starts[key.toField - 1]
  if (last === undefined) return line.slice(from)
  const next = starts[key.toField]
  const fieldEnd = next === undefined ? line.length : next - (separator === undefined ? 0 : 1)
  const to = key.toLetter === 0 ? fieldEnd : Math.min(line.length, blankless(line, last, skipsBlanks) + key.toLetter)
  return line.slice(from, Math.max(from, to))
}

function blankless(line: string, at: number, skips: boolean): number {
  if (!skips) return at
  let from = at
  while (line[from] === ' ' || line[from] === '\t') from++
  return from
}

function fieldStarts(line: string, separator: string | undefined): number[] {
  const starts = [0]
  if (separator !== undefined) {
    for (let at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, at + 1)) starts.push(at + 1)
    return starts
  }
  for (const { index } of line.matchAll(/(?<=[^ \t])[ \t]/g)) starts.push(index)
  return starts
}

/** Text that is no number counts as 0. */
function numberOf(text: string): number {
  return Number(/^[ \t]*(-?\d*\.?\d*)/.exec(text)?.[1] || 0) || 0
}

function humanOf(text: string): number {
  const match = /^[ \t]*(-?\d*\.?\d*)([KkMGTPEZY])?/.exec(text)
  return (Number(match?.[1] || 0) || 0) * 1024 ** (UNITS.indexOf((match?.[2] ?? '').toUpperCase() || '?') + 1)
}

/** Runs of digits by their value; in what is between them "~" comes before the end, the end before letters, letters before all else. */
function byVersion(a: string, b: string): number {
  if (a.startsWith('.') !== b.startsWith('.')) return a.startsWith('.') ? -1 : 1
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? '']
    const found = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : inWords(/^\d/.test(x) ? '' : x, /^\d/.test(y) ? '' : y)
    if (found !== 0) return found
  }
  return 0
}

function inWords(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const found = weightOf(a[i]) - weightOf(b[i])
    if (found !== 0) return found
  }
  return 0
}

function weightOf(letter: string | undefined): number {
  if (letter === undefined) return 0
  if (letter === '~') return -1
  return letter.charCodeAt(0) + (/[A-Za-z]/.test(letter) ? 0 : 256)
}
