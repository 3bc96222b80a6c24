// One table per struct says everything once: reader, writer, hex overlay and FORMAT.md all come from its fields.
// Fields lie one after the other, holes are declared, sizes and alignment are proved when a table is made.
// decode never throws, whatever the bytes; judging them is for check.ts.

import { assert } from '../base/assert.ts'
import { bytesOfText, textOf } from '../base/plain.ts'
import { UUID_BYTES, uuidBytes, uuidText } from '../base/uuid.ts'

export type Kind = 'u8' | 'u16' | 'u32' | 'u64' | 'uuid' | 'text' | 'bytes' | 'unused'

/** A leaf as the overlay shows it and FORMAT.md lists it; offsets count from the start of the outermost struct. */
export interface Row {
  path: string
  offsetBytes: number
  sizeBytes: number
  kind: Kind
  doc: string
}

/** What a field is made of, for those who describe the table rather than bytes. `of` names a struct. */
export type Shape =
  | { what: 'leaf'; kind: Kind; doc: string }
  | { what: 'nested'; of: string; doc: string }
  | { what: 'array'; of: string; count: number; used: string | undefined }
  | { what: 'choice'; selector: string; variants: { value: number; key: string; sizeBytes: number; shape: Shape }[] }

export interface Field<T> {
  readonly sizeBytes: number
  readonly alignBytes: number
  readonly shape: Shape
  readonly read: (view: DataView, at: number, siblings: Siblings) => T
  readonly write: (view: DataView, at: number, value: T, siblings: Siblings) => void
  /** The leaves: those that these bytes select, or all that can be where `view` is missing. */
  readonly rows: (path: string, at: number, view?: DataView, siblings?: Siblings) => Row[]
}

/** What has been decoded of the struct so far, for a choice that depends on an earlier field. */
type Siblings = Record<string, unknown>
type Fields = Record<string, Field<never>>
type Value<F> = F extends Field<infer T> ? T : never

/** The decoded record of a struct: u64 as bigint, smaller integers as number, UUID and text as string. No pads. */
export type Infer<S> = S extends Struct<infer F>
  ? { -readonly [K in keyof F as Value<F[K]> extends undefined ? never : K]: Value<F[K]> }
  : never

export interface Struct<F> {
  readonly name: string
  readonly sizeBytes: number
  readonly alignBytes: number
  readonly fields: F
  /** @param bytes short input reads as if zeros followed */
  readonly decode: (bytes: Uint8Array, offset?: number) => Infer<Struct<F>>
  readonly encodeAt: (value: Infer<Struct<F>>, target: Uint8Array, offset?: number) => void
  readonly encode: (value: Infer<Struct<F>>) => Uint8Array<ArrayBuffer>
  /** @param path such as `ts_daxdev.dd_size` or `fm_fmap.se[0].se_offset` */
  readonly offsetOf: (path: string) => number
  readonly rows: (bytes?: Uint8Array, offset?: number) => Row[]
}

export function struct<const F extends Record<string, unknown>>(name: string, sizeBytes: number, fields: F): Struct<F> {
  const entries = Object.entries(fields as Fields)
  const starts = new Map<string, number>()
  let end = 0
  let alignBytes = 1
  for (const [key, field] of entries) {
    assert(end % field.alignBytes === 0, `${name}.${key} is aligned to ${field.alignBytes} at ${end}`)
    starts.set(key, end)
    end += field.sizeBytes
    alignBytes = Math.max(alignBytes, field.alignBytes)
  }
  assert(end === sizeBytes, `${name} is ${sizeBytes} bytes long, its fields ${end}`)
  assert(end % alignBytes === 0, `${name} ends on a multiple of its alignment, ${alignBytes}`)

  const read = (view: DataView, at: number): Siblings => {
    const record: Siblings = {}
    for (const [key, field] of entries) {
      const value: unknown = field.read(view, at + (starts.get(key) ?? 0), record)
      if (value !== undefined) record[key] = value
    }
    return record
  }
  const write = (view: DataView, at: number, value: Siblings): void => {
    for (const [key, field] of entries) field.write(view, at + (starts.get(key) ?? 0), value[key] as never, value)
  }
  const rows = (path: string, at: number, view?: DataView): Row[] => {
    const siblings = view ? read(view, at) : undefined
    return entries.flatMap(([key, field]) => field.rows(path + key, at + (starts.get(key) ?? 0), view, siblings))
  }
  const all = rows('', 0)
  const result: Struct<F> & Inner = {
    name,
    sizeBytes,
    alignBytes,
    fields,
    decode: (bytes, offset = 0) => read(viewOf(bytes, offset, sizeBytes), 0) as Infer<Struct<F>>,
    encodeAt(value, target, offset = 0) {
      assert(offset + sizeBytes <= target.length, `${name} fits its target`)
      target.fill(0, offset, offset + sizeBytes)
      write(new DataView(target.buffer, target.byteOffset + offset, sizeBytes), 0, value as Siblings)
    },
    encode(value) {
      const bytes = new Uint8Array(sizeBytes)
      write(new DataView(bytes.buffer), 0, value as Siblings)
      return bytes
    },
    offsetOf(path) {
      const row = all.find((candidate) => candidate.path === path || candidate.path.startsWith(`${path}.`) || candidate.path.startsWith(`${path}[`))
      assert(row, `${name} has a field ${path}`)
      return row.offsetBytes
    },
    rows: (bytes, offset = 0) => rows('', 0, bytes && viewOf(bytes, offset, sizeBytes)),
    inner: { read, write, rows },
  }
  return result
}

interface Inner {
  inner: {
    read: (view: DataView, at: number) => Siblings
    write: (view: DataView, at: number, value: Siblings) => void
    rows: (path: string, at: number, view?: DataView) => Row[]
  }
}

export function u8(doc: string): Field<number> {
  return leaf('u8', 1, 1, doc, (view, at) => view.getUint8(at), (view, at, value) => view.setUint8(at, value))
}

export function u16(doc: string): Field<number> {
  return leaf('u16', 2, 2, doc, (view, at) => view.getUint16(at, true), (view, at, value) => view.setUint16(at, value, true))
}

export function u32(doc: string): Field<number> {
  return leaf('u32', 4, 4, doc, (view, at) => view.getUint32(at, true), (view, at, value) => view.setUint32(at, value, true))
}

export function u64(doc: string): Field<bigint> {
  return leaf('u64', 8, 8, doc, (view, at) => view.getBigUint64(at, true), (view, at, value) => view.setBigUint64(at, value, true))
}

export function uuid(doc: string): Field<string> {
  const read = (view: DataView, at: number): string => uuidText(bytesAt(view, at, UUID_BYTES))
  return leaf('uuid', UUID_BYTES, 1, doc, read, (view, at, value) => bytesAt(view, at, UUID_BYTES).set(uuidBytes(value)))
}

/** NUL-terminated and NUL-filled; at most one byte less than its field. */
export function text(sizeBytes: number, doc: string): Field<string> {
  const read = (view: DataView, at: number): string => {
    const bytes = bytesAt(view, at, sizeBytes)
    const end = bytes.indexOf(0)
    return textOf(bytes.subarray(0, end < 0 ? sizeBytes : end))
  }
  const write = (view: DataView, at: number, value: string): void => {
    const bytes = bytesOfText(value)
    assert(bytes.length < sizeBytes, `${value} leaves room for its NUL in ${sizeBytes} bytes`)
    bytesAt(view, at, sizeBytes).set(bytes)
  }
  return leaf('text', sizeBytes, 1, doc, read, write)
}

/** A hole: zero in everything that is written, part of what a checksum covers, and never decoded. */
export function pad(sizeBytes: number): Field<undefined> {
  return leaf('unused', sizeBytes, 1, 'padding, written as zero', () => undefined, () => undefined)
}

export function nested<F>(inner: Struct<F>, doc: string): Field<Infer<Struct<F>>> {
  const { read, write, rows } = innerOf(inner)
  return {
    sizeBytes: inner.sizeBytes,
    alignBytes: inner.alignBytes,
    shape: { what: 'nested', of: inner.name, doc },
    read: (view, at) => read(view, at) as Infer<Struct<F>>,
    write: (view, at, value) => write(view, at, value as Siblings),
    rows: (path, at, view) => rows(`${path}.`, at, view).map((row) => ({ ...row, doc: row.doc || doc })),
  }
}

/** `count` structs in a row; `used` names the earlier field that says how many of them mean something. */
export function array<F>(inner: Struct<F>, count: number, used?: string): Field<Infer<Struct<F>>[]> {
  const { read, write, rows } = innerOf(inner)
  const usedCount = (siblings?: Siblings): number => {
    const value = used === undefined ? count : siblings?.[used]
    return typeof value === 'number' || typeof value === 'bigint' ? Math.min(Number(value), count) : count
  }
  return {
    sizeBytes: inner.sizeBytes * count,
    alignBytes: inner.alignBytes,
    shape: { what: 'array', of: inner.name, count, used },
    read: (view, at, siblings) =>
      Array.from({ length: usedCount(siblings) }, (_, i) => read(view, at + i * inner.sizeBytes) as Infer<Struct<F>>),
    write: (view, at, value) => {
      assert(value.length <= count, `${inner.name} comes at most ${count} times`)
      value.forEach((item, i) => write(view, at + i * inner.sizeBytes, item as Siblings))
    },
    rows: (path, at, view, siblings) => {
      if (!view) return rows(`${path}[0].`, at)
      const shown = usedCount(siblings)
      const leaves = Array.from({ length: shown }, (_, i) => rows(`${path}[${i}].`, at + i * inner.sizeBytes, view)).flat()
      return [...leaves, ...hole(path, at + shown * inner.sizeBytes, (count - shown) * inner.sizeBytes)]
    },
  }
}

type Variants = Record<number, readonly [key: string, field: unknown]>
type Chosen<V extends Variants> = {
  [K in keyof V as V[K] extends readonly [infer Key extends string, unknown] ? Key : never]?: V[K] extends readonly [string, infer F] ? Value<F> : never
}

/** A union: the earlier field `selector` says which field lies here. Its key names what is decoded. */
export function choice<const V extends Variants>(sizeBytes: number, selector: string, variants: V): Field<Chosen<V>> {
  const all = Object.entries(variants).map(([value, [key, field]]) => ({ value: Number(value), key, field: field as Field<unknown> }))
  for (const { key, field } of all) assert(field.sizeBytes <= sizeBytes, `${key} fits its union of ${sizeBytes} bytes`)
  const pick = (siblings?: Siblings) => all.find((variant) => variant.value === siblings?.[selector])
  return {
    sizeBytes,
    alignBytes: Math.max(...all.map((variant) => variant.field.alignBytes)),
    shape: { what: 'choice', selector, variants: all.map(({ value, key, field }) => ({ value, key, sizeBytes: field.sizeBytes, shape: field.shape })) },
    read: (view, at, siblings) => {
      const variant = pick(siblings)
      return (variant ? { [variant.key]: variant.field.read(view, at, siblings) } : {}) as Chosen<V>
    },
    write: (view, at, value, siblings) => {
      const variant = pick(siblings)
      if (!variant) return
      const chosen = (value as Siblings)[variant.key]
      assert(chosen !== undefined, `${selector} promises ${variant.key}`)
      variant.field.write(view, at, chosen, siblings)
    },
    rows: (path, at, view, siblings) => {
      const outer = path.slice(0, path.lastIndexOf('.') + 1)
      if (!view) return all.flatMap(({ key, field }) => field.rows(outer + key, at))
      const variant = pick(siblings)
      if (!variant) return hole(path, at, sizeBytes)
      const { field, key } = variant
      return [...field.rows(outer + key, at, view, siblings), ...hole(outer + key, at + field.sizeBytes, sizeBytes - field.sizeBytes)]
    },
  }
}

function leaf<T>(
  kind: Kind,
  sizeBytes: number,
  alignBytes: number,
  doc: string,
  read: (view: DataView, at: number) => T,
  write: (view: DataView, at: number, value: T) => void,
): Field<T> {
  const shape: Shape = { what: 'leaf', kind, doc }
  return { sizeBytes, alignBytes, shape, read, write, rows: (path, at) => [{ path, offsetBytes: at, sizeBytes, kind, doc }] }
}

function hole(path: string, offsetBytes: number, sizeBytes: number): Row[] {
  return sizeBytes === 0 ? [] : [{ path: `${path} (unused)`, offsetBytes, sizeBytes, kind: 'unused', doc: 'unused, written as zero' }]
}

function innerOf<F>(outer: Struct<F>): Inner['inner'] {
  return (outer as Struct<F> & Inner).inner
}

function bytesAt(view: DataView, at: number, lengthBytes: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, lengthBytes)
}

function viewOf(bytes: Uint8Array, offset: number, sizeBytes: number): DataView {
  if (offset >= 0 && offset + sizeBytes <= bytes.length) return new DataView(bytes.buffer, bytes.byteOffset + offset, sizeBytes)
  const whole = new Uint8Array(sizeBytes)
  if (offset >= 0) whole.set(bytes.subarray(offset, offset + sizeBytes))
  return new DataView(whole.buffer)
}
