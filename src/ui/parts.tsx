// Small parts that several panes share. Hover and focus do the same thing; nothing is said by colour alone.

import { CircleAlert, X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Extent } from '../playground/types.ts'
import { type Devices, placeText } from './addresses.ts'
import { sentence, sizeText } from './format.ts'
import type { Trouble } from './trouble.ts'

/** What went wrong, and what to do now. */
export function Note({ trouble, onDismiss }: { trouble: Trouble; onDismiss?: () => void }) {
  return (
    <div className="note">
      <CircleAlert className="note-mark" aria-hidden />
      <p>
        <strong>{sentence(trouble.says)}</strong> <span>{sentence(trouble.next)}</span> {trouble.errno !== undefined && <code>{trouble.errno}</code>}
      </p>
      {trouble.again && <button type="button" onClick={trouble.again}>Try again</button>}
      {onDismiss && (
        <button type="button" className="icon" aria-label="Dismiss" onClick={onDismiss}>
          <X aria-hidden />
        </button>
      )}
    </div>
  )
}

/** A button with a small panel beneath it; Escape and a click elsewhere close it. */
export function Disclosure({ label, name, className = '', children }: {
  label: ReactNode
  /** Accessible name, where the label is only a picture. */
  name?: string
  className?: string
  children: ReactNode | ((close: () => void) => ReactNode)
}) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const id = useId()
  const buttonId = `${id}-button`
  const close = (): void => {
    setOpen(false)
    document.getElementById(buttonId)?.focus()
  }

  // Where it stands in something that scrolls, it is brought into sight whole.
  useEffect(() => {
    if (open) document.getElementById(id)?.scrollIntoView({ block: 'nearest' })
  }, [open, id])

  useEffect(() => {
    if (!open) return
    const onPointer = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      setOpen(false)
      document.getElementById(buttonId)?.focus()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey)
    }
  }, [open, buttonId])

  return (
    <div className="disclosure" ref={root}>
      <button id={buttonId} type="button" className={className} aria-label={name} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open && (
        <div id={id} className="disclosure-panel">
          {typeof children === 'function' ? children(close) : children}
        </div>
      )}
    </div>
  )
}

/** Where a file's extents or strips lie on the device, as bars to scale; at least a hair each. */
export function MapBars({ extents, deviceBytes, colour, interleaved }: {
  extents: Extent[]
  deviceBytes: number
  colour: number
  interleaved: boolean
}) {
  return (
    <svg className="bars" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden data-colour={colour}>
      <rect className="bars-track" width="100" height="10" />
      {extents.map((extent, i) => {
        const width = Math.max(2.5, (100 * extent.lengthBytes) / Math.max(1, deviceBytes))
        const x = Math.min((100 * extent.offsetBytes) / Math.max(1, deviceBytes), 100 - width)
        // oxlint-disable-next-line react/no-array-index-key -- in a damaged log two may begin at one byte: their order is what they are
        return <rect key={i} className="bars-extent" x={x} width={width} y={interleaved && i % 2 ? 5 : 0} height={interleaved ? 5 : 10} />
      })}
    </svg>
  )
}

/** "1 extent: 4.0 MiB at 0x00a00000"; of several devices, on which. */
export function mapText(extents: Extent[], chunkBytes: number | undefined, devices: Devices): string {
  const word = chunkBytes === undefined ? 'extent' : 'strip'
  const list = extents.slice(0, 4).map((extent) => `${sizeText(extent.lengthBytes)} at ${placeText(devices, extent.offsetBytes)}`)
  const more = extents.length > 4 ? ` and ${extents.length - 4} more` : ''
  return `${extents.length} ${word}${extents.length === 1 ? '' : 's'}: ${list.join(', ')}${more}`
}

export function Swatch({ colour, strips = false }: { colour: number; strips?: boolean }) {
  return <span className="swatch" data-colour={colour} data-strips={strips || undefined} aria-hidden />
}
