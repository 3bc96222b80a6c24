// Programs by themselves, without a kernel: a reference that walks the syntax with exact integers, and the compiled module
// in a sandbox. Both tell how a hook ended, what it answered and what the file keeps.

import { BOX, BOX_CELLS, CELL_BYTES, ENDED, LINE_SHIFT } from '../../src/core/kernel/program/mailbox.ts'
import { compileProgram } from '../../src/core/kernel/program/compile.ts'
import { parseProgram } from '../../src/core/kernel/program/parse.ts'
import { Room } from '../../src/core/kernel/program/room.ts'
import type { Expression, Hook, ProgramSyntax, Statement } from '../../src/core/kernel/program/syntax.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'

export interface Situation {
  table: readonly bigint[]
  contextCount: number
  sizeBytes: number
  offset: number
  fuel: number
}

export interface Ended {
  how: number
  line: number
  /** As the box shows it: a double. */
  detail: number
  answer: number[]
}

/** `resolve` runs only where setup came to its end. */
export interface Outcome {
  setup: Ended
  resolve: Ended | undefined
  kept: bigint[]
}

export function syntaxOf(source: string): ProgramSyntax {
  const parsed = parseProgram(source)
  if ('trouble' in parsed) throw new Error(`${parsed.trouble.line}:${parsed.trouble.column}: ${parsed.trouble.says}`)
  return parsed.program
}

const NOTHING: Ended = { how: ENDED.plain, line: 0, detail: 0, answer: [] }

/** Ends a hook from wherever it is. */
class End extends Error {
  readonly ended: Ended

  constructor(how: number, line: number, more: Partial<Ended> = {}) {
    super('ended')
    this.ended = { ...NOTHING, how, line, ...more }
  }
}

class Break extends Error {}

/** As the language is described, statement by statement. */
export function interpreted(program: ProgramSyntax, situation: Situation): Outcome {
  const kept = Array.from({ length: situation.contextCount }, () => 0n)
  const setup = new Interpreter(situation, kept).run(program.setup)
  const resolve = setup.how === ENDED.plain ? new Interpreter(situation, kept).run(program.resolve) : undefined
  return { setup, resolve, kept }
}

class Interpreter {
  readonly #slots: bigint[] = []
  readonly #situation: Situation
  readonly #kept: bigint[]
  #fuel: number

  constructor(situation: Situation, kept: bigint[]) {
    this.#situation = situation
    this.#kept = kept
    this.#fuel = situation.fuel
  }

  run({ body, line }: Hook): Ended {
    try {
      this.#burn(body, line)
      this.#all(body)
      return NOTHING
    } catch (error) {
      if (error instanceof End) return error.ended
      throw error
    }
  }

  #burn(block: readonly Statement[], line: number): void {
    this.#fuel -= 3 + priceOf(block)
    if (this.#fuel < 0) throw new End(ENDED.outOfFuel, line)
  }

  #all(statements: readonly Statement[]): void {
    for (const statement of statements) this.#one(statement)
  }

  #one(statement: Statement): void {
    switch (statement.kind) {
      case 'set':
        this.#slots[statement.slot] = this.#value(statement.value)
        return
      case 'store': {
        const index = this.#index('file', statement.index, statement.line)
        this.#kept[index] = this.#value(statement.value)
        return
      }
      case 'if':
        this.#branch(this.#value(statement.condition) === 0n ? statement.otherwise : statement.body, statement.line)
        return
      case 'for':
        this.#loop(statement)
        return
      case 'break':
        throw new Break()
      case 'return':
        throw new End(ENDED.plain, 0)
      case 'answer':
        throw new End(ENDED.answered, statement.line, { answer: statement.values.map((value) => Number(this.#value(value))) })
      case 'fail':
        throw new End(ENDED.failed, statement.line, { detail: Number(this.#value(statement.code)) })
    }
  }

  #branch(block: readonly Statement[], line: number): void {
    if (block.length > 0) this.#burn(block, line)
    this.#all(block)
  }

  #loop({ slot, from, to, body, line }: Statement & { kind: 'for' }): void {
    const first = this.#value(from)
    const end = this.#value(to)
    for (let i = first; ; i++) {
      this.#burn(body, line)
      if (i >= end) return
      this.#slots[slot] = i
      try {
        this.#all(body)
      } catch (error) {
        if (error instanceof Break) return
        throw error
      }
    }
  }

  #value(expression: Expression): bigint {
    switch (expression.kind) {
      case 'number':
        return expression.value
      case 'variable':
        return this.#slots[expression.slot]!
      case 'input': {
        const { sizeBytes, offset, table } = this.#situation
        return BigInt({ size: sizeBytes, offset, cells: table.length }[expression.name])
      }
      case 'cell': {
        const index = this.#index(expression.of, expression.index, expression.line)
        return expression.of === 'file' ? this.#kept[index]! : this.#situation.table[index]!
      }
      case 'unary': {
        const operand = this.#value(expression.operand)
        return wrapped({ '-': -operand, '~': ~operand, '!': operand === 0n ? 1n : 0n }[expression.operator])
      }
      case 'binary':
        return this.#binary(expression)
    }
  }

  #binary({ operator, left, right, line }: Expression & { kind: 'binary' }): bigint {
    const a = this.#value(left)
    if (operator === '&&') return a === 0n ? 0n : truth(this.#value(right) !== 0n)
    if (operator === '||') return a !== 0n ? 1n : truth(this.#value(right) !== 0n)
    const b = this.#value(right)
    switch (operator) {
      case '==': return truth(a === b)
      case '!=': return truth(a !== b)
      case '<': return truth(a < b)
      case '<=': return truth(a <= b)
      case '>': return truth(a > b)
      case '>=': return truth(a >= b)
      case '+': return wrapped(a + b)
      case '-': return wrapped(a - b)
      case '*': return wrapped(a * b)
      case '&': return a & b
      case '|': return a | b
      case '^': return a ^ b
      case '<<': return wrapped(a << (b & 63n))
      case '>>': return a >> (b & 63n)
      case 'min': return a < b ? a : b
      case 'max': return a > b ? a : b
      case '/':
      case '%':
        if (b === 0n) throw new End(ENDED.byZero, line)
        return operator === '/' ? wrapped(a / b) : a % b
    }
  }

  #index(of: 'table' | 'file', expression: Expression, line: number): number {
    const index = this.#value(expression)
    const count = of === 'file' ? this.#kept.length : this.#situation.table.length
    if (index >= 0n && index < BigInt(count)) return Number(index)
    throw new End(of === 'file' ? ENDED.outsideFile : ENDED.outsideTable, line, { detail: Number(index) })
  }
}

const PRICES: Readonly<Record<string, number>> = { number: 0, variable: 0, input: 0, binary: 0, cell: 4, store: 4, answer: 4, '/': 16, '%': 16, min: 3, max: 3 }

/** Of whatever a part of a program holds, but for what stands in inner blocks. */
function priceOf(part: unknown): number {
  if (Array.isArray(part)) return part.reduce((sum: number, each) => sum + priceOf(each), 0)
  if (typeof part !== 'object' || part === null) return 0
  let sum = 0
  for (const [name, value] of Object.entries(part)) {
    const isOfTwo = name === 'operator' && 'left' in part
    if (name === 'kind' || isOfTwo) sum += PRICES[value as string] ?? 1
    else if (name !== 'body' && name !== 'otherwise') sum += priceOf(value)
  }
  return sum
}

function wrapped(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

function truth(condition: boolean): bigint {
  return condition ? 1n : 0n
}

/** Bytes around the parts that were given out: whatever a program does, they stay as they are. */
const GUARD = 0xa5

/** One sandbox for many programs: each run gets parts of its memory and looks at all the rest afterwards. */
export class Compiled {
  readonly #sandbox = makeSandbox()
  readonly #room = new Room(this.#sandbox)

  run(program: ProgramSyntax, { table, contextCount, sizeBytes, offset, fuel }: Situation): Outcome {
    const running = this.#sandbox.load(compileProgram(program))
    const room = this.#room
    const contextBytes = room.take(contextCount)!
    const betweenBytes = room.take(1)!
    const tableBytes = room.take(table.length + 1)!
    const { bytes, box } = room
    bytes.fill(GUARD, BOX_CELLS * CELL_BYTES)
    const context = new BigInt64Array(bytes.buffer as ArrayBuffer, contextBytes, contextCount)
    const cells = new BigInt64Array(bytes.buffer as ArrayBuffer, tableBytes, table.length)
    context.fill(0n)
    cells.set(table)
    box.fill(0)
    box[BOX.size] = sizeBytes
    const setup = this.#ended(running.setup(contextBytes, contextCount, tableBytes, table.length, fuel))
    box[BOX.offset] = offset
    const resolve = setup.how === ENDED.plain ? this.#ended(running.resolve(contextBytes, contextCount, fuel)) : undefined
    const outcome = { setup, resolve, kept: [...context] }
    context.fill(0n)
    cells.fill(0n)
    bytes.fill(GUARD, contextBytes, contextBytes + contextCount * CELL_BYTES)
    bytes.fill(GUARD, tableBytes, tableBytes + table.length * CELL_BYTES)
    const touched = firstOther(bytes, BOX_CELLS * CELL_BYTES)
    room.giveBack(contextBytes, contextCount)
    room.giveBack(betweenBytes, 1)
    room.giveBack(tableBytes, table.length + 1)
    if (touched >= 0) throw new Error(`byte ${touched} of the sandbox was written`)
    return outcome
  }

  #ended(word: number): Ended {
    const how = word & ((1 << LINE_SHIFT) - 1)
    const { box } = this.#room
    const hasDetail = how === ENDED.outsideFile || how === ENDED.outsideTable || how === ENDED.failed
    return {
      how,
      line: word >> LINE_SHIFT,
      detail: hasDetail ? box[BOX.detail]! : 0,
      answer: how === ENDED.answered ? [...box.subarray(BOX.devindex, BOX.devindex + 4)] : [],
    }
  }
}

function firstOther(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== GUARD) return at
  return -1
}
