// Syntax errors in bash's words: the file, the line, what was not expected, and the line itself. What stands before the line
// runs all the same, as in bash, which reads as it goes.

import { own, quoted, simple, statement, type Statement } from './ast.ts'

const SYNTAX_STATUS = '2'

export interface Complaint {
  line: number
  /** As bash says it, behind `NAME: line N: `; a second line with the text of the line follows where `shown`. */
  text: string
  shown: boolean
}

/** @param message the library's own */
export function complaintOf(message: string, text: string): Complaint {
  const [, row, column, rest = message] = /Parse error at (\d+):(\d+): (.*)$/s.exec(message) ?? /^line (\d+)(): (.*)$/s.exec(message) ?? []
  const lines = text.split('\n')
  const line = Number(row ?? 1)
  const last = text.endsWith('\n') ? lines.length : lines.length + 1
  if (/unexpected EOF while looking/.test(rest)) return { line, text: rest, shown: false }
  if (/got EOF/.test(rest)) return { line: last, text: 'syntax error: unexpected end of file', shown: false }
  if (rest.startsWith('syntax error near')) return { line, text: rest, shown: true }
  if (rest.startsWith('Expected') && column) return { line, text: `syntax error near unexpected token \`${tokenAt(lines[line - 1] ?? '', Number(column) - 1)}'`, shown: true }
  return { line, text: rest.startsWith('syntax error') ? rest : `syntax error: ${rest}`, shown: false }
}

export function sentence({ line, text, shown }: Complaint, name: string, source: string): string {
  const place = `${name}: line ${line}: `
  return `${place}${text}\n${shown ? `${place}\`${source.split('\n')[line - 1] ?? ''}'\n` : ''}`
}

/** Says it when it is its turn, and ends what it is in. */
export function refusal(complaint: Complaint, name: string, source: string, ends: 'exit' | 'return'): Statement[] {
  return [statement(own('refused', [quoted(sentence(complaint, name, source))])), statement(simple(ends, [quoted(SYNTAX_STATUS)]))]
}

function tokenAt(line: string, column: number): string {
  return /^(?:\w+|&&|\|\||;;|\S)/.exec(line.slice(column).trimStart())?.[0] ?? 'newline'
}
