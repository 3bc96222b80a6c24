// The way to a dump, the way between scene and dumps, and what is said of files that are none. Small: all else comes when
// the first dump opens.

import { Columns2, FolderOpen } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Note } from '../parts.tsx'
import { chooseDump, dumps, notesOf, useDumps } from './dumps.ts'

/** `Open a dump` is a stable name. */
export function OpenDump({ onPress }: { onPress?: () => void }) {
  return (
    <button type="button" onClick={() => {
      onPress?.()
      chooseDump()
    }} title="The first megabytes of a real device, raw or gzip, or .meta/.superblock and .meta/.log together">
      <FolderOpen aria-hidden /> <span className="word">Open a dump</span>
    </button>
  )
}

/** `Map lab` is a stable name. Its address is all that is here of it: what hears of addresses opens it. */
export function OpenLab({ onPress }: { onPress?: () => void }) {
  return (
    <button type="button" id="open-lab" onClick={() => {
      onPress?.()
      location.hash = 'lab'
    }}>
      <Columns2 aria-hidden /> <span className="word">Map lab</span>
    </button>
  )
}

/** Nothing while only the scene is open. */
export function DumpTabs() {
  const { list, activeId } = useDumps()
  const row = useRef<HTMLElement>(null)
  useEffect(() => {
    void row.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [activeId, list])
  if (list.length === 0) return null
  return (
    <nav ref={row} className="dump-tabs" aria-label="Open">
      <button type="button" aria-pressed={activeId === undefined} onClick={() => dumps.show(undefined)}>Scene</button>
      {list.map(({ id, name, page }) => (
        <button key={id} type="button" aria-pressed={id === activeId} title={name} onClick={() => dumps.show(id)}>
          {!page && <span className="quiet">dump</span>} <span className="clip">{name}</span>
        </button>
      ))}
    </nav>
  )
}

/** What couldn't be opened, what is being opened, and for those who listen what came of it. */
export function DumpNotes() {
  const { troubles, opening, told } = useDumps()
  const { notes, moreCount } = notesOf(troubles)
  return (
    <>
      <div role="alert">{notes.map(({ ids, says, next }) => <Note key={ids.at(-1)} trouble={{ says, next }} onDismiss={() => dumps.dismiss(ids)} />)}</div>
      {moreCount > 0 && <p className="dump-opening quiet">and {moreCount} more: they show when these are gone.</p>}
      {opening.length > 0 && <p className="dump-opening quiet">Opening {opening.join(', ')}.</p>}
      <p className="visually-hidden" role="status">{told}</p>
    </>
  )
}
