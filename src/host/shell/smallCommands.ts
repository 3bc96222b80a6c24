// Small commands that scripts around famfs use and the shell library doesn't have, in one table.

import { done, type Given, type ShellCommand, trouble } from './command.ts'
import { limitsText } from './limits.ts'
import type { Outcome } from './process.ts'
import { stdinText } from './programs.ts'
import { errnoText } from '../tools/voice.ts'
import { bytesOfLatin1, latin1Of } from '../bytes.ts'
import { blobOf } from './taking.ts'

export const smallCommands: Readonly<Record<string, ShellCommand>> = {
  clear: ({ process }) => {
    process.tell({ kind: 'clear' })
    return done()
  },
  download,
  groups: ({ process }) => done(`${userName(process.user.uid)}\n`),
  help,
  hostname: ({ process }) => done(`${process.host.system.hostname}\n`),
  id,
  logger: (given) => {
    const words = given.args.filter((each, i) => !each.startsWith('-') && !['-t', '-p'].includes(given.args[i - 1] ?? ''))
    const tag = given.args[given.args.indexOf('-t') + 1]
    const text = words.length > 0 ? words.join(' ') : stdinText(given).trimEnd()
    for (const line of text.split('\n')) given.process.host.system.log(`${given.args.includes('-t') ? tag : userName(given.process.user.uid)}: ${line}`)
    return done()
  },
  mktemp,
  nproc: ({ process }) => done(`${process.host.system.cpuCount}\n`),
  realpath,
  reset: ({ process }) => {
    process.tell({ kind: 'clear' })
    return done()
  },
  sleep,
  stty: ({ args, context }) => (args[0] === 'size' ? done(`24 ${context.env.get('COLUMNS') ?? 80}\n`) : done()),
  sync: () => done(),
  tput: ({ args, context }) => (args[0] === 'cols' ? done(`${context.env.get('COLUMNS') ?? 80}\n`) : args[0] === 'lines' ? done('24\n') : done()),
  ulimit: ({ args }) => (args.includes('-n') ? done('4096\n') : done('unlimited\n')),
  umask,
  uname,
  whoami: ({ process }) => done(`${userName(process.user.uid)}\n`),
}

const NAMES: Readonly<Record<number, string>> = { 0: 'root', 1000: 'user', 65534: 'nobody' }

function userName(uid: number): string {
  return NAMES[uid] ?? String(uid)
}

function id({ args, process }: Given): Outcome {
  const named = args.find((each) => !each.startsWith('-'))
  const uid = named === undefined ? process.user.uid : Number(Object.entries(NAMES).find(([, name]) => name === named)?.[0] ?? Number.NaN)
  if (Number.isNaN(uid)) return trouble(`id: ‘${named}’: no such user\n`)
  const gid = named === undefined ? process.user.gid : uid
  const letters = args.filter((each) => each.startsWith('-')).join('')
  if (letters.includes('u')) return done(`${letters.includes('n') ? userName(uid) : uid}\n`)
  if (letters.includes('g') || letters.includes('G')) return done(`${letters.includes('n') ? userName(gid) : gid}\n`)
  return done(`uid=${uid}(${userName(uid)}) gid=${gid}(${userName(gid)}) groups=${gid}(${userName(gid)})\n`)
}

function uname({ args, process }: Given): Outcome {
  const { hostname, kernelRelease } = process.host.system
  const parts: Record<string, string> = { s: 'Linux', n: hostname, r: kernelRelease, v: '#1 SMP PREEMPT_DYNAMIC', m: 'x86_64', p: 'x86_64', i: 'x86_64', o: 'GNU/Linux' }
  const long: Record<string, string> = { '--kernel-release': 'r', '--all': 'a', '--nodename': 'n', '--kernel-name': 's', '--machine': 'm' }
  const letters = args.map((each) => long[each] ?? each.replace(/^-/, '')).join('') || 's'
  const wrong = [...letters].find((letter) => letter !== 'a' && !(letter in parts))
  if (wrong !== undefined) return trouble(`uname: invalid option -- '${wrong}'\n`)
  const wanted = letters.includes('a') ? 'snrvmo' : [...'snrvmpio'].filter((letter) => letters.includes(letter)).join('')
  return done(`${[...wanted].map((letter) => parts[letter]).join(' ')}\n`)
}

function umask({ args, process }: Given): Outcome {
  const value = args.find((each) => !each.startsWith('-'))
  const octal = process.umask.toString(8).padStart(4, '0')
  if (value === undefined) {
    if (!args.includes('-S')) return done(`${args.includes('-p') ? 'umask ' : ''}${octal}\n`)
    const rights = (shift: number): string => ['r', 'w', 'x'].filter((_, i) => (process.umask & (4 >> i << shift)) === 0).join('')
    return done(`u=${rights(6)},g=${rights(3)},o=${rights(0)}\n`)
  }
  if (/^[0-7]{1,4}$/.test(value)) {
    process.umask = Number.parseInt(value, 8) & 0o777
    return done()
  }
  const symbolic = maskOf(value, process.umask)
  if (symbolic === undefined) return trouble(`bash: umask: ${value}: invalid symbolic mode operator\n`)
  process.umask = symbolic
  return done()
}

function maskOf(text: string, before: number): number | undefined {
  let allowed = ~before & 0o777
  for (const clause of text.split(',')) {
    const parts = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (!parts) return undefined
    const [, who = '', operator, rights = ''] = parts
    const bits = [...rights].reduce((sum, right) => sum | { r: 4, w: 2, x: 1 }[right as 'r' | 'w' | 'x'], 0)
    for (const [letter, shift] of [['u', 6], ['g', 3], ['o', 0]] as const) {
      if (who !== '' && !who.includes('a') && !who.includes(letter)) continue
      if (operator === '+') allowed |= bits << shift
      else if (operator === '-') allowed &= ~(bits << shift)
      else allowed = (allowed & ~(7 << shift)) | (bits << shift)
    }
  }
  return ~allowed & 0o777
}

async function sleep({ args, context }: Given): Promise<Outcome> {
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 }
  let seconds = 0
  for (const arg of args) {
    const parts = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(arg)
    if (!parts) return trouble(`sleep: invalid time interval '${arg}'\n`)
    seconds += Number(parts[1]) * (units[parts[2] ?? ''] ?? 1)
  }
  if (args.length === 0) return trouble('sleep: missing operand\n')
  const { signal } = context
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
  return done('', signal?.aborted ? 130 : 0)
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700

function mktemp({ args, context, process }: Given): Outcome {
  const { system } = process.host
  const directory = args.some((each) => /^-[a-z]*d/.test(each) || each === '--directory')
  const template = args.find((each, i) => !each.startsWith('-') && args[i - 1] !== '-p')
  const parentAt = args.indexOf('-p')
  const inTmp = template === undefined || args.some((each) => /^-[a-z]*t$/.test(each) || each.startsWith('--tmpdir'))
  const parent = parentAt >= 0 ? args[parentAt + 1] : inTmp ? (context.env.get('TMPDIR') ?? '/tmp') : undefined
  const pattern = template ?? 'tmp.XXXXXXXXXX'
  if (!/XXX/.test(pattern)) return trouble(`mktemp: too few X's in template ‘${pattern}’\n`)
  const random = new Uint8Array(pattern.length)
  system.random(random)
  const name = pattern.replace(/X{3,}(?=[^X]*$)/, (run, at: number) => [...run].map((_, i) => LETTERS[(random[at + i] ?? 0) % LETTERS.length]).join(''))
  const path = parent === undefined ? name : `${parent}/${name}`
  const caller = { ...process.caller(context.cwd), umask: 0 }
  const made = directory ? system.mkdir(path, PRIVATE_DIRECTORY, caller) : system.open(path, { write: true, create: PRIVATE_FILE, exclusive: true }, caller)
  if (!made.ok) return trouble(`mktemp: failed to create ${directory ? 'directory' : 'file'} via template ‘${path}’: ${errnoText(made.failure)}\n`)
  if (made.value && 'close' in made.value) made.value.close()
  return done(`${path}\n`)
}

function realpath({ args, context, process }: Given): Outcome {
  const { system } = process.host
  const caller = process.caller(context.cwd)
  const strict = args.includes('-e')
  let stdout = ''
  let stderr = ''
  for (const path of args.filter((each) => !each.startsWith('-'))) {
    const found = strict ? system.realpath(path, caller) : system.realpathOfNew(path, caller)
    if (found.ok) stdout += `${found.value}\n`
    else if (!args.includes('-q')) stderr += `realpath: ${path}: ${errnoText(found.failure)}\n`
    else stderr += ''
  }
  return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 }
}

async function download({ args, context, process }: Given): Promise<Outcome> {
  if (args.length === 0) return trouble('usage: download FILE ...\n')
  for (const path of args) {
    const taken = await blobOf(process.host, path, process.caller(context.cwd))
    if (!taken.ok) return trouble(`download: ${path}: ${errnoText(taken.failure)}\n`)
    process.tell({ kind: 'download', name: path.slice(path.lastIndexOf('/') + 1), blob: taken.value })
  }
  return done()
}

const HELP = `This is bash on a host of its own. What is particular here:
  famfs help, famfs help CMD        the file system's commands
  mkfs.famfs /dev/dax0.0            formats the shared memory device
  famfs mount /dev/dax0.0 /mnt/famfs
  famfs logplay /mnt/famfs          shows what the master has made since
  findmnt, mount, umount, df, daxctl, cxl, modprobe, lsmod, dmesg, logger
  sudo -u user CMD                  acts as uid 1000; you are root
  download FILE                     hands a file to you; drop files here to bring them in
  on HOST CMD ...                   runs a command on another host, in scripts
  help limits                       what this shell stops at
Background jobs (CMD &) run at once and to their end, but for sleep; wait, kill and $! know them.
Ctrl-C stops what runs, and leaves what a power cut there would leave.
`

function help({ args }: Given): Outcome {
  return args[0] === 'limits' ? done(limitsText()) : done(HELP)
}

/** printf and echo with \\xff: the library would write the character U+00FF; a byte is meant. */
export async function byteWise(given: Given): Promise<Outcome & { stdoutKind?: 'text' | 'bytes' }> {
  const { args, context } = given
  const { origCommand } = context
  if (!origCommand) return trouble('this command runs only inside the shell\n')
  const escapes = args[0] !== '-v' && args.some((each) => /\\(x[89a-fA-F]|0?[2-3][0-7]{2})/.test(each))
  if (!escapes) return await origCommand(args)
  const encoded = args.map((each) => latin1Of(new TextEncoder().encode(each)))
  const result = await origCommand(encoded)
  return { stdout: latin1Of(bytesOfLatin1(result.stdout)), stderr: result.stderr, exitCode: result.exitCode, stdoutKind: 'bytes' }
}

