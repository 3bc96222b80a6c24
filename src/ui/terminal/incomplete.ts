// Whether a shell would ask for more before it runs this: an open quote, bracket, here-document, `do`, `if`, `case` or `{`,
// or an operator at the end. A reading for prompts only: in doubt it says no, and the shell itself tells what is wrong.

const OPENERS: Record<string, string> = { if: 'fi', for: 'done', while: 'done', until: 'done', select: 'done', case: 'esac', '{': '}' }
/** After these a word is a command again. */
const BEFORE_COMMAND = new Set(['function', 'then', 'else', 'elif', 'do', 'if', 'while', 'until', '!', '{', 'time'])

interface HereDocument {
  word: string
  stripsTabs: boolean
}

export function isIncomplete(text: string): boolean {
  return new Reader(text).read()
}

class Reader {
  readonly #text: string
  #at = 0
  /** What is still to be closed, innermost last: a closing word, bracket or quote. */
  readonly #open: string[] = []
  readonly #documents: HereDocument[] = []
  #commandNext = true
  #lastOperator = false
  #named = false

  constructor(text: string) {
    this.#text = text
  }

  read(): boolean {
    while (this.#at < this.#text.length) {
      const more = this.#inQuotes() ? this.#quoted() : this.#plain()
      if (more) return true
    }
    return this.#open.length > 0 || this.#documents.length > 0 || this.#lastOperator || /^\s*[\w-]+\s*\(\)\s*$/.test(this.#text)
  }

  #inQuotes(): boolean {
    const top = this.#open.at(-1)
    return top === '"' || top === '${'
  }

  /** @returns true where the text ends in the middle */
  #quoted(): boolean {
    const character = this.#text.charAt(this.#at)
    if (character === '\\') return this.#skip(2)
    if (character === '$' || character === '`') return this.#expansion()
    if (character === (this.#open.at(-1) === '"' ? '"' : '}')) this.#open.pop()
    else if (character === '"') this.#open.push('"')
    else if (character === "'" && this.#open.at(-1) === '${') return this.#past("'", 1)
    this.#at++
    return false
  }

  #plain(): boolean {
    const character = this.#text.charAt(this.#at)
    if (character === '\n') return this.#newline()
    if (character === ' ' || character === '\t') return this.#skip(1)
    if (character === '#') return this.#comment()
    if (this.#text.startsWith('<<', this.#at)) return this.#redirection()
    if (/[;&|()<>]/.test(character)) return this.#operator(character)
    return this.#word()
  }

  #skip(count: number): boolean {
    this.#at += count
    return this.#at > this.#text.length
  }

  #comment(): boolean {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
    return false
  }

  /** Behind the next closing character, which nothing escapes. */
  #past(closing: string, from: number): boolean {
    const end = this.#text.indexOf(closing, this.#at + from)
    this.#at = end + closing.length
    return end < 0
  }

  #newline(): boolean {
    this.#at++
    this.#commandNext = true
    for (let document = this.#documents.shift(); document; document = this.#documents.shift()) {
      if (!this.#pastDocument(document)) return true
    }
    return false
  }

  #pastDocument({ word, stripsTabs }: HereDocument): boolean {
    while (this.#at < this.#text.length) {
      const end = this.#text.indexOf('\n', this.#at)
      const line = this.#text.slice(this.#at, end < 0 ? undefined : end)
      this.#at = end < 0 ? this.#text.length : end + 1
      if ((stripsTabs ? line.replace(/^\t+/, '') : line) === word) return true
    }
    return false
  }

  #redirection(): boolean {
    const found = /^<<<|^<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;&|<>()'"\\])+)/.exec(this.#text.slice(this.#at))
    if (!found) return this.#skip(2)
    if (found[2] !== undefined) this.#documents.push({ word: found[2].replace(/['"\\]/g, ''), stripsTabs: found[1] === '-' })
    this.#commandNext = false
    this.#lastOperator = false
    return this.#skip(found[0].length)
  }

  #operator(character: string): boolean {
    const pair = this.#text.slice(this.#at, this.#at + 2)
    if (pair === '((' && this.#commandNext) return this.#past('))', 2)
    this.#lastOperator = character === '|' || pair === '&&'
    this.#commandNext = !/[<>]/.test(character)
    if (character === '(') this.#open.push(')')
    // A pattern of `case` ends with a bracket that nothing opened.
    if (character === ')' && this.#open.at(-1) === ')') this.#open.pop()
    return this.#skip(pair === '&&' || pair === '||' ? 2 : 1)
  }

  #word(): boolean {
    this.#lastOperator = false
    const found = /^[^\s;&|()<>'"\\$`]+/.exec(this.#text.slice(this.#at))?.[0]
    if (found === undefined) return this.#wordPart()
    this.#at += found.length
    const next = this.#text.charAt(this.#at)
    // Part of a longer word, such as do"ne": no reserved word then.
    if (next !== '' && /['"\\$`]/.test(next)) this.#commandNext = false
    else this.#reserved(found)
    return false
  }

  #reserved(word: string): void {
    if (!this.#commandNext) return
    // The name of a function stands where its command will.
    this.#commandNext = BEFORE_COMMAND.has(word) || this.#named
    this.#named = word === 'function'
    const closing = OPENERS[word]
    if (closing !== undefined) this.#open.push(closing)
    else if (this.#open.at(-1) === word) this.#open.pop()
  }

  #wordPart(): boolean {
    const character = this.#text.charAt(this.#at)
    this.#commandNext = false
    if (character === '\\') return this.#text.slice(this.#at) === '\\\n' || this.#at + 1 === this.#text.length || this.#skip(2)
    if (character === "'") return this.#past("'", 1)
    if (character === '"') {
      this.#open.push('"')
      return this.#skip(1)
    }
    return this.#expansion()
  }

  /** At a dollar or a backtick. */
  #expansion(): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 2)
    if (rest.startsWith('`')) return this.#past('`', 1)
    if (this.#text.startsWith('$((', this.#at)) return this.#past('))', 1)
    if (rest === '$(') {
      this.#open.push(')')
      this.#commandNext = true
      return this.#skip(2)
    }
    if (rest === '${') {
      this.#open.push('${')
      return this.#skip(2)
    }
    if (rest === "$'") return this.#ansiQuoted()
    return this.#skip(1)
  }

  #ansiQuoted(): boolean {
    const found = this.#open.at(-1) === '"' ? '$' : /^\$'(?:\\[^]|[^'\\])*'/.exec(this.#text.slice(this.#at))?.[0]
    if (found === undefined) return true
    return this.#skip(found.length)
  }
}
