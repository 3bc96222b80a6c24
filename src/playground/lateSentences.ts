// The sentences and commands of what is loaded when it is first asked for: they come with it.

import { NAMES } from './names.ts'
import { quoted, sizeText } from './sentences.ts'

const BRIEF_MOST = 160

export const lateSentences = {
  hostRemoved: (host: string) => `Host ${host} was taken away.`,
  created: (host: string, path: string, sizeBytes: number, where: string, entry: number) =>
    `${host} appended entry ${entry}: file ${path}, ${sizeText(sizeBytes)} ${where}.`,
  existed: (host: string, path: string) => `${path} exists with that size, so ${host} made nothing.`,
  madeDirectory: (host: string, path: string) => `${host} appended a directory: ${path}.`,
  poked: (host: string, path: string, cell: string, index: number, value: number | bigint) =>
    `${host} stored ${value} as ${cell} ${index} of ${path} through its mapping; every mapping of the file sees it at once.`,
  hashed: (host: string, path: string, sha256: string) => `${host} read ${path} through its mapping: SHA-256 ${sha256}.`,
  ran: (host: string, line: string, exitCode: number, appended: { firstIndex: number; lastIndex: number } | undefined) =>
    `${host} ran \`${brief(line)}\`${appended ? ` and appended ${appended.firstIndex === appended.lastIndex ? `entry ${appended.firstIndex}` : `entries ${appended.firstIndex} to ${appended.lastIndex}`}` : ''}${exitCode === 0 ? '' : `: exit code ${exitCode}`}.`,
  put: (host: string, name: string, path: string) => `${name} is on ${host} now: ${path}.`,
  anotherDevice: (sizeBytes: number, count: number) =>
    count === 1 ? `The device was replaced by another of ${sizeText(sizeBytes)}; every host starts anew on it.` : `There are ${count} other devices now, each of ${sizeText(sizeBytes)}; every host starts anew on them.`,
  edited: (host: string, at: string, lengthBytes: number) => `${host} stored ${sizeText(lengthBytes)} at ${at}, past every check.`,
  travelled: (position: number, stepCount: number, step: string | undefined) => {
    if (step === undefined) return `Back at the beginning, before the first of ${stepCount} steps.`
    return `${position === stepCount ? `Shown again is the last of ${stepCount} steps` : `Shown is step ${position} of ${stepCount}`}: ${step}`
  },
}

/** Paths are whole: the mount point is the host's own. */
export const lateCommands = {
  creat: (path: string, sizeBytes: number, seed: number | undefined, interleave?: { bucketCount: number; stripCount: number; chunkBytes: number }) =>
    `sudo famfs creat -s ${sizeBytes}${interleave ? ` -B ${interleave.bucketCount} -N ${interleave.stripCount} -C ${interleave.chunkBytes}` : ''}${seed ? ` -r -S ${seed}` : ''} -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(path)}`,
  mkdir: (path: string, parents: boolean) => `sudo famfs mkdir${parents ? ' -p' : ''} -u ${NAMES.user.uid} -g ${NAMES.user.gid} ${quoted(path)}`,
  sha256: (path: string) => `sha256sum ${quoted(path)}`,
}

/** The first row of what was typed, and no more than one can read at a glance. */
function brief(line: string): string {
  const [first = '', ...more] = line.trim().split('\n')
  return first.length > BRIEF_MOST || more.length > 0 ? `${first.slice(0, BRIEF_MOST)} …` : first
}
