// Every command gets each of its options wrong, as its own table says what is wrong: it exits with something else than 0,
// says what to do next, and leaves the device as it was. Completion and usage come from the same tables.

import { beforeAll, describe, expect, it } from 'vitest'
import { completionsOf } from '../../src/cli/complete.ts'
import { famfsCommands } from '../../src/cli/famfs.ts'
import { fusedCommand } from '../../src/cli/famfsFused.ts'
import { mkfsCommand } from '../../src/cli/mkfsFamfs.ts'
import { nameOf, type Option, parse } from '../../src/cli/options.ts'
import { readMode, readNumber, readSeed, readSize } from '../../src/cli/units.ts'
import { usageOf } from '../../src/cli/usage.ts'
import { MIB } from '../../src/core/base/align.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import type { System } from '../../src/core/machine/system.ts'
import { runLine } from '../helpers/lines.ts'
import { DAX, newDax, newMachine } from '../helpers/machines.ts'
import { newSystem, put, rootAt } from '../helpers/systems.ts'

const commands = [mkfsCommand, fusedCommand, ...famfsCommands]
const operandsFor: Record<string, string> = { 'mkfs.famfs': DAX, 'famfs mount': `${DAX} /mnt/famfs`, 'famfs cp': '/tmp/a /mnt/famfs/a', 'famfs clone': '/mnt/famfs/f /mnt/famfs/g' }

let device: Daxdev
let system: System

// Once for all: what is refused changes nothing.
beforeAll(() => {
  device = newDax()
  system = newSystem(newMachine('A', device))
  put(system, '/tmp/a', 'a\n', rootAt('/'))
  for (const line of [`mkfs.famfs ${DAX}`, `famfs mount ${DAX} /mnt/famfs`, 'famfs creat -s 4k /mnt/famfs/f']) runLine(system, line)
})

/** Superblock, log header and the first entries: where a write would land. */
const metadata = (): Buffer => Buffer.concat([Buffer.from(device.buffer, 0, 4096), Buffer.from(device.buffer, 2 * MIB, 65_536)])

/** What came of a line, and what it should have been: refused in words, and nothing touched. */
function refusal(line: string[], says: string): { seen: object; wanted: object } {
  const before = metadata()
  const { exit, stderr } = runLine(system, line)
  const name = line[0] === 'famfs' ? `famfs ${line[1]}` : line[0]
  const sentences = new RegExp(`^${name}: .*\\w+ \\w+.*[^.]\\n  [A-Z].*[.]?\\n`)
  const seen = { line, good: exit === 0, said: stderr.includes(says) || stderr, inSentences: sentences.test(stderr) || stderr, untouched: metadata().equals(before) }
  return { seen, wanted: { line, good: false, said: true, inSentences: true, untouched: true } }
}

const wordsOf = (name: string): string[] => name.split(' ')
const behind = (name: string): string[] => (operandsFor[name] ?? '/mnt/famfs').split(' ')

describe.each(commands.map((command) => [command.name, command] as const))('%s', (name, command) => {
  const options = Object.entries(command.options) as [string, Option][]

  const wrong: [string, string[], string][] = [
    ['an option that it does not have', ['--no-such-option', ...behind(name)], 'there is no option --no-such-option'],
    ['a letter that it does not have', ['-Z', ...behind(name)], 'there is no option -Z'],
    ...options.flatMap(([, option]) => wrongValues(option, behind(name))),
    ...options.flatMap(([, option]) => (option.against ?? []).flatMap((other) => wrongPairs(option, command.options[other] as Option, behind(name)))),
  ]

  it.each(wrong)('refuses %s: %j', (_, args, says) => {
    const { seen, wanted } = refusal([...wordsOf(name), ...args], says)
    expect(seen).toEqual(wanted)
  })

  it('says how it is used when there is no such option, and only then: a wrong value is told in two lines', () => {
    expect(runLine(system, [...wordsOf(name), '-Z']).stderr).toContain(`usage: ${name}`)
    for (const [, args] of options.flatMap(([, option]) => wrongValues(option, behind(name)))) {
      expect(runLine(system, [...wordsOf(name), ...args]).stderr.trimEnd().split('\n')).toHaveLength(2)
    }
  })

  it('shows its usage for -? and --help, with every option in it', () => {
    for (const help of ['-?', '--help']) expect(runLine(system, [...wordsOf(name), help])).toEqual({ exit: 0, stdout: usageOf(command), stderr: '' })
    const all = usageOf(command, true)
    for (const [, option] of options) {
      expect(all).toContain(spelled(option).join(', '))
      expect(usageOf(command).includes(`  ${option.says}\n`)).toBe(option.hidden !== true)
    }
    expect(runLine(system, ['famfs', 'help', '--all', name.replace('famfs ', '')])).toEqual({ exit: 0, stdout: all, stderr: '' })
  })

  it('completes its options', () => {
    const shown = options.map(([, option]) => option).filter(({ hidden }) => !hidden)
    expect(completionsOf([...wordsOf(name), '-'])).toEqual([...shown.map(nameOf), '--help'])
    for (const long of shown.flatMap((option) => option.long ?? [])) expect(completionsOf([...wordsOf(name), `--${long.slice(0, -1)}`])).toContain(`--${long}`)
  })
})

it('an option that may stand once has its own exit code for twice', () => {
  const twice = commands.flatMap(({ name, options }) => Object.values(options).flatMap((option) => (option.twice === undefined ? [] : [[name, option.long, option.twice]])))
  expect(twice).toEqual([['famfs mount', 'shadow', 22], ['famfs logplay', 'shadow', 22]])
  expect(runLine(system, `famfs mount -S /tmp -S /tmp ${DAX} /mnt/famfs`).exit).toBe(22)
})

function spelled({ short, long }: Option): string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...(long === undefined ? [] : [`--${long}`])]
}

/** The option without its value, with a senseless one, with one that it doesn't take, or twice. */
function wrongValues(option: Option, operands: string[]): [string, string[], string][] {
  const { value, twice } = option
  return spelled(option).flatMap((spelling): [string, string[], string][] => {
    if (!value) return spelling.startsWith('--') ? [['a value', [`${spelling}=1`, ...operands], `${spelling} takes no value`]] : []
    const junk = ['junk', '-1', '', '0x', '99999999999999999999999', '/tmp/x,,', 'a,b,c,d'].filter((text) => !value.read(text).ok)
    return [
      ['no value', [spelling], `${spelling} wants a value`],
      ...junk.map((text): [string, string[], string] => ['junk', [spelling, text, ...operands], `${spelling}: `]),
      ...(twice === undefined ? [] : [['it twice', [spelling, '/tmp', spelling, '/tmp', ...operands], 'is given twice'] as [string, string[], string]]),
    ]
  })
}

function wrongPairs(option: Option, other: Option, operands: string[]): [string, string[], string][] {
  const [a, b] = [goodArgs(option), goodArgs(other)]
  return [['a pair', [...a, ...b, ...operands], 'exclude each other'], ['a pair', [...b, ...a, ...operands], 'exclude each other']]
}

function goodArgs(option: Option): string[] {
  const { value } = option
  if (!value) return [nameOf(option)]
  const good = ['1', '/tmp/x,1', 'always'].find((text) => value.read(text).ok)
  return [nameOf(option), good ?? '']
}

describe('getopt', () => {
  const table = {
    all: { short: 'a', long: 'all', says: '' },
    alone: { short: 'b', long: 'alone', says: '' },
    number: { short: 'n', long: 'number', value: { name: 'N', read: readNumber }, says: '' },
  } as const

  it.each([
    ['-ab', { all: 1, alone: 1, number: [] }, []],
    ['-abn5 x', { all: 1, alone: 1, number: [5] }, ['x']],
    ['-n 5 -n6 x -a', { all: 0, alone: 0, number: [5, 6] }, ['x', '-a']],
    ['--num=7 --number 8 --alo', { all: 0, alone: 1, number: [7, 8] }, []],
    ['--all -a -- -b', { all: 2, alone: 0, number: [] }, ['-b']],
    ['- -a', { all: 0, alone: 0, number: [] }, ['-', '-a']],
  ])('%s', (line, given, operands) => {
    expect(parse(table, line.split(' '))).toMatchObject({ kind: 'given', given, operands })
  })

  it('wants more of an abbreviation that could be two', () => {
    expect(parse(table, ['--al'])).toMatchObject({ kind: 'wrong', trouble: { says: '--al could be --all or --alone' } })
  })
})

describe('numbers', () => {
  it.each([
    ['0', 0], ['10', 10], ['0x10', 16], ['010', 8], ['3k', 3072], ['3K', 3072], ['2m', 2 ** 21], ['1G', 2 ** 30], ['0x2m', 2 ** 21],
  ])('a size of %s is %i bytes', (text, value) => expect(readSize(text)).toEqual({ ok: true, value }))

  it.each([['3x', 3], ['3mb', 3], ['3MiB', 3]])('a size of %s is %i bytes, and a warning', (text, value) => {
    expect(readSize(text)).toEqual({ ok: true, value, ignored: expect.stringContaining(`this is ${value} bytes`) })
  })

  it.each(['', 'm', '-1', '+1', '09', '99999999999g', ' 1'])('“%s” is no size', (text) => expect(readSize(text)).toMatchObject({ ok: false }))
  it.each(['1k', 'x', '-1', '18446744073709551616'])('“%s” is no seed', (text) => expect(readSeed(text)).toMatchObject({ ok: false }))
  it('a seed has 64 bits', () => expect(readSeed('0xffffffffffffffff')).toEqual({ ok: true, value: 2n ** 64n - 1n }))
  it.each([['644', 0o644], ['0755', 0o755], ['04755', 0o4755]])('mode %s', (text, value) => expect(readMode(text)).toEqual({ ok: true, value }))
  it.each(['8', '0x1ff', '77777', 'rw', ''])('“%s” is no mode', (text) => expect(readMode(text)).toMatchObject({ ok: false }))

  it('a size with an unknown unit is taken as it says, and told', () => {
    const { exit, stderr } = runLine(system, 'famfs creat -s 3mb /mnt/famfs/three')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.stringContaining('this is 3 bytes') })
    expect(system.stat('/mnt/famfs/three', rootAt('/'))).toMatchObject({ value: { sizeBytes: 3 } })
  })
})

describe('famfs itself', () => {
  it('lists its commands, and exits with 1 without one, with 3 for an unknown one', () => {
    expect(runLine(system, 'famfs')).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('usage: famfs') })
    expect(runLine(system, 'famfs frob')).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^famfs: there is no command frob\n {2}The commands are listed below\.\n/) })
    const { stdout } = runLine(system, 'famfs -h')
    const words = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, word]) => word)
    expect(words).toEqual(['mount', 'fsck', 'check', 'mkdir', 'cp', 'creat', 'flush', 'verify', 'mkmeta', 'logplay', 'getmap', 'clone', 'chkread', 'devadd', 'daxdev'])
  })

  it('takes --dryrun before the command, and no other option', () => {
    expect(runLine(system, 'famfs --dryrun fsck /mnt/famfs')).toMatchObject({ exit: 0 })
    expect(runLine(system, 'famfs -n fsck /mnt/famfs')).toMatchObject({ exit: 1, stderr: expect.stringContaining('there is no option -n') })
  })

  it('completes commands', () => {
    expect(completionsOf(['famfs', 'cr'])).toEqual(['creat'])
    expect(completionsOf(['famfs', 'help', 'lo'])).toEqual(['logplay'])
    expect(completionsOf(['famfs', ''])).toHaveLength(16)
    expect(completionsOf(['famfs', 'creat', '-s', ''])).toEqual([])
    expect(completionsOf(['famfs', 'creat', '--seed', '-'])).toEqual([])
    expect(completionsOf(['famfs', 'frob', '-'])).toEqual([])
    expect(completionsOf(['cat', '-'])).toEqual([])
  })
})
