// What a lane shows when its host is down, or a file of it can't be read: the way back up, and what is wrong. It comes with the
// first page: where something went wrong already, nothing more must have to be fetched.

import { Power } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { HostFile, HostView } from '../playground/types.ts'
import { sentence } from './format.ts'
import { useAction, usePlayground } from './session.tsx'

export function DownState({ host }: { host: HostView }) {
  const playground = usePlayground()
  const rebooting = useAction()
  const reboot = useRef<HTMLButtonElement>(null)
  // Whoever pulled the plug by keys wants the next key here.
  useEffect(() => {
    const button = reboot.current
    if (button?.closest('.lane')?.contains(document.activeElement)) button.focus()
  }, [])
  return (
    <div className="down">
      <p>{sentence(host.why ?? `${host.name} is down`)} Its memory is gone; the device keeps every byte.</p>
      <button type="button" className="primary" ref={reboot} onClick={() => void rebooting.go(() => playground.rebootHost(host.name))}>
        <Power aria-hidden /> Reboot {host.name}
      </button>
    </div>
  )
}

const FAULTS = {
  no_map: { words: 'no map', errno: undefined, title: 'A plain tool made it, on this host alone: nothing says where its bytes would be, and reading it is an I/O error.' },
  resized: { words: 'bad size', errno: undefined, title: 'Its size was changed on this host: nothing reads or writes it until it is removed here and the log is played.' },
  memory: { words: 'bad memory', errno: 'EIO', title: 'Memory behind it failed: reading or writing it is an error here.' },
  failing: { words: 'fails when read', errno: undefined, title: 'Memory behind it failed: who touches it here gets an error.' },
  missing: { words: 'no device', errno: 'ENODEV', title: 'A part of it is on a device that this host doesn’t have: nothing reads or writes it here.' },
} as const

/** What is wrong with a file on that host: with what a program is told, where memory is to blame. */
export function Fault({ fault, memoryErrno }: { fault: NonNullable<HostFile['fault']>; memoryErrno: string | undefined }) {
  const { words, errno, title } = FAULTS[fault]
  const code = fault === 'memory' ? (memoryErrno ?? errno) : errno
  return <span className="fault" data-fault={fault} title={title}>{words}{code !== undefined && <> <code>{code}</code></>}</span>
}
