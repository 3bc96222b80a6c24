// The devices, what the hardware says of each, and what can happen to them: each press is a step like others, said in the
// corner with the way back. Memory is poisoned by the numbers that stand here, which at first are those of the selection.

import './devices.css'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { Result } from '../../core/base/result.ts'
import { capitalDevice, deviceWords } from '../../playground/spoken.ts'
import type { HostView, PoolDeviceView, Snapshot } from '../../playground/types.ts'
import { briefPlace } from '../addresses.ts'
import { Sheet } from '../commands/Sheet.tsx'
import { countText, plural, sentence, sizeText } from '../format.ts'
import { healthText } from '../health.ts'
import { HELP_TITLES, type HelpTopic } from '../helpTitles.ts'
import { LateHelp } from '../LateHelp.tsx'
import { showBytes, useLookStore } from '../look.tsx'
import { alignedAt } from '../map/levels.ts'
import { partsOf } from '../map/model.ts'
import { stageOf } from '../map/stage.ts'
import { useMessageStore } from '../messages.ts'
import { placeAt } from '../overlay.ts'
import { Field, Note } from '../parts.tsx'
import { useAction, usePlayground, useSnapshot } from '../session.tsx'
import type { Trouble } from '../trouble.ts'
import { LINE_BYTES, type PoisonRange, rangeAsked, rangeAt, rangeText } from './poisonRange.ts'
import { withUndo } from './withUndo.ts'

const TOPICS: readonly HelpTopic[] = ['devices', 'poison', 'stopped']

export function DeviceSheet({ forPoison }: { forPoison: boolean }) {
  const snapshot = useSnapshot()
  const [topic, setTopic] = useState<HelpTopic>()
  const [trouble, setTrouble] = useState<Trouble>()
  const helpId = useId()
  const { devices } = snapshot.device
  return (
    <Sheet title="Devices">
      <div className="device-sheet">
        <div className="device-topics">
          {TOPICS.map((each) => (
            <button key={each} type="button" className="link question" aria-expanded={each === topic} aria-controls={each === topic ? helpId : undefined} onClick={() => setTopic(each === topic ? undefined : each)}>
              {HELP_TITLES[each]}
            </button>
          ))}
        </div>
        {topic && <LateHelp id={helpId} topic={topic} onClose={() => setTopic(undefined)} />}
        <ul className="device-list" aria-label="Devices">
          {devices.map((device) => <DeviceRow key={device.devindex} device={device} hosts={devices.length > 1 ? snapshot.hosts : []} onTrouble={setTrouble} />)}
        </ul>
        <div role="alert">{trouble && <Note trouble={trouble} onDismiss={() => setTrouble(undefined)} />}</div>
        <PoisonForm snapshot={snapshot} hasFocus={forPoison} onTrouble={setTrouble} />
      </div>
    </Sheet>
  )
}

type OnTrouble = (trouble: Trouble | undefined) => void

/** One thing at a time; what went wrong is said in the sheet. */
function useDeed(onTrouble: OnTrouble): { busy: boolean; run: (act: () => Promise<Result<undefined>>) => Promise<boolean> } {
  const playground = usePlayground()
  const messages = useMessageStore()
  const doing = useAction()
  return {
    busy: doing.busy,
    run: async (act) => {
      onTrouble(undefined)
      const failed = await doing.run(() => withUndo(playground, messages, act))
      onTrouble(failed)
      return failed === undefined
    },
  }
}

function DeviceRow({ device, hosts, onTrouble }: { device: PoolDeviceView; hosts: HostView[]; onTrouble: OnTrouble }) {
  const playground = usePlayground()
  const look = useLookStore()
  const { busy, run } = useDeed(onTrouble)
  const { devindex: n, name, fsDevindex, sizeBytes, baseBytes, uuid, health } = device
  const who = deviceWords(device)
  const state = healthText(health)
  const isSound = !health.isStopped && health.poison.length === 0
  return (
    <li className="device-row" aria-label={capitalDevice(who)}>
      <p className="device-line">
        {fsDevindex !== undefined && <strong>{who}</strong>} <span className="mono">{name}</span>
        <span className="quiet num">{sizeText(sizeBytes)}, {partText(device)}</span>
        <span className="device-state" data-failed={state !== '' || undefined}>{state === '' ? 'answers' : state}</span>
      </p>
      <div className="device-acts">
        {health.isStopped
          ? <button type="button" aria-disabled={busy} onClick={() => void run(() => playground.startDevice(n))}>Let {who} answer again</button>
          : <button type="button" aria-disabled={busy} onClick={() => void run(() => playground.stopDevice(n))}>Stop {who}</button>}
        <button type="button" aria-disabled={busy} onClick={() => void run(() => playground.reconfigureDevice(n))}>Reconfigure {who}</button>
        <button type="button" aria-disabled={busy || isSound} title={isSound ? 'It answers, and none of it is poisoned.' : 'No poison, and it answers'} onClick={() => void (!isSound && run(() => playground.mendDevice(n)))}>
          Re-initialise {who}
        </button>
        <button type="button" className="link" onClick={() => showBytes(look, baseBytes, LINE_BYTES)}>Show its first bytes</button>
      </div>
      {n > 0 && hosts.length > 0 && (
        <div className="device-acts">
          {hosts.map(({ name: host, lacks }) => lacks.includes(n)
            ? <button key={host} type="button" aria-disabled={busy} title={`${host} reboots with it`} onClick={() => void run(() => playground.attachDevice(host, n))}>Give {who} back to {host}</button>
            : <button key={host} type="button" aria-disabled={busy} title={`${host} reboots without it`} onClick={() => void run(() => playground.detachDevice(host, n))}>Take {who} from {host}</button>)}
        </div>
      )}
      <p className="quiet mono device-uuid">{uuid}</p>
    </li>
  )
}

function partText({ fsDevindex, usedUnitCount, unitCount }: PoolDeviceView): string {
  if (fsDevindex === undefined) return 'in no file system'
  return `${fsDevindex === 0 ? 'primary' : 'secondary'}, ${countText(usedUnitCount)} of ${plural(unitCount, 'unit')} in use`
}

function PoisonForm({ snapshot, hasFocus, onTrouble }: { snapshot: Snapshot; hasFocus: boolean; onTrouble: OnTrouble }) {
  const playground = usePlayground()
  const look = useLookStore()
  const { busy, run } = useDeed(onTrouble)
  const { devices } = snapshot.device
  const [typed, setTyped] = useState(() => textsOf(devices, selectionOf(snapshot, look)))
  const submit = useRef<HTMLButtonElement>(null)
  const id = useId()
  const range = rangeAsked(devices, typed.from, typed.length)
  const mistake = 'mistake' in range ? range.mistake : undefined

  // After the sheet has taken the focus for itself.
  useEffect(() => {
    if (!hasFocus) return
    const frame = requestAnimationFrame(() => submit.current?.focus())
    return () => cancelAnimationFrame(frame)
  }, [hasFocus])

  const poison = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if ('mistake' in range) return
    const isDone = await run(() => playground.poison(range.devindex, range.offsetBytes, range.lengthBytes))
    if (isDone) showBytes(look, range.mark.startBytes, range.mark.lengthBytes)
  }
  const take = (next: PoisonRange | undefined): void => setTyped(textsOf(devices, next))
  return (
    <form className="poison-form" aria-labelledby={`${id}-title`} onSubmit={(event) => void poison(event)} noValidate>
      <h3 id={`${id}-title`}>Poison a range</h3>
      <div className="panel-fields">
        <Field label="From">
          {(field) => <input id={field} className="mono" size={14} value={typed.from} spellCheck={false} autoCapitalize="off" aria-invalid={mistake !== undefined} aria-describedby={`${id}-says`} onChange={(event) => setTyped({ ...typed, from: event.target.value })} />}
        </Field>
        <Field label="Length">
          {(field) => <input id={field} className="mono" size={8} value={typed.length} spellCheck={false} autoCapitalize="off" aria-invalid={mistake !== undefined} aria-describedby={`${id}-says`} onChange={(event) => setTyped({ ...typed, length: event.target.value })} />}
        </Field>
        <div className="panel-buttons">
          <button type="button" onClick={() => take(selectionOf(snapshot, look))}>Selected bytes</button>
          <button type="button" onClick={() => take(cellOf(snapshot, look))}>Cell of the map</button>
        </div>
      </div>
      <p id={`${id}-says`} role="status" className={mistake === undefined ? undefined : 'wrong'}>{mistake ?? ('mistake' in range ? '' : rangeSays(snapshot, range))}</p>
      <button type="submit" className="grave" ref={submit} aria-disabled={busy || mistake !== undefined} aria-describedby={`${id}-says`}>Poison this range</button>
    </form>
  )
}

function textsOf(devices: readonly PoolDeviceView[], range: PoisonRange | undefined): { from: string; length: string } {
  return range ? { from: briefPlace(devices, range.mark.startBytes), length: String(range.lengthBytes) } : { from: '', length: '' }
}

function selectionOf({ device: { devices } }: Snapshot, look: ReturnType<typeof useLookStore>): PoisonRange | undefined {
  const { selectedBytes, selectedLength } = look.get()
  return rangeAt(devices, { startBytes: selectedBytes, lengthBytes: selectedLength })
}

/** Where the map's cursor is, as large as a cell is now. */
function cellOf(snapshot: Snapshot, look: ReturnType<typeof useLookStore>): PoisonRange | undefined {
  const { levels, index, cursorBytes } = stageOf(look).view()
  const lengthBytes = levels[index]?.cellBytes ?? 1
  return rangeAt(snapshot.device.devices, { startBytes: alignedAt(partsOf(snapshot), cursorBytes, lengthBytes), lengthBytes })
}

function rangeSays(snapshot: Snapshot, range: PoisonRange): string {
  const { title } = placeAt(snapshot, range.mark.startBytes)
  return `${sentence(`${rangeText(snapshot.device.devices, range)}, in whole lines of ${LINE_BYTES} bytes`)} There: ${sentence(title.charAt(0).toLowerCase() + title.slice(1))} Whoever touches them gets an error.`
}
