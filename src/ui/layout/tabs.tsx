// A row of tabs: arrows move between them, as the pattern for tabs has it.

import { type KeyboardEvent, type ReactNode, useRef } from 'react'

export interface Tab<T extends string> {
  id: T
  title: ReactNode
}

/** @param panelId the element that shows what the chosen tab stands for */
export function Tabs<T extends string>({ label, tabs, chosen, panelId, onChoose }: {
  label: string
  tabs: readonly Tab<T>[]
  chosen: T
  panelId: string
  onChoose: (id: T) => void
}) {
  const list = useRef<HTMLDivElement>(null)
  const onKey = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === chosen)
    const last = tabs.length - 1
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key]
    const next = to === undefined ? undefined : tabs[to]
    if (!next) return
    event.preventDefault()
    onChoose(next.id)
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={list}>
      {tabs.map(({ id, title }) => (
        <button key={id} id={`tab-${id}`} type="button" role="tab" aria-selected={id === chosen} aria-controls={id === chosen ? panelId : undefined} tabIndex={id === chosen ? 0 : -1}
          onKeyDown={onKey} onClick={() => onChoose(id)}>
          {title}
        </button>
      ))}
    </div>
  )
}
