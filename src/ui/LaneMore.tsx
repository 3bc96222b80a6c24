// What a lane shows when it is asked for more, or when its host is down: its menu, why it is master or client, what its kernel
// is, and the way back up. Loaded right after the first picture.

import { HardDrive, Power, RefreshCw, Trash2, Unplug } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Superblock } from '../core/omf/superblock.ts'
import { deviceWords } from '../playground/spoken.ts'
import type { HostFile, HostView, PoolDeviceView } from '../playground/types.ts'
import { sentence } from './format.ts'
import { CARDS } from './lab/cards.ts'
import { showBytes, useLookStore } from './look.tsx'
import { type Action, useAction, useGo, usePlayground } from './session.tsx'

/** @param rebooting outlives the menu, which closes when something of it is pressed */
export function MenuItems({ host, devices, rebooting, close }: { host: HostView; devices: readonly PoolDeviceView[]; rebooting: Action; close: () => void }) {
  const playground = usePlayground()
  const go = useGo()
  return (
    <div className="menu">
      {host.status !== 'down' && (
        <>
          <button type="button" onClick={() => { close(); void go(() => playground.killHost(host.name)) }}>
            <Unplug aria-hidden /> Kill {host.name} <span className="quiet">pull the plug</span>
          </button>
          <button type="button" onClick={() => { close(); void rebooting.go(() => playground.rebootHost(host.name)) }}>
            <RefreshCw aria-hidden /> Reboot {host.name} <span className="quiet">mount and play from the start</span>
          </button>
        </>
      )}
      <button type="button" onClick={() => { close(); void go(() => playground.removeHost(host.name)) }}>
        <Trash2 aria-hidden /> Remove {host.name} <span className="quiet">the device keeps its files</span>
      </button>
      {devices.slice(1).map((device) => {
        const { devindex: n } = device
        const isLacking = host.lacks.includes(n)
        return (
          <button key={n} type="button" onClick={() => { close(); void rebooting.go(() => (isLacking ? playground.attachDevice(host.name, n) : playground.detachDevice(host.name, n))) }}>
            <HardDrive aria-hidden /> {isLacking ? `Give ${deviceWords(device)} back to` : `Take ${deviceWords(device)} from`} {host.name} <span className="quiet">{host.status === 'down' ? 'starts' : 'reboots'} {isLacking ? 'with' : 'without'} it</span>
          </button>
        )
      })}
      <p className="quiet mono">system UUID {host.systemUuid}</p>
    </div>
  )
}

export function RoleWhy({ host, ownerName }: { host: HostView; ownerName: string | undefined }) {
  const look = useLookStore()
  return (
    <>
      <p>{roleText(host, ownerName)}</p>
      <button type="button" className="link" onClick={() => showBytes(look, Superblock.offsetOf('ts_system_uuid'), 16)}>Show the owner in the superblock</button>
    </>
  )
}

function roleText({ name, role }: HostView, ownerName: string | undefined): string {
  if (role === 'master') return `${name} formatted the device: its system UUID stands in the superblock. So ${name} is the master and alone may create files and directories; all hosts may read them.`
  return `${ownerName ?? 'Another system'} formatted the device and is its master: it alone may create files. ${name} is a client: it finds files by playing the log, and has them without write bits.`
}

export function KernelWhy({ host: { name, kernel, daemon, options = [] } }: { host: HostView }) {
  const card = CARDS.find(({ kernels }) => kernels.some((known) => known === kernel))
  return (
    <>
      <p>{name} is mounted with {kernel}. {card?.whose} {card?.how}</p>
      {daemon && <p>{daemon === 'worker' ? 'Its daemon runs in a worker of its own, and what the two say goes through shared memory.' : 'Its daemon runs beside it, in the host’s own thread.'}</p>}
      <p>Mount options: <code>{options.join(',')}</code></p>
    </>
  )
}

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
