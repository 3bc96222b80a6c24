// Controls of forms and panels that come when they are opened.

import { type ReactNode, useId } from 'react'

/** A control with its label; the label is never around the control, so that its name is the label's words and no more. */
export function Field({ label, hint, children }: { label: string; hint?: ReactNode; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint}
    </div>
  )
}

/** A choice of a few, as pressed buttons in one group. */
export function Choice<T extends string>({ label, options, value, onChange, textOf = (option) => option }: {
  label: string
  options: readonly T[]
  value: T
  onChange: (value: T) => void
  textOf?: (option: T) => string
}) {
  return (
    <div className="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {textOf(option)}
        </button>
      ))}
    </div>
  )
}
