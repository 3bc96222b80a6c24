// A source as tokens, each with its place. Never throws, and takes time that grows with the source alone.

import type { ProgramTrouble } from './syntax.ts'

export interface Token {
  kind: 'number' | 'name' | 'symbol' | 'end'
  text: string
  /** Of a number. */
  value: bigint
  line: number
  column: number
}

/** Of a whole source, in UTF-16 units. */
export const SOURCE_MOST = 32 * 1024
const NUMBER_MOST = 2n ** 63n - 1n

const SKIPPED = /[ \t\r\n]+|\/\/[^\n]*/y
const NUMBER = /0x[0-9a-f][0-9a-f_]*|[0-9][0-9_]*/iy
const NAME = /[a-z_][a-z0-9_]*/iy
// Longer ones first, so that `<=` isn't `<` and `=`.
const SYMBOL = /\.\.|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>=!~&|^(){}[\],;]/y

export function tokensOf(source: string): Token[] | ProgramTrouble {
  if (source.length > SOURCE_MOST) {
    return { line: 1, column: 1, says: `the source has ${source.length} letters, and ${SOURCE_MOST} are the most`, next: 'Make it shorter.' }
  }
  const tokens: Token[] = []
  let line = 1
  let lineStart = 0
  let at = 0
  while (at < source.length) {
    const skipped = matchAt(SKIPPED, source, at)
    if (skipped !== undefined) {
      for (let i = 0; i < skipped.length; i++) {
        if (skipped[i] !== '\n') continue
        line++
        lineStart = at + i + 1
      }
      at += skipped.length
      continue
    }
    const token = tokenAt(source, at, line, at - lineStart + 1)
    if ('says' in token) return token
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ kind: 'end', text: '', value: 0n, line, column: at - lineStart + 1 })
  return tokens
}

function tokenAt(source: string, at: number, line: number, column: number): Token | ProgramTrouble {
  const first = source[at] ?? ''
  // Most tokens are told apart by their first letter.
  if (first >= '0' && first <= '9') return numberAt(source, at, line, column)
  const name = matchAt(NAME, source, at)
  if (name !== undefined) return { kind: 'name', text: name, value: 0n, line, column }
  const symbol = matchAt(SYMBOL, source, at)
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, value: 0n, line, column }
  const letter = String.fromCodePoint(source.codePointAt(at) ?? 0)
  return { line, column, says: `“${letter}” means nothing here`, next: 'Take it away. A remark begins with //.' }
}

function numberAt(source: string, at: number, line: number, column: number): Token | ProgramTrouble {
  const digits = matchAt(NUMBER, source, at) ?? ''
  const tail = matchAt(NAME, source, at + digits.length)
  if (tail !== undefined) return { line, column, says: `${digits}${tail} is no number`, next: 'Write it in digits, 4096, or in hexadecimal, 0x1000.' }
  const value = BigInt(digits.replaceAll('_', ''))
  if (value <= NUMBER_MOST) return { kind: 'number', text: digits, value, line, column }
  return { line, column, says: `${digits} is above ${NUMBER_MOST}, the largest number there is`, next: 'Write a smaller number.' }
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}
