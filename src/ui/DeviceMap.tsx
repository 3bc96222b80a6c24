// The whole device at a glance: what each allocation unit is and whose. The canvas is a picture with a cursor that keys
// move; the list beneath says the same in words, and is where files light up.

import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { MediaFile, Snapshot } from '../playground/types.ts'
import { cellsOf, cellText } from './cells.ts'
import { countText, plural, sentence, sizeText } from './format.ts'
import { lighting, showBytes, useLook, useLookStore } from './look.tsx'
import { logOffsetOf } from './overlay.ts'
import { gridFor, paintCells } from './paint.ts'
import { mapText, Swatch } from './parts.tsx'
import { useSnapshot } from './session.tsx'
import { useSize } from './size.ts'

// Of the cells all together: more where the window has room to give.
const HEIGHT_REM = 6
const LANES_REM = 24
const NARROW_REM = 40
const NARROW_HEIGHT_REM = 12
const LEGEND_MOST = 40

export function DeviceMap({ theme }: { theme: string }) {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const lit = useLook((state) => state.lit)
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const box = useSize(frame)
  const [cursor, setCursor] = useState(0)
  const [shown, setShown] = useState<number>()
  const { device, files } = snapshot
  const map = useMemo(() => cellsOf({ device, files }), [device, files])
  const grid = gridFor(map.cells.length, box.widthPx, heightFor(box))
  const { columns, rows, stepPx } = grid

  useEffect(() => {
    // After the frame in which the theme's colours arrived.
    const request = requestAnimationFrame(() => {
      if (canvas.current && map.cells.length > 0) paintCells(canvas.current, map, { columns, rows, stepPx }, lit, shown)
    })
    return () => cancelAnimationFrame(request)
  }, [map, columns, rows, stepPx, lit, shown, theme])

  const point = (index: number): void => {
    setShown(index)
    look.set({ lit: map.cells[index]?.entryIndex })
  }
  const trouble = troubleText(snapshot)
  const unpoint = (): void => {
    setShown(undefined)
    look.set({ lit: undefined })
  }
  const cellUnder = (event: MouseEvent): number | undefined => {
    const at = event.currentTarget.getBoundingClientRect()
    const index = Math.floor((event.clientY - at.top) / stepPx) * columns + Math.floor((event.clientX - at.left) / stepPx)
    return index >= 0 && index < map.cells.length ? index : undefined
  }
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -cursor, End: map.cells.length - 1 - cursor }
    const step = steps[event.key]
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      return showBytes(look, cursor * map.cellBytes)
    }
    if (step === undefined) return
    event.preventDefault()
    const next = Math.min(Math.max(cursor + step, 0), map.cells.length - 1)
    setCursor(next)
    point(next)
  }

  return (
    <section className="device" aria-labelledby="device-heading">
      <header className="section-head">
        <h2 id="device-heading">Device</h2>
        <span className="mono">{device.name}</span>
        <span className="num quiet device-text">{shown === undefined ? deviceText(snapshot) : sentence(cellText(snapshot, map, shown))}</span>
      </header>
      <div ref={frame} className="device-frame">
        <div className="device-cells" role="slider" tabIndex={0} aria-label="Device map" aria-orientation="horizontal"
          aria-valuemin={0} aria-valuemax={Math.max(0, map.cells.length - 1)} aria-valuenow={cursor} aria-valuetext={cellText(snapshot, map, cursor)}
          onKeyDown={onKey} onFocus={() => point(cursor)} onBlur={unpoint} onPointerLeave={unpoint}
          onPointerMove={(event) => {
            const index = cellUnder(event)
            if (index === undefined) unpoint()
            else if (index !== shown) point(index)
          }}
          onClick={(event) => {
            const index = cellUnder(event)
            if (index === undefined) return
            setCursor(index)
            showBytes(look, index * map.cellBytes)
          }}>
          <canvas ref={canvas} className="cells" style={{ width: columns * stepPx, height: rows * stepPx }} />
        </div>
      </div>
      {trouble && <p className="caption num">{trouble}</p>}
      <Legend snapshot={snapshot} />
    </section>
  )
}

function Legend({ snapshot }: { snapshot: Snapshot }) {
  const look = useLookStore()
  const filesystem = snapshot.device.filesystem
  if (!filesystem) return null
  const freeUnits = filesystem.unitCount - filesystem.usedUnitCount
  return (
    <ul className="legend" aria-label="What lies on the device">
      <li>
        <button type="button" className="legend-item" onClick={() => showBytes(look, 0, 8)}>
          <span className="swatch" data-kind="superblock" aria-hidden /> superblock
        </button>
      </li>
      <li>
        <button type="button" className="legend-item" data-log-anchor onClick={() => showBytes(look, logOffsetOf(snapshot), 8)}>
          <span className="swatch" data-kind="log" aria-hidden /> log
          <span className="quiet num">{countText(filesystem.entryCount)} of {countText(filesystem.slotCount)} slots</span>
        </button>
      </li>
      {snapshot.files.slice(0, LEGEND_MOST).map((file) => (
        <li key={file.entryIndex}>
          <LegendFile file={file} unitBytes={filesystem.unitBytes} />
        </li>
      ))}
      {snapshot.files.length > LEGEND_MOST && <li className="legend-item quiet">{plural(snapshot.files.length - LEGEND_MOST, 'more file')}</li>}
      <li className="legend-item">
        <span className="swatch" data-kind="free" aria-hidden /> free
        <span className="quiet num">{plural(freeUnits, 'unit')}, {sizeText(freeUnits * filesystem.unitBytes)}</span>
      </li>
    </ul>
  )
}

function LegendFile({ file, unitBytes }: { file: MediaFile; unitBytes: number }) {
  const look = useLookStore()
  const lit = useLook((state) => state.lit === file.entryIndex)
  const units = file.extents.reduce((sum, extent) => sum + Math.ceil(extent.lengthBytes / unitBytes), 0)
  return (
    <button type="button" className="legend-item" data-lit={lit || undefined} title={mapText(file.extents, file.chunkBytes)}
      {...lighting(look, file.entryIndex)} onClick={() => showBytes(look, file.extents[0]?.offsetBytes ?? 0)}>
      <Swatch colour={file.colour} strips={file.chunkBytes !== undefined} />
      <span className="mono clip">{file.path}</span>
      <span className="quiet num">{plural(units, 'unit')}</span>
    </button>
  )
}

function deviceText({ device }: Snapshot): string {
  if (device.sizeBytes === 0) return ''
  const filesystem = device.filesystem
  if (!filesystem) return `${sizeText(device.sizeBytes)}, no famfs`
  return `${sizeText(device.sizeBytes)}, ${plural(filesystem.unitCount, 'unit')} of ${sizeText(filesystem.unitBytes)}, ${countText(filesystem.usedUnitCount)} in use`
}

function heightFor({ widthPx, windowPx, remPx }: { widthPx: number; windowPx: number; remPx: number }): number {
  if (widthPx < NARROW_REM * remPx) return NARROW_HEIGHT_REM * remPx
  return Math.max(HEIGHT_REM * remPx, windowPx / 2 - LANES_REM * remPx)
}

/** What isn't as it should be; undefined on a sound device. */
function troubleText({ device, ready }: Snapshot): string | undefined {
  if (!device.filesystem) return ready ? sentence(device.verdict) : undefined
  const bad = device.filesystem.badEntryCount
  return bad > 0 ? `${plural(bad, 'log entry is', 'log entries are')} damaged: seqnum or checksum is wrong.` : undefined
}
