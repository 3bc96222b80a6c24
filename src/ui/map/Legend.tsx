// What lies on the device, in words: as many buttons as one can read, however many files there are. Each leads to its bytes.
// What is always there stands first: it is never what has to be scrolled to.

import { memo } from 'react'
import { deviceAmong, devicesWords } from '../../playground/spoken.ts'
import type { MediaFile } from '../../playground/types.ts'
import { countText, plural, sizeText } from '../format.ts'
import { lighting, showBytes, useLook, useLookStore } from '../look.tsx'
import { mapText, Swatch } from '../parts.tsx'
import { useDevices } from '../session.tsx'
import { freeAt, type MapModel } from './model.ts'

const MOST_FILES = 40

export const Legend = memo(function Legend({ model, freeUnits }: { model: MapModel; freeUnits: number }) {
  const look = useLookStore()
  const { log, unitBytes, segments } = model
  if (!log) return null
  const { files } = segments
  const free = freeAt(model)
  const freeText = <>free <span className="quiet num">{plural(freeUnits, 'unit')}, {sizeText(freeUnits * unitBytes)}</span></>
  return (
    <ul className="legend" aria-label="What lies on the device">
      <li>
        <button type="button" className="legend-item" onClick={() => showBytes(look, 0, 8)}>
          <span className="swatch" data-kind="superblock" aria-hidden /> superblock
        </button>
      </li>
      <li>
        <button type="button" className="legend-item" data-log-anchor onClick={() => showBytes(look, log.startBytes, 8)}>
          <span className="swatch" data-kind="log" aria-hidden /> log
          <span className="quiet num">{countText(log.entryCount)} of {countText(log.slotCount)} slots</span>
        </button>
      </li>
      <li>
        {free === undefined ? (
          <span className="legend-item"><span className="swatch" data-kind="free" aria-hidden /> {freeText}</span>
        ) : (
          <button type="button" className="legend-item" onClick={() => showBytes(look, free)}>
            <span className="swatch" data-kind="free" aria-hidden /> {freeText}
          </button>
        )}
      </li>
      {failedOf(model).map(({ key, at, lengthBytes, kind, text }) => (
        <li key={key}>
          <button type="button" className="legend-item" onClick={() => showBytes(look, at, lengthBytes)}>
            <span className="swatch" data-kind={kind} aria-hidden /> {text}
          </button>
        </li>
      ))}
      {files.slice(0, MOST_FILES).map((file) => (
        <li key={file.entryIndex}>
          <LegendFile file={file} unitBytes={unitBytes} />
        </li>
      ))}
      {files.length > MOST_FILES && <li className="legend-item quiet">{plural(files.length - MOST_FILES, 'more file')}, all in the log</li>}
    </ul>
  )
})

/** First what is poisoned, as one, and on which devices; each device that doesn't answer by itself. */
function failedOf({ devices }: MapModel) {
  const poisoned = devices.filter(({ health }) => health.poison.length > 0)
  const poison = poisoned.flatMap(({ health }) => health.poison)
  const [first] = poison
  const bytes = poison.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  const ranges = poison.length > 1 ? ` in ${plural(poison.length, 'range')}` : ''
  return [
    ...(first ? [{ key: 'poison', kind: 'poison', at: first.offsetBytes, lengthBytes: first.lengthBytes, text: <>poisoned <span className="quiet num">{sizeText(bytes)}{ranges}{devices.length > 1 && ` on ${devicesWords(poisoned)}`}</span></> }] : []),
    ...devices.filter(({ health }) => health.isStopped).map((device) => ({ key: `stopped ${device.name}`, kind: 'stopped', at: device.startBytes, lengthBytes: 8, text: <>{deviceAmong(device, devices)} does not answer</> })),
  ]
}

function LegendFile({ file, unitBytes }: { file: MediaFile; unitBytes: number }) {
  const look = useLookStore()
  const lit = useLook((state) => state.lit === file.entryIndex)
  const devices = useDevices()
  const units = file.extents.reduce((sum, extent) => sum + Math.ceil(extent.lengthBytes / unitBytes), 0)
  return (
    <button type="button" className="legend-item" data-lit={lit || undefined} title={mapText(file.extents, file.chunkBytes, devices)}
      {...lighting(look, file.entryIndex)} onClick={() => showBytes(look, file.extents[0]?.offsetBytes ?? 0)}>
      <Swatch colour={file.colour} strips={file.chunkBytes !== undefined} />
      <span className="mono clip">{file.path}</span>
      <span className="quiet num">{plural(units, 'unit')}</span>
    </button>
  )
}
