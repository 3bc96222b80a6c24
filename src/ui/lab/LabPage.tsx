// The map lab where the scene stands otherwise: two kernels, the same files and the same accesses on both. It has memory of
// its own; nothing that is done here moves anything in the scene. Loaded when first opened.

import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useNarrow } from '../layout/narrow.ts'
import { Note } from '../parts.tsx'
import { bringIntoSight } from './bring.ts'
import type { Chooser } from './choices.ts'
import { isStale, messageOf } from './choices.ts'
import { Curves } from './Curves.tsx'
import { KernelCards } from './KernelCards.tsx'
import { MessageBytes } from './MessageBytes.tsx'
import { Messages } from './Messages.tsx'
import { ProgramEditor } from './ProgramEditor.tsx'
import { Conclusion, Figures, ReadAmplification } from './Results.tsx'
import { RunRow } from './RunRow.tsx'
import { Kernels, Presets, Settings } from './Setup.tsx'
import { ChooserProvider, useChoices, useChooser } from './useChoices.ts'
import { useAddress } from './useAddress.ts'
import '../dump/dump.css'
import '../inspector.css'
import './lab.css'
import './parts.css'

export function LabPage({ chooser, onClose }: { chooser: Chooser; onClose: () => void }) {
  return (
    <ChooserProvider value={chooser}>
      <Whole onClose={onClose} />
    </ChooserProvider>
  )
}

function Whole({ onClose }: { onClose: () => void }) {
  const narrow = useNarrow()
  const heading = useRef<HTMLHeadingElement>(null)
  const chooser = useChooser()
  const { told } = useChoices()
  // What opened it was left for it: the next Tab comes to its first control.
  useEffect(() => heading.current?.focus(), [])
  useAddress()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || isBusy(event.target)) return
      const { running, measuring } = chooser.state()
      if (running || measuring) chooser.stop()
      else onClose()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [chooser, onClose])
  return (
    <main className="lab" data-narrow={narrow || undefined}>
      <div className="lab-setup">
        <header className="section-head">
          <h2 ref={heading} tabIndex={-1}>Map lab</h2>
          <span className="head-tools"><button type="button" className="icon" aria-label="Close the map lab" title="Close (Escape)" onClick={onClose}><X aria-hidden /></button></span>
        </header>
        <p className="quiet">How a file’s map comes to the kernel: six ways, two of them beside each other, on the same files and the same accesses.</p>
        <Presets />
        <Kernels />
        <Folding narrow={narrow}><Settings /></Folding>
        <RunRow />
      </div>
      <div className="lab-results"><Results /></div>
      <p className="visually-hidden" role="status">{told}</p>
    </main>
  )
}

/** In a narrow page the results are worth more than the room of a dozen sliders. */
function Folding({ narrow, children }: { narrow: boolean; children: ReactNode }) {
  return narrow ? <details className="lab-folding"><summary>Settings</summary>{children}</details> : children
}

function Results() {
  const chooser = useChooser()
  const choices = useChoices()
  const { run, running, progress, trouble, unread, stopped, amplification, chosen, pressedCount } = choices
  const message = messageOf(run, chosen)
  const stale = isStale(choices)
  const conclusion = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Whoever went on to something else meanwhile is left there.
    const at = document.activeElement
    const waits = at === null || at === document.body || at.closest('.lab-presets') !== null
    if (pressedCount > 0 && waits && conclusion.current) bringIntoSight(conclusion.current)
  }, [pressedCount])
  return (
    <>
      <div role="alert">
        {unread && <Note trouble={unread} onDismiss={chooser.dismissUnread} />}
        {trouble && <Note trouble={trouble} onDismiss={chooser.dismiss} />}
      </div>
      <div ref={conclusion} className="lab-outcome"><Conclusion run={run} busy={running} stale={stale} progress={progress} stopped={stopped} /></div>
      {run && <div className="lab-of-run" data-stale={stale || undefined}><Figures run={run} /></div>}
      <Curves />
      {run && (
        <div className="lab-of-run" data-stale={stale || undefined}>
          <Messages key={run.sides.map(({ kernel }) => kernel).join(' ')} run={run} />
          {message && chosen && <MessageBytes kernel={run.sides[chosen.side].kernel} message={message} />}
        </div>
      )}
      {amplification && !stale && <ReadAmplification amplification={amplification} />}
      <ProgramEditor />
      <KernelCards />
    </>
  )
}

/** Whoever writes, or has something open above the page, doesn't leave the page by Escape. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('.sheet, .disclosure-panel, .terminal-dock')) return true
  return target instanceof Element && target.closest('textarea, select, .xterm') !== null
}
