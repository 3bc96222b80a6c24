// test and [: conditions on files, words and numbers, judged by the host's own permissions. Exit 0 true, 1 false, 2 a wrong
// expression. How many words there are decides how they are read, as POSIX has it; only longer ones are parsed.

import type { Io, Program } from '../../cli/program.ts'
import type { NodeStat } from '../../core/machine/systemTypes.ts'

const WRONG = 2

export const test: Program = conditionTool(false)
export const bracket: Program = conditionTool(true)

class Wrong extends Error {}

function conditionTool(bracketed: boolean): Program {
  // eslint-disable-next-line require-yield
  return function* condition(argv, io) {
    const words = argv.slice(1)
    const name = bracketed ? '[' : 'test'
    if (words.length === 1 && words[0] === '--help' && bracketed) {
      io.out('[ EXPRESSION ]: exits 0 when the expression is true, 1 when it is false, 2 when it is none: -e -f -d -r -w -x -s -L FILE, = != < > for words, -eq -ne -lt -le -gt -ge for numbers, ! -a -o ( ).\n')
      return 0
    }
    if (bracketed && words.pop() !== ']') {
      io.err("[: missing `]'\n")
      return WRONG
    }
    const parser = new Parser(words, io)
    try {
      return parser.whole() ? 0 : 1
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      io.err(`${name}: ${error.message}\n`)
      return WRONG
    }
  }
}

class Parser {
  readonly #words: readonly string[]
  readonly #io: Io
  #at = 0

  constructor(words: readonly string[], io: Io) {
    this.#words = words
    this.#io = io
  }

  whole(): boolean {
    const words = this.#words
    const [first = '', second = '', third = '', fourth = ''] = words
    if (words.length === 0) return false
    if (words.length === 1) return first !== ''
    if (words.length === 2 && first === '!') return second === ''
    if (words.length === 3 && isJoining(second)) return join(first, second, third)
    if (words.length === 3 && isBinary(second)) return this.#binary(first, second, third)
    if (words.length === 3 && first === '(' && third === ')') return second !== ''
    if (words.length === 4 && first === '!' && isJoining(third)) return !join(second, third, fourth)
    if (words.length === 4 && first === '!' && isBinary(third)) return !this.#binary(second, third, fourth)
    const value = this.#either()
    if (this.#at === words.length) return value
    throw new Wrong(words.length === 2 ? `${first}: unary operator expected` : words.length === 3 ? `${second}: binary operator expected` : 'too many arguments')
  }

  #either(): boolean {
    let value = this.#both()
    while (this.#takes('-o')) value = this.#both() || value
    return value
  }

  #both(): boolean {
    let value = this.#single()
    while (this.#takes('-a')) value = this.#single() && value
    return value
  }

  #single(): boolean {
    if (this.#takes('!')) return !this.#single()
    const word = this.#words[this.#at]
    if (word === undefined) throw new Wrong('argument expected')
    const operator = this.#words[this.#at + 1]
    if (operator !== undefined && isBinary(operator) && this.#words[this.#at + 2] !== undefined) {
      this.#at += 3
      return this.#binary(word, operator, this.#words[this.#at - 1] ?? '')
    }
    if (word === '(') {
      this.#at++
      const value = this.#either()
      if (!this.#takes(')')) throw new Wrong("`)' expected")
      return value
    }
    if (/^-[a-zA-Z]$/.test(word) && operator !== undefined && UNARY.includes(word.charAt(1))) {
      this.#at += 2
      return this.#unary(word.charAt(1), operator)
    }
    this.#at++
    return word !== ''
  }

  #takes(word: string): boolean {
    const is = this.#words[this.#at] === word
    if (is) this.#at++
    return is
  }

  #unary(letter: string, operand: string): boolean {
    const { system, caller } = this.#io
    if (letter === 'z') return operand === ''
    if (letter === 'n') return operand !== ''
    if (letter === 'v') return this.#io.env(operand) !== undefined
    // Nothing here is a terminal to a program.
    if (letter === 't') return false
    if (letter === 'r') return system.access(operand, { read: true }, caller).ok
    if (letter === 'w') return system.access(operand, { write: true }, caller).ok
    if (letter === 'x') return system.access(operand, { execute: true }, caller).ok
    const stat = letter === 'L' || letter === 'h' ? system.lstat(operand, caller) : system.stat(operand, caller)
    return stat.ok && this.#judge(letter, stat.value)
  }

  #judge(letter: string, { kind, mode, sizeBytes, uid, gid }: NodeStat): boolean {
    const { user } = this.#io.caller
    switch (letter) {
      case 'e': case 'a': return true
      case 'f': return kind === 'file'
      case 'd': return kind === 'directory'
      case 'L': case 'h': return kind === 'symlink'
      case 'S': return kind === 'socket'
      case 'c': return kind === 'device'
      case 's': return kind === 'directory' || sizeBytes > 0
      case 'u': return (mode & 0o4000) !== 0
      case 'g': return (mode & 0o2000) !== 0
      case 'k': return (mode & 0o1000) !== 0
      case 'O': return uid === user.uid
      case 'G': return gid === user.gid
      // Block devices, named pipes and files newer than their last reading don't exist here.
      default: return false
    }
  }

  #binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case '=': case '==': return left === right
      case '!=': return left !== right
      case '<': return left < right
      case '>': return left > right
      case '-nt': case '-ot': case '-ef': return this.#files(left, operator, right)
      default: return compareNumbers(numberOf(left), operator, numberOf(right))
    }
  }

  #files(left: string, operator: string, right: string): boolean {
    const { system, caller } = this.#io
    const [a, b] = [left, right].map((path) => system.stat(path, caller)).map((stat) => (stat.ok ? stat.value : undefined))
    if (operator === '-ef') return a !== undefined && b !== undefined && a.ino === b.ino && a.mountpoint === b.mountpoint
    const [newer, older] = operator === '-nt' ? [a, b] : [b, a]
    return newer !== undefined && (older === undefined || newer.modifiedMs > older.modifiedMs)
  }
}

const UNARY = 'abcdefghkLnNOGprsStuvwxz'
const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'])

/** Between conditions; where they stand between two words alone, the words are the conditions. */
function isJoining(word: string): boolean {
  return word === '-a' || word === '-o'
}

function join(left: string, operator: string, right: string): boolean {
  return operator === '-a' ? left !== '' && right !== '' : left !== '' || right !== ''
}

function isBinary(word: string): boolean {
  return BINARY.has(word)
}

function numberOf(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Wrong(`${text === '' ? "''" : text}: integer expression expected`)
  return BigInt(text.trim().replace(/^\+/, ''))
}

function compareNumbers(left: bigint, operator: string, right: bigint): boolean {
  switch (operator) {
    case '-eq': return left === right
    case '-ne': return left !== right
    case '-lt': return left < right
    case '-le': return left <= right
    case '-gt': return left > right
    default: return left >= right
  }
}
