// The fields of the struct at hand, beside its bytes and linked both ways. One stop for the tab key; arrows move the field.

import { Check, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { briefPlace } from './addresses.ts'
import { hexText } from './format.ts'
import type { Checksum, FieldView, Place } from './overlay.ts'
import { useDevices } from './session.tsx'

export function FieldTable({ place, fields, checksum, current, hovered, onChoose, onHover }: {
  place: Place
  fields: FieldView[]
  checksum: Checksum | undefined
  /** Index of the field that holds the selected byte, and of the one under the pointer in either view. */
  current: number
  hovered: number
  onChoose: (index: number) => void
  onHover: (index: number | undefined) => void
}) {
  const root = useRef<HTMLDivElement>(null)
  // Only inside its own scroller: the page itself must not move.
  useEffect(() => {
    const scroller = root.current
    const row = scroller?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (!scroller || !row) return
    if (row.offsetTop < scroller.scrollTop + row.offsetHeight) scroller.scrollTop = row.offsetTop - row.offsetHeight
    else if (row.offsetTop + row.offsetHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = row.offsetTop + row.offsetHeight - scroller.clientHeight
  }, [current, place.startBytes])
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -current, End: fields.length - 1 - current }
    const step = steps[event.key]
    if (step === undefined || fields.length === 0) return
    event.preventDefault()
    onChoose(Math.min(Math.max(current + step, 0), fields.length - 1))
  }
  const ofDevice = place.kind === 'file'

  return (
    <div className="fields" data-of-device={ofDevice || undefined} ref={root} role="grid" tabIndex={0} aria-label={`Fields of ${place.title}`} onKeyDown={onKey}
      aria-activedescendant={fields[current] ? `field-${current}` : undefined} onPointerLeave={() => onHover(undefined)}
      onPointerOver={(event) => onHover(fieldUnder(event.target))}
      onClick={(event) => {
        const index = fieldUnder(event.target)
        if (index !== undefined) onChoose(index)
      }}>
      <div role="row" className="field-row field-head">
        <span role="columnheader">{ofDevice ? 'At' : 'Offset'}</span>
        <span role="columnheader">Field</span>
        <span role="columnheader">Kind</span>
        <span role="columnheader">Value</span>
        <span role="columnheader">Meaning</span>
      </div>
      {fields.map((field, i) => (
        <div key={`${field.path} ${field.offsetBytes}`} id={`field-${i}`} role="row" className="field-row" aria-selected={i === current} data-hovered={i === hovered || undefined}
          data-unused={field.kind === 'unused' || undefined} data-field={i}>
          <span role="gridcell" className="num quiet">{ofDevice ? <DevicePlace offsetBytes={field.offsetBytes} /> : `+${field.offsetBytes}`}</span>
          <span role="gridcell" className="mono field-name">{field.path.replace(/^body\./, '')}</span>
          <span role="gridcell" className="mono quiet">{field.kind}</span>
          <span role="gridcell" className="num field-value">
            {field.value}
            {checksum && field.offsetBytes === checksum.coversBytes && <CrcVerdict checksum={checksum} />}
          </span>
          <span role="gridcell" className="quiet">{field.meaning}</span>
        </div>
      ))}
    </div>
  )
}

/** Only what lies on a device needs a session: messages have none. */
function DevicePlace({ offsetBytes }: { offsetBytes: number }) {
  return briefPlace(useDevices(), offsetBytes)
}

export function CrcVerdict({ checksum }: { checksum: Checksum }) {
  return checksum.right ? (
    <span className="verdict" data-right><Check aria-hidden /> computed the same</span>
  ) : (
    <span className="verdict"><X aria-hidden /> computed {hexText(checksum.computed)}</span>
  )
}

function fieldUnder(target: EventTarget): number | undefined {
  const index = target instanceof Element ? target.closest<HTMLElement>('[data-field]')?.dataset['field'] : undefined
  return index === undefined ? undefined : Number(index)
}
