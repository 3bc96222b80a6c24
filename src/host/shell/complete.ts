// What Tab offers: commands, options, variables and paths. A candidate stands for the whole word that is being typed, quoted
// as the shell wants it.

import { completionsOf } from '../../cli/complete.ts'
import type { System } from '../../core/machine/system.ts'
import type { Caller } from '../../core/machine/systemTypes.ts'

export interface Completion {
  start: number
  candidates: string[]
}

export interface Known {
  system: System
  caller: Caller
  commandNames: readonly string[]
  variableNames: readonly string[]
}

const BUILTINS = ['alias', 'break', 'cd', 'command', 'continue', 'declare', 'echo', 'eval', 'exec', 'exit', 'export', 'for', 'if', 'jobs', 'kill', 'local', 'printf', 'pwd', 'read', 'return', 'set', 'shift', 'source', 'test', 'time', 'trap', 'type', 'unset', 'wait', 'while']
/** The next word is a command again. */
const STARTERS = new Set(['sudo', 'time', 'if', 'while', 'until', 'then', 'do', 'else', '!', 'env', 'exec', 'command'])
const MOST = 500

export function complete(line: string, cursor: number, known: Known): Completion {
  const before = line.slice(0, cursor)
  const { words, start } = wordsOf(before)
  const typed = words.at(-1) ?? ''
  const raw = before.slice(start)
  const variable = /\$\{?([A-Za-z_]\w*)?$/.exec(raw)
  if (variable && !raw.startsWith("'")) {
    const head = raw.slice(0, variable.index)
    const brace = raw.includes('${', variable.index)
    const names = known.variableNames.filter((name) => name.startsWith(variable[1] ?? '') && !name.startsWith('__'))
    return sorted(start, names.map((name) => `${head}$${brace ? `{${name}}` : name}`))
  }
  let first = 0
  while (first < words.length - 1 && (STARTERS.has(words[first] ?? '') || /^[A-Za-z_]\w*=/.test(words[first] ?? ''))) first++
  if (first === words.length - 1 && !typed.includes('/')) {
    const names = [...known.commandNames, ...BUILTINS].filter((name) => name.startsWith(typed) && !name.startsWith('__'))
    if (names.length > 0 || typed !== '') return sorted(start, names.length > 0 ? names : paths(typed, known))
    return { start, candidates: [] }
  }
  const options = [...completionsOf(words.slice(first)), ...deviceWords(words.slice(first), known)]
  return sorted(start, options.length > 0 ? options.map(quotedFor) : paths(typed, known))
}

const DEVICE_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  daxctl: ['list', 'reconfigure-device', 'disable-device', 'enable-device'],
  cxl: ['list', 'inject-media-poison', 'clear-media-poison'],
}

/** What those take that speak of devices: a command, then a device. */
function deviceWords([program = '', ...args]: readonly string[], { system }: Known): string[] {
  const commands = DEVICE_COMMANDS[program]
  const typed = args.at(-1)
  if (!commands || typed === undefined || typed.startsWith('-') || typed.includes('/')) return []
  const words = args.length === 1 ? commands : system.devices().map(({ name }) => name.slice(name.lastIndexOf('/') + 1))
  return words.filter((word) => word.startsWith(typed))
}

function sorted(start: number, candidates: readonly string[]): Completion {
  return { start, candidates: [...new Set(candidates)].toSorted().slice(0, MOST) }
}

function paths(typed: string, { system, caller }: Known): string[] {
  const slash = typed.lastIndexOf('/')
  const directory = typed.slice(0, slash + 1)
  const beginning = typed.slice(slash + 1)
  const home = directory.startsWith('~/') ? `/root${directory.slice(1)}` : directory
  const entries = system.readdir(home === '' ? '.' : home, caller)
  if (!entries.ok) return []
  return entries.value
    .filter(({ name }) => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')))
    .map(({ name, kind }) => {
      const found = kind === 'symlink' ? system.stat(`${home}${name}`, caller) : undefined
      const isDirectory = kind === 'directory' || (found?.ok && found.value.kind === 'directory')
      return `${quotedFor(`${directory}${name}`)}${isDirectory ? '/' : ''}`
    })
}

/** With backslashes, as bash's own completion quotes. */
function quotedFor(text: string): string {
  return text.replaceAll(/(?<!^)~|[ \t"'\\$`!*?[\]{}()<>|&;#]/g, String.raw`\$&`)
}

/** The words of the last command before the cursor, unquoted; the last may be empty. @returns also where that begins */
function wordsOf(text: string): { words: string[]; start: number } {
  let words: string[] = []
  let word = ''
  let start = 0
  let quote = ''
  const end = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (quote !== '') {
      if (c === quote) quote = ''
      else word += c
    } else if (c === '\\') word += text[++i] ?? ''
    else if (c === '"' || c === "'") quote = c
    else if (/\s/.test(c)) {
      end()
      start = i + 1
    } else if (/[|&;(]/.test(c)) {
      word = ''
      words = []
      start = i + 1
    } else if (/[<>]/.test(c)) {
      end()
      start = i + 1
    } else word += c
  }
  return { words: [...words, word], start }
}
