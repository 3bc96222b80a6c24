// What can't be understood is told with its place, what was expected, and what to do; whatever the source is, nothing throws.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileProgram } from '../../../../src/core/kernel/program/compile.ts'
import { programExamples } from '../../../../src/core/kernel/program/examples.ts'
import { SOURCE_MOST } from '../../../../src/core/kernel/program/lexer.ts'
import { parseProgram } from '../../../../src/core/kernel/program/parse.ts'
import { SLOTS_MOST } from '../../../../src/core/kernel/program/scope.ts'
import { propertyRuns } from '../../../counts.ts'
import { Compiled, syntaxOf } from '../../../helpers/programs.ts'

const NO_TROUBLE = { line: 1, column: 1, says: 'none', next: 'none' }
const RESOLVE = 'resolve { answer(0, 0, 1, 0) }'

function troubleOf(source: string): { at: string; says: string; next: string } | undefined {
  const parsed = parseProgram(source)
  if (!('trouble' in parsed)) return undefined
  const { line, column, says, next } = parsed.trouble
  return { at: `${line}:${column}`, says, next }
}

describe('a source that can’t be understood', () => {
  it.each([
    ['', '1:1', 'the program has no setup', 'Add setup { ... }: it runs when a file is opened. It may be empty.'],
    ['setup { }', '1:10', 'the program has no resolve', 'Add resolve { ... }: it runs at each fault, and ends with answer(...).'],
    ['setup { } setup { }', '1:11', 'there is a setup already', 'Put both into one.'],
    ['let a = 1', '1:1', 'expected setup, resolve or const, but there is “let”', 'A program is setup { ... } and resolve { ... }.'],
    ['const a = b', '1:11', 'expected a number, but there is “b”', 'A constant is a number that is written out; use let inside of setup and resolve.'],
    ['const = 1', '1:7', 'expected a name, but there is “=”', 'Write const NAME = 1.'],
    ['const size = 1', '1:7', '“size” is a word of the language', 'Choose another name.'],
    ['setup 1', '1:7', 'expected “{”, but there is “1”', 'What belongs together stands in { and }.'],
    ['setup {\n  let a = 1\n', '3:1', '“}” is missing: the block that begins in line 1 is open', 'Close it with }.'],
    ['setup { let a 1 }', '1:15', 'expected “=”, but there is “1”', 'A variable has a value from the start: let name = 0.'],
    ['setup { let a = 1 let a = 2 }', '1:23', 'a is there already', 'Choose another name, or give it another value: a = 1.'],
    ['const a = 1 setup { a = 2 }', '1:21', 'a is a constant', 'Use let for what changes.'],
    ['setup { a = 2 }', '1:9', 'a is not known here', 'Say let a = ... the first time.'],
    ['setup { for i in 0..3 { i = 2 } }', '1:25', 'i counts the loop and can’t be changed', 'Use break to end a loop, or a variable of your own.'],
    ['setup { for i = 0 }', '1:15', 'expected “in”, but there is “=”', 'A loop is for i in 0..10 { ... }: it counts from 0 to 9.'],
    ['setup { for i in 0, 3 { } }', '1:19', 'expected “..”, but there is “,”', 'Write the end behind “..”: for i in 0..10 { ... } counts from 0 to 9.'],
    ['setup { break }', '1:9', '“break” stands in no loop', 'It ends the innermost for; take it away here.'],
    ['setup { table[0] = 1 }', '1:9', 'a program can’t write to the table', 'Only the server fills it. Keep what you need in file[...].'],
    ['setup { let a = offset }', '1:17', 'setup has no offset', 'It runs when a file is opened; only resolve is asked for a byte.'],
    ['setup { answer(0, 0, 1, 0) }', '1:9', 'setup has nothing to answer', 'Answer in resolve; setup ends with return, or at its end.'],
    ['resolve { return }', '1:11', 'resolve can’t return without an answer', 'End with answer(devindex, offset, length, before), or with fail(1).'],
    ['resolve { file[0] = 1 }', '1:11', 'resolve can’t write to file[...]', 'Compute it in setup, or keep it in a variable.'],
    ['resolve { let a = table[0] }', '1:19', 'resolve can’t read the table', 'Copy what you need in setup: file[0] = table[0].'],
    ['resolve { let a = cells }', '1:19', 'resolve doesn’t know cells', 'Keep it: file[0] = cells in setup.'],
    ['resolve { answer(0, 0, 1) }', '1:25', 'expected “,”, but there is “)”', 'An answer is answer(devindex, offset, length, before).'],
    ['resolve { answer(0, 0, 1, 0 }', '1:29', 'expected “)”, but there is “}”', 'An answer is answer(devindex, offset, length, before).'],
    ['resolve { let a = (1 + 2 }', '1:26', 'expected “)”, but there is “}”', 'Close the bracket.'],
    ['resolve { let a = 1 + }', '1:23', 'expected a number, a name or “(”, but there is “}”', 'An expression stands here: 1, size, file[0], (a + b) * 2.'],
    ['resolve { let a = file(0) }', '1:23', 'expected “[”, but there is “(”', 'A cell is file[0].'],
    ['resolve { let a = min(1) }', '1:24', 'expected “,”, but there is “)”', 'Write min(a, b).'],
    ['resolve { let a = 1 let b = abs(a) }', '1:29', 'abs is not known here', 'There are no functions but min and max.'],
    ['const K = 1 resolve { let a = 1 let b = c }', '1:41', 'c is not known here', 'Known are offset, size, a, K.'],
    ['resolve { let a = if }', '1:19', 'expected an expression, but there is “if”', 'if means something else.'],
    ['resolve { else }', '1:11', 'expected let, if, for, break, return, answer, fail, or a variable that gets a value, but there is “else”', 'else can’t begin a statement.'],
    ['resolve { 3 }', '1:11', 'expected let, if, for, break, return, answer, fail, or a variable that gets a value, but there is “3”', 'A block ends with }.'],
    ['resolve { if 1 { let a = 1 } let b = a }', '1:38', 'a is not known here', 'Known are offset, size.'],
    ['// a remark\nresolve {\n  let a = $\n}', '3:11', '“$” means nothing here', 'Take it away. A remark begins with //.'],
    ['resolve { let a = 0x }', '1:19', '0x is no number', 'Write it in digits, 4096, or in hexadecimal, 0x1000.'],
    ['resolve { let a = 4k }', '1:19', '4k is no number', 'Write it in digits, 4096, or in hexadecimal, 0x1000.'],
    ['resolve { let a = 9223372036854775808 }', '1:19', '9223372036854775808 is above 9223372036854775807, the largest number there is', 'Write a smaller number.'],
    ['resolve { let a = “ }', '1:19', '““” means nothing here', 'Take it away. A remark begins with //.'],
  ])('%j', (source, at, says, next) => {
    expect(troubleOf(source)).toEqual({ at, says, next })
  })

  it.each([
    ['brackets', `setup { let a = ${'('.repeat(5000)}1${')'.repeat(5000)} } ${RESOLVE}`, 'brackets are more than 200 deep here'],
    ['signs', `setup { let a = ${'-'.repeat(20_000)}1 } ${RESOLVE}`, 'brackets are more than 200 deep here'],
    ['a long sum', `setup { let a = 1${' + 1'.repeat(5000)} } ${RESOLVE}`, 'the expression is more than 200 deep here'],
    ['sums in brackets', `setup { let a = ${'('.repeat(150)}1${' + 1)'.repeat(150)}${' + 1'.repeat(150)} } ${RESOLVE}`, 'the expression is more than 200 deep here'],
    ['indices', `setup { let a = ${'file['.repeat(5000)}1${']'.repeat(5000)} } ${RESOLVE}`, 'brackets are more than 200 deep here'],
    ['blocks', `setup { ${'if 1 { '.repeat(4000)}`, 'blocks are more than 40 deep here'],
    ['else if', `setup { if 1 { } ${'else if 1 { } '.repeat(2000)}`, 'more than 40 times else if'],
    ['variables', `setup { ${Array.from({ length: SLOTS_MOST + 1 }, (_, i) => `let a${i} = 1 `).join('')} } ${RESOLVE}`, `a hook has at most ${SLOTS_MOST} variables`],
    ['letters', ' '.repeat(SOURCE_MOST + 1), `the source has ${SOURCE_MOST + 1} letters, and ${SOURCE_MOST} are the most`],
  ])('has too many: %s', (_, source, says) => {
    expect(troubleOf(source)?.says).toBe(says)
  })

  it('never throws, whatever it is', () => {
    const words = fc.constantFrom(...'setup resolve const let if else for in break return answer fail table file offset size cells min max a b 0 1 0x1f { } ( ) [ ] , ; .. = == + - * / ! && ||'.split(' '), '\n', '//')
    const sources = fc.oneof(fc.string({ unit: 'binary' }), fc.array(words, { maxLength: 60 }).map((all) => all.join(' ')), fc.array(words, { maxLength: 40 }).map((all) => `setup { } resolve { ${all.join(' ')} }`))
    fc.assert(fc.property(sources, (source) => {
      const parsed = parseProgram(source)
      expect('trouble' in parsed || WebAssembly.validate(compileProgram(parsed.program))).toBe(true)
      const { line, column, says, next } = 'trouble' in parsed ? parsed.trouble : NO_TROUBLE
      const lines = source.split('\n')
      expect(line).toBeLessThanOrEqual(lines.length)
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
      expect([says === '', next === '']).toEqual([false, false])
    }), { numRuns: propertyRuns.cheap })
  })
})

describe('a source that can be understood', () => {
  it('may be laid out as one likes', () => {
    const tight = 'const K=-2;setup{let a=K;a=a+1;if a<0{return}else{file[0]=a}}resolve{for i in 0..2{break}answer(0,0,1,0)}'
    const wide = 'const K = -2\n// what it is\nsetup\n{\n let a\n=\nK\n a = a\n+ 1\n if a < 0\n{ return }\n else\n{ file[0] = a }\n}\r\nresolve {\tfor i in 0\n..\n2 { break; };;\n answer(\n0,\n0, 1, 0) }'
    const withoutLines = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'line' ? 0 : typeof each === 'bigint' ? String(each) : each)))
    expect(withoutLines(syntaxOf(wide))).toEqual(withoutLines(syntaxOf(tight)))
  })

  it('may use a name again where the first isn’t seen any more', () => {
    expect(troubleOf(`setup { if 1 { let a = 1 } else { let a = 2 } for a in 0..1 { } for a in 0..2 { } } resolve { let a = 1 answer(a, 0, 1, 0) }`)).toBeUndefined()
  })

  it('counts lines for what it says when it runs', () => {
    const program = syntaxOf('setup {\n\n  file[0] = 1\n  file[7] = 1\n}\nresolve { fail(3) }')
    const ended = new Compiled().run(program, { table: [], contextCount: 7, sizeBytes: 1, offset: 0, fuel: 99 })
    expect(ended.setup).toMatchObject({ line: 4, detail: 7 })
  })

  it.each(programExamples.map(({ name, source }) => [name, source]))('is the example “%s”', (_, source) => {
    expect(troubleOf(source)).toBeUndefined()
    expect(WebAssembly.validate(compileProgram(syntaxOf(source)))).toBe(true)
  })
})
