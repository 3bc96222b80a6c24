// What stands beside the scene, as the page shows it: tabs, notes, and the one that is chosen. Loaded with the first of them.

import { useEffect, useRef } from 'react'
import { lateModule } from '../late.tsx'
import { Note } from '../parts.tsx'
import { beside, type DumpHandle, useDumps } from './beside.ts'
import { dumps, notesOf } from './dumps.ts'

const DumpPage = lateModule(() => import('./DumpPage.tsx')).part(({ DumpPage: Part }) => Part, <main className="late" />)

export function BesidePage({ shown: { id, page, playground } }: { shown: DumpHandle }) {
  const close = (): void => dumps.close(id)
  if (page) return page(close)
  return playground && <DumpPage key={id} playground={playground} onClose={close} />
}

/** The way between the scene and what stands beside it. */
export function DumpTabs() {
  const { list, activeId } = useDumps()
  const row = useRef<HTMLElement>(null)
  useEffect(() => {
    void row.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [activeId, list])
  return (
    <nav ref={row} className="dump-tabs" aria-label="Open">
      <button type="button" aria-pressed={activeId === undefined} onClick={() => beside.show(undefined)}>Scene</button>
      {list.map(({ id, name, page }) => (
        <button key={id} type="button" aria-pressed={id === activeId} title={name} onClick={() => beside.show(id)}>
          {!page && <span className="quiet">dump</span>} <span className="clip">{name}</span>
        </button>
      ))}
    </nav>
  )
}

/** What couldn't be opened, and what is being opened. */
export function DumpNotes() {
  const { troubles, opening } = useDumps()
  const { notes, moreCount } = notesOf(troubles)
  return (
    <>
      <div role="alert">{notes.map(({ ids, says, next }) => <Note key={ids.at(-1)} trouble={{ says, next }} onDismiss={() => dumps.dismiss(ids)} />)}</div>
      {moreCount > 0 && <p className="dump-opening quiet">and {moreCount} more: they show when these are gone.</p>}
      {opening.length > 0 && <p className="dump-opening quiet">Opening {opening.join(', ')}.</p>}
    </>
  )
}
