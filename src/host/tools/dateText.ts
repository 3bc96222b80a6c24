// Times as text and text as times, in UTC, as GNU date has them: formats with flags and widths, and the inputs that scripts
// give to -d. A time is in nanoseconds, so that %N says what was asked for.

const NS = 1_000_000_000n
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const DAY_MS = 86_400_000

/** Composed of others. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y', D: '%m/%d/%y', F: '%Y-%m-%d', R: '%H:%M', r: '%I:%M:%S %p', T: '%H:%M:%S', x: '%m/%d/%y', X: '%H:%M:%S', h: '%b',
}

export function formatted(format: string, time: bigint): string {
  return format.replaceAll(/%([-_0^#]*)(\d*)(:{0,3}z|[A-Za-z%+])/g, (whole, flags: string, width: string, letter: string) => {
    const composed = COMPOSED[letter]
    const field = composed === undefined ? fieldOf(letter, time) : { text: formatted(composed, time), pad: ' ', least: 0 }
    if (!field) return whole
    return padded(field, flags, width, letter)
  })
}

interface Field {
  text: string
  pad: string
  least: number
}

function padded({ text, pad, least }: Field, flags: string, width: string, letter: string): string {
  const cased = flags.includes('^') ? text.toUpperCase() : flags.includes('#') ? (letter === 'p' ? text.toLowerCase() : text.toUpperCase()) : text
  if (letter === 'N') return flags.includes('-') ? cased.replace(/0+$/, '') : cased.slice(0, width === '' ? 9 : Number(width)).padEnd(Number(width), '0')
  if (flags.includes('-')) return cased
  const filler = flags.includes('_') ? ' ' : flags.includes('0') ? '0' : pad
  return cased.padStart(width === '' ? least : Number(width), filler)
}

function fieldOf(letter: string, time: bigint): Field | undefined {
  const seconds = floor(time, NS)
  const at = new Date(Number(seconds) * 1000)
  const number = (value: number | bigint, least: number, pad = '0'): Field => ({ text: String(value), pad, least })
  const text = (value: string): Field => ({ text: value, pad: ' ', least: 0 })
  const [year, month, day, weekday, hour] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCDay(), at.getUTCHours()]
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / DAY_MS)
  const iso = isoWeek(at)
  const fields: Readonly<Record<string, () => Field>> = {
    '%': () => text('%'), n: () => text('\n'), t: () => text('\t'),
    a: () => text((DAYS[weekday] ?? '').slice(0, 3)), A: () => text(DAYS[weekday] ?? ''), b: () => text((MONTHS[month] ?? '').slice(0, 3)), B: () => text(MONTHS[month] ?? ''),
    C: () => number(Math.floor(year / 100), 2), d: () => number(day, 2), e: () => number(day, 2, ' '), g: () => number(iso.year % 100, 2), G: () => number(iso.year, 4),
    H: () => number(hour, 2), I: () => number(hour % 12 || 12, 2), j: () => number(dayOfYear + 1, 3), k: () => number(hour, 2, ' '), l: () => number(hour % 12 || 12, 2, ' '),
    m: () => number(month + 1, 2), M: () => number(at.getUTCMinutes(), 2), N: () => text(String(time - seconds * NS).padStart(9, '0')),
    p: () => text(hour < 12 ? 'AM' : 'PM'), P: () => text(hour < 12 ? 'am' : 'pm'), q: () => number(Math.floor(month / 3) + 1, 1), s: () => number(seconds, 1),
    S: () => number(at.getUTCSeconds(), 2), u: () => number(weekday || 7, 1), w: () => number(weekday, 1),
    U: () => number(Math.floor((dayOfYear + 7 - weekday) / 7), 2), V: () => number(iso.week, 2), W: () => number(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7), 2),
    y: () => number(((year % 100) + 100) % 100, 2), Y: () => number(year, 4), z: () => text('+0000'), ':z': () => text('+00:00'), '::z': () => text('+00:00:00'), ':::z': () => text('+00'),
    Z: () => text('UTC'),
  }
  return fields[letter]?.()
}

/** The week that holds this week's Thursday. */
function isoWeek(at: Date): { year: number; week: number } {
  const thursday = new Date(at.getTime() + (3 - ((at.getUTCDay() + 6) % 7)) * DAY_MS)
  const year = thursday.getUTCFullYear()
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1 }
}

function floor(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}

type Moment = { year: number; month: number; day: number; hour: number; minute: number; second: number; nanos: bigint; hasDate: boolean; hasTime: boolean; zoneMinutes: number; after: [number, string][] }
type Rule = [RegExp, (found: RegExpExecArray, moment: Moment) => void]

const UNITS = 'sec(?:ond)?|min(?:ute)?|hour|day|week|fortnight|month|year'
const NAMES = MONTHS.map((name) => name.slice(0, 3).toLowerCase())

/** Tried in this order at what is left of the text. */
const RULES: readonly Rule[] = [
  [/^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?=[t\s]|$)t?/, ([, y, m, d], to) => setDate(to, y, Number(m), d)],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/, ([, m, d, y], to) => setDate(to, y, Number(m), d)],
  [/^(\d{4})(\d{2})(\d{2})\b/, ([, y, m, d], to) => setDate(to, y, Number(m), d)],
  [/^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?\s*([ap]m)?/, ([, h, m, s, f = '', half], to) => {
    const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half === 'pm' ? 12 : 0)
    Object.assign(to, { hour, minute: Number(m), second: Number(s ?? 0), nanos: BigInt(f.padEnd(9, '0')), hasTime: true })
  }],
  [/^(\d{1,2})[-\s]([a-z]{3,9})[-\s,]\s*(\d{4})(?!:)/, ([, d, name = '', y], to) => setDate(to, y, monthOf(name), d)],
  [/^([a-z]{3,9})\s+(\d{1,2})(?:,|\s)\s*(\d{4})(?!:)/, ([, name = '', d, y], to) => setDate(to, y, monthOf(name), d)],
  [new RegExp(`^(?:([-+]?)\\s*(\\d+)|(next|last|this))\\s*(${UNITS})s?\\b(\\s*ago\\b)?`), ([, sign, count, word, unit = '', ago], to) => {
    const amount = word === undefined ? Number(count) * (sign === '-' ? -1 : 1) : { next: 1, last: -1, this: 0 }[word as 'next']
    to.after.push([ago === undefined ? amount : -amount, unit])
  }],
  [/^(?:z|utc|gmt)\b/, (_, to) => void (to.zoneMinutes = 0)],
  [/^([-+])(\d{2}):?(\d{2})?(?!\d)/, ([, sign, h, m = '0'], to) => void (to.zoneMinutes = (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m)))],
  [/^(now|today)\b/, () => undefined],
  [/^yesterday\b/, (_, to) => void to.after.push([-1, 'day'])],
  [/^tomorrow\b/, (_, to) => void to.after.push([1, 'day'])],
  [/^midnight\b/, (_, to) => void Object.assign(to, { hour: 0, minute: 0, second: 0, nanos: 0n, hasTime: true })],
  [/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?/, () => undefined],
]

/** @returns nanoseconds, or undefined for what nobody can read */
export function timeOf(text: string, now: bigint): bigint | undefined {
  const plain = text.trim().toLowerCase()
  const epoch = /^@(-?\d+)(?:[.,](\d{1,9})\d*)?$/.exec(plain)
  if (epoch) return BigInt(epoch[1] ?? 0) * NS + BigInt((epoch[2] ?? '').padEnd(9, '0'))
  const seconds = floor(now, NS)
  const at = new Date(Number(seconds) * 1000)
  const moment: Moment = {
    year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds(),
    nanos: now - seconds * NS, hasDate: plain === '', hasTime: false, zoneMinutes: 0, after: [],
  }
  for (let rest = plain; rest !== ''; ) {
    const hit = RULES.map(([pattern, use]) => ({ found: pattern.exec(rest), use })).find(({ found }) => found)
    if (!hit?.found) return undefined
    hit.use(hit.found, moment)
    rest = rest.slice(hit.found[0].length).trimStart()
  }
  return sum(moment)
}

function sum(moment: Moment): bigint | undefined {
  if (moment.hasDate && !moment.hasTime) Object.assign(moment, { hour: 0, minute: 0, second: 0, nanos: 0n })
  let { year, month, day, hour, minute, second } = moment
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()) || hour > 23 || minute > 59 || second > 60) return undefined
  for (const [amount, unit] of moment.after) {
    if (unit === 'year') year += amount
    else if (unit === 'month') month += amount
    else if (unit === 'day') day += amount
    else if (unit === 'week') day += 7 * amount
    else if (unit === 'fortnight') day += 14 * amount
    else if (unit === 'hour') hour += amount
    else if (unit.startsWith('min')) minute += amount
    else second += amount
  }
  const ms = Date.UTC(year, month - 1, day, hour, minute - moment.zoneMinutes, second)
  return Number.isNaN(ms) ? undefined : BigInt(ms / 1000) * NS + moment.nanos
}

function setDate(to: Moment, year = '', month: number, day = ''): void {
  Object.assign(to, { year: Number(year), month, day: Number(day), hasDate: true })
}

/** 0 where it is none, which no date has. */
function monthOf(name: string): number {
  return NAMES.indexOf(name.slice(0, 3)) + 1
}
