// .meta/.alloc.cfg: how new files are interleaved where nothing else is asked for (famfs-cli.md, 13.4). One tiny document,
// read strictly: keys in any order, comments and quotes are fine, and whatever else stands there is told, never guessed.

import { GIB, KIB, MIB } from '../base/align.ts'
import type { Interleave } from '../alloc/allocate.ts'

type AllocConfig = { interleave: Interleave } | { trouble: string }

export const ALLOC_CONFIG_SHAPE = 'interleaved_alloc: with nbuckets, nstrips and chunk_size indented below it, such as 8, 6 and 2m'

const KEYS = { nbuckets: 'bucketCount', nstrips: 'stripCount', chunk_size: 'chunkBytes' } as const
const FACTORS: Record<string, number> = { '': 1, k: KIB, m: MIB, g: GIB }

export function parseAllocConfig(text: string): AllocConfig {
  const lines = text.split(/\r?\n/).map(withoutComment).filter((line) => line.trim() !== '')
  if (lines[0] === '---') lines.shift()
  if (lines.at(-1) === '...') lines.pop()
  const [head, ...rest] = lines
  if (head === undefined) return { trouble: 'the document is empty' }
  if (!/^(interleaved_alloc|"interleaved_alloc"|'interleaved_alloc'):$/.test(head)) return { trouble: `“${head}” stands where interleaved_alloc: is expected` }
  const found = new Map<string, number>()
  const indent = /^ */.exec(rest[0] ?? '')?.[0] ?? ''
  for (const line of rest) {
    const [, before = '', key = '', given = ''] = /^( *)([^:]*):\s*(.*)$/.exec(line) ?? []
    const name = KEYS[unquoted(key) as keyof typeof KEYS]
    if (name === undefined || before !== indent || indent === '') return { trouble: `“${line.trim()}” is not one of its keys` }
    if (found.has(name)) return { trouble: `${unquoted(key)} stands there twice` }
    const value = numberOf(unquoted(given), name === 'chunkBytes')
    if (value === undefined) return { trouble: `“${given}” is no value for ${unquoted(key)}` }
    found.set(name, value)
  }
  const missing = Object.entries(KEYS).find(([, name]) => !found.has(name))
  if (missing) return { trouble: `${missing[0]} is missing` }
  return { interleave: Object.fromEntries(found) as unknown as Interleave }
}

/** A comment begins the line, or stands behind a blank; values here hold no blanks. */
function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '').trimEnd()
}

function unquoted(text: string): string {
  const trimmed = text.trim()
  return /^"([^"]*)"$/.exec(trimmed)?.[1] ?? /^'([^']*)'$/.exec(trimmed)?.[1] ?? trimmed
}

function numberOf(text: string, sized: boolean): number | undefined {
  const [, digits, suffix = ''] = /^(0x[0-9a-f]+|\d+)([kmg]?)$/i.exec(text) ?? []
  const factor = FACTORS[suffix.toLowerCase()]
  if (digits === undefined || factor === undefined || (suffix !== '' && !sized)) return undefined
  const octal = /^0[0-7]+$/.test(digits)
  if (!octal && /^0\d/.test(digits)) return undefined
  const value = (octal ? Number.parseInt(digits, 8) : Number(digits)) * factor
  return Number.isSafeInteger(value) ? value : undefined
}
