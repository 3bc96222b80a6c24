// A table of options is all that is known about them: this parser, the usage text, completion and the tests are made of
// it. Parsing is GNU getopt_long's, stopping at the first operand; what getopt would let pass in silence is refused.

import type { Reading, Trouble } from './units.ts'

export interface Option<V = unknown> {
  /** One letter. */
  short?: string
  long?: string
  /** Absent for a flag, which is counted. `words` are all that it can be, where those are few. */
  value?: { name: string; read: (text: string) => Reading<V>; words?: readonly string[] }
  /** For the usage text: what it does, with unit and default. */
  says: string
  /** Shown only by `famfs help --all`. */
  hidden?: boolean
  /** Options, by their keys, that can't stand beside this one. */
  against?: readonly string[]
  /** The exit code for giving it twice, where that is refused. */
  twice?: number
}

export type OptionTable = Readonly<Record<string, Option>>

/** Flags are counts; options with values hold all of them, in order. */
export type Given<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends { value: { read: (text: string) => Reading<infer V> } } ? readonly V[] : number
}

export type Parsed<T extends OptionTable> =
  | { kind: 'given'; given: Given<T>; operands: readonly string[]; spelled: readonly string[]; warnings: readonly string[] }
  | { kind: 'help' }
  | Wrong

/** An option as someone typed it: `spelling` is for sentences. */
interface Typed {
  key: string
  spelling: string
  text: string | undefined
}

/** Where no option is meant, the list of them helps; a wrong value's sentence says itself which are right. */
type Wrong = { kind: 'wrong'; trouble: Trouble; exit: number; isUnknown: boolean }

export function parse<T extends OptionTable>(table: T, args: readonly string[]): Parsed<T> {
  const cut = cutArgs(table, args)
  if ('kind' in cut) return cut
  const values = new Map<string, unknown[]>()
  const warnings: string[] = []
  for (const { key, spelling, text } of cut.typed) {
    const option = table[key] as Option
    const there = values.get(key) ?? []
    if (there.length > 0 && option.twice !== undefined) {
      return wrong(`${spelling} is given twice`, 'Give it once.', option.twice)
    }
    const other = clashOf(table, key, values)
    if (other !== undefined) return wrong(`${spelling} and ${nameOf(table[other] as Option)} exclude each other`, 'Give one of them.')
    const read = option.value && text !== undefined ? option.value.read(text) : undefined
    if (read && !read.ok) return wrong(`${spelling}: ${read.trouble.says}`, read.trouble.next)
    if (read?.ignored !== undefined) warnings.push(`${spelling}: ${read.ignored}`)
    values.set(key, [...there, read?.value])
  }
  const given = Object.fromEntries(
    Object.entries(table).map(([key, option]) => [key, option.value ? (values.get(key) ?? []) : (values.get(key)?.length ?? 0)]),
  ) as Given<T>
  return { kind: 'given', given, operands: cut.operands, spelled: cut.typed.map(({ spelling }) => spelling), warnings }
}

/** `--size`, or `-b` where there is nothing longer. */
export function nameOf(option: Option): string {
  return option.long === undefined ? `-${option.short}` : `--${option.long}`
}

function cutArgs(table: OptionTable, args: readonly string[]): { typed: Typed[]; operands: string[] } | Wrong | { kind: 'help' } {
  const typed: Typed[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '--') return { typed, operands: args.slice(i + 1) }
    if (!arg.startsWith('-') || arg === '-') return { typed, operands: args.slice(i) }
    const here = arg.startsWith('--') ? longOption(table, arg, args[i + 1]) : cluster(table, arg, args[i + 1])
    if ('kind' in here) return here
    typed.push(...here.typed)
    if (here.tookNext) i++
  }
  return { typed, operands: [] }
}

function longOption(table: OptionTable, arg: string, next: string | undefined): { typed: Typed[]; tookNext: boolean } | Wrong | { kind: 'help' } {
  if (arg === '--help') return { kind: 'help' }
  const equals = arg.indexOf('=')
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
  const attached = equals < 0 ? undefined : arg.slice(equals + 1)
  const keys = keysOfLong(table, name)
  const [key] = keys
  if (key === undefined) return unknown(`--${name}`)
  const option = table[key] as Option
  const spelling = `--${option.long}`
  if (keys.length > 1) {
    const names = keys.map((each) => `--${table[each]?.long}`)
    return wrong(`--${name} could be ${names.join(' or ')}`, 'Write more of it.')
  }
  if (!option.value) {
    return attached === undefined ? { typed: [{ key, spelling, text: undefined }], tookNext: false } : wrong(`${spelling} takes no value`, 'Leave it out.')
  }
  const text = attached ?? next
  if (text === undefined) return wrong(`${spelling} wants a value`, `Write ${spelling} ${option.value.name}.`)
  return { typed: [{ key, spelling, text }], tookNext: attached === undefined }
}

/** `-rv`, `-t4`: flags up to one with a value, which is what follows it. */
function cluster(table: OptionTable, arg: string, next: string | undefined): { typed: Typed[]; tookNext: boolean } | Wrong | { kind: 'help' } {
  const typed: Typed[] = []
  for (let i = 1; i < arg.length; i++) {
    const letter = arg[i] as string
    const key = Object.keys(table).find((each) => table[each]?.short === letter)
    if (key === undefined) {
      if (letter === '?' || letter === 'h') return { kind: 'help' }
      return unknown(`-${letter}`)
    }
    const spelling = `-${letter}`
    const { value } = table[key] as Option
    if (!value) {
      typed.push({ key, spelling, text: undefined })
      continue
    }
    const attached = arg.slice(i + 1)
    const text = attached === '' ? next : attached
    if (text === undefined) return wrong(`${spelling} wants a value`, `Write ${spelling} ${value.name}.`)
    typed.push({ key, spelling, text })
    return { typed, tookNext: attached === '' }
  }
  return { typed, tookNext: false }
}

/** The option of that name, or all those that it abbreviates. */
function keysOfLong(table: OptionTable, name: string): string[] {
  const keys = Object.keys(table)
  const exact = keys.filter((key) => table[key]?.long === name)
  return exact.length > 0 ? exact : keys.filter((key) => table[key]?.long?.startsWith(name))
}

function clashOf(table: OptionTable, key: string, there: ReadonlyMap<string, unknown>): string | undefined {
  return [...there.keys()].find((other) => other !== key && (table[key]?.against?.includes(other) || table[other]?.against?.includes(key)))
}

function wrong(says: string, next: string, exit = 1): Wrong {
  return { kind: 'wrong', trouble: { says, next }, exit, isUnknown: false }
}

function unknown(spelling: string): Wrong {
  return { kind: 'wrong', trouble: { says: `there is no option ${spelling}`, next: 'The options are listed below.' }, exit: 1, isUnknown: true }
}
