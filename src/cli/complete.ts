// What a word of a command line can become, from the same tables that parse it. Files are the shell's to complete.

import { famfsCommand, famfsCommands } from './famfs.ts'
import { fusedCommand } from './famfsFused.ts'
import { mkfsCommand } from './mkfsFamfs.ts'
import type { Option, OptionTable } from './options.ts'

/**
 * @param words the program's name and what follows; the last one is being typed and may be empty
 * @returns whole words that it can become; none where it names a file or a value
 */
export function completionsOf(words: readonly string[]): string[] {
  const [program, ...args] = words
  const typed = args.at(-1)
  if (typed === undefined) return []
  if (program === 'mkfs.famfs') return optionsFor(mkfsCommand.options, args)
  if (program === 'famfs_fused') return optionsFor(fusedCommand.options, args)
  if (program !== 'famfs') return []
  const at = args.findIndex((arg) => !arg.startsWith('-'))
  if (at < 0 || at === args.length - 1) return matching(typed.startsWith('-') ? ['--dryrun', '--help'] : [...famfsCommands.map(wordOf), 'help'], typed)
  if (args[at] === 'help') return matching([...famfsCommands.map(wordOf), mkfsCommand.name, fusedCommand.name, '--all'], typed)
  const command = famfsCommand(args[at])
  if (command?.words && args.length === at + 2 && !typed.startsWith('-')) return matching(command.words, typed)
  return command ? optionsFor(command.options, args.slice(at + 1)) : []
}

function optionsFor(table: OptionTable, args: readonly string[]): string[] {
  const typed = args.at(-1) ?? ''
  if (args.slice(0, -1).includes('--')) return []
  const before = args.at(-2)
  const previous = Object.values(table).find((option) => spellings(option).includes(before ?? ''))
  if (previous?.value) return matching(previous.value.words ?? [], typed)
  if (!typed.startsWith('-') || typed.includes('=')) return []
  const names = (hidden: boolean): string[] => Object.values(table).filter((option) => (option.hidden ?? false) === hidden).map((option) => spellings(option).at(-1) ?? '')
  const offered = matching([...names(false), '--help'], typed)
  // Whoever knows the beginning of a seldom needed one gets its end.
  return offered.length > 0 ? offered : matching(names(true), typed)
}

/** Short first, so that the last one is the long one where there is one. */
function spellings({ short, long }: Option): string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...(long === undefined ? [] : [`--${long}`])]
}

function wordOf(command: { name: string }): string {
  return command.name.slice('famfs '.length)
}

function matching(candidates: readonly string[], typed: string): string[] {
  return candidates.filter((candidate) => candidate.startsWith(typed))
}
