// One device of the list: what it is and how it is on one line, what can happen to it and who has it on the next. Buttons
// show the verb; their whole names, such as "Stop device 2", are those of README, lessons and tests.

import type { ReactNode } from 'react'
import type { Result } from '../../core/base/result.ts'
import { POISON_LINE_BYTES } from '../../core/base/poison.ts'
import { capitalDevice, deviceWords } from '../../playground/spoken.ts'
import type { HostView, PoolDeviceView } from '../../playground/types.ts'
import { countText, plural, sizeText } from '../format.ts'
import { healthText, isFailing } from '../health.ts'
import { showBytes, useLookStore } from '../look.tsx'
import { usePlayground } from '../session.tsx'

interface DeviceRowProps {
  device: PoolDeviceView
  hosts: readonly HostView[]
  busy: boolean
  run: (act: () => Promise<Result<undefined>>) => Promise<boolean>
}

export function DeviceRow({ device, hosts, busy, run }: DeviceRowProps) {
  const playground = usePlayground()
  const look = useLookStore()
  const { devindex: n, name, fsDevindex, sizeBytes, baseBytes, uuid, health } = device
  const who = deviceWords(device)
  const state = healthText(health)
  const isPoisoned = health.poison.length > 0
  const isSound = !isFailing(health)
  const button = (words: ReactNode, act: () => Promise<Result<undefined>>, key?: string): ReactNode => (
    <button key={key} type="button" aria-disabled={busy} onClick={() => void run(act)}><span>{words}</span></button>
  )
  return (
    <li className="device-row" aria-label={capitalDevice(who)}>
      <p className="device-line">
        <span>{fsDevindex !== undefined && <strong>{who}</strong>} <span className="mono">{name}</span></span>
        <span className="device-state" data-failed={!isSound || undefined}>{isSound ? `answers${state === '' ? '' : `, ${state}`}` : state}</span>
        <span className="quiet num">{sizeText(sizeBytes)}, {partText(device)}, UUID <span className="mono" title={uuid}>{uuid.slice(0, 8)}…</span></span>
      </p>
      <div className="device-acts">
        {health.isStopped ? button(<>Let <Who>{who} </Who>answer again</>, () => playground.startDevice(n)) : button(<>Stop <Who>{who}</Who></>, () => playground.stopDevice(n))}
        {button(<>Reconfigure <Who>{who}</Who></>, () => playground.reconfigureDevice(n))}
        <button type="button" aria-disabled={busy || !isPoisoned} title={isPoisoned ? 'Its poisoned lines become zeros' : 'None of it is poisoned.'} onClick={() => void (isPoisoned && run(() => playground.clearPoison(n)))}>
          <span>Clear poison<Who> on {who}</Who></span>
        </button>
        {n > 0 && hosts.map(({ name: host, lacks, status }) => {
          const start = status === 'down' ? ` and start ${host}` : ''
          return lacks.includes(n)
            ? button(<>Give <Who>{who} </Who>back to {host}{start}</>, () => playground.attachDevice(host, n), host)
            : button(<>Take <Who>{who} </Who>from {host}{start}</>, () => playground.detachDevice(host, n), host)
        })}
        <button type="button" className="link" onClick={() => showBytes(look, baseBytes, POISON_LINE_BYTES)}><span>First bytes<Who> of {who}</Who></span></button>
      </div>
    </li>
  )
}

/** The row says it to the eye. */
function Who({ children }: { children: ReactNode }) {
  return <span className="visually-hidden">{children}</span>
}

function partText({ fsDevindex, usedUnitCount, unitCount }: PoolDeviceView): string {
  if (fsDevindex === undefined) return 'in no file system'
  return `${fsDevindex === 0 ? 'primary' : 'secondary'}, ${countText(usedUnitCount)} of ${plural(unitCount, 'unit')} in use`
}
