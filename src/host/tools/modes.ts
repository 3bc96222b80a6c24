// chmod, chown and chgrp, with modes in octal and in letters. -R takes the tree, and never follows links inside it.

import { PIECE_ENTRIES, type Task } from '../../core/base/task.ts'
import type { NodeStat } from '../../core/machine/systemTypes.ts'
import { type Given, has, valueOf } from './getopt.ts'
import { modeWord, namesOf } from './names.ts'
import { octalOf } from './numbers.ts'
import { joined } from './paths.ts'
import { type Call, tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const EVERYONE = 0o7777

/** @returns the mode after "755", "u+x,go-w", "a=r" ...; undefined where the text is no mode */
export function changedMode(text: string, mode: number, isDirectory: boolean, umask: number): number | undefined {
  const octal = octalOf(text)
  // Short octal modes leave a directory's setuid and setgid bits alone.
  if (octal !== undefined) return isDirectory && text.length < 5 ? octal | (mode & 0o6000) : octal
  let result = mode
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause)
    if (!match) return undefined
    const [, who = '', actions = ''] = match
    // Without a "who" the umask's bits are left alone.
    const mask = who === '' ? EVERYONE & ~umask : [...who].reduce((bits, letter) => bits | (WHO[letter] ?? 0), 0)
    for (const [, sign, what = ''] of actions.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) {
      const bits = bitsOf(what, result, isDirectory) & mask
      if (sign === '+') result |= bits
      else if (sign === '-') result &= ~bits
      // A directory keeps its setuid and setgid bits unless they are named.
      else result = (result & ~(isDirectory ? mask & 0o1777 : mask)) | bits
    }
  }
  return result
}

function bitsOf(what: string, mode: number, isDirectory: boolean): number {
  if (/^[ugo]$/.test(what)) {
    const own = (mode >> (what === 'u' ? 6 : what === 'g' ? 3 : 0)) & 7
    return own * 0o111
  }
  let bits = 0
  for (const letter of what) {
    if (letter === 'r') bits |= 0o444
    if (letter === 'w') bits |= 0o222
    if (letter === 'x' || (letter === 'X' && (isDirectory || (mode & 0o111) !== 0))) bits |= 0o111
    if (letter === 's') bits |= 0o6000
    if (letter === 't') bits |= 0o1000
  }
  return bits
}

const TREE = { recursive: 'R', verbose: 'v', changes: 'c', silent: 'f', quiet: 'f', reference: 'reference:' }

export const chmod = tool({
  short: 'Rvcf',
  long: TREE,
  help: 'chmod [-Rvf] MODE FILE...: sets permission bits, in octal (0644) or in letters (u+x,go-w). In famfs they are this host’s alone: the log keeps those the file was made with.',
  modern: (args) => withModeKept(args),
}, function* run(call) {
  const { given, io, voice, misused } = call
  const aim = aimOf(call)
  if (typeof aim === 'number') return aim
  const { text, paths, reference } = aim
  if (!reference && changedMode(text, 0, false, 0) === undefined) return misused(`invalid mode: '${text}'`)
  return yield* overTree(call, paths, (path, stat) => {
    const mode = reference ? reference.mode : (changedMode(text, stat.mode, stat.kind === 'directory', io.caller.umask) ?? stat.mode)
    const set = io.system.chmod(path, mode, io.caller)
    if (!set.ok) voice.fail(`changing permissions of '${path}'`, set.failure, path)
    else if (has(given, 'v') || (has(given, 'c') && mode !== stat.mode)) io.out(changeText(path, stat, mode))
    return set.ok
  })
})

function changeText(path: string, { kind, mode }: NodeStat, now: number): string {
  const show = (bits: number): string => `${bits.toString(8).padStart(4, '0')} (${modeWord({ kind, mode: bits }).slice(1)})`
  return now === mode ? `mode of '${path}' retained as ${show(mode)}\n` : `mode of '${path}' changed from ${show(mode)} to ${show(now)}\n`
}

/** "-x" and "-rw" are modes, not options. */
function withModeKept(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => /^-[rwxXst,=+ugoa-]+$/.test(arg) && /^-[rwxXst]/.test(arg))
  if (at < 0 || args.slice(0, at).some((arg) => !arg.startsWith('-'))) return [...args]
  return [...args.slice(0, at), '--', ...args.slice(at)]
}

export const chown = tool({
  short: 'RvcfhHLP',
  long: { ...TREE, 'no-dereference': 'h', from: 'from:' },
  help: 'chown [-Rvf] [USER][:[GROUP]] FILE...: gives files to a user and group, by name or number. Only root may. In famfs that is this host’s alone: famfs creat -u UID -g GID logs the owner.',
}, (call) => changeOwner(call, (text, io) => {
  const names = namesOf(io)
  const [userText = '', groupText] = text.includes(':') ? text.split(':') : [text]
  const uid = userText === '' ? undefined : names.uid(userText)
  if (userText !== '' && uid === undefined) return `invalid user: '${text}'`
  // "user:" alone means the user's own group.
  const gid = groupText === undefined || (groupText === '' && userText === '') ? undefined
    : groupText === '' ? names.gidOfUser(userText) : names.gid(groupText)
  if (groupText && gid === undefined) return `invalid group: '${text}'`
  return { uid, gid }
}))

export const chgrp = tool({
  short: 'RvcfhHLP',
  long: { ...TREE, 'no-dereference': 'h' },
  help: 'chgrp [-Rvf] GROUP FILE...: gives files to a group, by name or number.',
}, (call) => changeOwner(call, (text, io) => {
  const gid = namesOf(io).gid(text)
  return gid === undefined ? `invalid group: '${text}'` : { uid: undefined, gid }
}))

type Owner = { uid: number | undefined; gid: number | undefined }

function* changeOwner(call: Call, read: (text: string, io: ToolIo) => Owner | string): Task<number> {
  const { io, voice } = call
  const aim = aimOf(call)
  if (typeof aim === 'number') return aim
  const { text, paths, reference } = aim
  const owner = reference ?? read(text, io)
  if (typeof owner === 'string') {
    voice.say(owner)
    return 1
  }
  const { uid, gid } = owner
  return yield* overTree(call, paths, (path, { kind }) => {
    // A link's owner is nobody's concern here, and following it would leave the tree.
    if (kind === 'symlink') return true
    const set = io.system.chown(path, uid, gid, io.caller)
    if (!set.ok) voice.fail(`changing ${uid === undefined ? 'group' : 'ownership'} of '${path}'`, set.failure, path)
    return set.ok
  })
}

/** What is to be set on which files, or the exit code of a call that says too little. */
function aimOf(call: Call): { text: string; paths: readonly string[]; reference: NodeStat | undefined } | number {
  const [text, paths] = whatAndWhere(call.given)
  const reference = referenceOf(call)
  if (reference === 'failed') return 1
  if (text === '' && !reference) return call.misused('missing operand')
  return paths.length === 0 ? call.misused(`missing operand after '${text}'`) : { text, paths, reference }
}

function whatAndWhere(given: Given): [text: string, paths: readonly string[]] {
  if (valueOf(given, 'reference') !== undefined) return ['', given.operands]
  return [given.operands[0] ?? '', given.operands.slice(1)]
}

function referenceOf({ given, io, voice }: Call): NodeStat | undefined | 'failed' {
  const path = valueOf(given, 'reference')
  if (path === undefined) return undefined
  const stat = io.system.stat(path, io.caller)
  if (stat.ok) return stat.value
  voice.fail(`failed to get attributes of '${path}'`, stat.failure, path)
  return 'failed'
}

function* overTree(call: Call, paths: readonly string[], change: (path: string, stat: NodeStat) => boolean): Task<number> {
  const { given, io: { system, caller }, voice } = call
  const recursive = has(given, 'R')
  let count = 0
  let exitCode = 0
  const left = [...paths].reverse()
  const operands = new Set(left)
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const isOperand = operands.has(path)
    const stat = isOperand ? system.stat(path, caller) : system.lstat(path, caller)
    if (!stat.ok) {
      if (!has(given, 'f')) voice.fail(`cannot access '${path}'`, stat.failure, path)
      exitCode = 1
      continue
    }
    if (++count % PIECE_ENTRIES === 0) yield { doneCount: count, totalCount: count, unit: 'entries' }
    if (!isOperand && stat.value.kind === 'symlink') continue
    if (!change(path, stat.value)) exitCode = 1
    if (!recursive || stat.value.kind !== 'directory') continue
    const listed = system.readdir(path, caller)
    if (listed.ok) left.push(...listed.value.map(({ name }) => joined(path as string, name)).reverse())
    else {
      voice.fail(`cannot read directory '${path}'`, listed.failure, path)
      exitCode = 1
    }
  }
  return exitCode
}
