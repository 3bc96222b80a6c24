// What GNU coreutils 9.1, diffutils 3.8, xxd 2022 and util-linux 2.38 answered to these lines, in one folder and in this
// order, word for word: standard output, standard error without our advice, and exit code.
import { beforeAll, describe, expect, it } from 'vitest'
import { prepare, tools } from '../../../src/host/tools/table.ts'
import { patternBytes } from '../../helpers/outcome.ts'
import { type Box, newBox } from '../../helpers/toolbox.ts'
import vectors from './gnuTools.json'

const INPUT = 'some input\n'

beforeAll(prepare)

describe('plain tools', () => {
  it(`answer as GNU's do, over ${vectors.length} lines`, () => {
    const box = folder()
    for (const [line, code, out, err] of vectors as [string, number, string, string][]) {
      const ran = box.run(line, INPUT)
      expect({ line, code: ran.code, out: ran.out, err: withoutAdvice(ran.err) }).toEqual({ line, code, out, err: withoutAdvice(err) })
    }
  })

  it('tell what they are for, each in one paragraph that begins with its name, or one for each of its commands', () => {
    const box = newBox()
    for (const name of Object.keys(tools).filter((each) => each !== 'test')) {
      const { code, out, err } = box.run([name, '--help'])
      expect({ name, code, err }).toEqual({ name, code: 0, err: '' })
      const lines = out.trimEnd().split('\n')
      expect(lines.filter((line) => !new RegExp(`^${name.replace('[', '\\[')}[ :].{30,}$`).test(line))).toEqual([])
    }
  })

  it('refuse options that they do not have, with 1, or 2 for ls, cmp, curl and sort', () => {
    const box = newBox()
    const free = new Set(['test', '['])
    for (const name of Object.keys(tools).filter((each) => !free.has(each))) {
      const long = box.run([name, '--no-such-option'])
      const want = ['ls', 'cmp', 'curl', 'sort'].includes(name) ? 2 : 1
      expect({ name, code: long.code, err: long.err }).toEqual({ name, code: want, err: expect.stringContaining(`${name}: unrecognized option '--no-such-option'\n`) })
      const short = box.run([name, '-%'])
      expect({ name, code: short.code, err: short.err }).toEqual({ name, code: want, err: expect.stringContaining(`${name}: invalid option -- '%'\nTry '${name} --help'`) })
    }
  })
})

/** The folder that the real tools had. */
function folder(): Box {
  const box = newBox()
  const pattern = patternBytes(1000, 3)
  const other = pattern.map((byte, i) => (i === 700 || i === 42 ? byte ^ 1 : byte))
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('')
  const files: Record<string, string | Uint8Array> = {
    p: pattern, q: other, z: new Uint8Array(200), t: 'one two\nthree\n\n\nfour\tfive\nlast without', e: '', short: 'one two\nthree\n', n: lines, hexy: '68656c6c6f\n0a',
  }
  for (const [name, content] of Object.entries(files)) box.put(`/tmp/${name}`, content)
  const sums = box.run('sha256sum p t').out
  box.put('/tmp/sums', `${sums}junk\n${'a'.repeat(64)}  q\n${'b'.repeat(64)}  nope\n`)
  box.run('mkdir -p d/s')
  box.put('/tmp/d/s/f', 'hello')
  return box
}

/** Advice is indented by two and begins with a capital letter. */
function withoutAdvice(text: string): string {
  return text.replace(/^ {2}[A-Z].*\n/gm, '')
}
