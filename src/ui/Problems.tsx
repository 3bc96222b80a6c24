// What isn't as it should be, worst first: what it is, what now, and a way to where it shows. While all is well the panel
// says what was checked.

import { ArrowRight, CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import type { Problem, Severity } from '../playground/types.ts'
import { plural } from './format.ts'
import { type Look, showBytes, useLookStore } from './look.tsx'
import { PanelHead } from './PanelHead.tsx'
import { useSnapshot } from './session.tsx'
import './problems.css'

const WORDS: Record<Severity, string> = { error: 'Error', warning: 'Warning', note: 'Note' }
const ICONS = { error: CircleAlert, warning: TriangleAlert, note: Info }

export function Problems() {
  const { list, count, checking, sentence } = useSnapshot().problems
  const look = useLookStore()
  return (
    <section className="problems" aria-labelledby="problems-heading">
      <PanelHead id="problems-heading" topic="problems" summary={checking ? 'checking' : undefined} />
      <p className="problems-sum">{sentence}</p>
      <ul className="problem-list" aria-label="Problems, worst first">
        {list.map((problem) => <ProblemRow key={problem.id} problem={problem} look={look} />)}
        {count > list.length && <li className="quiet">and {plural(count - list.length, 'more')}: they show when these are gone.</li>}
      </ul>
    </section>
  )
}

const ProblemRow = memo(function ProblemRow({ problem, look }: { problem: Problem; look: Look }) {
  const { id, severity, says, next, host, bytes } = problem
  const Icon = ICONS[severity]
  const textId = `problem-${id}`
  return (
    <li className="problem-row" data-severity={severity}>
      <span className="problem-kind"><Icon aria-hidden /> {WORDS[severity]}</span>
      <div className="problem-words">
        <p id={textId}>{says}</p>
        <p className="quiet">{next}</p>
      </div>
      {(bytes !== undefined || host !== undefined) && (
        <button type="button" className="link" aria-describedby={textId} onClick={() => show(look, problem)}>Show me <ArrowRight aria-hidden /></button>
      )}
    </li>
  )
})

/** Its bytes in the inspector, and its entry in the log; or the lane of its host. */
function show(look: Look, { bytes, entryIndex, host }: Problem): void {
  if (bytes) {
    if (entryIndex !== undefined) look.set({ entryIndex })
    return showBytes(look, bytes.offsetBytes, bytes.lengthBytes)
  }
  look.set({ pane: 'hosts' })
  // In a narrow page the lanes are drawn only now.
  requestAnimationFrame(() => {
    const lane = document.querySelector<HTMLElement>(`[data-lane="${CSS.escape(host ?? '')}"]`)
    lane?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    // What helps most often, where it is there.
    const button = lane?.querySelector<HTMLElement>('.play') ?? lane?.querySelector<HTMLElement>('button')
    button?.focus()
  })
}
