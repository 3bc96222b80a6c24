// Back and forth through what was done, step by step. The buttons keep their place and their focus at both ends; the
// slider goes anywhere, and only when it is let go: each position is a device and hosts that have to be brought back.

import { Redo2, Undo2 } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { HistoryView } from '../playground/types.ts'
import { sentence } from './format.ts'
import { useGo, usePlayground, useSnapshot } from './session.tsx'
import './steps.css'

/** Fewer steps are quicker to reach by the buttons. */
const SLIDER_LEAST = 4

/** @param slider with a slider where there are more than a few steps */
export function Steps({ slider = false }: { slider?: boolean }) {
  const { history } = useSnapshot()
  const playground = usePlayground()
  const go = useGo()
  const stepTo = (position: number): void => {
    if (!history.travelling && position !== history.position) void go(() => playground.stepTo(position))
  }
  const { position, stepCount } = history
  return (
    <div className="steps" role="group" aria-label="Steps">
      <StepButton name="Step back" says={backText(history)} able={position > 0 && !history.travelling} onGo={() => stepTo(position - 1)}><Undo2 aria-hidden /></StepButton>
      {slider && stepCount >= SLIDER_LEAST && <StepSlider position={position} stepCount={stepCount} onGo={stepTo} />}
      <StepButton name="Step forth" says={forthText(history)} able={position < stepCount && !history.travelling} onGo={() => stepTo(position + 1)}><Redo2 aria-hidden /></StepButton>
      <span className="quiet num steps-at">{history.travelling ? 'on the way' : `${position.toLocaleString('en')} of ${stepCount.toLocaleString('en')}`}<span className="visually-hidden"> steps</span></span>
    </div>
  )
}

function StepButton({ name, says, able, onGo, children }: { name: string; says: string; able: boolean; onGo: () => void; children: React.ReactNode }) {
  const id = useId()
  return (
    <>
      <button type="button" className="icon" aria-label={name} aria-describedby={id} title={says} aria-disabled={!able} onClick={() => able && onGo()}>{children}</button>
      <span id={id} hidden>{says}</span>
    </>
  )
}

function StepSlider({ position, stepCount, onGo }: { position: number; stepCount: number; onGo: (position: number) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [held, setHeld] = useState<number>()
  const going = useRef(onGo)
  useEffect(() => {
    going.current = onGo
  })
  // React tells of every move; the browser's own event comes when the slider is let go, or a key has moved it.
  useEffect(() => {
    const element = input.current
    if (!element) return
    const commit = (): void => {
      setHeld(undefined)
      going.current(Number(element.value))
    }
    element.addEventListener('change', commit)
    return () => element.removeEventListener('change', commit)
  }, [])
  return (
    <input ref={input} type="range" aria-label="Step" aria-valuetext={`${held ?? position} of ${stepCount}`} min={0} max={stepCount} step={1} value={held ?? position}
      onChange={(event) => setHeld(Number(event.target.value))} />
  )
}

function backText({ back, travelling }: HistoryView): string {
  if (travelling) return 'On the way to another step; hosts are started again.'
  return back === undefined ? 'There is nothing to undo.' : `Undoes: ${sentence(back)}`
}

function forthText({ forward, travelling }: HistoryView): string {
  if (travelling) return 'On the way to another step; hosts are started again.'
  return forward === undefined ? 'There is nothing to do again.' : `Does again: ${sentence(forward)}`
}
