// The head of every panel: its name, what it has to say in short, its tools, and its help. Help opens in place, under the
// head, and covers nothing.

import { CircleHelp } from 'lucide-react'
import { type ReactNode, useContext, useId, useState } from 'react'
import { HELP_TITLES, type HelpTopic } from './helpTitles.ts'
import { LateHelp } from './LateHelp.tsx'
import { FoldIcon, PaneContext } from './layout/pane.tsx'

export function PanelHead({ id, topic, title = HELP_TITLES[topic], summary, children }: {
  /** Of the heading, for the panel's aria-labelledby. */
  id: string
  topic: HelpTopic
  title?: string
  /** The panel in a few words or numbers. */
  summary?: ReactNode
  /** Tools, at the right. */
  children?: ReactNode
}) {
  const [open, setOpen] = useState(false)
  const helpId = useId()
  const { fold, edge, tabs } = useContext(PaneContext)
  return (
    <>
      <header className="section-head">
        <h2 id={id} className={tabs === undefined ? undefined : 'visually-hidden'}>{title}</h2>
        {tabs}
        {summary !== undefined && <span className="quiet num head-summary">{summary}</span>}
        <span className="head-tools">
          {children}
          <button type="button" className="icon" aria-label={`Help: ${HELP_TITLES[topic]}`} title={`Help: ${HELP_TITLES[topic]}`} aria-expanded={open} aria-controls={open ? helpId : undefined} onClick={() => setOpen(!open)}>
            <CircleHelp aria-hidden />
          </button>
          {fold && (
            <button type="button" className="icon" aria-label={`Fold ${title.toLowerCase()} away`} onClick={fold}>
              <FoldIcon edge={edge} />
            </button>
          )}
        </span>
      </header>
      {open && <LateHelp id={helpId} topic={topic} onClose={() => setOpen(false)} />}
    </>
  )
}
