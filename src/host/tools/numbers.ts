// Numbers as GNU tools read and print them: sizes with suffixes, octal modes, human units.

const UNITS = 'KMGTPE'

/** "4k", "2M", "1kB", "0x10", "3KiB", "2b" (512). @returns undefined for anything else */
export function sizeOf(text: string): number | undefined {
  const match = /^(0[xX][0-9a-fA-F]+|\d+)(?:([kmgtKMGTPE])(iB|B)?|([bcw]))?$/.exec(text)
  if (!match) return undefined
  const [, digits = '', unit, tail, old] = match
  const number = Number(digits)
  if (old) return number * (old === 'b' ? 512 : old === 'w' ? 2 : 1)
  if (!unit) return number
  const size = number * (tail === 'B' ? 1000 : 1024) ** (UNITS.indexOf(unit.toUpperCase()) + 1)
  return Number.isSafeInteger(size) ? size : undefined
}

/** A mode. */
export function octalOf(text: string): number | undefined {
  const value = /^[0-7]{1,8}$/.test(text) ? Number.parseInt(text, 8) : undefined
  return value !== undefined && value <= 0o7777 ? value : undefined
}

export function countOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** As ls -h and df -h print it: 4.0K, 12M; rounded up unless said otherwise. */
export function humanSize(bytes: number, base = 1024, round: (value: number) => number = Math.ceil): string {
  if (bytes < base) return String(bytes)
  let value = bytes
  let unit = -1
  while (value >= base && unit < UNITS.length - 1) {
    value /= base
    unit++
  }
  const tenths = round(value * 10) / 10
  const shown = tenths < 10 ? tenths.toFixed(1) : String(round(value))
  return shown === String(base) && unit < UNITS.length - 1 ? `1.0${UNITS[unit + 1]}` : shown + UNITS[unit]
}

/** Columns of a table under one another. @param right indices of those that are set to the right */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set(), gap = ' '): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)))
  return rows.map((row) => {
    const cells = row.map((cell, i) => (right.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
    return `${cells.join(gap).trimEnd()}\n`
  }).join('')
}
