// Every event has one sentence, made here or in lateSentences.ts and nowhere else: caption, live region and trace row show the
// same string. And the command that does the same on a real machine, where there is one.

import { GIB, KIB, MIB } from '../core/base/align.ts'
import type { ReplaySummary } from '../host/protocol.ts'
import { NAMES } from './names.ts'
import type { FormatOptions } from './types.ts'

export const sentences = {
  hostUp: (host: string) => `Host ${host} is up: a worker with an empty memory of its own and a system UUID.`,
  hostTurns: (host: string) => `Host ${host} is up; it takes turns with the others in this thread.`,
  hostDown: (host: string, why: string) => `Host ${host} went down: ${why}. What it knew is gone; the device keeps its bytes.`,
  formatted: (host: string, sizeBytes: number, slotCount: number, others: readonly string[]) =>
    `${host} formatted ${[NAMES.device, ...others].join(', ')}: a superblock, a log of ${slotCount.toLocaleString('en')} slots, and ${sizeText(sizeBytes)} in all. ${host} is the master now.`,
  mounted: (host: string, role: string, played: number) =>
    `${host} mounted it as ${role} and played ${entries(played)} of the log.`,
  rewritten: (host: string, path: string) => `${path} exists with that size, so ${host} wrote it in place; the log has no new entry.`,
  copied: (host: string, path: string, sizeBytes: number, entry: number) =>
    `${host} copied a file in: entry ${entry}, ${path}, ${sizeText(sizeBytes)} written in place and flushed.`,
  played: (host: string, { entriesPlayed, newFiles, newDirectories }: ReplaySummary) =>
    entriesPlayed === 0
      ? `${host} looked at the log: there is nothing new to play.`
      : `${host} played ${entries(entriesPlayed)}${newText(newFiles, newDirectories)}.`,
  startedOver: () => 'Started over with a new device. A step back brings the old one back.',
  readOnly: () => 'Another tab has this image open. Here it can be looked at, and nothing is saved.',
}

/** Paths are whole: the mount point is the host's own. */
export const commands = {
  mkfs: ({ force = false, logLengthBytes, unitBytes }: FormatOptions, others: readonly string[] = []) =>
    `sudo mkfs.famfs${force ? ' --force' : ''}${logLengthBytes === undefined ? '' : ` --loglen ${logLengthBytes}`}${unitBytes === undefined ? '' : ` --allocunit ${unitBytes}`} ${[NAMES.device, ...others].join(' ')}`,
  /** As the page mounts unless someone has mounted otherwise: mountCommand.ts has the rest. */
  mount: (device: string) => `sudo famfs mount --nofuse ${device} ${NAMES.mountpoint}`,
  cp: (name: string, path: string) => `sudo famfs cp -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(name)} ${quoted(path)}`,
  logplay: (mountpoint: string) => `sudo famfs logplay ${quoted(mountpoint)}`,
}

export function sizeText(bytes: number): string {
  if (bytes >= GIB) return `${short(bytes / GIB)} GiB`
  if (bytes >= MIB) return `${short(bytes / MIB)} MiB`
  if (bytes >= KIB) return `${short(bytes / KIB)} KiB`
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10)
}

/** Nothing of what there is none of: an entry may also add a device, or what is there already. */
function newText(files: number, directories: number): string {
  const parts = [...(files > 0 ? [files === 1 ? '1 new file' : `${files} new files`] : []), ...(directories > 0 ? [directories === 1 ? '1 new directory' : `${directories} new directories`] : [])]
  return parts.length > 0 ? `: ${parts.join(' and ')}` : ''
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
