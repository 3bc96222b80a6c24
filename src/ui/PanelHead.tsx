// The head of every panel: its name, what it has to say in short, its tools, and its help. Help opens in place, under the
// head, and covers nothing.

import { CircleHelp } from 'lucide-react'
import { type ReactNode, useContext, useId, useState } from 'react'
import { HELP, type HelpTopic } from './help.ts'
import { FoldIcon, PaneContext } from './layout/pane.tsx'

export function PanelHead({ id, topic, title = HELP[topic].title, summary, children }: {
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
  const help = HELP[topic]
  const { fold, edge, tabs } = useContext(PaneContext)
  return (
    <>
      <header className="section-head">
        <h2 id={id} className={tabs === undefined ? undefined : 'visually-hidden'}>{title}</h2>
        {tabs}
        {summary !== undefined && <span className="quiet num head-summary">{summary}</span>}
        <span className="head-tools">
          {children}
          <button type="button" className="icon" aria-label={`What is ${help.title}?`} aria-expanded={open} aria-controls={open ? helpId : undefined} onClick={() => setOpen(!open)}>
            <CircleHelp aria-hidden />
          </button>
          {fold && (
            <button type="button" className="icon" aria-label={`Fold ${title.toLowerCase()} away`} onClick={fold}>
              <FoldIcon edge={edge} />
            </button>
          )}
        </span>
      </header>
      {open && <HelpBox id={helpId} topic={topic} />}
    </>
  )
}

export function HelpBox({ id, topic }: { id: string; topic: HelpTopic }) {
  const { says, term, means, where } = HELP[topic]
  return (
    <div id={id} className="help" role="note">
      <p>{says}</p>
      <p><strong>{term}</strong>: {means} <span className="quiet">{where}</span></p>
    </div>
  )
}
