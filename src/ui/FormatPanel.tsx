// The form that formats: devices that are there, or others in their place. What will be lost is said last, right above the
// button, and the sizes that can be chosen are those that can be had.

import './formatPanel.css'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { GIB, KIB, MIB } from '../core/base/align.ts'
import { LOG_LEAST_BYTES } from '../core/omf/constants.ts'
import type { Snapshot } from '../playground/types.ts'
import { fitsBeside } from './deviceSizes.ts'
import { listText, plural, sentence, sizeText } from './format.ts'
import { putNoteAway, useLookStore } from './look.tsx'
import { Note } from './parts.tsx'
import { Field } from './controls.tsx'
import { useAction, usePlayground, useSnapshot } from './session.tsx'
import type { Trouble } from './trouble.ts'

const DEVICE_COUNTS = [1, 2, 3, 4, 5, 6, 7, 8]
const DEVICE_SIZES = [256 * MIB, GIB, 4 * GIB]
const UNITS = [2 * MIB, 4 * KIB]
const LOG_LENGTHS = [LOG_LEAST_BYTES, 16 * MIB, 32 * MIB, 64 * MIB]

export function FormatPanel({ onClose }: { onClose: () => void }) {
  const playground = usePlayground()
  const look = useLookStore()
  const snapshot = useSnapshot()
  const formatting = useAction()
  const [logLengthBytes, setLogLength] = useState(LOG_LEAST_BYTES)
  const [unitBytes, setUnit] = useState(UNITS[0] ?? MIB)
  const eachBytes = snapshot.device.devices[0]?.sizeBytes ?? 0
  const [deviceBytes, setDeviceBytes] = useState(eachBytes)
  const countNow = snapshot.device.devices.length
  const [deviceCount, setDeviceCount] = useState(countNow)
  const [failure, setFailure] = useState<Trouble>()
  const keep = useRef<HTMLButtonElement>(null)
  // It opens because a button was pressed: the next key is one that loses nothing.
  useEffect(() => keep.current?.focus(), [])
  const formatted = snapshot.device.filesystem !== undefined
  const nowBytes = snapshot.device.sizeBytes
  const sizes = [...new Set([...DEVICE_SIZES, eachBytes])].sort((a, b) => a - b)
  const canBe = (count: number, bytes: number): boolean => isSame(snapshot, count, bytes) || fitsBeside(nowBytes, count, bytes)
  const largest = (count: number): number | undefined => sizes.findLast((bytes) => canBe(count, bytes))
  const isCut = sizes.some((bytes) => !canBe(deviceCount, bytes)) || DEVICE_COUNTS.some((count) => largest(count) === undefined)

  /** So many may be had in a smaller size only. */
  const chooseCount = (count: number): void => {
    setDeviceCount(count)
    if (!canBe(count, deviceBytes)) setDeviceBytes(largest(count) ?? deviceBytes)
  }

  const format = async (): Promise<void> => {
    setFailure(undefined)
    const failed = await formatting.run(() => playground.format({ force: formatted, logLengthBytes, unitBytes, ...(deviceBytes !== eachBytes && { deviceBytes }), ...(deviceCount !== countNow && { deviceCount }) }))
    if (!failed) return onClose()
    setFailure(failed)
    for (const place of ['', ...snapshot.hosts.map((host) => host.name)]) putNoteAway(look, place, playground.snapshot().trace.at(-1)?.index ?? 0)
  }

  return (
    <section className="panel" aria-label="Format the device">
      <p>{willText(snapshot, deviceCount, deviceBytes)}</p>
      <div className="panel-fields">
        <Field label="Number of devices" hint={<small>{deviceCount === 1 ? 'the primary alone' : `one primary, ${plural(deviceCount - 1, 'secondary', 'secondaries')}`}</small>}>
          {(id) => (
            <select id={id} value={deviceCount} onChange={(event) => chooseCount(Number(event.target.value))}>
              {DEVICE_COUNTS.map((count) => <option key={count} value={count} disabled={largest(count) === undefined}>{count}</option>)}
            </select>
          )}
        </Field>
        <SizeChoice label={deviceCount === 1 ? 'Device' : 'Size of each'} sizes={sizes} value={deviceBytes} onChange={setDeviceBytes} canBe={(bytes) => canBe(deviceCount, bytes)}
          hint={`${deviceCount === 1 ? '' : `${sizeText(deviceCount * deviceBytes)} in all; `}untouched memory costs nothing`} />
        <SizeChoice label="Allocation unit" sizes={UNITS} value={unitBytes} onChange={setUnit} hint="4 KiB: ours alone, for many small files" />
        <SizeChoice label="Log length" sizes={LOG_LENGTHS} value={logLengthBytes} onChange={setLogLength} hint="8 MiB holds 15,420 entries" />
      </div>
      {isCut && <p className="quiet">{cutText(nowBytes)}</p>}
      <div className="format-foot">
        <p>{lossText(snapshot)}</p>
        <div className="panel-buttons">
          <button type="button" className={formatted ? 'grave' : 'primary'} aria-disabled={formatting.busy} onClick={() => void format()}>
            {formatted ? 'Forget everything and format' : 'Make a file system'}
          </button>
          <button type="button" ref={keep} onClick={onClose}>{formatted ? 'Keep everything' : 'Close'}</button>
        </div>
      </div>
      {failure && <Note trouble={failure} onDismiss={() => setFailure(undefined)} />}
    </section>
  )
}

function isSame({ device: { devices } }: Snapshot, count: number, eachBytes: number): boolean {
  return devices.length === count && devices.every(({ sizeBytes }) => sizeBytes === eachBytes)
}

/** What pressing it will make. */
function willText(snapshot: Snapshot, count: number, eachBytes: number): string {
  const { name, devices } = snapshot.device
  const each = sizeText(eachBytes)
  const what = `one file system on ${count} devices of ${each} each: ${name} is the primary, with superblock and log, and files may lie on all of them`
  if (isSame(snapshot, count, eachBytes)) {
    return count === 1 ? `Formatting writes a new superblock and an empty log on ${name}, and every host mounts again.` : `Formatting makes ${what}. Every host mounts again.`
  }
  if (count > 1) return `There will be other devices, and ${what}. Every host starts anew.`
  return `There will be another device of ${each}, in place of ${devices.length === 1 ? 'this one' : `these ${devices.length}`}. Every host starts anew on it.`
}

/** Why some sizes can't be chosen. */
function cutText(nowBytes: number): string {
  const way = fitsBeside(nowBytes, 3, 4 * GIB) ? '' : ' For more, format one small device first.'
  return `A browser gives a page less than 16 GiB, the ${sizeText(nowBytes)} of now included: more can’t be chosen.${way}`
}

function lossText({ device, files }: Snapshot): string {
  if (!device.filesystem) return sentence(`${device.name} holds no famfs: ${device.verdict}`)
  if (files.length === 0) return 'There is no file that would be forgotten.'
  return `${plural(files.length, 'file')} will be forgotten: ${listText(files.map((file) => file.path))}. A step back brings ${files.length === 1 ? 'it' : 'them'} back, as long as this page is open.`
}

interface SizeChoiceProps {
  label: string
  sizes: number[]
  value: number
  onChange: (bytes: number) => void
  hint: string
  canBe?: (bytes: number) => boolean
}

function SizeChoice({ label, sizes, value, onChange, hint, canBe = () => true }: SizeChoiceProps): ReactNode {
  return (
    <Field label={label} hint={<small>{hint}</small>}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChange(Number(event.target.value))}>
          {sizes.map((bytes) => <option key={bytes} value={bytes} disabled={!canBe(bytes)}>{sizeText(bytes)}</option>)}
        </select>
      )}
    </Field>
  )
}
