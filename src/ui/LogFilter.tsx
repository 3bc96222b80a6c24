// Which log entries show: those whose path holds a text, and those of a kind. Escape in the text shows all again.

import { type Dispatch, type KeyboardEvent, type SetStateAction, useEffect, useState } from 'react'
import type { EntryQuery } from '../playground/types.ts'
import { EVERYTHING, isFilter } from './logFilter.ts'
import { usePlayground } from './session.tsx'

/** A search waits until the typing pauses, and until a burst of changes is over. */
const PAUSE_MS = 120
const KINDS: Record<EntryQuery['kind'], string> = { all: 'all kinds', file: 'files', directory: 'directories', bad: 'damaged' }

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

/** Indices of the entries that fit; undefined while all show, and until they are known. */
export function useFound(query: EntryQuery, version: number): readonly number[] | undefined {
  const playground = usePlayground()
  const [found, setFound] = useState<{ query: EntryQuery; list: readonly number[] }>()
  useEffect(() => {
    if (!isFilter(query)) return
    let over = false
    const timer = setTimeout(() => {
      void playground.findEntries(query).then((list) => {
        if (!over) setFound((now) => (now?.query === query && sameList(now.list, list) ? now : { query, list }))
      })
    }, PAUSE_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [playground, query, version])
  return isFilter(query) ? found?.list : undefined
}

function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((index, i) => index === b[i])
}
