// One string as libyaml's emitter writes it in block context: plain where YAML allows that, else single quotes, else
// double quotes with escapes; ASCII only; folded at a space behind column 80. The shadow files of the reference are
// made by that emitter, and ours are the same bytes.

const BEST_WIDTH = 80
const INDICATORS_AT_START = '#,[]{}&*!|>\'"%@`'

const ESCAPES: Record<number, string> = {
  0x00: '\\0', 0x07: '\\a', 0x08: '\\b', 0x09: '\\t', 0x0a: '\\n', 0x0b: '\\v', 0x0c: '\\f', 0x0d: '\\r', 0x1b: '\\e',
  0x22: '\\"', 0x5c: '\\\\', 0x85: '\\N', 0xa0: '\\_', 0x2028: '\\L', 0x2029: '\\P',
}

/**
 * @param column where the scalar begins on its line
 * @param indent of the lines it is folded to
 */
export function yamlScalar(text: string, column: number, indent: number): string {
  const characters = [...text]
  const facts = analyse(characters)
  if (facts.plain) return folded(characters, column, indent, (c) => c)
  if (facts.singleQuoted) return `'${folded(characters, column + 1, indent, (c) => (c === "'" ? "''" : c), true)}'`
  return `"${doubleQuoted(characters, column + 1, indent)}"`
}

function analyse(characters: string[]): { plain: boolean; singleQuoted: boolean } {
  const text = characters.join('')
  let indicator = text.startsWith('---') || text.startsWith('...')
  characters.forEach((c, i) => {
    const blankBefore = i === 0 || isBlank(characters[i - 1])
    const blankAfter = isBlank(characters[i + 1])
    if (c === ':' && blankAfter) indicator = true
    if (c === '#' && blankBefore) indicator = true
    if (i > 0) return
    if (INDICATORS_AT_START.includes(c) || ((c === '?' || c === '-') && blankAfter)) indicator = true
  })
  const special = characters.some((c) => !isPlainAscii(c) && c !== '\n')
  const lineBreak = text.includes('\n')
  const outerSpace = /^[ \n]|[ \n]$/.test(text)
  const singleQuoted = !special && !/\n | \n/.test(text)
  return { plain: singleQuoted && !indicator && !lineBreak && !outerSpace, singleQuoted }
}

/** A lone space behind the best width becomes a line break. */
function folded(characters: string[], column: number, indent: number, write: (c: string) => string, quoted = false): string {
  let out = ''
  let at = column
  let afterBreak = false
  characters.forEach((c, i) => {
    const inner = !quoted || (i > 0 && i < characters.length - 1)
    if (c === ' ' && at > BEST_WIDTH && inner && characters[i - 1] !== ' ' && characters[i + 1] !== ' ') {
      out += `\n${' '.repeat(indent)}`
      at = indent
      return
    }
    if (c === '\n') {
      out += afterBreak ? '\n' : '\n\n'
      afterBreak = true
      at = 0
      return
    }
    if (afterBreak) {
      out += ' '.repeat(indent)
      at = indent
    }
    afterBreak = false
    const written = write(c)
    out += written
    at += written.length
  })
  // The closing quote stands on a line of its own, indented like the others.
  return afterBreak ? out + ' '.repeat(indent) : out
}

function doubleQuoted(characters: string[], column: number, indent: number): string {
  let out = ''
  let at = column
  let spaces = false
  characters.forEach((c, i) => {
    if (c === ' ' && !spaces && at > BEST_WIDTH && i > 0 && i < characters.length - 1) {
      out += `\n${' '.repeat(indent)}`
      at = indent
      if (characters[i + 1] === ' ') {
        out += '\\'
        at++
      }
      spaces = true
      return
    }
    const written = escaped(c)
    out += written
    at += written.length
    spaces = c === ' '
  })
  return out
}

function escaped(c: string): string {
  const code = c.codePointAt(0) ?? 0
  const short = ESCAPES[code]
  if (short !== undefined) return short
  if (isPlainAscii(c)) return c
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

function isPlainAscii(c: string): boolean {
  return c >= ' ' && c <= '~'
}

/** The end of the string counts as blank. */
function isBlank(c: string | undefined): boolean {
  return c === undefined || c === ' ' || c === '\t' || c === '\n' || c === '\r'
}
