// What a straight line of a program costs: steps of fuel, by the operators in it and by how long each takes at most. A line
// is paid for as a whole before its first statement runs, so that fuel bounds time however long a line is. What stands in
// an inner block is paid for when that block begins.

import type { Expression, Operator, Statement } from './syntax.ts'

/** Of a block itself: it looks at its fuel, and a loop at its end. */
export const BLOCK_STEPS = 3
/** Divisions take as long as many other operators; a cell may be in no cache, and its index is held against how many there are. */
const CELL_STEPS = 4
const DIVISION_STEPS = 16
const CHOICE_STEPS = 3

/** Of the statements of one block, without the blocks in them. */
export function stepsOf(statements: readonly Statement[]): number {
  return statements.reduce((sum, statement) => sum + stepsOfStatement(statement), 0)
}

function stepsOfStatement(statement: Statement): number {
  switch (statement.kind) {
    case 'set':
      return 1 + stepsOfExpression(statement.value)
    case 'store':
      return CELL_STEPS + stepsOfExpression(statement.index) + stepsOfExpression(statement.value)
    case 'if':
      return 1 + stepsOfExpression(statement.condition)
    case 'for':
      return 1 + stepsOfExpression(statement.from) + stepsOfExpression(statement.to)
    case 'answer':
      return statement.values.reduce((sum, value) => sum + 1 + stepsOfExpression(value), 0)
    case 'fail':
      return 1 + stepsOfExpression(statement.code)
    default:
      return 1
  }
}

/** Both sides of `&&` and `||`, though the right one may not be computed. */
function stepsOfExpression(expression: Expression): number {
  switch (expression.kind) {
    case 'cell':
      return CELL_STEPS + stepsOfExpression(expression.index)
    case 'unary':
      return 1 + stepsOfExpression(expression.operand)
    case 'binary':
      return stepsOfOperator(expression.operator) + stepsOfExpression(expression.left) + stepsOfExpression(expression.right)
    default:
      return 0
  }
}

function stepsOfOperator(operator: Operator): number {
  if (operator === '/' || operator === '%') return DIVISION_STEPS
  return operator === 'min' || operator === 'max' ? CHOICE_STEPS : 1
}
