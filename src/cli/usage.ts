// Usage text is made of the option table: one line for each option, hidden ones apart and only when asked for.

import type { Option, OptionTable } from './options.ts'

export interface Described {
  /** `famfs creat` or `mkfs.famfs` */
  name: string
  about: string
  /** What stands behind the name, one for each form. */
  synopsis: readonly string[]
  /** What the first operand can be, where that is a word. */
  words?: readonly string[]
  options: OptionTable
  notes?: readonly string[]
}

const COLUMN = 30

export function usageOf(command: Described, all = false): string {
  const { name, about, synopsis, options, notes = [] } = command
  const shown = Object.values(options)
  const open = shown.filter((option) => !option.hidden)
  const hidden = shown.filter((option) => option.hidden)
  const help = line(shown.some(({ short }) => short === 'h') ? '-?, --help' : '-h, -?, --help', 'this text')
  const lines = [
    `${name}: ${about}`,
    '',
    ...synopsis.map((form, i) => `${i === 0 ? 'usage:' : '   or:'} ${name} ${form}`),
    '',
    ...open.map(optionLine),
    help,
  ]
  if (hidden.length > 0 && all) lines.push('', 'seldom needed:', ...hidden.map(optionLine))
  if (hidden.length > 0 && !all) lines.push('', `More options: famfs help --all ${name.replace(/^famfs /, '')}`)
  if (notes.length > 0) lines.push('', ...notes)
  return `${lines.join('\n')}\n`
}

function optionLine(option: Option): string {
  const { short, long, value, says } = option
  const names = [short === undefined ? '   ' : `-${short}${long === undefined ? '' : ','}`, long === undefined ? '' : `--${long}`]
  const name = names.filter((part) => part !== '').join(' ')
  return line(value ? `${name} ${value.name}` : name, says)
}

function line(left: string, right: string): string {
  const indented = `  ${left}`
  return indented.length < COLUMN - 1 ? `${indented.padEnd(COLUMN)}${right}` : `${indented}\n${' '.repeat(COLUMN)}${right}`
}
