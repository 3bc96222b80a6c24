// What replay writes of a file into its shadow file is what the daemon reads of it, whatever is in the entry.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFileMetaOf } from '../../../src/core/fmap/fmap.ts'
import { shadowYaml } from '../../../src/core/fs/shadowYaml.ts'
import { parseShadowYaml } from '../../../src/core/fuse/daemonYaml.ts'
import { propertyRuns } from '../../counts.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'

const MAP = { kind: 'simple' as const, sizeBytes: 4096, extents: [{ devindex: 0, offsetBytes: 0xa0_0000, lengthBytes: 0x20_0000 }] }
const yamlOf = (uid: number, gid: number, mode = 0o644, path = 'f'): string => shadowYaml(logFileMetaOf({ path, mode, uid, gid, map: MAP }))
const readBack = (text: string) => valueOf(parseShadowYaml(text, 'f'))

describe('ids', () => {
  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 3_000_000_000, 2 ** 32 - 2, 2 ** 32 - 1])('%i is the same in the entry, the shadow file and the answer', (id) => {
    expect(readBack(yamlOf(id, 7))).toMatchObject({ uid: id, gid: 7 })
    expect(readBack(yamlOf(7, id))).toMatchObject({ uid: 7, gid: id })
  })

  it('are read unsigned, too', () => {
    expect(readBack(yamlOf(-2, 5).replace('uid: -2', 'uid: 4294967294').replace('gid: 5', 'gid: -0x80000000'))).toMatchObject({ uid: 4_294_967_294, gid: 2 ** 31 })
  })

  it.each(['-2147483649', '4294967296', '--1', '-', '- 1', '-1x'])('%s is none', (text) => {
    expect(failureOf(parseShadowYaml(yamlOf(5, 6).replace('uid: 5', `uid: "${text}"`), 'f'), 'bad_shadow').says).toContain('uid')
  })

  it.each(['mode', 'size', 'flags', 'nextents'])('alone may be below 0: %s may not', (key) => {
    const text = yamlOf(5, 6).replace(new RegExp(`^  ${key}: .*$`, 'm'), `  ${key}: -1`)
    expect(failureOf(parseShadowYaml(text, 'f'), 'bad_shadow').says).toContain(`${key} is not a number`)
  })
})

it('an entry’s mode, owner and path come back, whatever they are', () => {
  const word = fc.nat({ max: 2 ** 32 - 1 })
  const property = fc.property(word, word, word, fc.stringMatching(/^[ -~]{1,40}$/), (uid, gid, mode, path) => {
    expect(readBack(yamlOf(uid, gid, mode, path))).toMatchObject({ uid, gid, mode, path, map: MAP })
  })
  fc.assert(property, { numRuns: propertyRuns.usual })
})
