// Which bytes are selected: from an anchor to a head, whichever comes first. The head is the current byte, the one that
// keys move and captions speak of. Offsets never leave the device.

export interface Mark {
  startBytes: number
  lengthBytes: number
}

export interface Range {
  anchor: number
  head: number
}

export function markOf({ anchor, head }: Range): Mark {
  return { startBytes: Math.min(anchor, head), lengthBytes: Math.abs(head - anchor) + 1 }
}

/** The range behind a selection: the one that made it, as long as nothing else did. */
export function rangeOf(selected: Mark, made: Range | undefined): Range {
  if (made) {
    const mark = markOf(made)
    if (mark.startBytes === selected.startBytes && mark.lengthBytes === selected.lengthBytes) return made
  }
  return { anchor: selected.startBytes, head: selected.startBytes }
}

/** Extending takes in whole values of `unitBytes`, on whichever side of the anchor the new head is. */
export function moved(range: Range, toBytes: number, extend: boolean, unitBytes = 1): Range {
  if (!extend) return unitBytes === 1 ? { anchor: toBytes, head: toBytes } : { anchor: toBytes + unitBytes - 1, head: toBytes }
  const anchorStart = range.anchor - (range.anchor % unitBytes)
  if (toBytes < anchorStart) return { anchor: anchorStart + unitBytes - 1, head: toBytes }
  return unitBytes === 1 ? { anchor: range.anchor, head: toBytes } : { anchor: anchorStart, head: toBytes + unitBytes - 1 }
}

export interface Walk {
  rowBytes: number
  pageBytes: number
  /** Length of what is walked on. */
  endBytes: number
  /** Bytes that one step to the side takes. */
  unitBytes: number
  /** Home and End go to the ends of all, not of the row. */
  far: boolean
}

/** Where a key leads from the unit at `atBytes`; undefined for keys that lead nowhere. Up and down stay in their column. */
export function walked(key: string, atBytes: number, { rowBytes, pageBytes, endBytes, unitBytes, far }: Walk): number | undefined {
  const last = Math.max(0, Math.floor(endBytes / unitBytes) - 1) * unitBytes
  const from = atBytes - (atBytes % unitBytes)
  const rowStart = from - (from % rowBytes)
  const column = from - rowStart
  const sideways: Record<string, number> = {
    ArrowRight: from + unitBytes,
    ArrowLeft: from - unitBytes,
    Home: far ? 0 : rowStart,
    End: far ? last : rowStart + rowBytes - unitBytes,
  }
  const to = sideways[key]
  if (to !== undefined) return Math.min(Math.max(to, 0), last)
  const rows: Record<string, number> = { ArrowDown: rowBytes, ArrowUp: -rowBytes, PageDown: pageBytes, PageUp: -pageBytes }
  const by = rows[key]
  if (by === undefined) return undefined
  const lastRow = last - (last % rowBytes)
  return Math.min(Math.min(Math.max(rowStart + by, 0), lastRow) + column, last)
}

/** Columns of a row that a mark covers, as "from-to", so that rows compare them cheaply; empty for none. */
export function columnsOf(mark: Mark | undefined, fromBytes: number, columns: number): string {
  if (!mark || mark.startBytes >= fromBytes + columns || mark.startBytes + mark.lengthBytes <= fromBytes) return ''
  return `${Math.max(0, mark.startBytes - fromBytes)}-${Math.min(columns, mark.startBytes + mark.lengthBytes - fromBytes)}`
}

/** The same as two numbers, the second one behind the last column; both 0 for none. */
export function columnRange(columns: string): readonly [number, number] {
  const dash = columns.indexOf('-')
  return dash < 0 ? [0, 0] : [Number(columns.slice(0, dash)), Number(columns.slice(dash + 1))]
}
