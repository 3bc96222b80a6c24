// docs/PROGRAM.md says what is: its programs compile, its sums and answers come out, its sentences are said.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { WideMap } from '../../../src/core/fmap/wide.ts'
import { encodeOpenReply, encodeTable, FILE_CELLS_MOST, TABLE_CELLS_MOST } from '../../../src/core/fuse/programMessages.ts'
import { TAKEN } from '../../../src/core/kernel/program/scope.ts'
import { parseProgram } from '../../../src/core/kernel/program/parse.ts'
import { FUEL } from '../../../src/core/kernel/program/runner.ts'
import { SPARE_CELLS } from '../../../src/core/kernel/program/file.ts'
import { BINDING } from '../../../src/core/kernel/program/syntax.ts'
import { programBench } from '../../helpers/programBench.ts'
import { Compiled, syntaxOf } from '../../helpers/programs.ts'
import { resolved, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const page = readFileSync('docs/PROGRAM.md', 'utf8')

/** Fenced blocks of a language, in the order of the page. */
function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```/gm)].filter((match) => match[1] === language).map((match) => match[2] ?? '')
}

const numbersOf = (text: string): number[] => [...text.matchAll(/\d+/g)].map(Number)

describe('docs/PROGRAM.md', () => {
  it('shows programs that compile', () => {
    expect(blocks('program')).toHaveLength(3)
    expect(blocks('program').map((source) => parseProgram(source)).filter((parsed) => 'trouble' in parsed)).toEqual([])
  })

  it('shows sums that come out', () => {
    const sums = (blocks('sums')[0] ?? '').trim().split('\n').map((line) => line.split(' = ').map((part) => part.trim()))
    expect(sums.length).toBeGreaterThan(7)
    const compiled = new Compiled()
    const found = sums.map(([code]) => {
      const program = syntaxOf(`setup { } resolve { answer(${code}, 0, 0, 0) }`)
      return [code, String(compiled.run(program, { table: [], contextCount: 1, sizeBytes: 0, offset: 0, fuel: 200 }).resolve?.answer[0])]
    })
    expect(found).toEqual(sums)
  })

  it('shows what is said of a bad source', () => {
    const rows = [...page.matchAll(/^\| `(.*)` \| (\d+:\d+) (.*) \|$/gm)].map(([, source, place, says]) => [source, place, says])
    expect(rows).toHaveLength(5)
    const said = rows.map(([source = '']) => {
      const parsed = parseProgram(source)
      return 'trouble' in parsed ? [source, `${parsed.trouble.line}:${parsed.trouble.column}`, parsed.trouble.says] : [source, '', '']
    })
    expect(said).toEqual(rows)
  })

  it('shows answers that are given', () => {
    const cells = numbersOf(blocks('table')[0] ?? '')
    const [, , sizeBytes = 0, chunkBytes = 0, stripCount = 0, ...rest] = cells
    const strips = Array.from({ length: stripCount }, (_, i) => ({ devindex: rest[i * 3]!, offsetBytes: rest[i * 3 + 1]!, lengthBytes: rest[i * 3 + 2]! }))
    const map: WideMap = { kind: 'interleaved', sizeBytes, interleaved: [{ sizeBytes, chunkBytes, strips }] }
    const { open, bench, daemon } = programBench({ deviceCount: 2, source: blocks('program')[2]! })
    const expected = (blocks('answers')[0] ?? '').trim().split('\n').map(numbersOf)
    const answered = (resolver: ReturnType<typeof open>) => expected.map(([at = 0]) => [at, ...(resolved(resolver, at) ?? [])])
    expect(expected).toHaveLength(4)
    expect(answered(open(map))).toEqual(expected)
    // The page's own numbers, cell by cell, in place of what the server would send.
    const bytes = new Uint8Array(BigUint64Array.from(cells, BigInt).buffer)
    bench.handlers = { ...daemon.handlers, OPEN: (node) => ({ errno: bench.direct.notify('TABLE', node, encodeTable({ firstCell: 70, spans: strips, cells: bytes })), bytes: encodeOpenReply({ sizeBytes, firstCell: 70, cellCount: cells.length }) }) }
    expect(answered(open(map, 2))).toEqual(expected)
  })

  it('runs its first program on a file in one piece', () => {
    const { open } = programBench({ source: blocks('program')[0]! })
    const columns = { count: 1, devindices: Uint32Array.of(0), offsets: Float64Array.of(3 * UNIT_BYTES), lengths: Float64Array.of(2 * UNIT_BYTES) }
    expect(resolved(open({ kind: 'simple', sizeBytes: 5000, columns }), 4097)).toEqual([0, 3 * UNIT_BYTES + 4097, 903, 4097])
  })

  it('names every word and sign of the language, and the limits as they are', () => {
    for (const word of [...TAKEN, ...BINDING.flat()]) expect(page).toContain(word.replaceAll('|', '\\|'))
    for (const number of [FUEL, FILE_CELLS_MOST, TABLE_CELLS_MOST, Math.floor((FILE_CELLS_MOST - 2) / 3)]) expect(page).toContain(number.toLocaleString('en-US'))
    expect(page).toContain(`and ${SPARE_CELLS} more`)
  })
})
