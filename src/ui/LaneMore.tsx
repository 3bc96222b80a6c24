// What a lane shows when it is asked for more: its menu, why it is master or client, and what its kernel is. Loaded right
// after the first picture.

import { HardDrive, RefreshCw, Trash2, Unplug } from 'lucide-react'
import { Superblock } from '../core/omf/superblock.ts'
import { deviceWords } from '../playground/spoken.ts'
import type { HostView, PoolDeviceView } from '../playground/types.ts'
import { CARDS } from './lab/cards.ts'
import { showBytes, useLookStore } from './look.tsx'
import { type Action, useGo, usePlayground } from './session.tsx'

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
