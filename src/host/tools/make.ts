// Tools that make one thing or set one time: mkdir, ln, touch, truncate, mknod. Modes are taken less the umask, but for -m.

import { fail, ok, type Result } from '../../core/base/result.ts'
import type { Caller } from '../../core/machine/systemTypes.ts'
import { type Given, has, valueOf } from './getopt.ts'
import { changedMode } from './modes.ts'
import { stampOf, timeOf } from './names.ts'
import { countOf, sizeOf } from './numbers.ts'
import { baseName, directoryName, joined, withoutSlashes } from './paths.ts'
import { type Call, forEach, quickTool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

export const mkdir = quickTool({
  short: 'pm:v',
  long: { parents: 'p', mode: 'm:', verbose: 'v' },
  needs: 1,
  help: 'mkdir [-pv] [-m MODE] DIRECTORY...: makes directories; -p also those above, and is content when they are there. In famfs use famfs mkdir: a directory made by plain mkdir is in no log.',
}, ({ given, io, voice }) => {
  const text = valueOf(given, 'm')
  const mode = text === undefined ? undefined : changedMode(text, 0o777, true, 0)
  if (text !== undefined && mode === undefined) {
    voice.say(`invalid mode '${text}'`)
    return 1
  }
  return forEach(given.operands, (operand) => {
    const path = withoutSlashes(operand)
    for (const level of has(given, 'p') ? levelsOf(path) : [path]) {
      const made = makeDirectory(level, level === path ? mode : undefined, has(given, 'p'), level === path, io)
      if (!made.ok) {
        voice.fail(`cannot create directory '${level}'`, made.failure, level)
        return false
      }
      if (made.value && has(given, 'v')) io.out(`mkdir: created directory '${level}'\n`)
    }
    return true
  })
})

/** "a/b/c": "a", "a/b", "a/b/c". */
function levelsOf(path: string): string[] {
  const above = directoryName(path)
  return above === '.' || above === '/' || above === path ? [path] : [...levelsOf(above), path]
}

/** @returns whether it is new */
function makeDirectory(path: string, mode: number | undefined, contentIfThere: boolean, isLast: boolean, { system, caller }: ToolIo): Result<boolean> {
  const there = contentIfThere ? system.stat(path, caller) : undefined
  if (there?.ok && there.value.kind === 'directory') return ok(false)
  if (there?.ok && !isLast) return fail('not_a_directory', { path })
  const made = system.mkdir(path, mode ?? 0o777, mode === undefined ? caller : unmasked(caller))
  return made.ok ? ok(true) : made
}

export const ln = quickTool({
  short: 'sfnvrTt:',
  long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v', 'no-target-directory': 'T', 'target-directory': 't:' },
  needs: 1,
  missing: 'file operand',
  help: 'ln [-sfnvT] TARGET... [NAME]: makes another name for a file, or with -s a symbolic link; -f replaces what is there. Newer famfs modules refuse links.',
}, ({ given, io, voice }) => {
  const { system, caller } = io
  const named = valueOf(given, 't')
  const only = given.operands.length === 1
  const place = named ?? (only ? '.' : (given.operands.at(-1) ?? '.'))
  const targets = named === undefined && !only ? given.operands.slice(0, -1) : given.operands
  const there = has(given, 'n') ? system.lstat(place, caller) : system.stat(place, caller)
  const into = !has(given, 'T') && there.ok && there.value.kind === 'directory'
  if (!into && targets.length > 1) {
    voice.say(`target '${place}': Not a directory`)
    return 1
  }
  return forEach(targets, (target) => {
    const path = into ? joined(place, baseName(target)) : withoutSlashes(place)
    const source = has(given, 's') ? undefined : system.lstat(target, caller)
    if (source && !source.ok) {
      voice.fail(`failed to access '${target}'`, source.failure, target)
      return false
    }
    if (has(given, 'f') && system.lstat(path, caller).ok) system.unlink(path, caller)
    const made = has(given, 's') ? system.symlink(target, path, caller) : system.link(target, path, caller)
    if (!made.ok) {
      voice.fail(has(given, 's') ? `failed to create symbolic link '${path}'` : `failed to create hard link '${path}' => '${target}'`, made.failure, path)
      return false
    }
    if (has(given, 'v')) io.out(`'${path}' ${has(given, 's') ? '->' : '=>'} '${target}'\n`)
    return true
  })
})

export const touch = quickTool({
  short: 'cd:t:r:amhf',
  long: { 'no-create': 'c', date: 'd:', reference: 'r:', 'no-dereference': 'h', time: 'time:' },
  needs: 1,
  missing: 'file operand',
  help: 'touch [-c] [-d TIME | -t STAMP | -r FILE] FILE...: sets the time of files, and makes those that are not there, unless -c. In famfs a file made so is a stub without memory: use famfs creat.',
}, ({ given, io, voice, misused }) => {
  const { system, caller } = io
  const reference = valueOf(given, 'r')
  const referred = reference === undefined ? undefined : system.stat(reference, caller)
  if (referred && !referred.ok) {
    voice.fail(`failed to get attributes of '${reference}'`, referred.failure, reference)
    return 1
  }
  const time = referred ? referred.value.modifiedMs : askedTime(given, system.now())
  if (time === undefined) return misused(`invalid date format '${valueOf(given, 'd') ?? valueOf(given, 't')}'`)
  return forEach(given.operands, (path) => {
    if (!system.stat(path, caller).ok) {
      if (has(given, 'c')) return true
      const made = io.open(path, { write: true, create: 0o666 })
      if (!made.ok) {
        voice.fail(`cannot touch '${path}'`, made.failure, path)
        return false
      }
      made.value.close()
      if (!has(given, 't', 'd', 'r')) return true
    }
    const set = system.utimes(path, time, caller)
    if (!set.ok) voice.fail(`setting times of '${path}'`, set.failure, path)
    return set.ok
  })
})

function askedTime(given: Given, nowMs: number): number | undefined {
  const stamp = valueOf(given, 't')
  const date = valueOf(given, 'd')
  if (stamp !== undefined) return stampOf(stamp, nowMs)
  return date === undefined ? nowMs : timeOf(date, nowMs)
}

export const truncate = quickTool({
  short: 'cs:r:o',
  long: { 'no-create': 'c', size: 's:', reference: 'r:', 'io-blocks': 'o' },
  help: 'truncate [-c] -s SIZE | -r FILE  FILE...: sets the size of files; SIZE may begin with + (longer by), - (shorter by), < (at most), > (at least), / (round down) or % (round up). A famfs file keeps the size it was made with: changing it breaks the file until the next mount.',
}, (call) => {
  const { given, io, voice, misused } = call
  const { system, caller } = io
  const text = valueOf(given, 's')
  const reference = valueOf(given, 'r')
  if (text === undefined && reference === undefined) return misused("you must specify either '--size' or '--reference'")
  if (given.operands.length === 0) return misused('missing file operand')
  const referred = reference === undefined ? undefined : system.stat(reference, caller)
  if (referred && !referred.ok) {
    voice.fail(`cannot stat '${reference}'`, referred.failure, reference)
    return 1
  }
  const base = referred ? referred.value.sizeBytes : undefined
  if (text !== undefined && newSize(text, 0) === undefined) {
    voice.say(`Invalid number: '${text}'`)
    return 1
  }
  return forEach(given.operands, (path) => truncateOne(call, path, (size) => (text === undefined ? base : newSize(text, base ?? size)) ?? size))
})

function truncateOne({ given, io, voice }: Call, path: string, sizeFor: (nowBytes: number) => number): boolean {
  const { system, caller } = io
  const there = system.stat(path, caller)
  if (!there.ok) {
    if (has(given, 'c')) return true
    const made = io.open(path, { write: true, create: 0o666 })
    if (!made.ok) {
      voice.fail(`cannot open '${path}' for writing`, made.failure, path)
      return false
    }
    made.value.close()
  } else if (there.value.kind === 'directory') {
    voice.say(`cannot open '${path}' for writing: Is a directory`)
    return false
  }
  const sizeBytes = sizeFor(there.ok ? there.value.sizeBytes : 0)
  const done = system.truncate(path, sizeBytes, caller)
  if (!done.ok) voice.fail(`failed to truncate '${path}' at ${sizeBytes} bytes`, done.failure, path)
  return done.ok
}

function newSize(text: string, nowBytes: number): number | undefined {
  const sign = /^[-+<>/%]/.exec(text)?.[0] ?? ''
  const number = sizeOf(text.slice(sign.length))
  if (number === undefined || (number === 0 && (sign === '/' || sign === '%'))) return undefined
  switch (sign) {
    case '+': return nowBytes + number
    case '-': return Math.max(0, nowBytes - number)
    case '<': return Math.min(nowBytes, number)
    case '>': return Math.max(nowBytes, number)
    case '/': return nowBytes - (nowBytes % number)
    case '%': return Math.ceil(nowBytes / number) * number
    default: return number
  }
}

export const mknod = quickTool({
  short: 'm:',
  long: { mode: 'm:' },
  needs: 2,
  most: 4,
  help: 'mknod [-m MODE] NAME TYPE MAJOR MINOR: makes a device node; TYPE is b, c or u. Only root may, and newer famfs modules refuse it.',
}, ({ given, io, voice, misused }) => {
  const [path = '', type = '', majorText = '', minorText = ''] = given.operands
  if (!/^[bcu]$/.test(type)) return misused(type === 'p' ? 'named pipes are not made here' : `invalid device type '${type}'`)
  const rdev = [countOf(majorText), countOf(minorText)]
  const [major, minor] = rdev
  if (majorText === '' || minorText === '') return misused('Special files require major and minor device numbers.')
  if (major === undefined || minor === undefined) return misused(`invalid device number '${major === undefined ? majorText : minorText}'`)
  const text = valueOf(given, 'm')
  const mode = text === undefined ? undefined : changedMode(text, 0o666, false, 0)
  if (text !== undefined && mode === undefined) return misused('invalid mode')
  const made = io.system.mknod(path, mode ?? 0o666, [major, minor], mode === undefined ? io.caller : unmasked(io.caller))
  if (!made.ok) voice.fail(path, made.failure)
  return made.ok ? 0 : 1
})

function unmasked(caller: Caller): Caller {
  return { ...caller, umask: 0 }
}
