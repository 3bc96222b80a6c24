// A number between two ends: a slider for the hand, a field for whoever knows the number. What is typed is taken when it is
// a number of the range; until then the field says what is wrong, and the value stays. Escape drops what can't be taken.

import { type KeyboardEvent, useId, useState } from 'react'
import { countText } from '../format.ts'
import { nearestStep } from './scales.ts'

export function Slider({ label, hint, steps, value, textOf = countText, parse = parseCount, off = false, onChange }: {
  label: string
  hint?: string
  /** What the slider stops at, in order. The field takes anything between its ends. */
  steps: readonly number[]
  value: number
  textOf?: (value: number) => string
  parse?: (text: string) => number | undefined
  /** It has no say as things are set; `hint` says why. */
  off?: boolean
  onChange: (value: number) => void
}) {
  const id = useId()
  // What was typed, as long as nobody else sets another value: a preset is a newer word.
  const [typing, setTyping] = useState<{ text: string; of: number }>()
  const typed = typing?.of === value ? typing.text : undefined
  const least = steps[0] ?? 0
  const most = steps.at(-1) ?? 0
  const read = typed === undefined ? value : parse(typed)
  const wrong = read === undefined || read < least || read > most
  const type = (text: string): void => {
    const given = parse(text)
    const taken = given !== undefined && given >= least && given <= most ? given : value
    setTyping({ text, of: taken })
    if (taken !== value) onChange(taken)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !wrong) return
    event.preventDefault()
    setTyping(undefined)
  }

  return (
    <div className="slider" data-off={off || undefined}>
      <label htmlFor={id}>{label}</label>
      <input id={id} className="mono" inputMode="numeric" autoComplete="off" disabled={off} value={typed ?? textOf(value)} aria-invalid={wrong || undefined} aria-describedby={`${id}-hint`}
        onChange={(event) => type(event.target.value)} onKeyDown={onKey} onBlur={() => setTyping(undefined)} />
      <input type="range" aria-label={`${label}, slider`} disabled={off} min={0} max={steps.length - 1} step={1} value={nearestStep(steps, value)} aria-valuetext={textOf(value)}
        onChange={(event) => onChange(steps[Number(event.target.value)] ?? value)} />
      <small id={`${id}-hint`}>{wrong ? <span className="wrong">{`From ${textOf(least)} to ${textOf(most)}.`}</span> : hint}</small>
    </div>
  )
}

/** "1,000" and "1000" are a thousand. */
function parseCount(text: string): number | undefined {
  const plain = text.replaceAll(/[,\s]/g, '')
  return /^\d+$/.test(plain) ? Number(plain) : undefined
}
