// What to make of memory that failed, for the guide: what happened and what to try, and which of that one press does. Each
// device is judged by its own ranges, and whose mount is broken is told by the mount: making it anew is advised where that
// brings files back, and nowhere else.

import { SUPERBLOCK_REGION_BYTES } from '../core/omf/constants.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { clearWords, isNeeded, startWords } from '../playground/heals.ts'
import { anyOverlap } from '../playground/memoryFaults.ts'
import { capitalDevice, deviceAmong, devicesWords } from '../playground/spoken.ts'
import type { Extent, HostFile, HostView, LostDevice, MediaFile, PoolDeviceView, Snapshot, TraceEvent } from '../playground/types.ts'
import { listText, plural } from './format.ts'
import { lastDone } from './offer.ts'

const SHOWN = 2
/** What makes memory fail: in a line that was typed, or would be. */
const POISONING = /\binject-media-poison\b/
const STOPPING = /\bdisable-device\b/
const RECONFIGURING = /\breconfigure-device\b/
const NOBODY_CAN = 'no host can mount, play the log or make a file'

export interface MemoryAdvice {
  /** Whole sentences. */
  says: string
  /** The host whose mount is to be made anew: files come back by that. */
  remount: string | undefined
  /** What to read: whoever does meets what failed or, where the device doesn't answer, whom that doesn't touch. */
  read: { host: string; path: string } | undefined
  /** The device that is spoken of. */
  bad: PoolDeviceView | undefined
  /** What can be done to it by a press: nothing where that would only make what is lost zeros. */
  heal: 'start' | 'clear' | undefined
  /** What one step back takes away, where that is what was done to it. */
  undoes: string | undefined
}

const NOTHING: Omit<MemoryAdvice, 'says'> = { remount: undefined, read: undefined, bad: undefined, heal: undefined, undoes: undefined }

/** Undefined while all devices are well, and those that hosts have mounted, and no host has lost a file to one. */
export function memoryAdvice(snapshot: Snapshot): MemoryAdvice | undefined {
  const { device: { devices, filesystem }, hosts, files } = snapshot
  const failing = devices.flatMap(failingOf)
  const meta = metaOf(devices, filesystem?.logOffsetBytes ?? 0, filesystem?.logLengthBytes ?? 0)
  const isMetaSound = !meta.some(({ range }) => anyOverlap([range], failing))
  const broken = isMetaSound ? brokenMount(hosts, failing) : undefined
  const bad = worstOf(devices, meta, files)
  if (!bad) return broken ? { ...NOTHING, says: brokenText(broken, devices, failing), remount: broken.name } : outdatedText(snapshot) ?? missingText(hosts, devices)
  const hit = files.filter(({ extents }) => anyOverlap(extents, failingOf(bad)))
  const meet = meetingOf(hosts, hit)
  const elsewhere = meet || !bad.health.isStopped ? undefined : readableOn(hosts, files)
  const undoes = undoneBy(lastDone(snapshot), bad, devices)
  const isLossy = !bad.health.isStopped && isNeeded(bad, bad.health.poison, filesystem?.entryCount ?? 0)
  const heal = bad.health.isStopped ? 'start' : isLossy ? undefined : 'clear'
  const cure = cureText(bad, heal, undoes !== undefined)
  const says = [
    bad.health.isStopped ? stoppedText(bad, devices, hit, cure, elsewhere) : poisonText(bad, devices, meta, hit, cure, meet !== undefined, hosts),
    ...(broken ? [brokenText(broken, devices, failing)] : []),
    ...othersText(devices.filter((device) => device !== bad)),
    ...outdatedOn(hosts, devices).map((device) => `${capitalDevice(deviceAmong(device, devices))} was reconfigured under its mounts.`),
  ].join(' ')
  return { says, remount: broken?.name, read: broken ? undefined : meet ?? elsewhere, bad, heal, undoes }
}

function cureText(bad: PoolDeviceView, heal: MemoryAdvice['heal'], canStepBack: boolean): string {
  if (heal === undefined) return canStepBack ? 'Step back: cleared it would be zeros, and only a format would help' : 'Cleared it is zeros, and only a format helps then'
  const words = heal === 'start' ? startWords(bad) : `${clearWords(bad)}, which makes it zeros`
  return canStepBack ? `Step back, or ${lowerFirst(words)}` : words
}

/** What fails beside the one that is spoken of. */
function othersText(others: readonly PoolDeviceView[]): string[] {
  const stopped = others.filter(({ health }) => health.isStopped)
  const poisoned = others.filter(({ health }) => health.poison.length > 0 && !health.isStopped)
  const rangeCount = poisoned.reduce((sum, { health }) => sum + health.poison.length, 0)
  return [
    ...(stopped.length > 0 ? [`${capitalDevice(devicesWords(stopped))} ${stopped.length === 1 ? 'does' : 'do'} not answer, either.`] : []),
    ...(rangeCount > 0 ? [`${plural(rangeCount, 'range')} of ${devicesWords(poisoned)} ${rangeCount === 1 ? 'is' : 'are'} poisoned, too.`] : []),
  ]
}

/** By the page, or typed: what made memory fail, and not what healed it. */
function undoneBy(done: TraceEvent | undefined, bad: PoolDeviceView, devices: readonly PoolDeviceView[], isOutdated = false): string | undefined {
  const { baseBytes, sizeBytes, health } = bad
  const isHere = done?.kind === 'shell' || (done?.kind === 'memory' && done.bytes !== undefined && anyOverlap([done.bytes], [{ offsetBytes: baseBytes, lengthBytes: sizeBytes }]))
  if (!done || !isHere) return undefined
  const line = done.kind === 'shell' ? done.sentence : (done.command ?? '')
  const name = deviceAmong(bad, devices)
  if (isOutdated) return RECONFIGURING.test(line) ? `${name} reconfigured` : undefined
  if (health.isStopped && STOPPING.test(line)) return `${name} stopped`
  return health.poison.length > 0 && POISONING.test(line) ? `poison on ${name}` : undefined
}

interface Meta {
  what: 'superblock' | 'log'
  range: Extent
}

/** Without them there is no file system. */
function metaOf(devices: readonly PoolDeviceView[], logOffsetBytes: number, logLengthBytes: number): Meta[] {
  const primary = devices.find(({ fsDevindex }) => fsDevindex === 0)
  if (!primary) return []
  const { baseBytes } = primary
  return [
    { what: 'superblock', range: { offsetBytes: baseBytes, lengthBytes: Superblock.sizeBytes } },
    { what: 'log', range: { offsetBytes: baseBytes + logOffsetBytes, lengthBytes: logLengthBytes } },
  ]
}

/** The one to speak of: who doesn't answer first, then poison under superblock or log, under files, anywhere. */
function worstOf(devices: readonly PoolDeviceView[], meta: readonly Meta[], files: readonly MediaFile[]): PoolDeviceView | undefined {
  const poisoned = devices.filter(({ health }) => health.poison.length > 0)
  return devices.find(({ health }) => health.isStopped)
    ?? poisoned.find(({ health }) => meta.some(({ range }) => anyOverlap([range], health.poison)))
    ?? poisoned.find(({ health }) => files.some(({ extents }) => anyOverlap(extents, health.poison)))
    ?? poisoned[0]
}

function failingOf({ baseBytes, sizeBytes, health }: PoolDeviceView): readonly Extent[] {
  return health.isStopped ? [{ offsetBytes: baseBytes, lengthBytes: sizeBytes }] : health.poison
}

/** A host that is up and has lost more than what fails now. */
function brokenMount(hosts: readonly HostView[], failing: readonly Extent[]): HostView | undefined {
  return hosts.find((host) => host.status === 'up' && backOn(host, failing).length > 0)
}

/** Files that another mount brings back. */
function backOn({ files }: HostView, failing: readonly Extent[]): HostFile[] {
  return files.filter(({ fault, extents }) => fault === 'memory' && !anyOverlap(extents, failing))
}

function brokenText(host: HostView, devices: readonly PoolDeviceView[], failing: readonly Extent[]): string {
  const back = backOn(host, failing)
  const lost = host.lost.find(({ endsMount }) => endsMount) ?? host.lost[0]
  const what = lost?.endsMount ? 'its whole mount is broken' : `it can’t reach ${listOf(back)}`
  return `${lost ? lossText(lost, host.name, devices) : `${host.name} met memory that failed`}, and ${what}: umount and mount in its terminal, or reboot ${host.name}, and ${listOf(back)} ${back.length === 1 ? 'is' : 'are'} back.`
}

function lossText({ devindex, why }: LostDevice, host: string, devices: readonly PoolDeviceView[]): string {
  const device = devices.find((candidate) => candidate.devindex === devindex)
  const name = device ? deviceAmong(device, devices) : 'a device'
  if (why === 'reconfigured') return `${capitalDevice(name)} was reconfigured under the mount of ${host}`
  return why === 'poison' ? `${host} met poison on ${name}` : `${host} touched ${name}, which did not answer`
}

/** Devices that mounts of hosts that are up will lose. */
function outdatedOn(hosts: readonly HostView[], devices: readonly PoolDeviceView[]): PoolDeviceView[] {
  return devices.filter(({ devindex }) => hosts.some(({ status, outdated = [] }) => status === 'up' && outdated.includes(devindex)))
}

/** A device that was reconfigured is well, and so is a mount that is made now: who mounted before is told when it touches the device. */
function outdatedText(snapshot: Snapshot): MemoryAdvice | undefined {
  const { device: { devices }, hosts, files } = snapshot
  const [device] = outdatedOn(hosts, devices)
  if (!device) return undefined
  const under = hosts.filter(({ status, outdated = [] }) => status === 'up' && outdated.includes(device.devindex)).map(({ name }) => name)
  const read = meetingOf(hosts, files.filter(({ extents }) => anyOverlap(extents, [{ offsetBytes: device.baseBytes, lengthBytes: device.sizeBytes }])))
  const meet = read ? `read ${read.path} on ${read.host} and see the error` : 'whoever touches it there gets an error'
  const says = `${capitalDevice(deviceAmong(device, devices))} was reconfigured under the ${under.length === 1 ? 'mount' : 'mounts'} of ${listText(under, SHOWN)}: ${meet}. Umount and mount in a terminal, or reboot, and it is the new one that is mounted.`
  return { ...NOTHING, says, remount: read ? undefined : under[0], read, undoes: undoneBy(lastDone(snapshot), device, devices, true) }
}

/** A host that has the file, and hasn't met what failed. */
function meetingOf(hosts: readonly HostView[], hit: readonly MediaFile[]): MemoryAdvice['read'] {
  for (const { entryIndex, path } of hit) {
    const host = hosts.findLast(({ status, files }) => status === 'up' && files.some((file) => file.entryIndex === entryIndex && file.fault === 'failing'))
    if (host) return { host: host.name, path }
  }
  return undefined
}

/** A file that nothing has happened to, on a host that can say so. */
function readableOn(hosts: readonly HostView[], media: readonly MediaFile[]): MemoryAdvice['read'] {
  for (const host of hosts.toReversed()) {
    if (host.status !== 'up' || host.stale || host.stranded) continue
    const file = host.files.find(({ entryIndex, kind, fault, extents }) => kind !== 'directory' && !fault && extents.length > 0 && media.some((each) => each.entryIndex === entryIndex && !each.fault))
    if (file) return { host: host.name, path: file.path }
  }
  return undefined
}

function stoppedText(bad: PoolDeviceView, devices: readonly PoolDeviceView[], hit: readonly MediaFile[], cure: string, elsewhere: MemoryAdvice['read']): string {
  const name = capitalDevice(deviceAmong(bad, devices))
  if (bad.fsDevindex === 0) return `${name} does not answer: superblock and log are on it, so that ${NOBODY_CAN}. ${cure}, and mount again.`
  const other = elsewhere ? ` ${elsewhere.host} still reads ${elsewhere.path}.` : ''
  return `${name} does not answer: ${hit.length === 0 ? 'no file lies on it yet' : `nobody reaches ${listOf(hit)}`}.${other} ${cure}${hit.length === 0 ? '' : ', and mount again where that was met'}.`
}

function poisonText(bad: PoolDeviceView, devices: readonly PoolDeviceView[], meta: readonly Meta[], hit: readonly MediaFile[], cure: string, canMeet: boolean, hosts: readonly HostView[]): string {
  const { baseBytes, fsDevindex, devindex, health: { poison } } = bad
  const name = deviceAmong(bad, devices)
  const under = meta.find(({ range }) => anyOverlap([range], poison))
  if (under) return `Memory of ${name} is poisoned under the ${under.what}: ${NOBODY_CAN}. ${cure}.`
  if (hit.length > 0) {
    if (canMeet) return `Memory of ${name} is poisoned under ${listOf(hit)}: read it on a host and see the error, then read another file. ${cure}; who met it mounts again.`
    const met = hosts.filter(({ lost }) => lost.some((each) => each.devindex === devindex)).map((host) => host.name)
    return `Memory of ${name} is poisoned under ${listOf(hit)}${met.length > 0 ? `, and ${listText(met, SHOWN)} met it` : ''}. ${cure}${met.length > 0 ? ', and mount again' : ''}.`
  }
  if (fsDevindex === undefined) return `Memory of ${name} is poisoned, which is no part of the file system. ${cure}.`
  if (fsDevindex > 0 && anyOverlap([{ offsetBytes: baseBytes, lengthBytes: Superblock.sizeBytes }], poison)) return `Memory of ${name} is poisoned under its superblock: hosts that mount from now on do without it. ${cure}.`
  const reservedBytes = Math.max(SUPERBLOCK_REGION_BYTES, ...meta.filter(() => fsDevindex === 0).map(({ range }) => range.offsetBytes + range.lengthBytes - baseBytes))
  if (poison.every((range) => range.offsetBytes + range.lengthBytes <= baseBytes + reservedBytes)) return `Memory of ${name} is poisoned behind its superblock, where no file can lie: nobody meets it.`
  return `Memory of ${name} is poisoned where no file lies: the next file may get it. ${cure}.`
}

function missingText(hosts: readonly HostView[], devices: readonly PoolDeviceView[]): MemoryAdvice | undefined {
  const without = hosts.find(({ lacks, files }) => lacks.length > 0 && files.some(({ fault }) => fault === 'missing'))
  if (!without) return undefined
  const { name } = without
  const lacks = devices.filter(({ devindex }) => without.lacks.includes(devindex))
  const them = lacks.length === 1 ? 'it' : 'them'
  const says = `${name} runs without ${devicesWords(lacks)}: files on ${them} are errors there (ENODEV), all others go on. Give ${them} back in the menu of ${name}.`
  return { ...NOTHING, says }
}

function listOf(files: readonly { path: string }[]): string {
  return listText(files.map(({ path }) => path), SHOWN)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
