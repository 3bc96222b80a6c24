// What pointer and cursor light on the map, and which devices they can't reach because they are scrolled away.

import type { Look } from '../look.tsx'
import { alignedAt, type Box, type Grid, type Level } from './levels.ts'
import { entryAt, type MapModel, thingAt } from './model.ts'
import { firstEndingAfter } from './segments.ts'

/** Lights the file that is pointed at; what others lit stays as long as nothing is. */
export class Lighting {
  readonly #look: Look
  #entry: number | undefined

  constructor(look: Look) {
    this.#look = look
  }

  light(entry: number | undefined): void {
    if (entry === this.#entry) return
    if (entry !== undefined || this.#look.get().lit === this.#entry) this.#look.set({ lit: entry })
    this.#entry = entry
  }
}

/** @param exactly a pointer is on that very byte; a cursor is on the cell around it */
export function entryUnder(model: MapModel, { name }: Level, grid: Grid, offsetBytes: number, exactly: boolean): number | undefined {
  // Slots are told apart only where they can be seen.
  if (name === 'pages' || name === 'bytes') return entryAt(model, offsetBytes)
  const { file } = thingAt(model, offsetBytes)
  if (file || exactly) return file?.entryIndex
  // The cursor is on a cell as a whole: the first file in it.
  const { segments } = model
  const next = firstEndingAfter(segments, offsetBytes)
  const isInside = (segments.startBytes[next] ?? Infinity) < alignedAt(grid.parts, offsetBytes, grid.cellBytes) + grid.cellBytes
  return next < segments.count && isInside ? segments.files[segments.owner[next] ?? -1]?.entryIndex : undefined
}

/** Devices that lie above or below what shows of the whole picture. */
export interface Beyond {
  deviceCount: number
  poisonedCount: number
  stoppedCount: number
  /** Where to go: the first byte of the nearest. */
  nearestBytes: number
}

/** @param side above or below; undefined where all devices show */
export function beyondOf({ devices }: MapModel, grid: Grid, topPx: number, { heightPx }: Box, side: 'above' | 'below'): Beyond | undefined {
  const hidden = devices.filter((_, i) => {
    const part = grid.parts[i]
    if (!part) return false
    // A device shows where half of its first row does.
    const middle = part.topPx + grid.stepYPx / 2 - topPx
    return side === 'below' ? middle > heightPx : part.topPx + (part.rowCount - 0.5) * grid.stepYPx < topPx
  })
  const nearest = side === 'below' ? hidden[0] : hidden.at(-1)
  return nearest && {
    deviceCount: hidden.length,
    poisonedCount: hidden.filter(({ health }) => health.poison.length > 0).length,
    stoppedCount: hidden.filter(({ health }) => health.isStopped).length,
    nearestBytes: nearest.startBytes,
  }
}

/** "3 more below, 1 with poison". */
export function beyondText({ deviceCount, poisonedCount, stoppedCount }: Beyond, side: 'above' | 'below'): string {
  const poison = poisonedCount > 0 ? [`${poisonedCount} with poison`] : []
  const stopped = stoppedCount > 0 ? [`${stoppedCount} ${stoppedCount === 1 ? 'does' : 'do'} not answer`] : []
  return [`${deviceCount} more ${side}`, ...poison, ...stopped].join(', ')
}
