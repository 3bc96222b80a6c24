// stat: what the system answers about a node, in the default form or a format's. Times are all one: a node here has only its
// time of change. Nothing is ever read but the node itself, unless -f asks for the file system.

import type { Task } from '../../core/base/task.ts'
import type { MountEntry, NodeStat } from '../../core/machine/systemTypes.ts'
import { has, valueOf } from './getopt.ts'
import { kindWord, longTime, modeWord, type Names, namesOf, rawMode } from './names.ts'
import { tool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import { mountOf, type Usage, usageOf } from './usage.ts'

const BLOCK_BYTES = 512
const IO_BYTES = 4096

export const statTool = tool({
  short: 'Lfc:t',
  long: { dereference: 'L', 'file-system': 'f', format: 'c:', printf: 'printf:', terse: 't' },
  needs: 1,
  help: 'stat [-L] [-f] [-c FORMAT] FILE...: shows size, owner, mode and times of a file; -L follows links, -f shows its file system. FORMAT takes %s size, %a mode in octal, %A mode in letters, %u %U owner, %g %G group, %F kind, %n name, %i inode, %h links, %y %Y time, %m mount point and others.',
}, function* run({ given, io, voice }) {
  const names = namesOf(io)
  const printf = valueOf(given, 'printf')
  const format = printf ?? valueOf(given, 'c')
  let exitCode = 0
  for (const path of given.operands) {
    const looked = has(given, 'L', 'f') ? io.system.stat(path, io.caller) : io.system.lstat(path, io.caller)
    if (!looked.ok) {
      voice.fail(has(given, 'f') ? `cannot read file system information for '${path}'` : `cannot statx '${path}'`, looked.failure, path)
      exitCode = 1
      continue
    }
    const node: Node = { path, stat: looked.value, io, names }
    const text = has(given, 'f') ? yield* fileSystemText(node, format)
      : format === undefined ? defaultText(node) : filled(format, (letter) => fieldOf(node, letter))
    io.out(printf === undefined ? `${text}${format === undefined ? '' : '\n'}` : unescaped(text))
  }
  return exitCode
})

interface Node {
  path: string
  stat: NodeStat
  io: ToolIo
  names: Names
}

function defaultText(node: Node): string {
  const { stat: { kind, rdev } } = node
  const field = (letter: string): string => fieldOf(node, letter) ?? ''
  const device = kind === 'device' && rdev ? `  Device type: ${rdev.join(',')}` : ''
  const owner = (id: string, name: string): string => `(${field(id).padStart(5)}/${field(name).padStart(8)})`
  return `  File: ${shownName(node, '')}
  Size: ${field('s').padEnd(10)}\tBlocks: ${field('b').padEnd(10)} IO Block: ${field('o').padEnd(6)} ${field('F')}
Device: 0,${field('d')}\tInode: ${field('i').padEnd(11)} Links: ${field('h')}${device}
Access: (${field('a').padStart(4, '0')}/${field('A')})  Uid: ${owner('u', 'U')}   Gid: ${owner('g', 'G')}
Access: ${field('x')}
Modify: ${field('y')}
Change: ${field('z')}
 Birth: -
`
}

function fieldOf(node: Node, letter: string): string | undefined {
  const { stat, names, path } = node
  const [major, minor] = stat.rdev ?? [0, 0]
  switch (letter) {
    case 'a': return stat.mode.toString(8)
    case 'A': return modeWord(stat)
    case 'b': return String(Math.ceil(stat.sizeBytes / BLOCK_BYTES))
    case 'B': return String(BLOCK_BYTES)
    case 'C': return '?'
    case 'd': return String(deviceNumber(node))
    case 'D': return deviceNumber(node).toString(16)
    case 'f': return rawMode(stat).toString(16)
    case 'F': return kindWord(stat)
    case 'g': return String(stat.gid)
    case 'G': return names.group(stat.gid) ?? 'UNKNOWN'
    case 'h': return String(stat.linkCount)
    case 'i': return String(stat.ino)
    case 'm': return mountAt(node).target
    case 'n': return path
    case 'N': return shownName(node, "'")
    case 'o': return String(IO_BYTES)
    case 's': return String(stat.sizeBytes)
    case 't': return major.toString(16)
    case 'T': return minor.toString(16)
    case 'u': return String(stat.uid)
    case 'U': return names.user(stat.uid) ?? 'UNKNOWN'
    case 'w': return '-'
    case 'W': return '0'
    case 'x': case 'y': case 'z': return longTime(stat.modifiedMs)
    case 'X': case 'Y': case 'Z': return String(Math.floor(stat.modifiedMs / 1000))
    default: return undefined
  }
}

function shownName({ path, stat, io }: Node, quote: string): string {
  const target = stat.kind === 'symlink' ? io.system.readlink(path, io.caller) : undefined
  return `${quote}${path}${quote}${target?.ok ? ` -> ${quote}${target.value}${quote}` : ''}`
}

/** Each file system has its own. */
function deviceNumber(node: Node): number {
  const entry = mountAt(node)
  return 20 + node.io.system.mountTable().findIndex(({ target }) => target === entry.target)
}

function mountAt({ path, stat, io }: Node): MountEntry {
  if (stat.mountpoint !== undefined) return mountOf(stat.mountpoint, io)
  const real = io.system.realpath(path, io.caller)
  return mountOf(real.ok ? real.value : '/', io)
}

const MAGIC: Readonly<Record<string, string>> = { famfs: '87b282ff', fuse: '65735546', proc: '9fa0', tmpfs: '1021994', sysfs: '62656572', rootfs: '858458f6' }

function* fileSystemText(node: Node, format: string | undefined): Task<string> {
  const entry = mountAt(node)
  const { type } = entry
  const usage = yield* usageOf(entry, node.io)
  const field = (letter: string): string | undefined => fileSystemField(node.path, type, usage, letter)
  if (format !== undefined) return filled(format, field)
  return `  File: "${node.path}"
    ID: 0        Namelen: 255     Type: ${type}
Block size: ${IO_BYTES}       Fundamental block size: ${IO_BYTES}
Blocks: Total: ${field('b')} Free: ${field('f')} Available: ${field('a')}
Inodes: Total: 0          Free: 0
`
}

function fileSystemField(path: string, type: string, usage: Usage, letter: string): string | undefined {
  switch (letter) {
    case 'a': case 'f': return String(Math.floor(usage.availableBytes / IO_BYTES))
    case 'b': return String(Math.floor(usage.totalBytes / IO_BYTES))
    case 'c': case 'd': return '0'
    case 'i': return '0'
    case 'l': return '255'
    case 'n': return path
    case 's': case 'S': return String(IO_BYTES)
    case 't': return MAGIC[type] ?? '0'
    case 'T': return type
    default: return undefined
  }
}

/** "%s", with flags and width between; what isn't known stays "?". */
function filled(format: string, field: (letter: string) => string | undefined): string {
  return format.replace(/%([-0#]*)(\d*)([HL]?[a-zA-Z%])/g, (_, flags: string, width: string, letter: string) => {
    if (letter === '%') return '%'
    const text = (flags.includes('#') && letter === 'a' ? '0' : '') + (field(letter) ?? '?')
    if (flags.includes('-')) return text.padEnd(Number(width))
    return text.padStart(Number(width), flags.includes('0') ? '0' : ' ')
  })
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b' }

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{1,3}|.)/g, (whole, what: string) =>
    (/^[0-7]/.test(what) ? String.fromCharCode(Number.parseInt(what, 8)) : (ESCAPES[what] ?? whole)))
}
