// What history is made of: acts that anyone can do again, on the same bytes and with the same outcome. No user code is in
// them and no chance; whatever a program or a half-way end left behind is kept as bytes instead.

import type { MetDevice } from '../core/kernel/devices.ts'
import type { MountStatus } from '../core/machine/types.ts'
import type { CallName, Calls } from '../host/protocol.ts'
import type { Extent } from './types.ts'

/** Calls that are done again as they were: everything that they depend on is on the device, on the host, or in `given`. */
const REPEATABLE = ['mkfs', 'mount', 'umount', 'recall', 'creat', 'mkdir', 'logplay', 'poke', 'store', 'unlink'] as const satisfies readonly CallName[]

export type RepeatableName = (typeof REPEATABLE)[number]

export type MountGiven = Calls['mount']['given']

export type CallAct = {
  [K in RepeatableName]: {
    act: 'call'
    host: string
    name: K
    given: Calls[K]['given']
    /** How it ended, and must end again. */
    ok: boolean
    /** Of mount and logplay: so many entries were counted by the log at that time. */
    entryCount?: number
    /** Of a mount that was refused: why, and what to do. */
    trouble?: string
  }
}[RepeatableName]

/** Bytes of the device, those of one run after those of another. Blobs, so that the browser may keep them on its disk. */
export interface Pages {
  runs: Extent[]
  bytes: Blob[]
}

/** What a device is made of, before anything is on it. */
export interface DeviceFacts {
  uuid: string
  sizeBytes: number
}

/** What the hardware says of a device; places count from its own start. */
export interface HealthState {
  poison: Extent[]
  isStopped: boolean
  configuration: number
}

export type Act =
  | CallAct
  /** Other memory, all zeros and without hosts: these devices, one behind the other. */
  | { act: 'devices'; devices: DeviceFacts[] }
  /** From here on the hardware says so, of each device. */
  | { act: 'health'; states: HealthState[] }
  /** A new host, or one that is there and starts again; without the devices at these places. */
  | { act: 'start'; host: string; systemUuid: string; lacks: readonly number[] }
  | { act: 'remove'; host: string }
  | { act: 'down'; host: string; why: string }
  /** It has nothing mounted; when it mounts again, then so. */
  | { act: 'seat'; host: string; given: MountGiven }
  | { act: 'pages'; pages: Pages }

export interface MountedState extends Pick<MountStatus, 'deviceName' | 'mountpoint' | 'fsUuid' | 'playedCount' | 'kernel' | 'daemon' | 'recipe'> {
  /** Of this host's mounts: with each that is made it is another, however alike they are. */
  mountCount: number
  /** What it has met of its devices. */
  met: readonly MetDevice[]
}

/** As much of a host as acts can bring back. */
export interface HostState {
  name: string
  systemUuid: string
  /** Devices that it doesn't have, by their place. */
  lacks: readonly number[]
  status: 'starting' | 'up' | 'down'
  why: string | undefined
  /** How often it has been started. */
  lives: number
  mount: MountedState | undefined
  /** What makes such a mount as it had last; undefined where it never had one. */
  mountedAs: MountGiven | undefined
  /** The mounted file system is the one on the device, so that its log can be played. */
  canPlay: boolean
  /** Played paths that were removed on this host alone, as far as the log can tell. */
  removed: readonly string[]
  /** What it sees in its mount; the same array while nothing comes or goes. */
  files: readonly { path: string; entryIndex: number }[]
}

/** Devices and hosts as the acts so far have made them. */
export interface Known {
  devices: DeviceFacts[]
  health: HealthState[]
  hosts: readonly HostState[]
}

/** Nothing became of it that a step back would undo. */
export function isSameHost(a: HostState, b: HostState): boolean {
  const [{ files: before, ...was }, { files: after, ...is }] = [a, b]
  const samePaths = before === after || (before.length === after.length && before.every(({ path }, i) => path === after[i]?.path))
  return samePaths && JSON.stringify(alike(was)) === JSON.stringify(alike(is))
}

/** A mount that was made again, and is as the one before, is nothing to undo. */
function alike({ mount, ...rest }: Omit<HostState, 'files'>): object {
  return { ...rest, mount: mount && { ...mount, mountCount: 0 } }
}

/** What makes such a mount again. */
export function mountGiven({ deviceName, mountpoint, kernel, daemon, recipe }: Pick<MountedState, 'deviceName' | 'mountpoint' | 'kernel' | 'daemon' | 'recipe'>): MountGiven {
  return { device: deviceName, mountpoint, ...(kernel === 'v1' ? {} : { kernel }), ...(daemon && { daemon }), ...(recipe && { recipe }) }
}

export function isSameMount(a: MountedState | undefined, b: MountedState | undefined): boolean {
  return a?.mountCount === b?.mountCount
}

/**
 * What a mount has met of its devices. A mount that is made again has met nothing, and finds the devices in the
 * configuration that they are in.
 * @param before what is known of the same mount
 */
export function recallActs({ name, mount }: HostState, before: MountedState | undefined): Act[] {
  if (!mount) return []
  const { mountpoint, met } = mount
  const isKnown = before ? JSON.stringify(before.met) === JSON.stringify(met) : met.every(({ failed, configuration }) => failed === undefined && configuration === 0)
  return isKnown ? [] : [{ act: 'call', host: name, name: 'recall', given: { mountpoint, devices: met }, ok: true }]
}

/** Hosts that have met memory since, and did nothing else: with what they know now. */
export function metSince(known: readonly HostState[], now: readonly HostState[]): { acts: Act[]; hosts: HostState[] } {
  const acts: Act[] = []
  const hosts = known.map((was) => {
    const is = now.find(({ name, systemUuid }) => name === was.name && systemUuid === was.systemUuid)
    if (!was.mount || !is?.mount || was.lives !== is.lives || !isSameMount(was.mount, is.mount)) return was
    const recalled = recallActs(is, was.mount)
    acts.push(...recalled)
    return recalled.length > 0 ? { ...was, mount: { ...was.mount, met: is.mount.met } } : was
  })
  return { acts, hosts }
}

export function isRepeatable(name: CallName): name is RepeatableName {
  return (REPEATABLE as readonly string[]).includes(name)
}
