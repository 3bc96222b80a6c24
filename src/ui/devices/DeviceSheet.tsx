// The devices, what the hardware says of each, and what can happen to them: each press is a step like others, said in the
// corner with the way back, and seen in lanes and map, which the list leaves in sight. Memory is poisoned by the numbers that
// stand here, which at first are those of the selection.

import './devices.css'
import { type FormEvent, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Result } from '../../core/base/result.ts'
import { POISON_LINE_BYTES } from '../../core/base/poison.ts'
import type { PoolDeviceView, Snapshot } from '../../playground/types.ts'
import { briefPlace } from '../addresses.ts'
import { Sheet } from '../commands/Sheet.tsx'
import { sentence } from '../format.ts'
import { HELP_TITLES, type HelpTopic } from '../helpTitles.ts'
import { LateHelp } from '../LateHelp.tsx'
import { showBytes, useLookStore } from '../look.tsx'
import { alignedAt } from '../map/levels.ts'
import { partsOf } from '../map/model.ts'
import { stageOf } from '../map/stage.ts'
import { useMessageStore } from '../messages.ts'
import { placeAt } from '../overlay.ts'
import { Note } from '../parts.tsx'
import { Field } from '../controls.tsx'
import { useAction, usePlayground, useSnapshot } from '../session.tsx'
import type { Trouble } from '../trouble.ts'
import { DeviceRow } from './DeviceRow.tsx'
import { type PoisonRange, rangeAsked, rangeAt, rangeText } from './poisonRange.ts'
import { withUndo } from './withUndo.ts'

const TOPICS: readonly HelpTopic[] = ['devices', 'poison', 'stopped']

export function DeviceSheet({ forPoison }: { forPoison: boolean }) {
  const snapshot = useSnapshot()
  const [topic, setTopic] = useState<HelpTopic>()
  const [trouble, setTrouble] = useState<Trouble>()
  const helpId = useId()
  const root = useRef<HTMLDivElement>(null)
  useDock(root)
  const { busy, run } = useDeed(setTrouble)
  const { devices } = snapshot.device
  return (
    <Sheet title="Devices">
      <div className="device-sheet" ref={root}>
        <div className="device-topics">
          {TOPICS.map((each) => (
            <button key={each} type="button" className="link question" aria-expanded={each === topic} aria-controls={each === topic ? helpId : undefined} onClick={() => setTopic(each === topic ? undefined : each)}>
              {HELP_TITLES[each]}
            </button>
          ))}
        </div>
        {topic && <LateHelp id={helpId} topic={topic} onClose={() => setTopic(undefined)} />}
        <ul className="device-list" aria-label="Devices">
          {devices.map((device) => <DeviceRow key={device.devindex} device={device} hosts={snapshot.hosts} busy={busy} run={run} />)}
        </ul>
        <div role="alert">{trouble && <Note trouble={trouble} onDismiss={() => setTrouble(undefined)} />}</div>
        <PoisonForm snapshot={snapshot} hasFocus={forPoison} onTrouble={setTrouble} />
      </div>
    </Sheet>
  )
}

/** Lanes and map show what happens to a device: the sheet lies over the inspector, where there is one beside them. */
function useDock(root: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const pane = document.querySelector('.pane[data-pane="inspector"]')
    const place = (): void => {
      const sheet = root.current?.closest<HTMLElement>('.sheet')
      if (!sheet) return
      const { left = 0, top = 0, width = 0, bottom = 0 } = pane?.getBoundingClientRect() ?? {}
      sheet.toggleAttribute('data-docked', width > 0)
      for (const [name, px] of Object.entries({ left, top, width, bottom: Math.max(0, innerHeight - bottom) })) sheet.style.setProperty(`--pane-${name}`, `${px}px`)
    }
    place()
    const observer = new ResizeObserver(place)
    if (pane) observer.observe(pane)
    addEventListener('resize', place)
    return () => {
      observer.disconnect()
      removeEventListener('resize', place)
    }
  }, [root])
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
  return `${sentence(`${rangeText(snapshot.device.devices, range)}, in whole lines of ${POISON_LINE_BYTES} bytes`)} There: ${sentence(title.charAt(0).toLowerCase() + title.slice(1))} Whoever touches them gets an error.`
}
