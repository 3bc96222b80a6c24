// Which source goes where. A directory's contents go into the target itself, without a level of its own; what can be gone
// on with is skipped and told, what can't stops all of it, and either way the exit code says so.

import { parentOf } from '../core/base/path.ts'
import { failLate } from '../core/base/late.ts'
import { fail } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { say } from './command.ts'
import type { CpGiven, CpTarget } from './cpFile.ts'
import { refuseMeta } from './place.ts'
import type { Io } from './program.ts'
import type { Trouble } from './units.ts'

export interface Tree {
  io: Io
  name: string
  given: CpGiven
  target: CpTarget
}

export interface Ended {
  /** 0 as long as everything was good. */
  exit: number
  /** Nothing more is to be tried. */
  stopped: boolean
}

const SPECIAL_FILE_EXIT = 22
const GOOD: Ended = { exit: 0, stopped: false }
const SKIPPED: Ended = { exit: 1, stopped: false }

/** @param dest canonical; it may be missing */
export function* tree(all: Tree, sources: readonly string[], dest: string): Task<Ended> {
  const { io, given } = all
  const there = io.system.stat(dest, io.caller)
  const kind = there.ok ? there.value.kind : undefined
  if (kind !== undefined && kind !== 'directory' && (sources.length > 1 || given.recursive)) {
    return stopped(all, { says: `${dest} is a file, and only one file can be copied over a file`, next: 'Name a directory.' })
  }
  if (kind === undefined && sources.length > 1 && !given.recursive) {
    return stopped(all, { says: `${dest} does not exist, and several files need a directory`, next: `Make it first: famfs mkdir ${dest}.` })
  }
  const parent = io.system.stat(parentOf(dest) || '/', io.caller)
  if (kind === undefined && !parent.ok) return stopped(all, fail('no_parent', { path: parentOf(dest) }).failure)
  return yield* each(sources, (source) => one(all, source, dest, sources.length > 1))
}

/** One source of the command line. */
function* one(all: Tree, source: string, dest: string, severalSources: boolean): Task<Ended> {
  const { io, given } = all
  const from = io.system.stat(source, io.caller)
  if (!from.ok) return stopped(all, from.failure)
  if (from.value.kind === 'directory') {
    const real = io.system.realpath(source, io.caller)
    if (given.recursive && real.ok && `${dest}/`.startsWith(`${real.value}/`)) return stopped(all, failLate('copied_into_itself', { path: source, target: dest }).failure)
    if (given.recursive) return yield* contents(all, source, from.value.mode, dest)
    return skipped(all, { says: `${source} is a directory`, next: 'It was left out. Copy it with famfs cp -r.' })
  }
  const there = io.system.stat(dest, io.caller)
  const intoDirectory = there.ok && there.value.kind === 'directory'
  if (!there.ok && severalSources) {
    const made = directory(all, dest, 0o755)
    if (made.exit !== 0) return made
  }
  const path = intoDirectory || severalSources ? `${dest === '/' ? '' : dest}/${baseOf(source)}` : dest
  return yield* file(all, source, path)
}

/** What is in a directory goes into `dest`, which is made where it's missing. */
function* contents(all: Tree, source: string, mode: number, dest: string): Task<Ended> {
  const made = directory(all, dest, mode)
  if (made.exit !== 0) return made
  const entries = all.io.system.readdir(source, all.io.caller)
  if (!entries.ok) return stopped(all, entries.failure)
  const names = entries.value.map((entry) => entry.name).sort()
  return yield* each(names, function* (name) {
    const path = `${source.replace(/\/+$/, '')}/${name}`
    const from = all.io.system.stat(path, all.io.caller)
    if (!from.ok) return stopped(all, from.failure)
    const target = `${dest}/${name}`
    return from.value.kind === 'directory' ? yield* contents(all, path, from.value.mode, target) : yield* file(all, path, target)
  })
}

function directory(all: Tree, path: string, mode: number): Ended {
  const there = all.io.system.stat(path, all.io.caller)
  if (there.ok && there.value.kind === 'directory') return GOOD
  if (there.ok) return stopped(all, { says: `${path} is there and is no directory`, next: 'Choose another target.' })
  const made = all.target.mkdir(path, mode)
  return made.ok ? GOOD : stopped(all, made.failure)
}

function* file(all: Tree, source: string, path: string): Task<Ended> {
  const { io, given, target } = all
  const from = io.system.stat(source, io.caller)
  if (!from.ok) return stopped(all, from.failure)
  const { kind, sizeBytes, mode } = from.value
  if (kind !== 'file') return stopped(all, { says: `${source} is a ${kind}, and only files are copied`, next: 'Leave it out.' }, SPECIAL_FILE_EXIT)
  if (sizeBytes === 0) return skipped(all, { says: `${source} is empty, and famfs has no empty files`, next: 'It was left out.' })
  const refused = given.compare ? undefined : refuseMeta(path)
  if (refused) return stopped(all, refused.failure)
  if (given.verbose > 0) io.out(`${target.label}:  ${path}\n`)
  const done = yield* target.file(source, path, mode)
  if (!done.ok) return stopped(all, done.failure)
  io.out(`${target.label}: 100%: ${path}\n`)
  return GOOD
}

/** All of them until one stops; the worst exit code of those is the answer. */
function* each<T>(items: readonly T[], work: (item: T) => Task<Ended>): Task<Ended> {
  let exit = 0
  for (const item of items) {
    const ended = yield* work(item)
    exit = Math.max(exit, ended.exit)
    if (ended.stopped) return { exit, stopped: true }
  }
  return { exit, stopped: false }
}

function stopped({ io, name }: Tree, trouble: Trouble, exit = 1): Ended {
  say(io, name, trouble)
  return { exit, stopped: true }
}

function skipped({ io, name }: Tree, trouble: Trouble): Ended {
  say(io, name, trouble)
  return SKIPPED
}

function baseOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
