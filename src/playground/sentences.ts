// Every event has one sentence, made here and nowhere else: caption, live region and trace row show the same string. And
// the command that does the same on a real machine, where there is one.

import { GIB, KIB, MIB } from '../core/base/align.ts'
import type { ReplaySummary } from '../host/protocol.ts'
import { NAMES } from './names.ts'
import type { FormatOptions, TraceKind } from './types.ts'

const BRIEF_MOST = 160

export const sentences = {
  hostUp: (host: string) => `Host ${host} is up: a worker with an empty memory of its own and a system UUID.`,
  hostTurns: (host: string) => `Host ${host} is up; it takes turns with the others in this thread.`,
  hostDown: (host: string, why: string) => `Host ${host} went down: ${why}. What it knew is gone; the device keeps its bytes.`,
  hostRemoved: (host: string) => `Host ${host} was taken away.`,
  formatted: (host: string, sizeBytes: number, slotCount: number, others: readonly string[]) =>
    `${host} formatted ${[NAMES.device, ...others].join(', ')}: a superblock, a log of ${slotCount.toLocaleString('en')} slots, and ${sizeText(sizeBytes)} in all. ${host} is the master now.`,
  mounted: (host: string, role: string, played: number) =>
    `${host} mounted it as ${role} and played ${entries(played)} of the log.`,
  created: (host: string, path: string, sizeBytes: number, where: string, entry: number) =>
    `${host} appended entry ${entry}: file ${path}, ${sizeText(sizeBytes)} ${where}.`,
  rewritten: (host: string, path: string) => `${path} exists with that size, so ${host} wrote it in place; the log has no new entry.`,
  existed: (host: string, path: string) => `${path} exists with that size, so ${host} made nothing.`,
  madeDirectory: (host: string, path: string) => `${host} appended a directory: ${path}.`,
  copied: (host: string, path: string, sizeBytes: number, entry: number) =>
    `${host} copied a file in: entry ${entry}, ${path}, ${sizeText(sizeBytes)} written in place and flushed.`,
  played: (host: string, { entriesPlayed, newFiles, newDirectories }: ReplaySummary) =>
    entriesPlayed === 0
      ? `${host} looked at the log: there is nothing new to play.`
      : `${host} played ${entries(entriesPlayed)}: ${newFiles === 1 ? '1 new file' : `${newFiles} new files`}${newDirectories > 0 ? ` and ${newDirectories} new directories` : ''}.`,
  poked: (host: string, path: string, cell: string, index: number, value: number | bigint) =>
    `${host} stored ${value} as ${cell} ${index} of ${path} through its mapping; every mapping of the file sees it at once.`,
  hashed: (host: string, path: string, sha256: string) => `${host} read ${path} through its mapping: SHA-256 ${sha256}.`,
  ran: (host: string, line: string, exitCode: number, appended: { firstIndex: number; lastIndex: number } | undefined) =>
    `${host} ran \`${brief(line)}\`${appended ? ` and appended ${appended.firstIndex === appended.lastIndex ? `entry ${appended.firstIndex}` : `entries ${appended.firstIndex} to ${appended.lastIndex}`}` : ''}${exitCode === 0 ? '' : `: exit code ${exitCode}`}.`,
  put: (host: string, name: string, path: string) => `${name} is on ${host} now: ${path}.`,
  startedOver: () => 'Started over with a new device. A step back brings the old one back.',
  anotherDevice: (sizeBytes: number, count: number) =>
    count === 1 ? `The device was replaced by another of ${sizeText(sizeBytes)}; every host starts anew on it.` : `There are ${count} other devices now, each of ${sizeText(sizeBytes)}; every host starts anew on them.`,
  edited: (host: string, at: string, lengthBytes: number) => `${host} stored ${sizeText(lengthBytes)} at ${at}, past every check.`,
  travelled: (position: number, stepCount: number, step: string | undefined) => {
    if (step === undefined) return `Back at the beginning, before the first of ${stepCount} steps.`
    return `${position === stepCount ? `Shown again is the last of ${stepCount} steps` : `Shown is step ${position} of ${stepCount}`}: ${step}`
  },
  readOnly: () => 'Another tab has this image open. Here it can be looked at, and nothing is saved.',
}

/** Why an event of that kind is as it is: the rule of famfs behind it. Trouble has its advice instead. */
export const causes: Record<TraceKind, string | undefined> = {
  page: undefined,
  host: 'What a host knows of a file system lives in its own memory; only the device is shared.',
  format: 'mkfs writes the superblock’s magic last, so that a device is either no famfs or a whole one. Whoever formats is the master.',
  mount: 'Mounting plays the log from its first entry: a host knows no file that it hasn’t played.',
  create: 'Space is allocated once, by the master: it appends an entry, flushes it, and only then counts it in the log header.',
  copy: 'The master allocates and logs the file first, then writes its bytes in place through its mapping and flushes them.',
  mkdir: 'A directory is a log entry and nothing else; it takes no space.',
  logplay: 'Nobody tells a host about new files: each reads the log from where it stopped, and only when it is asked to.',
  map: undefined,
  write: 'A mapping is the memory itself: no copy, no page cache, no message.',
  read: 'A mapping is the memory itself: every host that maps the file reads the same bytes.',
  edit: 'The device is plain memory to every host: checksums tell that something is wrong, and nothing keeps anyone from writing.',
  memory: 'Nobody is told of it: a host learns that memory has failed when it touches it, and hosts that never do go on.',
  shell: undefined,
  history: undefined,
  storage: undefined,
  failure: undefined,
}

/** Paths are whole: the mount point is the host's own. */
export const commands = {
  mkfs: ({ force = false, logLengthBytes, unitBytes }: FormatOptions, others: readonly string[] = []) =>
    `sudo mkfs.famfs${force ? ' --force' : ''}${logLengthBytes === undefined ? '' : ` --loglen ${logLengthBytes}`}${unitBytes === undefined ? '' : ` --allocunit ${unitBytes}`} ${[NAMES.device, ...others].join(' ')}`,
  /** As the page mounts unless someone has mounted otherwise: mountCommand.ts has the rest. */
  mount: (device: string) => `sudo famfs mount --nofuse ${device} ${NAMES.mountpoint}`,
  creat: (path: string, sizeBytes: number, seed: number | undefined, interleave?: { bucketCount: number; stripCount: number; chunkBytes: number }) =>
    `sudo famfs creat -s ${sizeBytes}${interleave ? ` -B ${interleave.bucketCount} -N ${interleave.stripCount} -C ${interleave.chunkBytes}` : ''}${seed ? ` -r -S ${seed}` : ''} -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(path)}`,
  cp: (name: string, path: string) => `sudo famfs cp -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(name)} ${quoted(path)}`,
  mkdir: (path: string, parents: boolean) => `sudo famfs mkdir${parents ? ' -p' : ''} -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(path)}`,
  logplay: (mountpoint: string) => `sudo famfs logplay ${quoted(mountpoint)}`,
  sha256: (path: string) => `sha256sum ${quoted(path)}`,
}

export function sizeText(bytes: number): string {
  if (bytes >= GIB) return `${short(bytes / GIB)} GiB`
  if (bytes >= MIB) return `${short(bytes / MIB)} MiB`
  if (bytes >= KIB) return `${short(bytes / KIB)} KiB`
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}

/** The first row of what was typed, and no more than one can read at a glance. */
function brief(line: string): string {
  const [first = '', ...more] = line.trim().split('\n')
  return first.length > BRIEF_MOST || more.length > 0 ? `${first.slice(0, BRIEF_MOST)} …` : first
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10)
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`
}

export function hexText(value: number): string {
  return `0x${value.toString(16)}`
}

/** As a shell wants it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
