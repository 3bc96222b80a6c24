// Before a text is parsed: `local -a a=("$@")` is spelled `{ local -a a; a=("$@"); }`, and the same for declare and its kin.
// The library makes one element of such a list, and loses parts of what is written in it already in the syntax tree. In every
// list it drops elements that look like assignments: `(sudo A=1 famfs)` becomes `(sudo A\=1 famfs)`. Lines stay where they are. Text in quotes, comments and here-documents is passed over.

const DECLARES = /(?:local|declare|typeset|readonly|export)(?=[ \t])/y
const OPTION = /[ \t]+([-+]\w+)/y
const BLANKS = /[ \t]*/y
const ARRAY = /([A-Za-z_]\w*)\+?=\(/y
const SCALAR = /([A-Za-z_]\w*)=/y
const ELEMENT = /[A-Za-z_]\w*\+?=/y
/** A key with blanks, unquoted. */
const KEY = /\[([^\]\n'"$`\\]*[ \t][^\]\n'"$`\\]*)\]=/y
const HEREDOC = /<<(-?)[ \t]*(\\?[\w.-]+|'[^']*'|"[^"]*")/y

export function respelled(text: string): string {
  if (!/=\(|\b(?:local|declare|typeset|readonly|export)[ \t][^\n]*=/.test(text)) return text
  return new Respeller(text).run()
}

class Respeller {
  readonly #text: string
  readonly #pieces: string[] = []
  #copied = 0

  constructor(text: string) {
    this.#text = text
  }

  run(isList = false): string {
    this.#code(0, '', isList)
    return this.#pieces.join('') + this.#text.slice(this.#copied)
  }

  /** Walks code up to its closing sign. @returns the place behind it */
  #code(from: number, close: string, isList = false): number {
    const text = this.#text
    const heredocs: { delimiter: string; tabs: boolean }[] = []
    let depth = 0
    let at = from
    let wordStart = true
    while (at < text.length) {
      const c = text[at] ?? ''
      if (c === close && depth === 0) return at + 1
      if (c === '\n' && heredocs.length > 0) {
        at = this.#pastHeredocs(at + 1, heredocs.splice(0))
        wordStart = true
        continue
      }
      if (c === '#' && wordStart) {
        at = this.#until('\n', at)
        continue
      }
      const found = wordStart ? (isList ? this.#element(at) : this.#declaration(at)) : at
      if (found > at) {
        at = found
        wordStart = false
        continue
      }
      const heredoc = c === '<' && text[at + 2] !== '<' && text[at - 1] !== '<' ? this.#match(HEREDOC, at) : undefined
      if (heredoc) {
        heredocs.push({ delimiter: (heredoc[2] ?? '').replaceAll(/['"\\]/g, ''), tabs: heredoc[1] === '-' })
        at += heredoc[0].length
        continue
      }
      if (c === '(') depth++
      else if (c === ')') depth = Math.max(0, depth - 1)
      wordStart = /[\s;&|({!]/.test(c) || (c === ')' && depth === 0)
      at = this.#pastOne(at)
    }
    return at
  }

  /** One character, or what is quoted or expanded as a whole there. */
  #pastOne(at: number): number {
    const text = this.#text
    switch (text[at]) {
      case '\\':
        return at + 2
      case "'":
        return text[at - 1] === '$' ? this.#pastEscaped(at + 1, "'") : this.#until("'", at + 1) + 1
      case '"':
        return this.#pastDouble(at + 1)
      case '`':
        return this.#pastEscaped(at + 1, '`')
      case '$':
        if (text.startsWith('$((', at)) return this.#pastArithmetic(at + 3)
        if (text[at + 1] === '(') return this.#code(at + 2, ')')
        return text[at + 1] === '{' ? this.#pastBraces(at + 2) : at + 1
      default:
        return at + 1
    }
  }

  #pastDouble(from: number): number {
    const text = this.#text
    for (let at = from; at < text.length; ) {
      const c = text[at]
      if (c === '"') return at + 1
      at = c === '\\' || c === '$' || c === '`' ? this.#pastOne(at) : at + 1
    }
    return text.length
  }

  #pastBraces(from: number): number {
    const text = this.#text
    for (let at = from; at < text.length; at = this.#pastOne(at)) if (text[at] === '}') return at + 1
    return text.length
  }

  #pastArithmetic(from: number): number {
    let depth = 0
    for (let at = from; at < this.#text.length; at++) {
      if (this.#text[at] === '(') depth++
      else if (this.#text[at] === ')' && depth-- === 0) return at + (this.#text[at + 1] === ')' ? 2 : 1)
    }
    return this.#text.length
  }

  #pastEscaped(from: number, close: string): number {
    for (let at = from; at < this.#text.length; at++) {
      if (this.#text[at] === '\\') at++
      else if (this.#text[at] === close) return at + 1
    }
    return this.#text.length
  }

  #pastHeredocs(from: number, heredocs: readonly { delimiter: string; tabs: boolean }[]): number {
    let at = from
    for (const { delimiter, tabs } of heredocs) {
      while (at < this.#text.length) {
        const end = this.#until('\n', at)
        const line = this.#text.slice(at, end)
        at = end + 1
        if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) break
      }
    }
    return at
  }

  /** An element that looks like an assignment gets its sign quoted, and a key with blanks quotes. */
  #element(from: number): number {
    const key = this.#match(KEY, from)
    if (key) {
      this.#pieces.push(this.#text.slice(this.#copied, from), `["${key[1]}"]=`)
      this.#copied = from + key[0].length
      return this.#copied
    }
    const found = this.#match(ELEMENT, from)
    if (!found) return from
    const sign = from + found[0].length - 1
    this.#pieces.push(this.#text.slice(this.#copied, sign), '\\=')
    this.#copied = sign + 1
    return sign + 1
  }

  /** A declaring command with a list in it, or with a number to work out. @returns the place behind it, or where it began */
  #declaration(from: number): number {
    const assigned = this.#match(ARRAY, from)
    if (assigned) return this.#code(from + assigned[0].length, ')', true)
    const name = this.#match(DECLARES, from)?.[0]
    if (name === undefined) return from
    let at = from + name.length
    let options = ''
    for (let option = this.#match(OPTION, at); option; option = this.#match(OPTION, at)) {
      options += ` ${option[1]}`
      at += option[0].length
    }
    const words: string[] = []
    const lists: { name: string; text: string }[] = []
    const numbers = /-\w*i/.test(options)
    for (;;) {
      const next = at + (this.#match(BLANKS, at)?.[0].length ?? 0)
      const list = this.#match(ARRAY, next)
      const scalar = numbers ? this.#match(SCALAR, next) : undefined
      const end = list ? pastList(this.#text, next + list[0].length) : this.#pastWord(next)
      if (end === next) break
      const given = this.#text.slice(next, end)
      if (list) lists.push({ name: list[1] ?? '', text: `${list[0]}${new Respeller(given.slice(list[0].length, -1)).run(true)})` })
      else if (scalar) lists.push({ name: scalar[1] ?? '', text: workedOut(given) })
      else words.push(given)
      at = end
    }
    if (lists.length === 0) return from
    this.#pieces.push(this.#text.slice(this.#copied, from), spelled(name, options, words, lists))
    this.#copied = at
    return at
  }

  /** Only looks. */
  past(from: number): number {
    return this.#code(from, ')', true)
  }

  #pastWord(from: number): number {
    let at = from
    while (at < this.#text.length && !/[\s;&|()<>]/.test(this.#text[at] ?? '')) at = this.#pastOne(at)
    return at
  }

  #match(pattern: RegExp, at: number): RegExpExecArray | undefined {
    pattern.lastIndex = at
    return pattern.exec(this.#text) ?? undefined
  }

  #until(end: string, from: number): number {
    const found = this.#text.indexOf(end, from)
    return found < 0 ? this.#text.length : found
  }
}

function pastList(text: string, from: number): number {
  return new Respeller(text).past(from)
}

/** The library works out later assignments to such a variable, not the one that declares it. */
function workedOut(assignment: string): string {
  const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? []
  return /^[\w+*/% ()-]+$/.test(value) ? `${name}=$((${value}))` : assignment
}

function spelled(command: string, options: string, words: readonly string[], lists: readonly { name: string; text: string }[]): string {
  const readonly = command === 'readonly' || /-\w*r/.test(options)
  const declares = command === 'readonly' || command === 'export' ? 'declare' : command
  const kind = /-\w*[aAi]/.test(options) ? options.replaceAll('r', '') : `${options.replaceAll('r', '')} -a`
  const cleaned = kind.replaceAll(/ [-+](?= |$)/g, '')
  const names = lists.map(({ name }) => name).join(' ')
  const parts = [
    ...(words.length > 0 ? [`${command}${options} ${words.join(' ')}`] : []),
    `${declares}${cleaned} ${names}`,
    ...lists.map(({ text }) => text),
    ...(readonly ? [`declare -r ${names}`] : []),
    ...(command === 'export' ? [`export ${names}`] : []),
  ]
  return `{ ${parts.join('; ')}; }`
}
