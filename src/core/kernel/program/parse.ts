// Source to syntax, or the first place that can't be understood: what was expected there, what is there, and what to do.
// Statements need no separator, since each begins with a word that an expression can't go on with; a `;` is passed over.

import { type Token, tokensOf } from './lexer.ts'
import { Depths, Scope, SLOTS_MOST, TAKEN } from './scope.ts'
import { BINDING, type Expression, type Hook, type HookName, type Input, type Operator, type ProgramSyntax, type ProgramTrouble, type Statement } from './syntax.ts'

type Parsed = { program: ProgramSyntax } | { trouble: ProgramTrouble }

const DEPTH_MOST = 200
const BLOCKS_MOST = 40
const STATEMENTS = 'let, if, for, break, return, answer, fail, or a variable that gets a value'

export function parseProgram(source: string): Parsed {
  const tokens = tokensOf(source)
  if ('says' in tokens) return { trouble: tokens }
  try {
    return { program: new Parser(tokens).program() }
  } catch (error) {
    if (error instanceof Stop) return { trouble: error.trouble }
    throw error
  }
}

/** Ends parsing from wherever it is; caught above. */
class Stop extends Error {
  readonly trouble: ProgramTrouble

  constructor({ line, column }: Token, says: string, next: string) {
    super(says)
    this.trouble = { line, column, says, next }
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #scope = new Scope()
  readonly #depths = new Depths()
  #at = 0
  #hook: HookName = 'setup'
  #loopCount = 0
  #nesting = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  program(): ProgramSyntax {
    const hooks: Partial<Record<HookName, Hook>> = {}
    while (this.#token.kind !== 'end') {
      const token = this.#next()
      if (token.text === 'const') this.#constant()
      else if (token.text === 'setup' || token.text === 'resolve') {
        if (hooks[token.text]) throw new Stop(token, `there is a ${token.text} already`, 'Put both into one.')
        hooks[token.text] = this.#hookOf(token.text, token)
      } else throw expected(token, 'setup, resolve or const', 'A program is setup { ... } and resolve { ... }.')
    }
    const { setup, resolve } = hooks
    if (!setup) throw new Stop(this.#token, 'the program has no setup', 'Add setup { ... }: it runs when a file is opened. It may be empty.')
    if (!resolve) throw new Stop(this.#token, 'the program has no resolve', 'Add resolve { ... }: it runs at each fault, and ends with answer(...).')
    return { setup, resolve }
  }

  #constant(): void {
    const name = this.#newName('const NAME = 1')
    this.#take('=', 'Write const NAME = 1.')
    const isNegative = this.#passes('-')
    const token = this.#next()
    if (token.kind !== 'number') throw expected(token, 'a number', 'A constant is a number that is written out; use let inside of setup and resolve.')
    this.#scope.setConstant(name, isNegative ? -token.value : token.value)
    this.#passes(';')
  }

  #hookOf(name: HookName, { line }: Token): Hook {
    this.#hook = name
    this.#scope.enterHook()
    const body = this.#block()
    return { body, slotCount: this.#scope.slotCount, line }
  }

  #block(): Statement[] {
    const opening = this.#take('{', 'What belongs together stands in { and }.')
    if (++this.#nesting > BLOCKS_MOST) throw new Stop(opening, `blocks are more than ${BLOCKS_MOST} deep here`, 'Make it flatter.')
    this.#scope.open()
    const body: Statement[] = []
    while (!this.#passes('}')) {
      if (this.#passes(';')) continue
      if (this.#token.kind === 'end') throw new Stop(this.#token, `“}” is missing: the block that begins in line ${opening.line} is open`, 'Close it with }.')
      body.push(this.#statement())
    }
    this.#scope.close()
    this.#nesting--
    return body
  }

  #statement(): Statement {
    const token = this.#next()
    switch (token.text) {
      case 'let':
        return this.#let()
      case 'if':
        return this.#if(token)
      case 'for':
        return this.#for(token)
      case 'break':
        if (this.#loopCount === 0) throw new Stop(token, '“break” stands in no loop', 'It ends the innermost for; take it away here.')
        return { kind: 'break' }
      case 'return':
        if (this.#hook === 'resolve') throw new Stop(token, 'resolve can’t return without an answer', 'End with answer(devindex, offset, length, before), or with fail(1).')
        return { kind: 'return' }
      case 'answer':
        return this.#answer(token)
      case 'fail':
        return { kind: 'fail', code: this.#bracketed('fail(1)'), line: token.line }
      case 'file':
        return this.#store(token)
      default:
        return this.#assignment(token)
    }
  }

  #let(): Statement {
    const name = this.#newName('let name = 1')
    this.#take('=', 'A variable has a value from the start: let name = 0.')
    const value = this.#expression()
    return { kind: 'set', slot: this.#slot(name, false), value }
  }

  #assignment(token: Token): Statement {
    if (token.kind !== 'name') throw expected(token, STATEMENTS, 'A block ends with }.')
    if (token.text === 'table') throw new Stop(token, 'a program can’t write to the table', 'Only the server fills it. Keep what you need in file[...].')
    if (TAKEN.has(token.text)) throw expected(token, STATEMENTS, `${token.text} can’t begin a statement.`)
    const variable = this.#scope.variable(token.text)
    if (this.#scope.constant(token.text) !== undefined) throw new Stop(token, `${token.text} is a constant`, 'Use let for what changes.')
    if (!variable) throw this.#unknown(token, `Say let ${token.text} = ... the first time.`)
    if (variable.isCounter) throw new Stop(token, `${token.text} counts the loop and can’t be changed`, 'Use break to end a loop, or a variable of your own.')
    this.#take('=', `A variable gets a value so: ${token.text} = 1.`)
    return { kind: 'set', slot: variable.slot, value: this.#expression() }
  }

  #store(token: Token): Statement {
    if (this.#hook === 'resolve') throw new Stop(token, 'resolve can’t write to file[...]', 'Compute it in setup, or keep it in a variable.')
    this.#take('[', 'A cell of the file’s own is file[0].')
    const index = this.#expression()
    this.#take(']', 'Close the index with ].')
    this.#take('=', 'A cell gets a value so: file[0] = 1.')
    return { kind: 'store', index, value: this.#expression(), line: token.line }
  }

  #if({ line }: Token): Statement {
    const condition = this.#expression()
    const body = this.#block()
    if (!this.#passes('else')) return { kind: 'if', condition, body, otherwise: [], line }
    const token = this.#token
    if (!this.#passes('if')) return { kind: 'if', condition, body, otherwise: this.#block(), line }
    // Its own block goes one deeper.
    if (++this.#nesting >= BLOCKS_MOST) throw new Stop(token, `more than ${BLOCKS_MOST} times else if`, 'Use a loop over cells of the table.')
    const otherwise = [this.#if(token)]
    this.#nesting--
    return { kind: 'if', condition, body, otherwise, line }
  }

  #for({ line }: Token): Statement {
    const name = this.#newName('for i in 0..10 { ... }')
    this.#take('in', 'A loop is for i in 0..10 { ... }: it counts from 0 to 9.')
    const from = this.#expression()
    this.#take('..', 'Write the end behind “..”: for i in 0..10 { ... } counts from 0 to 9.')
    const to = this.#expression()
    this.#scope.open()
    const slot = this.#slot(name, true)
    const endSlot = this.#scope.addSlot()
    this.#loopCount++
    const body = this.#block()
    this.#loopCount--
    this.#scope.close()
    return { kind: 'for', slot, endSlot, from, to, body, line }
  }

  #answer(token: Token): Statement {
    if (this.#hook === 'setup') throw new Stop(token, 'setup has nothing to answer', 'Answer in resolve; setup ends with return, or at its end.')
    const advice = 'An answer is answer(devindex, offset, length, before).'
    this.#take('(', advice)
    const devindex = this.#expression()
    this.#take(',', advice)
    const offset = this.#expression()
    this.#take(',', advice)
    const length = this.#expression()
    this.#take(',', advice)
    const before = this.#expression()
    this.#take(')', advice)
    return { kind: 'answer', values: [devindex, offset, length, before], line: token.line }
  }

  #bracketed(example: string): Expression {
    this.#take('(', `Write ${example}.`)
    const inner = this.#expression()
    this.#take(')', 'Close the bracket.')
    return inner
  }

  /** @param level of BINDING: operators that bind looser than it end the expression */
  #expression(level = 0): Expression {
    const operators: readonly string[] | undefined = BINDING[level]
    if (!operators) return this.#unary()
    let left = this.#expression(level + 1)
    while (this.#token.kind === 'symbol' && operators.includes(this.#token.text)) {
      const token = this.#next()
      const right = this.#expression(level + 1)
      left = this.#binary(token, token.text as Operator, left, right)
    }
    return left
  }

  #unary(): Expression {
    const token = this.#token
    const { text } = token
    if (token.kind !== 'symbol' || (text !== '-' && text !== '!' && text !== '~')) return this.#primary()
    this.#next()
    this.#deeper(token)
    const operand = this.#unary()
    this.#nesting--
    return this.#add(token, { kind: 'unary', operator: text, operand }, [operand])
  }

  #primary(): Expression {
    const token = this.#next()
    if (token.kind === 'number') return { kind: 'number', value: token.value }
    if (token.text === '(') {
      this.#deeper(token)
      const inner = this.#expression()
      this.#nesting--
      this.#take(')', 'Close the bracket.')
      return inner
    }
    if (token.kind !== 'name') throw expected(token, 'a number, a name or “(”', 'An expression stands here: 1, size, file[0], (a + b) * 2.')
    switch (token.text) {
      case 'offset':
      case 'size':
      case 'cells':
        return this.#input(token, token.text)
      case 'table':
      case 'file':
        return this.#cell(token, token.text)
      case 'min':
      case 'max':
        return this.#ofTwo(token, token.text)
      default:
        return this.#named(token)
    }
  }

  #input(token: Token, name: Input): Expression {
    if (name === 'offset' && this.#hook === 'setup') throw new Stop(token, 'setup has no offset', 'It runs when a file is opened; only resolve is asked for a byte.')
    if (name === 'cells' && this.#hook === 'resolve') throw new Stop(token, 'resolve doesn’t know cells', 'Keep it: file[0] = cells in setup.')
    return { kind: 'input', name }
  }

  #cell(token: Token, of: 'table' | 'file'): Expression {
    if (of === 'table' && this.#hook === 'resolve') throw new Stop(token, 'resolve can’t read the table', 'Copy what you need in setup: file[0] = table[0].')
    this.#take('[', `A cell is ${of}[0].`)
    this.#deeper(token)
    const index = this.#expression()
    this.#nesting--
    this.#take(']', 'Close the index with ].')
    return this.#add(token, { kind: 'cell', of, index, line: token.line }, [index])
  }

  #ofTwo(token: Token, operator: 'min' | 'max'): Expression {
    this.#take('(', `Write ${operator}(a, b).`)
    this.#deeper(token)
    const left = this.#expression()
    this.#take(',', `Write ${operator}(a, b).`)
    const right = this.#expression()
    this.#nesting--
    this.#take(')', `${operator} takes two numbers. Close the bracket.`)
    return this.#binary(token, operator, left, right)
  }

  #named(token: Token): Expression {
    if (TAKEN.has(token.text)) throw expected(token, 'an expression', `${token.text} means something else.`)
    const variable = this.#scope.variable(token.text)
    if (variable) return { kind: 'variable', slot: variable.slot }
    const value = this.#scope.constant(token.text)
    if (value !== undefined) return { kind: 'number', value }
    throw this.#unknown(token, this.#token.text === '(' ? 'There are no functions but min and max.' : this.#known())
  }

  #binary(token: Token, operator: Operator, left: Expression, right: Expression): Expression {
    return this.#add(token, { kind: 'binary', operator, left, right, line: token.line }, [left, right])
  }

  #add(token: Token, made: Expression, parts: readonly Expression[]): Expression {
    const { expression, depth } = this.#depths.add(made, parts)
    if (depth > DEPTH_MOST) throw new Stop(token, `the expression is more than ${DEPTH_MOST} deep here`, 'Keep a part of it in a variable.')
    return expression
  }

  #deeper(token: Token): void {
    if (++this.#nesting > DEPTH_MOST) throw new Stop(token, `brackets are more than ${DEPTH_MOST} deep here`, 'Keep a part of it in a variable.')
  }

  #slot(name: string, isCounter: boolean): number {
    const slot = this.#scope.addVariable(name, isCounter)
    if (slot >= SLOTS_MOST) throw new Stop(this.#token, `a hook has at most ${SLOTS_MOST} variables`, 'Use cells of the file instead.')
    return slot
  }

  #newName(example: string): string {
    const token = this.#next()
    if (token.kind !== 'name') throw expected(token, 'a name', `Write ${example}.`)
    if (TAKEN.has(token.text)) throw new Stop(token, `“${token.text}” is a word of the language`, 'Choose another name.')
    if (this.#scope.isTaken(token.text)) throw new Stop(token, `${token.text} is there already`, `Choose another name, or give it another value: ${token.text} = 1.`)
    return token.text
  }

  #unknown(token: Token, next: string): Stop {
    return new Stop(token, `${token.text} is not known here`, next)
  }

  #known(): string {
    const inputs = this.#hook === 'setup' ? 'size, cells' : 'offset, size'
    const names = this.#scope.names()
    return `Known are ${[inputs, ...names].join(', ')}.`
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token
  }

  #next(): Token {
    const token = this.#token
    this.#at++
    return token
  }

  #passes(text: string): boolean {
    if (this.#token.kind === 'end' || this.#token.text !== text) return false
    this.#at++
    return true
  }

  #take(text: string, next: string): Token {
    const token = this.#next()
    if (token.kind === 'end' || token.text !== text) throw expected(token, `“${text}”`, next)
    return token
  }
}

function expected(token: Token, what: string, next: string): Stop {
  const found = token.kind === 'end' ? 'the source ends' : `there is “${token.text}”`
  return new Stop(token, `expected ${what}, but ${found}`, next)
}
