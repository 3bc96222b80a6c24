// Users, groups, times and modes as words, as the host's own /etc/passwd and /etc/group have them. The host's clock shows UTC.

import { textOf } from '../../core/base/plain.ts'
import { modeText } from '../../core/kernel/user.ts'
import type { NodeKind, NodeStat } from '../../core/machine/systemTypes.ts'
import { smallFile } from './streams.ts'
import type { ToolIo } from './toolIo.ts'

export interface Names {
  user(uid: number): string | undefined
  group(gid: number): string | undefined
  /** By name, or a number as it is. */
  uid(name: string): number | undefined
  gid(name: string): number | undefined
  /** A user's own group. */
  gidOfUser(name: string): number | undefined
}

export function namesOf(io: ToolIo): Names {
  const passwd = linesOf('/etc/passwd', io)
  const groups = linesOf('/etc/group', io)
  const nameFor = (rows: string[][], id: number): string | undefined => rows.find((row) => Number(row[2]) === id)?.[0]
  const idFor = (rows: string[][], name: string, field = 2): number | undefined => {
    const row = rows.find(([own]) => own === name)
    if (row) return Number(row[field])
    return /^\d+$/.test(name) ? Number(name) : undefined
  }
  return {
    user: (uid) => nameFor(passwd, uid),
    group: (gid) => nameFor(groups, gid) ?? nameFor(passwd.map(([name = '', , , gid2 = '']) => [name, '', gid2]), gid),
    uid: (name) => idFor(passwd, name),
    gid: (name) => idFor(groups, name) ?? idFor(passwd, name, 3),
    gidOfUser: (name) => (passwd.some(([own]) => own === name) ? idFor(passwd, name, 3) : undefined),
  }
}

function linesOf(path: string, io: ToolIo): string[][] {
  const bytes = smallFile(path, io)
  return bytes ? textOf(bytes).split('\n').filter((line) => line !== '').map((line) => line.split(':')) : []
}

const LETTERS: Readonly<Record<NodeKind, string>> = { file: '-', directory: 'd', symlink: 'l', device: 'c', socket: 's' }

/** "-rw-r--r--" */
export function modeWord({ kind, mode }: Pick<NodeStat, 'kind' | 'mode'>): string {
  return LETTERS[kind] + modeText('file', mode).slice(1)
}

const KIND_BITS: Readonly<Record<NodeKind, number>> = { file: 0o100000, directory: 0o40000, symlink: 0o120000, device: 0o20000, socket: 0o140000 }

/** st_mode: kind and permission bits together. */
export function rawMode({ kind, mode }: Pick<NodeStat, 'kind' | 'mode'>): number {
  return KIND_BITS[kind] + mode
}

export function kindWord({ kind, sizeBytes }: NodeStat): string {
  if (kind === 'file') return sizeBytes === 0 ? 'regular empty file' : 'regular file'
  return { directory: 'directory', symlink: 'symbolic link', device: 'character special file', socket: 'socket' }[kind]
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const HALF_YEAR_MS = 182 * 86_400_000

/** As ls -l has it: the time of day for the last half year, else the year. */
export function shortTime(ms: number, nowMs: number): string {
  const time = new Date(ms)
  const day = `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)}`
  const recent = ms <= nowMs && nowMs - ms < HALF_YEAR_MS
  return `${day} ${recent ? time.toISOString().slice(11, 16) : ` ${time.getUTCFullYear()}`}`
}

/** As stat has it. */
export function longTime(ms: number): string {
  const text = new Date(ms).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 23)}000000 +0000`
}

/** For touch -d: "@SECONDS", "now", or what JavaScript reads as a date, in UTC. */
export function timeOf(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs
  const seconds = /^@(-?\d+(?:\.\d+)?)$/.exec(text)
  if (seconds) return Number(seconds[1]) * 1000
  const zoned = /(Z|[+-]\d\d:?\d\d|[A-Z]{3})$/.test(text) ? text : `${text.trim()}${/\d:\d/.test(text) ? 'Z' : ''}`
  const ms = Date.parse(zoned.replace(/^(\d{4}-\d\d-\d\d) (\d)/, '$1T$2'))
  return Number.isNaN(ms) ? undefined : ms
}

/** For touch -t: [[CC]YY]MMDDhhmm[.ss] */
export function stampOf(text: string, nowMs: number): number | undefined {
  const match = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text)
  if (!match) return undefined
  const [, century, short, month, day, hour, minute, second = '0'] = match
  const year = short === undefined ? new Date(nowMs).getUTCFullYear()
    : Number(century ?? (Number(short) < 69 ? '20' : '19')) * 100 + Number(short)
  return Date.UTC(year, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
