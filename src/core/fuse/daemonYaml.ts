// A shadow file says one file's mode, owner, size and map (famfs-cli.md, section 16.1). Whoever can write the shadow tree
// can write anything into it: every key, count and number is judged, and nothing is guessed.

import { parse } from 'yaml'
import { failLate } from '../base/late.ts'
import { ok, type Result } from '../base/result.ts'
import { checked, type Extent, type Fmap } from '../fmap/fmap.ts'

export interface ShadowFile {
  path: string
  flags: number
  mode: number
  uid: number
  gid: number
  map: Fmap
}

export const SHADOW_MOST_BYTES = 16384
const EXTENTS_MOST = 16
const NUMBER = /^(0x[0-9a-f]+|[0-9]+)$/i
/** Of a user's or group's id, which is a word of 32 bits. */
const ID_LEAST = -(2 ** 31)
const ID_MOST = 2 ** 32 - 1

type Fields = ReadonlyMap<string, unknown>

/** @param name of the shadow file, for sentences */
export function parseShadowYaml(text: string, name: string): Result<ShadowFile, 'bad_shadow'> {
  try {
    // Scalars stay text: what looks like a number is read here, with its base.
    const document: unknown = parse(text, { schema: 'failsafe', mapAsMap: true, logLevel: 'error' })
    return ok(shadowFileOf(document))
  } catch (error) {
    // The parser throws for what isn't YAML, and so do the readers below for what isn't a shadow file.
    return failLate('bad_shadow', { path: name, what: error instanceof Error ? firstLine(error.message) : String(error) })
  }
}

function shadowFileOf(document: unknown): ShadowFile {
  const file = fieldsOf(fieldsOf(document, 'the document', ['file']).get('file'), 'file', [
    'path', 'size', 'flags', 'mode', 'uid', 'gid', 'nextents', 'simple_ext_list', 'striped_ext_list',
  ])
  const path = file.get('path')
  if (typeof path !== 'string') throw new SyntaxError('path is missing')
  const map = mapOf(file)
  const sound = checked(map)
  if ('trouble' in sound) throw new SyntaxError(sound.trouble)
  return { path, flags: numberOf(file, 'flags'), mode: numberOf(file, 'mode'), uid: idOf(file, 'uid'), gid: idOf(file, 'gid'), map }
}

function mapOf(file: Fields): Fmap {
  const sizeBytes = numberOf(file, 'size')
  const simple = file.get('simple_ext_list')
  const striped = file.get('striped_ext_list')
  if ((simple === undefined) === (striped === undefined)) throw new SyntaxError('one of simple_ext_list and striped_ext_list is needed')
  const count = numberOf(file, 'nextents')
  if (striped === undefined) return { kind: 'simple', sizeBytes, extents: extentsOf(simple, 'simple_ext_list', count, 'nextents') }
  const list = listOf(striped, 'striped_ext_list')
  if (list.length !== count || count !== 1) throw new SyntaxError(`striped_ext_list has ${list.length} entries, nextents is ${count}; one is possible`)
  const interleaved = fieldsOf(list[0], 'striped_ext_list', ['nstrips', 'chunk_size', 'simple_ext_list'])
  const strips = extentsOf(interleaved.get('simple_ext_list'), 'simple_ext_list', numberOf(interleaved, 'nstrips'), 'nstrips')
  return { kind: 'interleaved', sizeBytes, chunkBytes: numberOf(interleaved, 'chunk_size'), strips }
}

function extentsOf(value: unknown, key: string, count: number, countKey: string): Extent[] {
  const list = listOf(value, key)
  if (list.length > EXTENTS_MOST) throw new SyntaxError(`${key} has ${list.length} extents; ${EXTENTS_MOST} are possible`)
  if (list.length !== count) throw new SyntaxError(`${key} has ${list.length} extents, ${countKey} says ${count}`)
  return list.map((item) => {
    const extent = fieldsOf(item, key, ['devindex', 'offset', 'length'])
    const devindex = extent.has('devindex') ? numberOf(extent, 'devindex') : 0
    return { devindex, offsetBytes: numberOf(extent, 'offset'), lengthBytes: numberOf(extent, 'length') }
  })
}

function fieldsOf(value: unknown, what: string, known: readonly string[]): Fields {
  if (!(value instanceof Map)) throw new SyntaxError(`${what} is not a mapping`)
  const fields = value as Fields
  for (const key of fields.keys()) if (!known.includes(String(key))) throw new SyntaxError(`${String(key)} is not a key of ${what}`)
  return fields
}

function listOf(value: unknown, key: string): unknown[] {
  if (!Array.isArray(value)) throw new SyntaxError(`${key} is not a sequence`)
  return value
}

/** Shadow files have ids signed: what is behind the largest signed number stands there with a minus. */
function idOf(fields: Fields, key: string): number {
  const value = fields.get(key)
  const isNegative = typeof value === 'string' && value.startsWith('-')
  const number = isNegative ? -readNumber(value.slice(1), key) : numberOf(fields, key)
  if (number < ID_LEAST || number > ID_MOST) throw new SyntaxError(`${key} is no id: ${number}`)
  return number >>> 0
}

function numberOf(fields: Fields, key: string): number {
  return readNumber(fields.get(key), key)
}

/** As strtoull reads it with base 0: a leading 0x is hexadecimal, a leading 0 octal. No size, offset or count is below 0. */
function readNumber(value: unknown, key: string): number {
  if (typeof value !== 'string' || !NUMBER.test(value)) throw new SyntaxError(`${key} is ${value === undefined ? 'missing' : 'not a number'}`)
  const isOctal = /^0[0-9]+$/.test(value)
  if (isOctal && /[89]/.test(value)) throw new SyntaxError(`${key} is not an octal number`)
  const number = isOctal ? Number.parseInt(value, 8) : Number(value)
  if (!Number.isSafeInteger(number)) throw new SyntaxError(`${key} is larger than any device`)
  return number
}

function firstLine(text: string): string {
  return text.split('\n')[0] as string
}
