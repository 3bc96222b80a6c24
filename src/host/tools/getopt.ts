// GNU getopt_long for all plain tools: options may stand after operands, short ones bundle, long ones may be shortened while
// they are unique, and "--" ends them. What it can't read it says in GNU's words; it never throws.

export interface Syntax {
  /** As for getopt: a letter is a flag, with ":" it takes a value. */
  short: string
  /** Long name to key. The key is a short option's letter, or a word of its own; with ":" a value must follow, with "?" one may. */
  long?: Readonly<Record<string, string>>
  /** The first operand ends the options. */
  stopsAtOperand?: boolean
}

export interface Given {
  /** Key and value in the order given; a flag's value is "". */
  readonly options: readonly (readonly [key: string, value: string])[]
  readonly operands: readonly string[]
}

export type Parsed = { ok: true; given: Given } | { ok: false; complaint: string }

export function has(given: Given, ...keys: string[]): boolean {
  return given.options.some(([key]) => keys.includes(key))
}

/** The last one counts. */
export function valueOf(given: Given, key: string): string | undefined {
  return given.options.findLast(([name]) => name === key)?.[1]
}

/** Which of these flags was given last. */
export function lastOf(given: Given, ...keys: string[]): string | undefined {
  return given.options.findLast(([key]) => keys.includes(key))?.[0]
}

export function getopt(args: readonly string[], syntax: Syntax): Parsed {
  const options: [string, string][] = []
  const operands: string[] = []
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest)
      break
    }
    if (arg === '-' || !arg.startsWith('-')) {
      operands.push(arg)
      if (!syntax.stopsAtOperand) continue
      operands.push(...rest)
      break
    }
    const complaint = arg.startsWith('--') ? takeLong(arg, rest, syntax, options) : takeShort(arg, rest, syntax, options)
    if (complaint !== undefined) return { ok: false, complaint }
  }
  return { ok: true, given: { options, operands } }
}

function takeShort(arg: string, rest: string[], { short }: Syntax, options: [string, string][]): string | undefined {
  for (let i = 1; i < arg.length; i++) {
    const letter = arg.charAt(i)
    const at = letter === ':' ? -1 : short.indexOf(letter)
    if (at < 0) return `invalid option -- '${letter}'`
    if (short[at + 1] !== ':') {
      options.push([letter, ''])
      continue
    }
    const value = i + 1 < arg.length ? arg.slice(i + 1) : rest.shift()
    if (value === undefined) return `option requires an argument -- '${letter}'`
    options.push([letter, value])
    return undefined
  }
  return undefined
}

function takeLong(arg: string, rest: string[], { long = {} }: Syntax, options: [string, string][]): string | undefined {
  const equals = arg.indexOf('=')
  const name = arg.slice(2, equals < 0 ? undefined : equals)
  const attached = equals < 0 ? undefined : arg.slice(equals + 1)
  const known = { help: 'help', ...long }
  const names = Object.keys(known).filter((candidate) => candidate.startsWith(name))
  const full = names.includes(name) ? name : names[0]
  if (full === undefined) return `unrecognized option '--${name}'`
  if (full !== name && new Set(names.map((each) => known[each as keyof typeof known])).size > 1)
    return `option '--${name}' is ambiguous; possibilities: ${names.map((each) => `'--${each}'`).join(' ')}`
  const spec = known[full as keyof typeof known]
  const key = spec.replace(/[:?]$/, '')
  if (!/[:?]$/.test(spec) && attached !== undefined) return `option '--${full}' doesn't allow an argument`
  const value = spec.endsWith(':') ? (attached ?? rest.shift()) : (attached ?? '')
  if (value === undefined) return `option '--${full}' requires an argument`
  options.push([key, value])
  return undefined
}
