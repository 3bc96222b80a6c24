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
  /** Powers of ten from `least` to `most`. */
  ticks: number[]
  /** 0 at `least`, 1 at `most`. */
  at: (value: number) => number
}

/** From whole power of ten to whole power of ten around all values; at least one decade. Values that aren't above 0 don't count. */
export function logAxis(values: readonly number[]): LogAxis {
  const real = values.filter((value) => value > 0)
  const from = real.length > 0 ? Math.floor(exponentOf(Math.min(...real))) : 0
  const to = Math.max(from + 1, real.length > 0 ? Math.ceil(exponentOf(Math.max(...real))) : 1)
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i))
  return {
    least: 10 ** from,
    most: 10 ** to,
    ticks,
    at: (value) => (value <= 0 ? 0 : Math.min(1, Math.max(0, (Math.log10(value) - from) / (to - from)))),
  }
}

/** log10, and whole where the value is a power of ten: its own rounding must not add a decade. */
function exponentOf(value: number): number {
  const exponent = Math.log10(value)
  const whole = Math.round(exponent)
  return Math.abs(exponent - whole) < 1e-9 ? whole : exponent
}

/** "1", "100", "10 k", "1 M": what stands at a tick. */
export function tickText(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  if (value >= 1e4) return `${value / 1e3} k`
  return value < 1 ? String(value) : value.toLocaleString('en-US')
}
