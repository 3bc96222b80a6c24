// What the log view shows and where hosts stand in it, without a pixel: which entries, in which words, and behind which
// entry a host's mark goes. Positions are entries that a host has played, so that 0 is before the first.

import type { EntryQuery, HostView } from '../playground/types.ts'
import { countText, listText, plural } from './format.ts'

export const EVERYTHING: EntryQuery = { text: '', kind: 'all' }

export function isFilter({ text, kind }: EntryQuery): boolean {
  return text.trim() !== '' || kind !== 'all'
}

/** "12 of 10,002 entries". */
export function foundText(foundCount: number, entryCount: number): string {
  return `${countText(foundCount)} of ${plural(entryCount, 'entry', 'entries')}`
}

/** How full the log is. */
export function fillText(entryCount: number, slotCount: number): string {
  if (entryCount >= slotCount) return `full: all ${countText(slotCount)} slots are used`
  return `${plural(entryCount, 'entry', 'entries')}, ${countText(slotCount - entryCount)} of ${countText(slotCount)} slots free`
}

/** Rows from `first` on: entry indices by the filter's list, or the entries themselves where there is no filter. */
export function indicesAt(list: readonly number[] | undefined, first: number, count: number): number[] {
  return list ? list.slice(first, first + count) : Array.from({ length: count }, (_, i) => first + i)
}

/** Entries that lie close enough together to be read at once, at most `most` from first to last. */
export function runsOf(indices: readonly number[], most: number): { first: number; count: number }[] {
  const runs: { first: number; count: number }[] = []
  for (const index of indices) {
    const last = runs.at(-1)
    if (last && index - last.first < most) last.count = index - last.first + 1
    else runs.push({ first: index, count: 1 })
  }
  return runs
}

/** Hosts that stand somewhere in this log: up, and with this file system mounted. */
export function standing(hosts: readonly HostView[]): HostView[] {
  return hosts.filter(({ status, mountpoint, stale, elsewhere }) => status === 'up' && mountpoint !== undefined && !stale && elsewhere === undefined)
}

/**
 * Names of hosts whose position is between two rows: they have played up to the upper one, and not the lower.
 * Hosts that have played everything stand at the end, which is nowhere between.
 */
export function between(hosts: readonly HostView[], upper: number | undefined, lower: number): string[] {
  return standing(hosts)
    .filter(({ playedCount, entryCount }) => playedCount < entryCount && playedCount > (upper ?? -1) && playedCount <= lower)
    .map(({ name }) => name)
}

export interface Stand {
  names: string[]
  /** Entries that the first of them has played. */
  playedCount: number
  /** 0 .. 1 from the first entry to the end of the last. */
  at: number
  /** One sentence on all of them. */
  says: string
}

/** @param least the least distance, of 1, that two marks need in order not to cover each other */
export function standsOf(hosts: readonly HostView[], least: number): Stand[] {
  const sorted = standing(hosts).toSorted((a, b) => a.playedCount - b.playedCount)
  const groups: HostView[][] = []
  for (const host of sorted) {
    const group = groups.at(-1)
    if (group?.[0] && fraction(host) - fraction(group[0]) < least) group.push(host)
    else groups.push([host])
  }
  return groups.map(standOf)
}

function standOf(group: HostView[]): Stand {
  const [first] = group as [HostView]
  const same = group.every(({ playedCount }) => playedCount === first.playedCount)
  const names = group.map(({ name }) => name)
  const says = same
    ? `${listText(names, group.length)} ${names.length === 1 ? 'has' : 'have'} played ${countText(first.playedCount)} of ${plural(first.entryCount, 'entry', 'entries')}`
    : `${listText(group.map(({ name, playedCount }) => `${name} has played ${countText(playedCount)}`), group.length)} of ${plural(first.entryCount, 'entry', 'entries')}`
  return { names, playedCount: first.playedCount, at: fraction(first), says }
}

function fraction({ playedCount, entryCount }: HostView): number {
  return entryCount === 0 ? 0 : playedCount / entryCount
}
