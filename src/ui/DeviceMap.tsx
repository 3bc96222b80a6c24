// The whole device at a glance and down to its bytes: what each allocation unit is and whose. The picture is one element with a
// cursor that keys move; its sentence says the same to who doesn't see it. A moving pointer redraws marks and one caption.

import { MemoryStick, Minus, Plus } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Snapshot } from '../playground/types.ts'
import { useBytes } from './bytes.ts'
import { countText, plural, sentence, sizeText } from './format.ts'
import { healthText } from './health.ts'
import { useLook, useLookStore } from './look.tsx'
import { Legend } from './map/Legend.tsx'
import { fileOfEntry, lotOf, type MapModel, modelKeeper, ROLES } from './map/model.ts'
import { beyondText } from './map/pointing.ts'
import { type MapStage, type MapView, stageOf } from './map/stage.ts'
import { cellSentence, cellText, crumbsOf, layoutText, levelText, restText, zoomSentence } from './map/tell.ts'
import { PanelHead } from './PanelHead.tsx'
import { useSnapshot } from './session.tsx'
import './device.css'

export function DeviceMap() {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const stage = stageOf(look)
  const [modelOf] = useState(modelKeeper)
  const model = modelOf(snapshot)
  const { device } = snapshot
  const trouble = troubleText(snapshot)

  useEffect(() => stage.setModel(model), [stage, model])

  return (
    <section className="device" aria-labelledby="device-heading" data-several={device.devices.length > 1 || undefined}>
      <PanelHead id="device-heading" topic="device" summary={<>{device.devices.length < 2 && <span className="mono">{device.name}</span>} {deviceText(snapshot)}</>}>
        {!snapshot.dump && (
          <button type="button" className="devices-button" aria-label="Devices" title="Devices: their state, and what can happen to them" onClick={() => look.set({ sheet: 'device list' })}>
            <MemoryStick aria-hidden /> <span className="devices-word">Devices</span>
          </button>
        )}
        <ZoomButtons stage={stage} />
      </PanelHead>
      <Crumbs stage={stage} model={model} />
      <Field stage={stage} model={model} />
      <Caption stage={stage} model={model} />
      <p className="visually-hidden">{captionsText(model)}</p>
      {trouble && <p className="caption num">{trouble}</p>}
      <Legend model={model} freeUnits={device.filesystem ? device.filesystem.unitCount - device.filesystem.usedUnitCount : 0} />
      <Bytes stage={stage} version={snapshot.deviceVersion} />
    </section>
  )
}

function useView<T>(stage: MapStage, choose: (view: MapView) => T): T {
  return useSyncExternalStore(stage.subscribe, () => choose(stage.view()))
}

/** The picture, with its cursor as a slider over the cells of the level. */
function Field({ stage, model }: { stage: MapStage; model: MapModel }) {
  const scroller = useRef<HTMLDivElement>(null)
  const spacer = useRef<HTMLDivElement>(null)
  const cells = useRef<HTMLCanvasElement>(null)
  const marks = useRef<HTMLCanvasElement>(null)
  const level = useView(stage, (view) => view.levels[view.index])
  const cursor = useView(stage, (view) => view.cursorBytes)
  const cell = useView(stage, (view) => view.cursorCell)
  const count = useView(stage, (view) => view.cellCount)
  const byte = useView(stage, (view) => stage.byteAt(view.cursorBytes))

  useEffect(() => {
    if (!scroller.current || !spacer.current || !cells.current || !marks.current) return
    return stage.attach({ scroller: scroller.current, spacer: spacer.current, cells: cells.current, marks: marks.current })
  }, [stage])

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !stage.key(event.key)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="map-field">
      <div ref={scroller} className="map-scroll" role="slider" tabIndex={0} aria-label="Device map" aria-orientation="horizontal"
        aria-valuemin={0} aria-valuemax={Math.max(0, count - 1)} aria-valuenow={cell} aria-valuetext={count > 0 && level ? cellText(model, level, cursor, byte) : ''}
        onKeyDown={onKey} onFocus={() => stage.focus(true)} onBlur={() => stage.focus(false)}
        onPointerMove={(event) => stage.point(event)} onPointerLeave={() => stage.unpoint()}
        onClick={(event) => stage.press(event)} onDoubleClick={(event) => stage.zoomAt(event, 1)}>
        <div className="map-stage">
          <canvas ref={cells} className="map-canvas" />
          <canvas ref={marks} className="map-canvas" />
        </div>
        <div ref={spacer} />
      </div>
      <Away stage={stage} side="above" />
      <Away stage={stage} side="below" />
    </div>
  )
}

/** Devices that the pane is too low for, and a way to the next of them. */
function Away({ stage, side }: { stage: MapStage; side: 'above' | 'below' }) {
  const beyond = useView(stage, (view) => view[side])
  if (!beyond) return null
  const failed = beyond.poisonedCount + beyond.stoppedCount > 0
  return (
    <button type="button" className="map-away" data-side={side} data-failed={failed || undefined} onClick={() => stage.goTo(beyond.nearestBytes)}>
      {beyondText(beyond, side)}
    </button>
  )
}

function ZoomButtons({ stage }: { stage: MapStage }) {
  const index = useView(stage, (view) => view.index)
  const last = useView(stage, (view) => view.levels.length - 1)
  return (
    <>
      <button type="button" className="icon" aria-label="Zoom out" title="Zoom out (-)" aria-disabled={index === 0} onClick={() => stage.zoom(-1)}><Minus aria-hidden /></button>
      <button type="button" className="icon" aria-label="Zoom in" title="Zoom in (+)" aria-disabled={index >= last} onClick={() => stage.zoom(1)}><Plus aria-hidden /></button>
    </>
  )
}

/** The way in; each step leads back to what it names. */
function Crumbs({ stage, model }: { stage: MapStage; model: MapModel }) {
  const levels = useView(stage, (view) => view.levels)
  const index = useView(stage, (view) => view.index)
  const here = useView(stage, (view) => view.hereBytes)
  const zooms = useView(stage, (view) => view.zooms)
  const level = levels[index]
  // Its place is kept, so that nothing jumps when the device is there.
  if (!level || model.sizeBytes === 0) return <div className="crumbs" />
  return (
    <nav className="crumbs" aria-label="Where the map is">
      <ol>
        {crumbsOf(model, levels, index, here).map((crumb) => (
          <li key={crumb.level}>
            <button type="button" className="link" aria-current={crumb.level === index ? 'true' : undefined} onClick={() => stage.show(crumb.level, here)}>{crumb.text}</button>
          </li>
        ))}
        <li className="quiet">{levelText(model, level)}</li>
      </ol>
      <span className="visually-hidden" role="status">{zooms > 0 ? zoomSentence(model, level) : ''}</span>
    </nav>
  )
}

/** What is pointed at, and how the file that is lit is laid out, wherever it was lit. */
function Caption({ stage, model }: { stage: MapStage; model: MapModel }) {
  const pointed = useView(stage, (view) => view.pointedBytes)
  const level = useView(stage, (view) => view.levels[view.index])
  const byte = useView(stage, (view) => (view.pointedBytes === undefined ? undefined : stage.byteAt(view.pointedBytes)))
  const lit = useLook((state) => state.lit)
  if (!level || model.sizeBytes === 0) return <p className="map-caption" />
  const file = lit === undefined ? undefined : fileOfEntry(model, lit)
  const layout = file && layoutText(file)
  const said = pointed === undefined ? undefined : cellSentence(model, level, pointed, byte)
  const text = [said, layout && sentence(layout)].filter(Boolean).join(' ')
  return <p className="map-caption num">{text === '' ? restText(model, level) : text}</p>
}

/** Reads what the picture shows byte by byte, and shows nothing itself. */
function Bytes({ stage, version }: { stage: MapStage; version: number }) {
  const offset = useView(stage, (view) => view.windowBytes)
  const length = useView(stage, (view) => view.windowLength)
  const seen = useBytes(DEVICE, offset, length, version)
  useEffect(() => stage.setBytes(seen), [stage, seen])
  return null
}

function deviceText({ device }: Snapshot): string {
  if (device.sizeBytes === 0) return ''
  const { filesystem, devices } = device
  const size = `${devices.length > 1 ? `${plural(devices.length, 'device')}, ` : ''}${sizeText(device.sizeBytes)}`
  if (!filesystem) return `${size}, no famfs`
  return `${size}, ${plural(filesystem.unitCount, 'unit')} of ${sizeText(filesystem.unitBytes)}, ${countText(filesystem.usedUnitCount)} in use`
}

/** What the picture has beside its devices, for who doesn't see it. */
function captionsText(model: MapModel): string {
  if (!lotOf(model).isCaptioned) return ''
  return model.devices.map(({ name, fsDevindex, role, startBytes, endBytes, health }) => sentence([fsDevindex === undefined ? name : `Device ${fsDevindex}: ${name}`, ROLES[role], sizeText(endBytes - startBytes), healthText(health)].filter(Boolean).join(', '))).join(' ')
}

/** What isn't as it should be; undefined on a sound device. */
function troubleText({ device, ready }: Snapshot): string | undefined {
  if (!device.filesystem) return ready ? sentence(device.verdict) : undefined
  const bad = device.filesystem.badEntryCount
  return bad > 0 ? `${plural(bad, 'log entry is', 'log entries are')} damaged: seqnum or checksum is wrong.` : undefined
}

const DEVICE = { kind: 'device' } as const
