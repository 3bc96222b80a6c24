// sort's orders are GNU's: what coreutils 9.1 printed for these lines in the C locale, ours prints.
import { beforeAll, describe, expect, it } from 'vitest'
import { prepare } from '../../../src/host/tools/table.ts'
import { get, put, rootAt } from '../../helpers/systems.ts'
import { newBox } from '../../helpers/toolbox.ts'
import vectors from './gnuSort.json' with { type: 'json' }

beforeAll(prepare)

describe('sort', () => {
  it('orders as GNU does', () => {
    const box = newBox()
    for (const { options, text, out, code } of vectors.rows) {
      put(box.system, '/tmp/lines', vectors.texts[text] ?? '', rootAt('/'))
      const ran = box.run(`sort ${options} /tmp/lines`.split(/ +/))
      expect({ options, text, out: ran.out, code: ran.code }).toEqual({ options, text, out, code })
    }
  })

  it('reads several files, and may write over one of them', () => {
    const box = newBox()
    put(box.system, '/tmp/a', 'c\na', rootAt('/'))
    put(box.system, '/tmp/b', 'b\n', rootAt('/'))
    expect(box.run('sort -o /tmp/a /tmp/a /tmp/b')).toMatchObject({ code: 0, out: '', err: '' })
    expect(get(box.system, '/tmp/a', rootAt('/'))).toBe('a\nb\nc\n')
    expect(box.run('sort /tmp/none')).toMatchObject({ code: 2, err: expect.stringContaining('No such file') })
  })
})
