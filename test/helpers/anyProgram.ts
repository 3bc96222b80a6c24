// Random programs, as source: every statement and operator, numbers at the edges of what 64 bits hold, indices that are
// mostly but not always inside.

import * as fc from 'fast-check'

const operators = ['||', '&&', '==', '!=', '<', '<=', '>', '>=', '|', '^', '&', '<<', '>>', '+', '-', '*']
const divisions = ['/', '%']

/** How many cells table and file have at least, in most runs. */
const CELL_MASK = 3

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 9 }).map(String) },
  { weight: 2, arbitrary: fc.maxSafeNat().map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0x7fffffffffffffff', '(-0x7fffffffffffffff - 1)', '(-1)', '64', '4096', '0x1_0000_0000', '63') },
)

/** @param depth of what may still be inside */
function expression(hook: 'setup' | 'resolve', names: readonly string[], depth: number): fc.Arbitrary<string> {
  const inputs = hook === 'setup' ? ['size', 'cells'] : ['size', 'offset']
  const leaf = fc.oneof(number, fc.constantFrom(...inputs, ...names))
  if (depth === 0) return leaf
  const inner = expression(hook, names, depth - 1)
  const table = hook === 'setup' ? 'table' : 'file'
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 8, arbitrary: fc.tuple(inner, fc.constantFrom(...operators), inner).map(([a, o, b]) => `(${a} ${o} ${b})`) },
    { weight: 3, arbitrary: fc.tuple(inner, fc.constantFrom(...divisions), inner).map(([a, o, b]) => `(${a} ${o} (${b} | 1))`) },
    { weight: 1, arbitrary: fc.tuple(leaf, fc.constantFrom(...divisions), leaf).map((parts) => `(${parts.join(' ')})`) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('-', '!', '~'), inner).map(([o, a]) => `${o}${a}`) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('min', 'max'), inner, inner).map(([o, a, b]) => `${o}(${a}, ${b})`) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom('file', table), anyIndex(inner)).map(([of, i]) => `${of}[${i}]`) },
  )
}

function anyIndex(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: inner.map((code) => `${code} & ${CELL_MASK}`) }, { weight: 1, arbitrary: inner })
}

let nameCount = 0

function block(hook: 'setup' | 'resolve', names: readonly string[], counters: readonly string[], depth: number, inLoop: boolean): fc.Arbitrary<string> {
  const value = expression(hook, [...names, ...counters], 3)
  const inner = depth === 0 ? undefined : block(hook, names, counters, depth - 1, inLoop)
  const choices: fc.WeightedArbitrary<string>[] = [{ weight: 1, arbitrary: value.map((code) => `if ${code} > 100 { fail(${code}) }`) }]
  if (names.length > 0) choices.push({ weight: 6, arbitrary: fc.tuple(fc.constantFrom(...names), value).map(([name, code]) => `${name} = ${code}`) })
  if (hook === 'setup') {
    choices.push({ weight: 6, arbitrary: fc.tuple(anyIndex(value), value).map(([index, code]) => `file[${index}] = ${code}`) })
    choices.push({ weight: 1, arbitrary: fc.constant('if size % 7 == 0 { return }') })
  } else {
    choices.push({ weight: 3, arbitrary: fc.tuple(value, value, value, value, value).map(([when, ...four]) => `if ${when} { answer(${four.join(', ')}) }`) })
  }
  if (inLoop) choices.push({ weight: 2, arbitrary: value.map((code) => `if ${code} { break }`) })
  if (inner) {
    choices.push({ weight: 3, arbitrary: fc.tuple(value, inner).map(([when, body]) => `if ${when} {\n${body}\n}`) })
    choices.push({ weight: 3, arbitrary: fc.tuple(value, inner, value, inner, inner).map(([a, x, b, y, z]) => `if ${a} {\n${x}\n} else if ${b} {\n${y}\n} else {\n${z}\n}`) })
    const counter = `i${nameCount++}`
    const body = block(hook, names, [...counters, counter], depth - 1, true)
    const range = fc.oneof({ weight: 5, arbitrary: fc.tuple(fc.nat({ max: 3 }).map(String), fc.nat({ max: 6 }).map(String)) }, { weight: 1, arbitrary: fc.tuple(value, value) })
    choices.push({ weight: 4, arbitrary: fc.tuple(range, body).map(([[from, to], text]) => `for ${counter} in ${from}..${to} {\n${text}\n}`) })
  }
  return fc.array(fc.oneof(...choices), { minLength: 1, maxLength: 4 }).map((statements) => statements.join('\n'))
}

function anyHook(name: 'setup' | 'resolve'): fc.Arbitrary<string> {
  const names = ['a', 'b', 'c']
  const start = fc.tuple(...names.map((_, i) => expression(name, names.slice(0, i), 2)))
  const last = name === 'resolve' ? fc.tuple(...[1, 2, 3, 4].map(() => expression(name, names, 1))).map((four) => `answer(${four.join(', ')})`) : fc.constant('')
  return fc
    .tuple(start, block(name, names, [], 2, false), last)
    .map(([values, body, end]) => `${name} {\n${values.map((value, i) => `let ${names[i]} = ${value}`).join('\n')}\n${body}\n${end}\n}`)
}

/** Made once: building it is dearer than what it makes. */
export const anyProgram: fc.Arbitrary<string> = fc.tuple(anyHook('setup'), anyHook('resolve')).map((hooks) => hooks.join('\n'))
