// Where values stand: on sliders whose steps are even in proportion, and on charts with both axes so. Pure numbers.

/** The values of a slider from 1 to 1,000,000 and the like: 1, 2, 3, 5, 7, 10, 20 ... */
const STEPS = [1, 2, 3, 5, 7]

/** @returns even in proportion, `most` included even where it is no step */
export function decadesUpTo(most: number): number[] {
  const values: number[] = []
  for (let decade = 1; decade <= most; decade *= 10) values.push(...STEPS.map((step) => step * decade).filter((value) => value <= most))
  if (values.at(-1) !== most) values.push(most)
  return values
}

/** Powers of two, both ends included where they are some. */
export function powersOfTwo(least: number, most: number): number[] {
  const values: number[] = []
  for (let value = least; value <= most; value *= 2) values.push(value)
  return values
}

/** Index of the step that is nearest, in proportion. */
export function nearestStep(steps: readonly number[], value: number): number {
  const same = steps.indexOf(value)
  if (same >= 0) return same
  let best = 0
  const away = (index: number): number => Math.abs(Math.log((steps[index] ?? 1) / Math.max(value, Number.MIN_VALUE)))
  for (let i = 1; i < steps.length; i++) if (away(i) < away(best)) best = i
  return best
}

export interface LogAxis {
  least: number
  most: number
  /** Powers of the base from `least` to `most`. */
  ticks: number[]
  /** 0 at `least`, 1 at `most`. */
  at: (value: number) => number
}

/** From whole power to whole power around all values; at least one step. Values that aren't above 0 don't count. */
export function logAxis(values: readonly number[], base = 10): LogAxis {
  const real = values.filter((value) => value > 0)
  const from = real.length > 0 ? Math.floor(exponentOf(Math.min(...real), base)) : 0
  const to = Math.max(from + 1, real.length > 0 ? Math.ceil(exponentOf(Math.max(...real), base)) : 1)
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => base ** (from + i))
  return {
    least: base ** from,
    most: base ** to,
    ticks,
    at: (value) => (value <= 0 ? 0 : Math.min(1, Math.max(0, (exponentOf(value, base) - from) / (to - from)))),
  }
}

/** Whole where the value is a power of the base: its own rounding must not add a step. */
function exponentOf(value: number, base: number): number {
  const exponent = base === 10 ? Math.log10(value) : Math.log2(value) / Math.log2(base)
  const whole = Math.round(exponent)
  return Math.abs(exponent - whole) < 1e-9 ? whole : exponent
}

/** "1", "100", "10 k", "1 M": what stands at a tick. */
export function tickText(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  if (value >= 1e4) return `${value / 1e3} k`
  return value < 1 ? String(value) : value.toLocaleString('en-US')
}
