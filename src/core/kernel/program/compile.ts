// Syntax to a WebAssembly module that imports its memory and exports the two hooks. Whatever the program: it reads and
// writes only inside of the parts that it was given, each block is paid for by the work in it before it runs (cost.ts),
// and what it can't do ends the hook with a word that says so. Nothing in it traps.

import { BLOCK_STEPS, stepsOf } from './cost.ts'
import { BOX, CELL_BYTES, ENDED, LINE_SHIFT } from './mailbox.ts'
import type { ProgramModule } from './sandbox.ts'
import type { Expression, Hook, HookName, Operator, ProgramSyntax, Statement } from './syntax.ts'
import { Code, I32, I64, MAGIC_AND_VERSION, name, OP, sized, unsigned, vector } from './wasm.ts'

const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const
const FUNCTION_TYPE = 0x60
const MEMORY_KIND = 2
const FUNCTION_KIND = 0

/** As the module names what it imports. */
export const MEMORY_IMPORT = ['kernel', 'memory'] as const

/** Parameters of each hook by their index; RunningProgram has the same order. */
const SETUP = { context: 0, contextCount: 1, table: 2, tableCount: 3, fuel: 4 }
const RESOLVE = { context: 0, contextCount: 1, table: 0, tableCount: 1, fuel: 2 }
const PARAMETER_COUNT = { setup: 5, resolve: 3 } as const

export function compileProgram({ setup, resolve }: ProgramSyntax): ProgramModule {
  const typeOf = (count: number): number[] => [FUNCTION_TYPE, ...vector(Array.from({ length: count }, () => [I32])), ...vector([[I32]])]
  const memory = [...name(MEMORY_IMPORT[0]), ...name(MEMORY_IMPORT[1]), MEMORY_KIND, 0, 1]
  const exported = (hook: HookName, index: number): number[] => [...name(hook), FUNCTION_KIND, index]
  const bytes = [
    ...MAGIC_AND_VERSION,
    ...section(SECTION.type, vector([typeOf(PARAMETER_COUNT.setup), typeOf(PARAMETER_COUNT.resolve)])),
    ...section(SECTION.import, vector([memory])),
    ...section(SECTION.function, vector([[0], [1]])),
    ...section(SECTION.export, vector([exported('setup', 0), exported('resolve', 1)])),
    ...section(SECTION.code, vector([new HookCompiler('setup').body(setup), new HookCompiler('resolve').body(resolve)])),
  ]
  return Uint8Array.from(bytes) as ProgramModule
}

function section(id: number, content: number[]): number[] {
  return [id, ...sized(content)]
}

const COMPARE: Partial<Record<Operator, number>> = {
  '==': OP.i64_eq, '!=': OP.i64_ne, '<': OP.i64_lt_s, '<=': OP.i64_le_s, '>': OP.i64_gt_s, '>=': OP.i64_ge_s,
}
const COMPUTE: Partial<Record<Operator, number>> = {
  '+': OP.i64_add, '-': OP.i64_sub, '*': OP.i64_mul, '&': OP.i64_and, '|': OP.i64_or, '^': OP.i64_xor, '<<': OP.i64_shl, '>>': OP.i64_shr_s,
}

class HookCompiler {
  readonly #hook: HookName
  readonly #parameters: typeof SETUP
  readonly #code = new Code()
  /** Scratch: set and read again before anything else is computed. */
  readonly #left: number
  readonly #right: number
  readonly #size: number
  readonly #offset: number
  readonly #firstSlot: number
  /** Depths of the blocks that `break` leaves. */
  readonly #loops: number[] = []

  constructor(hook: HookName) {
    this.#hook = hook
    this.#parameters = hook === 'setup' ? SETUP : RESOLVE
    const first = PARAMETER_COUNT[hook]
    this.#left = first
    this.#right = first + 1
    this.#size = first + 2
    this.#offset = first + 3
    this.#firstSlot = first + 4
  }

  body({ body, slotCount, line }: Hook): number[] {
    const code = this.#code
    this.#burn(body, line)
    this.#input(BOX.size, this.#size)
    if (this.#hook === 'resolve') this.#input(BOX.offset, this.#offset)
    this.#statements(body)
    code.i32(ENDED.plain).op(OP.end)
    const locals = vector([[...unsigned(4 + slotCount), I64]])
    return sized(locals.concat(code.bytes))
  }

  /** The kernel hands in whole numbers below 2^53: they convert exactly. */
  #input(cell: number, local: number): void {
    this.#code.i32(0).memory(OP.f64_load, cell * CELL_BYTES).op(OP.i64_trunc_f64_s).set(local)
  }

  /** A source is too short for a block of as many steps as fuel could go below 0 by. */
  #burn(block: readonly Statement[], line: number): void {
    const code = this.#code
    const { fuel } = this.#parameters
    code.get(fuel).i32(BLOCK_STEPS + stepsOf(block)).op(OP.i32_sub).tee(fuel).i32(0).op(OP.i32_lt_s)
    code.open(OP.if)
    this.#end(ENDED.outOfFuel, line)
    code.end()
  }

  #end(how: number, line: number): void {
    this.#code.i32(how | (line << LINE_SHIFT)).op(OP.return)
  }

  #detail(local: number): void {
    this.#code.i32(0).get(local).op(OP.f64_convert_i64_s).memory(OP.f64_store, BOX.detail * CELL_BYTES)
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement)
  }

  #statement(statement: Statement): void {
    const code = this.#code
    switch (statement.kind) {
      case 'set':
        this.#value(statement.value)
        code.set(this.#firstSlot + statement.slot)
        return
      case 'store':
        this.#address('file', statement.index, statement.line)
        this.#value(statement.value)
        code.memory(OP.i64_store)
        return
      case 'if':
        this.#condition(statement.condition)
        code.open(OP.if)
        this.#branch(statement.body, statement.line)
        if (statement.otherwise.length > 0) code.op(OP.else)
        this.#branch(statement.otherwise, statement.line)
        code.end()
        return
      case 'for':
        this.#for(statement)
        return
      case 'break':
        code.branch(OP.br, this.#loops.at(-1) ?? 0)
        return
      case 'return':
        code.i32(ENDED.plain).op(OP.return)
        return
      case 'answer':
        statement.values.forEach((value, i) => {
          code.i32(0)
          this.#value(value)
          code.op(OP.f64_convert_i64_s).memory(OP.f64_store, (BOX.devindex + i) * CELL_BYTES)
        })
        this.#end(ENDED.answered, statement.line)
        return
      case 'fail':
        this.#value(statement.code)
        code.set(this.#left)
        this.#detail(this.#left)
        this.#end(ENDED.failed, statement.line)
    }
  }

  #branch(statements: readonly Statement[], line: number): void {
    if (statements.length > 0) this.#burn(statements, line)
    this.#statements(statements)
  }

  #for({ slot, endSlot, from, to, body, line }: Statement & { kind: 'for' }): void {
    const code = this.#code
    const counter = this.#firstSlot + slot
    const end = this.#firstSlot + endSlot
    this.#value(from)
    code.set(counter)
    this.#value(to)
    code.set(end)
    const outside = code.open(OP.block)
    const again = code.open(OP.loop)
    this.#burn(body, line)
    code.get(counter).get(end).op(OP.i64_ge_s).branch(OP.br_if, outside)
    this.#loops.push(outside)
    this.#statements(body)
    this.#loops.pop()
    // It stays below the end, so it never wraps.
    code.get(counter).i64(1n).op(OP.i64_add).set(counter)
    code.branch(OP.br, again).end().end()
  }

  /** Leaves a 64-bit integer. */
  #value(expression: Expression): void {
    const code = this.#code
    switch (expression.kind) {
      case 'number':
        code.i64(expression.value)
        return
      case 'variable':
        code.get(this.#firstSlot + expression.slot)
        return
      case 'input':
        if (expression.name === 'cells') code.get(this.#parameters.tableCount).op(OP.i64_extend_i32_u)
        else code.get(expression.name === 'size' ? this.#size : this.#offset)
        return
      case 'cell':
        this.#address(expression.of, expression.index, expression.line)
        code.memory(OP.i64_load)
        return
      case 'unary':
        this.#unary(expression)
        return
      case 'binary':
        this.#binary(expression)
    }
  }

  #unary({ operator, operand }: Expression & { kind: 'unary' }): void {
    const code = this.#code
    if (operator === '!') {
      this.#condition(operand)
      code.op(OP.i32_eqz).op(OP.i64_extend_i32_u)
      return
    }
    code.i64(operator === '-' ? 0n : -1n)
    this.#value(operand)
    code.op(operator === '-' ? OP.i64_sub : OP.i64_xor)
  }

  #binary(expression: Expression & { kind: 'binary' }): void {
    const { operator, left, right, line } = expression
    if (isTruth(operator)) {
      this.#condition(expression)
      this.#code.op(OP.i64_extend_i32_u)
      return
    }
    this.#value(left)
    this.#value(right)
    const opcode = COMPUTE[operator]
    if (opcode !== undefined) this.#code.op(opcode)
    else if (operator === '/' || operator === '%') this.#divide(operator, line)
    else this.#choose(operator === 'min' ? OP.i64_lt_s : OP.i64_gt_s)
  }

  /** Of the two numbers on the stack. The one division that has no result of 64 bits, by -1, is a subtraction. */
  #divide(operator: '/' | '%', line: number): void {
    const code = this.#code
    code.set(this.#right).set(this.#left)
    code.get(this.#right).op(OP.i64_eqz)
    code.open(OP.if)
    this.#end(ENDED.byZero, line)
    code.end()
    if (operator === '%') {
      code.get(this.#left).get(this.#right).op(OP.i64_rem_s)
      return
    }
    code.get(this.#right).i64(-1n).op(OP.i64_eq)
    code.open(OP.if, I64)
    code.i64(0n).get(this.#left).op(OP.i64_sub)
    code.op(OP.else)
    code.get(this.#left).get(this.#right).op(OP.i64_div_s)
    code.end()
  }

  #choose(comparison: number): void {
    const left = this.#left
    const right = this.#right
    this.#code.set(right).set(left).get(left).get(right).get(left).get(right).op(comparison).op(OP.select)
  }

  /** Leaves 1 or 0, 32 bits, as branches want it. */
  #condition(expression: Expression): void {
    const code = this.#code
    if (expression.kind === 'unary' && expression.operator === '!') {
      this.#condition(expression.operand)
      code.op(OP.i32_eqz)
      return
    }
    if (expression.kind !== 'binary' || !isTruth(expression.operator)) {
      this.#value(expression)
      code.i64(0n).op(OP.i64_ne)
      return
    }
    const { operator, left, right } = expression
    const comparison = COMPARE[operator]
    if (comparison !== undefined) {
      this.#value(left)
      this.#value(right)
      code.op(comparison)
      return
    }
    // The right side is computed only where the left one doesn't decide.
    this.#condition(left)
    code.open(OP.if, I32)
    if (operator === '&&') this.#condition(right)
    else code.i32(1)
    code.op(OP.else)
    if (operator === '&&') code.i32(0)
    else this.#condition(right)
    code.end()
  }

  /** Leaves where a cell is, or ends the hook: an index below 0 is a huge one here. */
  #address(of: 'table' | 'file', index: Expression, line: number): void {
    const code = this.#code
    const { context, contextCount, table, tableCount } = this.#parameters
    this.#value(index)
    code.tee(this.#left).get(of === 'file' ? contextCount : tableCount).op(OP.i64_extend_i32_u).op(OP.i64_ge_u)
    code.open(OP.if)
    this.#detail(this.#left)
    this.#end(of === 'file' ? ENDED.outsideFile : ENDED.outsideTable, line)
    code.end()
    code.get(of === 'file' ? context : table).get(this.#left).op(OP.i32_wrap_i64).i32(3).op(OP.i32_shl).op(OP.i32_add)
  }
}

function isTruth(operator: Operator): boolean {
  return operator === '&&' || operator === '||' || COMPARE[operator] !== undefined
}
