// Which log entries show: those whose path holds a text, and those of a kind. Escape in the text shows all again.

import { type Dispatch, type KeyboardEvent, type SetStateAction, useEffect, useState } from 'react'
import type { EntryQuery } from '../playground/types.ts'
import { EVERYTHING, isFilter } from './logFilter.ts'
import { useLookStore } from './look.tsx'
import { usePlayground } from './session.tsx'
import { mistakeOf } from './trouble.ts'

/** A search waits until the typing pauses, and until a burst of changes is over. */
const PAUSE_MS = 120
const KINDS: Record<EntryQuery['kind'], string> = { all: 'all kinds', file: 'files', directory: 'directories', device: 'devices', bad: 'damaged' }

export function LogFilter({ query, onQuery }: { query: EntryQuery; onQuery: Dispatch<SetStateAction<EntryQuery>> }) {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isFilter(query)) return
    event.stopPropagation()
    onQuery(EVERYTHING)
  }
  return (
    <span className="filter" role="search" aria-label="Filter the log">
      <input type="search" size={8} aria-label="Path contains" placeholder="in path" spellCheck={false} autoCapitalize="off" value={query.text} onKeyDown={onKey}
        onChange={(event) => onQuery({ ...query, text: event.target.value })} />
      <select aria-label="Kind of entry" value={query.kind} onChange={(event) => onQuery({ ...query, kind: event.target.value as EntryQuery['kind'] })}>
        {Object.entries(KINDS).map(([kind, text]) => <option key={kind} value={kind}>{text}</option>)}
      </select>
    </span>
  )
}

export interface Found {
  /** Indices of the entries that fit; undefined while all show, and until they are known. */
  list: readonly number[] | undefined
  /** False while what is listed is still what the query before found. */
  isAnswer: boolean
}

export function useFound(query: EntryQuery, version: number): Found {
  const playground = usePlayground()
  const look = useLookStore()
  const [found, setFound] = useState<{ query: EntryQuery; list: readonly number[] }>()
  // The next filter begins with all entries.
  if (found && !isFilter(query)) setFound(undefined)
  useEffect(() => {
    if (!isFilter(query)) return
    let over = false
    const timer = setTimeout(() => {
      playground.findEntries(query).then(
        (list) => {
          if (!over) setFound((now) => (now?.query === query && sameList(now.list, list) ? now : { query, list }))
        },
        (error: unknown) => {
          if (!over) setFound(undefined)
          look.set({ mistake: mistakeOf(error) })
        },
      )
    }, PAUSE_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [playground, look, query, version])
  if (!isFilter(query)) return ALL
  return { list: found?.list, isAnswer: found?.query === query }
}

const ALL: Found = { list: undefined, isAnswer: true }

function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((index, i) => index === b[i])
}
