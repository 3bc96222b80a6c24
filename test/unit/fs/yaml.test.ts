// A shadow file is what libyaml's emitter writes, byte for byte. yamlVectors.json holds what libyaml 0.2.5 itself wrote for
// the scalar `path` of the block mapping `file`, plain style asked for, default width, ASCII only.

import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shadowYaml } from '../../../src/core/fs/shadowYaml.ts'
import { yamlScalar } from '../../../src/core/fs/yamlScalar.ts'
import type { LogFileMeta } from '../../../src/core/omf/log.ts'
import { printCount, propertyRuns, yamlVectorsLeast } from '../../counts.ts'

const vectors = JSON.parse(readFileSync(new URL('yamlVectors.json', import.meta.url), 'utf8')) as [text: string, yaml: string][]
const COLUMN = '  path: '.length
const written = (text: string): string => yamlScalar(text, COLUMN, 4)

describe('a scalar is written as libyaml writes it', () => {
  it.each(vectors)('%j', (text, yaml) => {
    expect(written(text)).toBe(yaml)
  })

  it('of every kind', () => {
    printCount('scalars that libyaml wrote', vectors.length)
    expect(vectors.length).toBeGreaterThanOrEqual(yamlVectorsLeast)
    const kinds = vectors.map(([, yaml]) => (yaml.startsWith("'") ? 'single' : yaml.startsWith('"') ? 'double' : 'plain') + (yaml.includes('\n') ? ' folded' : ''))
    expect([...new Set(kinds)].sort()).toEqual(['double', 'double folded', 'plain', 'plain folded', 'single', 'single folded'])
  })
})

// The rules behind the vectors, one by one.
describe('a scalar', () => {
  it.each([...'#,[]{}&*!|>\'"%@`'])('that begins with %s is quoted, one that holds it may be plain', (indicator) => {
    expect(written(`${indicator}a`)).toMatch(/^['"]/)
    expect(written(`a${indicator}a`)).toBe(`a${indicator}a`)
  })

  it.each([...'-?:'])('may begin with %s unless a blank follows', (indicator) => {
    expect(written(`${indicator}a`)).toBe(`${indicator}a`)
    expect(written(`${indicator} a`)).toBe(`'${indicator} a'`)
    expect(written(indicator)).toBe(`'${indicator}'`)
  })

  it('holds no ": " and no " #" unquoted', () => {
    expect(['a: b', 'a:b', 'a #b', 'a#b', 'a:'].map(written)).toEqual(["'a: b'", 'a:b', "'a #b'", 'a#b', "'a:'"])
  })

  it('is quoted for blanks at its ends', () => {
    expect([' a', 'a ', 'a b'].map(written)).toEqual(["' a'", "'a '", 'a b'])
  })

  it('takes double quotes and escapes for what single quotes can’t hold', () => {
    expect(['é', 'a\tb', '€', '😀', '\u0085', 'é"\\'].map(written)).toEqual(['"\\xE9"', '"a\\tb"', '"\\u20AC"', '"\\U0001F600"', '"\\N"', '"\\xE9\\"\\\\"'])
  })

  it('doubles single quotes inside single quotes', () => {
    expect(written("'it's")).toBe("'''it''s'")
  })

  it('folds at the first lone blank behind column 80', () => {
    const at = 80 - COLUMN
    expect(written(`${'a'.repeat(at)} b`)).toBe(`${'a'.repeat(at)} b`)
    expect(written(`${'a'.repeat(at + 1)} b`)).toBe(`${'a'.repeat(at + 1)}\n    b`)
    expect(written(`${'a'.repeat(at + 1)}  b`)).not.toContain('\n')
  })

  it('is printable ASCII, whatever the text', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 79 }), (text) => {
      expect(written(text)).toMatch(/^[\n -~]*$/)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })
})

describe('a shadow file', () => {
  const meta: LogFileMeta = {
    fm_size: 2n ** 63n,
    fm_flags: 2,
    fm_uid: 4_294_967_294,
    fm_gid: 7,
    fm_mode: 0,
    fm_relpath: 'a: b',
    fm_fmap: { fmap_ext_type: 0, fmap_nextents: 1, list: { se: [{ se_devindex: 0n, se_offset: 0xa0_0000n, se_len: 0xffff_ffff_ffff_ffffn }] } },
  }

  it('prints ids signed, mode in octal, offsets in hex', () => {
    expect(shadowYaml(meta)).toBe(
      '---\nfile:\n  path: \'a: b\'\n  size: 9223372036854775808\n  flags: 2\n  mode: 00\n  uid: -2\n  gid: 7\n  nextents: 1\n' +
        '  simple_ext_list:\n  - devindex: 0\n    offset: 0xa00000\n    length: 0xffffffffffffffff\n...\n',
    )
  })

  it('leaves no blank behind the key of an empty path', () => {
    expect(shadowYaml({ ...meta, fm_relpath: '' })).toContain('\n  path:\n  size:')
  })

  it('lists strips under their interleaved extent', () => {
    const strip = { se_devindex: 1n, se_offset: 0x10n, se_len: 0x20n }
    const fm_fmap = { fmap_ext_type: 1, fmap_nextents: 1, list: { ie: [{ ie_nstrips: 2n, ie_chunk_size: 0x20_0000n, ie_strips: [strip, strip] }] } }
    const strips = '    - devindex: 1\n      offset: 0x10\n      length: 0x20\n'
    expect(shadowYaml({ ...meta, fm_fmap })).toContain(
      `  nextents: 1\n  striped_ext_list:\n  - nstrips: 2\n    chunk_size: 0x200000\n    simple_ext_list:\n${strips}${strips}...\n`,
    )
  })
})
