// date: this host's time, or another, in any of GNU's formats. A host's clock can't be set, and its zone is UTC.

import { formatted, timeOf } from './dateText.ts'
import { valueOf } from './getopt.ts'
import { quickTool } from './tool.ts'

const PRECISION: Readonly<Record<string, string>> = {
  date: '', hours: '%H%:z', minutes: '%H:%M%:z', seconds: '%H:%M:%S%:z', ns: '%H:%M:%S,%N%:z',
}
const NS_PER_MS = 1_000_000n

export const date = quickTool({
  short: 'ud:r:R',
  long: { date: 'd:', reference: 'r:', utc: 'u', universal: 'u', 'rfc-email': 'R', 'rfc-2822': 'R', 'iso-8601': 'iso?', 'rfc-3339': 'rfc:' },
  modern: (args) => args.map((each) => (each.startsWith('-I') ? `--iso-8601${each === '-I' ? '' : `=${each.slice(2)}`}` : each)),
  most: Infinity,
  help: 'date [-u] [-d TEXT | -r FILE] [-I[date|hours|minutes|seconds|ns]] [-R] [+FORMAT]: shows the time, or the one that TEXT says (@SECONDS, ISO, "now", "+1 day", "yesterday"), or when FILE was changed.',
}, ({ given, voice, io, misused }) => {
  const { system, caller } = io
  const say = (text: string): number => {
    io.err(`date: ${text}\n`)
    return 1
  }
  const [format, extra] = given.operands
  if (extra !== undefined) return misused(`extra operand '${extra}'`)
  if (format !== undefined && !format.startsWith('+')) return say(`invalid date '${format}'`)
  const file = valueOf(given, 'r')
  const found = file === undefined ? undefined : system.stat(file, caller)
  if (found && !found.ok) {
    voice.fail(file ?? '', found.failure)
    return 1
  }
  const now = BigInt(Math.trunc(found?.ok ? found.value.modifiedMs : system.now())) * NS_PER_MS
  const text = valueOf(given, 'd')
  const time = text === undefined ? now : timeOf(text, now)
  if (time === undefined) return say(`invalid date '${text}'`)
  const wanted = format?.slice(1) ?? standing(given.options)
  if (wanted === undefined) return misused('invalid argument for --iso-8601 or --rfc-3339')
  io.out(`${formatted(wanted, time)}\n`)
  return 0
})

/** The format of an option; undefined where it asks for a precision that isn't. */
function standing(options: readonly (readonly [string, string])[]): string | undefined {
  for (const [key, value] of options) {
    if (key === 'R') return '%a, %d %b %Y %H:%M:%S %z'
    const precision = PRECISION[value === '' ? 'date' : value]
    if (key !== 'iso' && key !== 'rfc') continue
    if (precision === undefined) return undefined
    if (precision === '') return '%F'
    return key === 'iso' ? `%FT${precision}` : `%F ${precision.replace(',', '.')}`
  }
  return '%a %b %e %H:%M:%S %Z %Y'
}
