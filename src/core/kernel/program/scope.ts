// Names of one program: constants of the whole source, variables of a block. A name is given once among those that can be
// seen, so that nobody reads one and means another.

import type { Expression } from './syntax.ts'

/** Of one hook. */
export const SLOTS_MOST = 1000

/** Words that mean something already. */
export const TAKEN: ReadonlySet<string> = new Set([
  'setup', 'resolve', 'const', 'let', 'if', 'else', 'for', 'in', 'break', 'return', 'answer', 'fail', 'table', 'file', 'offset', 'size', 'cells',
  'min', 'max',
])

interface Variable {
  slot: number
  /** A loop counts by itself. */
  isCounter: boolean
}

export class Scope {
  readonly #constants = new Map<string, bigint>()
  #blocks: Map<string, Variable>[] = []
  #slotCount = 0

  get slotCount(): number {
    return this.#slotCount
  }

  /** A hook begins: what the one before knew is gone. */
  enterHook(): void {
    this.#blocks = []
    this.#slotCount = 0
  }

  open(): void {
    this.#blocks.push(new Map())
  }

  close(): void {
    this.#blocks.pop()
  }

  isTaken(name: string): boolean {
    return TAKEN.has(name) || this.#constants.has(name) || this.variable(name) !== undefined
  }

  setConstant(name: string, value: bigint): void {
    this.#constants.set(name, value)
  }

  constant(name: string): bigint | undefined {
    return this.#constants.get(name)
  }

  /** @returns its slot */
  addVariable(name: string, isCounter: boolean): number {
    const slot = this.addSlot()
    this.#blocks.at(-1)?.set(name, { slot, isCounter })
    return slot
  }

  /** One that has no name. */
  addSlot(): number {
    return this.#slotCount++
  }

  variable(name: string): Variable | undefined {
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      const found = this.#blocks[i]?.get(name)
      if (found) return found
    }
    return undefined
  }

  /** All that could be meant where a number is expected. */
  names(): string[] {
    return [...this.#blocks.flatMap((block) => [...block.keys()]), ...this.#constants.keys()]
  }
}

/** How far a parsed tree goes down, so that nothing that walks it runs out of stack. */
export class Depths {
  readonly #depths = new WeakMap<Expression, number>()

  /** @returns the same expression, and how deep it is */
  add<E extends Expression>(expression: E, parts: readonly Expression[]): { expression: E; depth: number } {
    const depth = 1 + Math.max(0, ...parts.map((part) => this.#depths.get(part) ?? 0))
    this.#depths.set(expression, depth)
    return { expression, depth }
  }
}
