// What is shown asks nothing: a program's output may hold any bytes, and a terminal's answer to a question in them would
// stand in the line that is being typed.

import type { Terminal } from '@xterm/xterm'

/** Sequences by which a program asks a terminal something. The answer would land in the line that is being typed. */
const QUESTIONS = [
  { final: 'c' }, { prefix: '?', final: 'c' }, { prefix: '>', final: 'c' }, { prefix: '=', final: 'c' },
  { final: 'n' }, { prefix: '?', final: 'n' }, { final: 't' },
  { intermediates: '$', final: 'p' }, { prefix: '?', intermediates: '$', final: 'p' }, { prefix: '>', final: 'q' },
]

export function leaveUnanswered({ parser }: Terminal): void {
  for (const question of QUESTIONS) parser.registerCsiHandler(question, () => true)
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true)
  for (const colour of [4, 10, 11, 12]) parser.registerOscHandler(colour, () => true)
}
