// What the palette shows for what is typed: commands whose words all begin or hold it, then places that it names (an entry,
// an address), then files. Only the top matches, so that 10,000 files are searched between two keys.

import type { HostFile, HostView, MediaFile, Snapshot } from '../../playground/types.ts'
import { type Devices, placeText } from '../addresses.ts'
import { countText, sizeText } from '../format.ts'
import { parseOffset } from '../parse.ts'
import { offsetAsked } from '../inspector/asking.ts'
import { showBytes, showMapped } from '../look.tsx'
import type { Preferences } from '../preferences.ts'
import { takeOut } from '../taking.ts'
import { type Command, type Group, GROUPS } from './command.ts'
import { commandsOf, entryCommand, inInspector, showEntry } from './commands.ts'

export const FILES_MOST = 6
/** So few files that each is offered on every host. */
const FILES_FEW = 2

export interface Matches {
  groups: { group: Group; commands: Command[] }[]
  /** Files that fit and aren't shown. */
  moreFiles: number
}

export function matchesOf(query: string, snapshot: Snapshot, preferences: Pick<Preferences, 'theme' | 'textSize'>): Matches {
  const text = query.trim().toLowerCase()
  const all = commandsOf(snapshot, preferences).filter(({ id }) => id !== 'palette')
  if (text === '') return { groups: inGroups(all), moreFiles: 0 }
  const scored = all.flatMap((command) => {
    const score = scoreOf(command, text)
    return score === 0 ? [] : [{ command, score: command.when(snapshot) === undefined ? score + 1 : score }]
  })
  const best = scored.toSorted((a, b) => b.score - a.score).map(({ command }) => command)
  const files = filesOf(text, snapshot)
  const found = [...placesOf(text, snapshot), ...best, ...files.flatMap(({ commands }) => commands)]
  return { groups: inGroups(unique(found), true), moreFiles: Math.max(0, (files[0]?.count ?? 0) - FILES_MOST) }
}

/** 0: doesn't fit. Every word must be found; the title counts most, and its beginning more. */
function scoreOf({ title, group, words = '' }: Command, text: string): number {
  const name = title.toLowerCase()
  if (name.startsWith(text)) return 100
  const rest = `${group} ${words}`.toLowerCase()
  let score = 10
  for (const word of text.split(/\s+/)) {
    if (startsWord(name, word)) score += 10
    else if (name.includes(word)) score += 5
    else if (startsWord(rest, word)) score += 2
    else return 0
  }
  return score
}

function startsWord(text: string, word: string): boolean {
  return text.startsWith(word) || text.includes(` ${word}`)
}

/** @param byBest groups stand in the order of their first command, else in that of the table */
function inGroups(commands: Command[], byBest = false): Matches['groups'] {
  const order = byBest ? [...new Set(commands.map(({ group }) => group))] : GROUPS
  return order.flatMap((group) => {
    const own = commands.filter((command) => command.group === group)
    return own.length === 0 ? [] : [{ group, commands: own }]
  })
}

function unique(commands: Command[]): Command[] {
  const seen = new Set<string>()
  return commands.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** "12", "entry 12" and "0x200000" name a place. */
function placesOf(text: string, snapshot: Snapshot): Command[] {
  const entry = /^(?:log |show )*(?:entry )?#?(\d{1,9})$/.exec(text)
  const { devices, sizeBytes } = snapshot.device
  const isAddress = /^(?:bytes |at |go to |offset )*(0x[0-9a-f]+|\d+(?:\.\d+)?\s*[kmg]\w*)$/.exec(text)
  // "2:0x200000" is a place on device 2, "dax3.0:0x200000" on one without a number.
  const onDevice = /^(?:\d+|(?:\/dev\/)?dax[\d.]+):\S+$/.test(text) ? offsetAsked(text, 0, sizeBytes, devices) : undefined
  const offsetBytes = onDevice && 'value' in onDevice ? onDevice.value : isAddress ? parseOffset(isAddress[1] ?? '') : undefined
  return [
    ...(entry ? [entryCommand(snapshot, Number(entry[1]))] : []),
    ...(offsetBytes === undefined ? [] : [bytesCommand(offsetBytes, devices)]),
  ]
}

function bytesCommand(offsetBytes: number, devices: Devices): Command {
  return {
    id: `show bytes ${offsetBytes}`,
    title: `Bytes at ${placeText(devices, offsetBytes)}`,
    group: 'Look at',
    keys: [],
    when: ({ device: { name, sizeBytes } }) => (offsetBytes < sizeBytes ? undefined : `${devices.length > 1 ? 'The last device' : name} ends ${devices.length > 1 ? '' : `at ${placeText(devices, sizeBytes)}, `}after ${sizeText(sizeBytes)}${devices.length > 1 ? ' of all memory' : ''}.`),
    run: (context) => inInspector(context, (look) => showBytes(look, offsetBytes)),
  }
}

// files

const lowered = new WeakMap<readonly MediaFile[], string[]>()

/** Made once for each list that a snapshot carries. */
function loweredPaths(files: readonly MediaFile[]): string[] {
  const known = lowered.get(files)
  if (known) return known
  const made = files.map(({ path }) => path.toLowerCase())
  lowered.set(files, made)
  return made
}

/** Files whose path holds the text, or its last word ("mmap tides"); those whose name begins with it come first. */
function filesOf(text: string, snapshot: Snapshot): { commands: Command[]; count: number }[] {
  const word = text.split(/\s+/).at(-1) ?? ''
  if (word === '') return []
  const first: MediaFile[] = []
  const then: MediaFile[] = []
  let count = 0
  const paths = loweredPaths(snapshot.files)
  for (const [i, path] of paths.entries()) {
    const at = path.indexOf(word)
    const file = snapshot.files[i]
    if (at < 0 || !file) continue
    count++
    const list = at === 0 || path.startsWith(word, path.lastIndexOf('/') + 1) ? first : then
    if (list.length < FILES_MOST) list.push(file)
  }
  const few = count <= FILES_FEW
  return [...first, ...then].slice(0, FILES_MOST).map((file) => ({ commands: fileCommands(file, snapshot, few), count }))
}

function fileCommands(file: MediaFile, snapshot: Snapshot, onEveryHost: boolean): Command[] {
  const { path, entryIndex, extents } = file
  const row: Row = (id, title, more) =>
    ({ id: `${id} ${entryIndex}`, title: `${path}: ${title}`, group: 'Files', keys: [], when: () => undefined, ...more })
  const [first] = extents
  const seeing = snapshot.hosts.filter((host) => sees(host, entryIndex))
  const shown = onEveryHost ? snapshot.hosts : seeing.slice(0, 1)
  return [
    ...(first ? [row('file bytes', 'bytes on the device', { hint: `${sizeText(file.sizeBytes)} at ${placeText(snapshot.device.devices, first.offsetBytes)}`, run: (context) => inInspector(context, (look) => showBytes(look, first.offsetBytes)) })] : []),
    ...(first ? shown.map(({ name }) => row(`file mapped ${name}`, `mapped on ${name}`, {
      when: () => (seeing.some((host) => host.name === name) ? undefined : `${name} doesn’t see it: play the log on ${name} first.`),
      run: (context) => inInspector(context, (look) => showMapped(look, name, path)),
    })) : []),
    ...(first && seeing[0] ? [takeCommand(row, seeing[0].name, path)] : []),
    row('file entry', 'log entry', { hint: `entry ${countText(entryIndex)}`, run: (context) => showEntry(context, entryIndex) }),
  ]
}

/** A host that has played everything has a file where its entry is. */
function sees({ files }: HostView, entryIndex: number): boolean {
  const is = (seen: HostFile | undefined): boolean => seen?.entryIndex === entryIndex && seen.kind === 'file'
  return is(files[entryIndex]) || files.some(is)
}

type Row = (id: string, title: string, more: Pick<Command, 'run'> & Partial<Command>) => Command

function takeCommand(row: Row, host: string, path: string): Command {
  return row('file take', 'download', { hint: `as ${host} reads it`, words: 'save take out', run: ({ playground, messages }) => takeOut(playground, messages, host, path) })
}
