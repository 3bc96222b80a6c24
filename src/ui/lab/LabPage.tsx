// The map lab where the scene stands otherwise: two kernels, the same files and the same accesses on both. It has memory of
// its own; nothing that is done here moves anything in the scene. Loaded when first opened.

import { X } from 'lucide-react'
import { type ReactNode, useDeferredValue, useEffect, useRef } from 'react'
import { placeOf } from '../commands/keys.ts'
import { useNarrow } from '../layout/narrow.ts'
import { Note } from '../parts.tsx'
import { bringIntoSight } from './bring.ts'
import type { Chooser } from './choices.ts'
import { messageOf, staleBy } from './choices.ts'
import { Curves } from './Curves.tsx'
import { KernelCards } from './KernelCards.tsx'
import { MessageBytes } from './MessageBytes.tsx'
import { Messages } from './Messages.tsx'
import { ProgramEditor } from './ProgramEditor.tsx'
import { Conclusion, Figures, ReadAmplification } from './Results.tsx'
import { RunRow } from './RunRow.tsx'
import { Kernels, Presets, Settings } from './Setup.tsx'
import { ChooserProvider, useChoice, useChooser } from './useChoices.ts'
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
  // What opened it was left for it: the next Tab comes to its first control.
  useEffect(() => heading.current?.focus(), [])
  useAddress()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || isCovered(event.target)) return
      const { running, measuring } = chooser.state()
      if (running || measuring) chooser.stop()
      // Whoever writes, ticks or chooses a number doesn't leave by a key that ends so many other things.
      else if (placeOf(event.target) === 'page' && !(event.target instanceof HTMLInputElement)) onClose()
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
      <Told />
    </main>
  )
}

/** In a narrow page the results are worth more than the room of a dozen sliders. */
function Folding({ narrow, children }: { narrow: boolean; children: ReactNode }) {
  return narrow ? <details className="lab-folding"><summary>Settings</summary>{children}</details> : children
}

function Results() {
  return (
    <>
      <Notes />
      <Outcome />
      <OfRun><Figured /></OfRun>
      <Curves />
      <OfRun><Said /></OfRun>
      <Moved />
      <ProgramEditor />
      <KernelCards />
    </>
  )
}

function Notes() {
  const chooser = useChooser()
  const unread = useChoice((choices) => choices.unread)
  const trouble = useChoice((choices) => choices.trouble)
  return (
    <div role="alert">
      {unread && <Note trouble={unread} onDismiss={chooser.dismissUnread} />}
      {trouble && <Note trouble={trouble} onDismiss={chooser.dismiss} />}
    </div>
  )
}

function Outcome() {
  const pressedCount = useChoice((choices) => choices.pressedCount)
  const conclusion = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Whoever went on to something else meanwhile is left there.
    const at = document.activeElement
    const waits = at === null || at === document.body || at.closest('.lab-presets') !== null
    if (pressedCount > 0 && waits && conclusion.current) bringIntoSight(conclusion.current)
  }, [pressedCount])
  return <div ref={conclusion} className="lab-outcome"><Conclusion /></div>
}

/** What came of the last run, in the colours of what is set now only where it is of that. */
function OfRun({ children }: { children: ReactNode }) {
  const isThere = useChoice(({ run }) => run !== undefined)
  const stale = useChoice(staleBy)
  return isThere ? <div className="lab-of-run" data-stale={stale !== undefined || undefined}>{children}</div> : null
}

function Figured() {
  const run = useChoice((choices) => choices.run)
  return run && <Figures run={run} />
}

function Said() {
  const run = useChoice((choices) => choices.run)
  return (
    <>
      {run && <Messages key={run.sides.map(({ kernel }) => kernel).join(' ')} run={run} />}
      <Chosen />
    </>
  )
}

function Chosen() {
  // Whoever holds an arrow key sees which message it is at once, and its bytes where they stop.
  const message = useDeferredValue(useChoice(({ run, chosen }) => messageOf(run, chosen)))
  const kernel = useDeferredValue(useChoice(({ run, chosen }) => chosen && run?.sides[chosen.side].kernel))
  return message && kernel && <MessageBytes kernel={kernel} message={message} />
}

function Moved() {
  const amplification = useChoice((choices) => choices.amplification)
  // No kernel and no program has a say in it.
  const stale = useChoice((choices) => staleBy(choices) === 'setup')
  return amplification && !stale && <ReadAmplification amplification={amplification} />
}

/** For those who don't see it. */
function Told() {
  const told = useChoice((choices) => choices.told)
  return <p className="visually-hidden" role="status">{told}</p>
}

/** Something is open above the page, and Escape is for that. */
function isCovered(target: EventTarget | null): boolean {
  return placeOf(target) === 'terminal' || document.querySelector('.sheet, .disclosure-panel, .terminal-dock') !== null
}
