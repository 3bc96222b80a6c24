// What is set in the lab, in the page's address: `#lab?left=fuse&right=program&extents=1000`. What is as usual isn't in it, so
// that an address says what it is about. Whatever can't be read is as usual, and is told; nothing of the rest is lost.

import { KIB, MIB } from '../../core/base/align.ts'
import type { LabSetup, ProgramExample } from '../../playground/lab/types.ts'
import { countText, listText } from '../format.ts'
import { parseSize } from '../parse.ts'
import type { Trouble } from '../trouble.ts'
import { LAB_HASH } from './address.ts'
import { KERNELS } from './cards.ts'
import { ACCESS_BYTES, ACCESSES_MOST, CAP_LEAST_BYTES, CAP_MOST_BYTES, DEVICES_MOST, EXTENTS_MOST, FILES_MOST, firstSetup, MOVES_MOST, PLAIN, sameSetup, STRIPS_MOST } from './presets.ts'
import { capText } from './text.ts'

export interface Linked {
  setup: LabSetup
  /** By its name, or as it is; undefined where the first example stands in the editor. */
  example: string | undefined
  source: string | undefined
  /** Whether that program takes over in the middle of the accesses. */
  isHalfWay: boolean
  /** What can't be set of it, and why. */
  wrong: readonly string[]
}

/** Longer addresses get lost on their way, in mail and in chats. */
export const SOURCE_MOST = 8000

const UPLOAD = 'upload'
const HALF = 'half'
const OF_PROGRAM = new Set(['program', 'source', UPLOAD])

interface Field {
  name: string
  write: (setup: LabSetup) => string
  /** @returns undefined for what can't be set; the other kernel is as it is in `setup` */
  read: (text: string, setup: LabSetup) => Partial<LabSetup> | undefined
  /** What can be set. */
  wants: string
}

type CountKey = 'extentCount' | 'stripCount' | 'fileCount' | 'deviceCount' | 'accessCount' | 'moveCount'

function count(name: string, key: CountKey, least: number, most: number): Field {
  const read = (text: string): Partial<LabSetup> | undefined => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? { [key]: value } : undefined
  }
  return { name, write: (setup) => String(setup[key] ?? 0), read, wants: `a number from ${countText(least)} to ${countText(most)}` }
}

function word<K extends 'shape' | 'pattern' | 'daemon'>(name: string, key: K, words: readonly LabSetup[K][]): Field {
  const read = (text: string): Partial<LabSetup> | undefined => (words.some((known) => known === text) ? { [key]: text } : undefined)
  return { name, write: (setup) => setup[key], read, wants: oneOf(words) }
}

function size(name: string, key: 'cacheCapBytes' | 'accessBytes', takes: (bytes: number) => boolean, wants: string): Field {
  const read = (text: string): Partial<LabSetup> | undefined => {
    const bytes = parseSize(text)
    return bytes !== undefined && takes(bytes) ? { [key]: bytes } : undefined
  }
  return { name, write: (setup) => sizeWord(setup[key]), read, wants }
}

function kernel(name: string, side: 0 | 1): Field {
  const read = (text: string, { kernels: [left, right] }: LabSetup): Partial<LabSetup> | undefined => {
    const known = KERNELS.find((each) => each === text)
    return known && { kernels: side === 0 ? [known, right] : [left, known] }
  }
  return { name, write: ({ kernels }) => kernels[side], read, wants: oneOf(KERNELS) }
}

const LEFT = kernel('left', 0)
const RIGHT = kernel('right', 1)
const FIELDS: readonly Field[] = [
  LEFT,
  RIGHT,
  word('shape', 'shape', ['simple', 'striped']),
  count('extents', 'extentCount', 1, EXTENTS_MOST),
  { name: 'equal', write: ({ isUniform }) => (isUniform ? 'yes' : 'no'), read: (text) => (text === 'yes' || text === 'no' ? { isUniform: text === 'yes' } : undefined), wants: 'yes or no' },
  count('strips', 'stripCount', 1, STRIPS_MOST),
  count('files', 'fileCount', 1, FILES_MOST),
  count('devices', 'deviceCount', 1, DEVICES_MOST),
  size('cap', 'cacheCapBytes', (bytes) => bytes >= CAP_LEAST_BYTES && bytes <= CAP_MOST_BYTES, `a size from ${capText(CAP_LEAST_BYTES)} to ${capText(CAP_MOST_BYTES)}`),
  word('pattern', 'pattern', ['in_order', 'random', 'stride']),
  count('accesses', 'accessCount', 1, ACCESSES_MOST),
  size('bytes', 'accessBytes', (bytes) => ACCESS_BYTES.some((each) => each === bytes), oneOf(ACCESS_BYTES.map(sizeWord))),
  count('moves', 'moveCount', 0, MOVES_MOST),
  word('daemon', 'daemon', ['beside', 'worker']),
]

/** @param source as it stands in the editor; one that is too long for an address isn't in it */
export function linkOf({ setup, source, isHalfWay }: { setup: LabSetup; source: string; isHalfWay: boolean }, examples: readonly Pick<ProgramExample, 'name' | 'source'>[]): string {
  const asked = new URLSearchParams()
  // The lab alone is its first comparison.
  const isFirst = sameSetup(setup, firstSetup())
  for (const field of isFirst ? [] : FIELDS) {
    const text = field.write(setup)
    if (field === LEFT || field === RIGHT || text !== field.write(PLAIN)) asked.set(field.name, text)
  }
  const example = examples.find((each) => each.source === source)
  if (example && example !== examples[0]) asked.set('program', example.name)
  else if (!example && source !== '' && source.length <= SOURCE_MOST) asked.set('source', source)
  if (isHalfWay) asked.set(UPLOAD, HALF)
  const text = asked.toString()
  return text === '' ? LAB_HASH : `${LAB_HASH}?${text}`
}

/** Whether the address has all that is set, or the program's source had to stay out of it. */
export function isWhole(source: string, examples: readonly Pick<ProgramExample, 'source'>[]): boolean {
  return source.length <= SOURCE_MOST || examples.some((each) => each.source === source)
}

/** @param hash of the lab */
export function readLink(hash: string): Linked {
  const asked = new URLSearchParams(hash.slice(LAB_HASH.length + 1))
  const wrong: string[] = []
  const named = FIELDS.filter(({ name }) => asked.has(name))
  const setup: LabSetup = named.length === 0 ? firstSetup() : { ...PLAIN }
  for (const field of named) {
    const text = asked.get(field.name) ?? ''
    const change = field.read(text, setup)
    if (change) Object.assign(setup, change)
    else wrong.push(`${field.name}=${shortened(text)}, where ${field.wants} is wanted`)
  }
  const upload = asked.get(UPLOAD)
  const isHalfWay = upload === HALF && setup.kernels.includes('program')
  if (upload !== null && !isHalfWay) wrong.push(`${UPLOAD}=${shortened(upload)}, where ${HALF} is wanted, and a kernel that is program`)
  for (const name of new Set(asked.keys())) {
    if (!OF_PROGRAM.has(name) && !FIELDS.some((field) => field.name === name)) wrong.push(`${shortened(name)}, which is nothing that can be set`)
  }
  return { setup, example: asked.get('program') ?? undefined, source: asked.get('source') ?? undefined, isHalfWay, wrong }
}

/** @param wrong what the address says, and why that can't be */
export function troubleOf(wrong: readonly string[]): Trouble | undefined {
  if (wrong.length === 0) return undefined
  return { says: `the address of this page says ${listText([...wrong], 3)}`, next: 'That is set as usual, and the rest as the address has it. Set it here: the address follows' }
}

function oneOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

/** Somebody else's address may be anything. */
function shortened(text: string): string {
  return text.length > 24 ? `“${text.slice(0, 24)}…”` : `“${text}”`
}

/** "16k", "1m", "64": read back by whoever reads sizes. */
function sizeWord(bytes: number): string {
  if (bytes % MIB === 0) return `${bytes / MIB}m`
  return bytes % KIB === 0 ? `${bytes / KIB}k` : String(bytes)
}
