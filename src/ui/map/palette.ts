// The colours of CSS as numbers, for pictures that are made pixel by pixel: read once for a theme, mixed here and nowhere else.

import { CODE_COUNT, FILE, FREE, LOG_FREE, LOG_USED, PAST_END, RIVALS, SECOND_CHUNK, SUPERBLOCK, UNKNOWN } from './bands.ts'

type Rgb = readonly [red: number, green: number, blue: number]

export interface Palette {
  /** By code, in the order of bytes that ImageData has. */
  pixels: Uint32Array
  paper: string
  ink: string
  quiet: string
  edge: string
  alarm: string
  accent: string
  mono: string
  sans: string
  /** Patterns of strips, one after the other. */
  hatches: HTMLCanvasElement[]
  clash: HTMLCanvasElement
  /** Memory that failed, and a device that doesn't answer. */
  poison: HTMLCanvasElement
  stopped: HTMLCanvasElement
}

const COLOURS = 8
const HATCH_PX = 8
const DARK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element)
  const value = (name: string): string => style.getPropertyValue(name).trim()
  const rgb = colourReader()
  const codes = new Map<number, Rgb>([
    [FREE, rgb(value('--free'))],
    [SUPERBLOCK, rgb(value('--superblock'))],
    [LOG_USED, rgb(value('--log'))],
    [LOG_FREE, rgb(value('--log-free'))],
    [RIVALS, rgb(value('--alarm'))],
    [UNKNOWN, rgb(value('--free'))],
  ])
  const free = rgb(value('--free'))
  const isDark = luminance(rgb(value('--paper'))) < 0.5
  for (let colour = 0; colour < COLOURS; colour++) {
    const file = rgb(value(`--file-${colour}`))
    codes.set(FILE + colour, file)
    codes.set(FILE + SECOND_CHUNK + colour, mix(file, isDark ? DARK : WHITE, 0.35))
    codes.set(FILE + PAST_END + colour, mix(file, free, 0.7))
  }
  const pixels = new Uint32Array(CODE_COUNT)
  for (const [code, colour] of codes) {
    pixels[code] = ((255 << 24) | (colour[2] << 16) | (colour[1] << 8) | colour[0]) >>> 0
  }
  const hatch = value('--hatch')
  return {
    pixels,
    paper: value('--paper'),
    ink: value('--ink'),
    quiet: value('--quiet'),
    edge: value('--edge'),
    alarm: value('--alarm'),
    accent: value('--accent'),
    mono: value('--mono'),
    sans: value('--sans'),
    hatches: [[0], [1], [2], [3]].map((kinds) => hatchTile(kinds, hatch)),
    clash: hatchTile([0, 1], value('--paper')),
    poison: hatchTile([0, 1], value('--alarm'), value('--alarm-tint')),
    stopped: hatchTile([1], value('--quiet')),
  }
}

/** Whatever CSS can say, drawn and read back. */
function colourReader(): (css: string) => Rgb {
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (css) => {
    if (!context) return DARK
    context.fillStyle = css
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return [red, green, blue]
  }
}

/** One tile of a pattern. Kinds of lines: down, up, lying, standing. */
function hatchTile(kinds: number[], colour: string, ground?: string): HTMLCanvasElement {
  const ratio = devicePixelRatio || 1
  const side = Math.round(HATCH_PX * ratio)
  const tile = document.createElement('canvas')
  tile.width = side
  tile.height = side
  const context = tile.getContext('2d')
  if (!context) return tile
  if (ground !== undefined) {
    context.fillStyle = ground
    context.fillRect(0, 0, side, side)
  }
  context.strokeStyle = colour
  context.lineWidth = ratio * 1.25
  context.beginPath()
  // Three lines, so that the ones at the corners go on in the next tile.
  for (const shift of [-side, 0, side]) for (const kind of kinds) {
    if (kind === 0) line(context, shift, 0, shift + side, side)
    else if (kind === 1) line(context, shift + side, 0, shift, side)
    else if (kind === 2) line(context, 0, side / 2, side, side / 2)
    else line(context, side / 2, 0, side / 2, side)
  }
  context.stroke()
  return tile
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (i: 0 | 1 | 2): number => Math.round(a[i] * (1 - share) + b[i] * share)
  return [part(0), part(1), part(2)]
}

/** Relative, as WCAG has it. */
function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}
