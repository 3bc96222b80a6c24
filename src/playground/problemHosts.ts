// What is odd on a host while the device is sound: each says what it is and what brings it back. That a host is behind is
// no fault, it is how famfs works.

import { Superblock } from '../core/omf/superblock.ts'
import { healsOf, NEEDED_NEXT, startWords } from './heals.ts'
import { hasFailed } from './problemMemory.ts'
import { devicesWords, deviceWords, listed } from './spoken.ts'
import type { HostFile, HostView, PoolDeviceView, Problem, Severity } from './types.ts'

const NAMED_MOST = 3

/** @param devices what they are now: a host's mount may have lost one that is well again */
export function hostProblems(hosts: readonly HostView[], devices: readonly PoolDeviceView[]): Problem[] {
  return hosts.flatMap((host) => problemsOf(host, devices))
}

/** While it, the list of files and the devices are the same, so are the problems. */
export function hostKey({ name, status, why, mountpoint, mountTrouble, playedCount, entryCount, unseen, removed, stale, stranded, appending, lacks, lost, outdated = [], refused = [], elsewhere }: HostView): string {
  const lists = [unseen, removed].flatMap((list) => [list.length, ...list.slice(0, NAMED_MOST)])
  return [name, status, why, mountpoint, mountTrouble, playedCount, entryCount, stale, stranded, appending, lacks.join(), JSON.stringify([lost, outdated]), elsewhere, ...refused, ...lists].join('\n')
}

function problemsOf(host: HostView, devices: readonly PoolDeviceView[]): Problem[] {
  const { name, status, why, mountpoint, mountTrouble, playedCount, entryCount, stale, stranded, appending, elsewhere } = host
  const say = (severity: Severity, id: string, says: string, next: string, entryIndex?: number): Problem =>
    ({ id: `host-${name}-${id}`, severity, says, next, bytes: undefined, entryIndex, host: name })
  if (status === 'starting') return []
  if (status === 'down') return [say('warning', 'down', `${name} is down: ${why ?? 'it does not answer'}.`, `Reboot ${name}: the device kept its bytes, and the log brings its files back.`)]
  if (stale) {
    const again = `In a terminal of ${name}: umount ${mountpoint ?? ''}, then famfs mount it again.`
    return [say('error', 'stale', `${name} has a file system mounted that is not on the device any more: it was formatted again since.`, again)]
  }
  if (elsewhere !== undefined) return [...odd(host, devices, say), say('note', 'elsewhere', `${name} has the file system of ${elsewhere} mounted, and not the one that is checked here.`, `In a terminal of ${name}: famfs fsck ${mountpoint ?? ''}.`)]
  // What is wrong is the device's, and said there.
  if (stranded) return [say('note', 'stranded', `${name} goes on with the files it knew, and can play nothing.`, 'Step back if something done here broke the device.')]
  if (mountTrouble) return [say('error', 'mount', `${name} could not mount the device: ${mountTrouble}`, `Put that right, then in a terminal of ${name}: famfs mount.`)]
  if (mountpoint === undefined) return entryCount === 0 ? [] : [say('note', 'unmounted', `Nothing is mounted on ${name}: it sees no file.`, `In a terminal of ${name}: famfs mount.`)]
  const found = odd(host, devices, say)
  if (playedCount < entryCount && !appending) {
    const missing = entryCount - playedCount
    const unseen = host.unseen.length > 0 ? `: it can’t see ${listed(host.unseen, NAMED_MOST)}` : ''
    found.push(say('note', 'behind', `${name} is ${missing === 1 ? 'one log entry' : `${missing.toLocaleString('en')} log entries`} behind${unseen}.`, `Play log on ${name}.`, playedCount))
  }
  return found
}

function odd(host: HostView, devices: readonly PoolDeviceView[], say: (severity: Severity, id: string, says: string, next: string) => Problem): Problem[] {
  const { name, removed, files } = host
  const found: Problem[] = []
  const { resized, mapless, stray, failed, failing, missing } = faultsOf(files)
  if (removed.length > 0) {
    found.push(say('warning', 'removed', `Removed or renamed on ${name} alone: ${listed(removed, NAMED_MOST)}. The log still has ${it(removed)}, and so have the other hosts.`, `Play log on ${name}: ${removed.length === 1 ? 'it comes' : 'they come'} back.`))
  }
  if (resized.length > 0) {
    found.push(say('warning', 'resized', `On ${name}, ${listed(resized, NAMED_MOST)} has another size than its map: nothing can read or write it there.`, `In a terminal of ${name}: rm it, then play the log.`))
  }
  if (mapless.length > 0) {
    found.push(say('warning', 'no-map', `On ${name}, ${listed(mapless, NAMED_MOST)} has no map: nothing can read or write it there.`, `In a terminal of ${name}: rm it, then play the log.`))
  }
  if (failed.length > 0) {
    found.push(say('warning', 'memory', `On ${name}, ${listed(failed, NAMED_MOST)} can’t be read or written: ${lossText(host, devices)}.`, healText(host, devices, 'memory')))
  }
  if (failing.length > 0) {
    found.push(say('note', 'failing', `${aheadText(host, devices, failing)} gets an error. Nothing there has yet.`, healText(host, devices, 'failing')))
  }
  if (missing.length > 0) {
    const lack = lackText(host)
    const next = lack === undefined ? findText(host, devices) : `Put that right; then in a terminal of ${name}: famfs daxdev resolve ${host.mountpoint ?? ''}.`
    found.push(say('warning', 'missing', `On ${name}, ${listed(missing, NAMED_MOST)} can’t be read or written: ${lack ?? `a device of ${it(missing)} was not there when ${name} mounted`}.`, next))
  }
  if (stray.length > 0) {
    found.push(say('warning', 'stray', `A plain tool made ${listed(stray, NAMED_MOST)} on ${name} alone: no log has ${it(stray)}.`, `Remove ${it(stray)} on ${name}, and make it with famfs creat or famfs cp on the master.`))
  }
  return found
}

/** What is there and isn’t taken. */
function lackText({ refused = [] }: HostView): string | undefined {
  return refused.length === 0 ? undefined : refused.join('; ')
}

/** What it met, where it knows. */
function lossText({ lost }: HostView, devices: readonly PoolDeviceView[]): string {
  const one = lost.find(({ endsMount }) => endsMount) ?? lost[0]
  if (!one) return 'the memory behind it failed'
  const known = devices.find(({ devindex }) => devindex === one.devindex)
  const device = known && devices.length > 1 ? deviceWords(known) : 'the device'
  if (one.why === 'reconfigured') return `${device} was reconfigured under the mount`
  return one.why === 'poison' ? `the mount met poison on ${device}` : `${device} did not answer when it was touched`
}

/** What nobody has met. */
function aheadText({ name, outdated = [] }: HostView, devices: readonly PoolDeviceView[], failing: readonly string[]): string {
  const others = devices.filter(({ devindex }) => outdated.includes(devindex))
  if (others.length === 0) return `Who touches the failed memory behind ${listed(failing, NAMED_MOST)} on ${name}`
  const were = `${others.length === 1 ? 'was' : 'were'} reconfigured under the mount of ${name}`
  return `${devices.length === 1 ? 'The device' : capital(devicesWords(others))} ${were}: who touches ${listed(failing, NAMED_MOST)} there`
}

/** The device first, if it isn't well, by the names of its buttons; then the mount, if it has met what failed or can't but meet it. */
function healText({ name, mountpoint, files, lost, outdated = [], entryCount }: HostView, devices: readonly PoolDeviceView[], met: 'memory' | 'failing'): string {
  const under = devices.filter((device) => hasFailed(device) && ((met === 'memory' && lost.some(({ devindex }) => devindex === device.devindex)) || files.some(({ fault, extents }) => fault === met && extents.some((extent) => isOn(device, extent)))))
  const heal = under.flatMap((device) => healsOf(device, entryCount))
  const again = `in a terminal of ${name}: umount ${mountpoint ?? ''}, then famfs mount it again.`
  if (heal.length === 0) return under.some(({ health }) => health.poison.length > 0) ? NEEDED_NEXT : capital(again)
  return `Under Devices: ${listed(heal, NAMED_MOST)}${met === 'memory' || outdated.length > 0 ? `; then ${again}` : '.'}`
}

function findText({ name, mountpoint, lacks }: HostView, devices: readonly PoolDeviceView[]): string {
  const back = devices.filter(({ devindex }) => lacks.includes(devindex)).map((device) => `Give ${deviceWords(device)} back to ${name}`)
  if (back.length > 0) return `In its menu, or under Devices: ${listed(back, NAMED_MOST)}.`
  const again = `in a terminal of ${name}: famfs daxdev resolve ${mountpoint ?? ''}.`
  const stopped = devices.filter(({ health }) => health.isStopped)
  if (stopped.length > 0) return `Under Devices: ${listed(stopped.map(startWords), NAMED_MOST)}; then ${again}`
  // What has no superblock that can be read isn't found, and zeros are none.
  const torn = devices.find((device) => device.health.poison.some(({ offsetBytes }) => offsetBytes < device.baseBytes + Superblock.sizeBytes && isOn(device, { offsetBytes, lengthBytes: 1 })))
  if (torn) return `The superblock of ${deviceWords(torn)} is poisoned, and clearing that makes it zeros: step back if it was done here, else copy the other files out and format again.`
  const bare = devices.find(({ fsDevindex }) => fsDevindex === undefined)
  if (bare) return `Nothing says any more which device ${bare.name} is, and resolving finds only what has a superblock: step back if it was done here, else copy the other files out and format again.`
  return capital(again)
}

function isOn({ baseBytes, sizeBytes }: PoolDeviceView, { offsetBytes }: HostFile['extents'][number]): boolean {
  return offsetBytes >= baseBytes && offsetBytes < baseBytes + sizeBytes
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

interface Faults {
  resized: string[]
  /** Logged files without a map. */
  mapless: string[]
  /** Files that no log has. */
  stray: string[]
  /** The mount can't reach them any more. */
  failed: string[]
  /** Memory behind them failed, and the mount hasn't met it. */
  failing: string[]
  /** On devices that the host doesn't have. */
  missing: string[]
}

/** A host's list of files is replaced, never changed: what was found in one holds for as long as it is shown. */
const known = new WeakMap<readonly HostFile[], Faults>()

function faultsOf(files: readonly HostFile[]): Faults {
  const found = known.get(files)
  if (found) return found
  const made: Faults = { resized: [], mapless: [], stray: [], failed: [], failing: [], missing: [] }
  for (const { fault, entryIndex, path } of files) {
    if (fault === 'resized') made.resized.push(path)
    else if (fault === 'memory') made.failed.push(path)
    else if (fault === 'failing') made.failing.push(path)
    else if (fault === 'missing') made.missing.push(path)
    else if (fault === 'no_map') (entryIndex < 0 ? made.stray : made.mapless).push(path)
  }
  known.set(files, made)
  return made
}

function it(list: readonly string[]): string {
  return list.length === 1 ? 'it' : 'them'
}
