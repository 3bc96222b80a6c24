// A program as the parser leaves it: every name is resolved to a slot, an input or a number, and all that is said about
// where something may stand (docs/PROGRAM.md) has been checked. Lines count from 1.

/** Where a source can't be understood. Columns count from 1, in UTF-16 units. */
export interface ProgramTrouble {
  line: number
  column: number
  /** What was expected, and what is there. */
  says: string
  /** What to do now. */
  next: string
}

/** By how tightly they bind: loosest first. */
export const BINDING = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
] as const

export type Operator = (typeof BINDING)[number][number] | 'min' | 'max'

/** Numbers that the kernel gives: the fault's byte of the file, the file's bytes, and how many cells of the table are its own. */
export type Input = 'offset' | 'size' | 'cells'

export type Expression =
  | { kind: 'number'; value: bigint }
  | { kind: 'variable'; slot: number }
  | { kind: 'input'; name: Input }
  | { kind: 'cell'; of: 'table' | 'file'; index: Expression; line: number }
  | { kind: 'unary'; operator: '-' | '!' | '~'; operand: Expression }
  | { kind: 'binary'; operator: Operator; left: Expression; right: Expression; line: number }

export type Statement =
  /** A `let`, or a variable that gets another value. */
  | { kind: 'set'; slot: number; value: Expression }
  | { kind: 'store'; index: Expression; value: Expression; line: number }
  | { kind: 'if'; condition: Expression; body: Statement[]; otherwise: Statement[]; line: number }
  /** `endSlot` keeps the end, which is computed once. */
  | { kind: 'for'; slot: number; endSlot: number; from: Expression; to: Expression; body: Statement[]; line: number }
  | { kind: 'break' }
  | { kind: 'return' }
  | { kind: 'answer'; values: [devindex: Expression, offset: Expression, length: Expression, before: Expression]; line: number }
  | { kind: 'fail'; code: Expression; line: number }

export interface Hook {
  body: Statement[]
  /** Variables of all its blocks. */
  slotCount: number
  /** Where it begins. */
  line: number
}

export type HookName = 'setup' | 'resolve'
export type ProgramSyntax = Readonly<Record<HookName, Hook>>
