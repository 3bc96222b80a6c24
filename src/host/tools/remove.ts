// rm and rmdir. Directories go after what is in them; what can't go is told, and the rest still goes.

import type { Failure } from '../../core/base/result.ts'
import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import { has } from './getopt.ts'
import { absolutePath, baseName, directoryName, joined } from './paths.ts'
import { forEach, quickTool, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import type { Voice } from './voice.ts'

interface Remover {
  io: ToolIo
  voice: Voice
  force: boolean
  verbose: boolean
  /** Entries seen, for a pause now and then. */
  count: number
}

export const rm = tool({
  short: 'rRfvdiI',
  long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd', 'no-preserve-root': 'noroot', 'one-file-system': 'onefs', 'preserve-root': 'root?', interactive: 'i?' },
  help: 'rm [-rfvd] FILE...: removes files, with -r directories and all in them, with -d empty directories; -f is silent about what is not there. In famfs it removes on this host alone: the log still has the file, and its space is never free again.',
}, function* run({ given, io, voice, misused }) {
  const force = has(given, 'f')
  const remover: Remover = { io, voice, force, verbose: has(given, 'v'), count: 0 }
  if (given.operands.length === 0) return force ? 0 : misused('missing operand')
  let exitCode = 0
  for (const path of given.operands) {
    const refusal = has(given, 'r', 'R') ? refusalOf(path, io) : undefined
    if (refusal !== undefined) voice.say(refusal)
    if (refusal !== undefined || !(yield* removeOperand(remover, path, has(given, 'r', 'R'), has(given, 'd')))) exitCode = 1
  }
  return exitCode
})

function refusalOf(path: string, { caller }: ToolIo): string | undefined {
  if (absolutePath(path, caller) === '/') return "it is dangerous to operate recursively on '/'"
  if (/(^|\/)\.\.?\/*$/.test(path)) return `refusing to remove '.' or '..' directory: skipping '${path}'`
  return undefined
}

function* removeOperand(remover: Remover, path: string, recursive: boolean, emptyDirectories: boolean): Task<boolean> {
  const { io: { system, caller }, voice, force } = remover
  const stat = system.lstat(path, caller)
  if (!stat.ok) {
    if (force && /^ENO(ENT|TDIR)$/.test(stat.failure.errno)) return true
    voice.fail(`cannot remove '${path}'`, stat.failure, path)
    return false
  }
  if (stat.value.kind !== 'directory' || recursive) return yield* removeTree(remover, path)
  if (emptyDirectories) return told(remover, path, system.rmdir(path, caller), 'removed directory')
  voice.say(`cannot remove '${path}': Is a directory`)
  return false
}

export function* removeTree(remover: Remover, path: string): Task<boolean> {
  const { io: { system, caller }, voice } = remover
  if (++remover.count % PIECE_ENTRIES === 0) yield { doneCount: remover.count, totalCount: remover.count, unit: 'entries' }
  const stat = system.lstat(path, caller)
  if (!stat.ok) {
    voice.fail(`cannot remove '${path}'`, stat.failure, path)
    return false
  }
  if (stat.value.kind !== 'directory') return told(remover, path, system.unlink(path, caller), 'removed')
  const listed = system.readdir(path, caller)
  if (!listed.ok) {
    voice.fail(`cannot remove '${path}'`, listed.failure, path)
    return false
  }
  let good = true
  for (const { name } of listed.value) if (!(yield* removeTree(remover, joined(path, name)))) good = false
  return good ? told(remover, path, system.rmdir(path, caller), 'removed directory') : false
}

function told({ io, voice, verbose }: Remover, path: string, done: { ok: true } | { ok: false; failure: Failure }, what: string): boolean {
  if (!done.ok) voice.fail(`cannot remove '${path}'`, done.failure, path)
  else if (verbose) io.out(`${what} '${path}'\n`)
  return done.ok
}

export const rmdir = quickTool({
  short: 'pv',
  long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'nonempty' },
  needs: 1,
  help: 'rmdir [-pv] DIRECTORY...: removes empty directories; with -p also those above that become empty.',
}, ({ given, io, voice }) => forEach(given.operands, (operand) => {
  const { system, caller } = io
  for (let path = operand; path !== '.' && path !== '/'; path = directoryName(path)) {
    if (has(given, 'v')) io.out(`rmdir: removing directory, '${path}'\n`)
    const removed = system.rmdir(path, caller)
    if (!removed.ok && has(given, 'nonempty') && /^(ENOTEMPTY|EEXIST)$/.test(removed.failure.errno)) return true
    if (!removed.ok) {
      voice.fail(`failed to remove ${path === operand ? '' : 'directory '}'${path}'`, removed.failure, path)
      return false
    }
    if (!has(given, 'p') || baseName(path) === path) break
  }
  return true
}))
