// Messages as arrows between two lanes, in the order they were sent, time going down. Every message has a row, whatever
// time it took: how much time lies between two is written, and drawn to scale in a strip of its own.

import type { LabMessage } from '../../playground/lab/types.ts'

export interface Arrow {
  /** Both in rows from the top: the slope is the time on the way. */
  fromRow: number
  toRow: number
  toRight: boolean
  isAnswer: boolean
  failed: boolean
}

export interface Rung {
  index: number
  message: LabMessage
  topRow: number
  rowCount: number
  arrows: Arrow[]
  /** Who waited, from the request to the answer; none for notices. */
  waits: { fromRow: number; toRow: number } | undefined
}

/** The kernel's lane is on the left. */
const REQUEST_ROWS = 2
const NOTICE_ROWS = 1
/** Of a row: what an arrow leaves free above and beneath itself. */
const INSET = 0.25

export function ladderOf(messages: readonly LabMessage[]): { rungs: Rung[]; rowCount: number } {
  let topRow = 0
  const rungs = messages.map((message, index): Rung => {
    const { answer } = message
    const toRight = message.from === 'kernel'
    const rowCount = answer ? REQUEST_ROWS : NOTICE_ROWS
    const request = { fromRow: topRow + INSET, toRow: topRow + 1 - INSET, toRight, isAnswer: false, failed: false }
    const back = { fromRow: topRow + 1 + INSET, toRow: topRow + 2 - INSET, toRight: !toRight, isAnswer: true, failed: answer?.errno !== 0 }
    const rung = { index, message, topRow, rowCount, arrows: answer ? [request, back] : [request], waits: answer ? { fromRow: request.fromRow, toRow: back.toRow } : undefined }
    topRow += rowCount
    return rung
  })
  return { rungs, rowCount: topRow }
}

/** A bar of the strip: a part of the time that the strip stands for. */
export interface Tick {
  leftPart: number
  widthPart: number
}

/** @param wholeUs of both sides, so that they can be compared */
export function stripOf(messages: readonly LabMessage[], wholeUs: number): Tick[] {
  const scale = wholeUs > 0 ? 1 / wholeUs : 0
  return messages.map(({ sentUs, answeredUs }) => ({ leftPart: Math.min(1, sentUs * scale), widthPart: Math.max(0, Math.min(1 - sentUs * scale, (answeredUs - sentUs) * scale)) }))
}

/** All of them as one shape: each is a pixel wide at least, and what lies over one another is drawn once. */
export function stripPath(ticks: readonly Tick[], widthPx: number, heightPx: number): string {
  let path = ''
  let from = 0
  let to = -1
  const put = (): void => {
    if (to > from) path += `M${round(from)} 0H${round(to)}V${heightPx}H${round(from)}Z`
  }
  for (const { leftPart, widthPart } of ticks) {
    const left = Math.min(leftPart * widthPx, widthPx - 1)
    const right = left + Math.max(1, widthPart * widthPx)
    if (left > to) {
      put()
      from = left
    }
    to = Math.max(left > to ? right : to, right)
  }
  put()
  return path
}

/** @returns the rungs of which a part lies in these rows; @param rungs one beneath the other */
export function rungsIn(rungs: readonly Rung[], fromRow: number, toRow: number): readonly Rung[] {
  let [low, high] = [0, rungs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const rung = rungs[middle]
    if (rung && rung.topRow + rung.rowCount <= fromRow) low = middle + 1
    else high = middle
  }
  let end = low
  while ((rungs[end]?.topRow ?? toRow) < toRow) end++
  return rungs.slice(low, end)
}

/** When the last of them was answered. */
export function endUs(messages: readonly LabMessage[]): number {
  return messages.reduce((most, { sentUs, answeredUs }) => Math.max(most, sentUs, answeredUs), 0)
}

/** A point of an arrow in pixels. */
export interface Drawn {
  x1: number
  y1: number
  x2: number
  y2: number
  /** Of the head: a triangle. */
  head: string
}

const HEAD_PX = 7

export function drawn({ fromRow, toRow, toRight }: Pick<Arrow, 'fromRow' | 'toRow' | 'toRight'>, leftPx: number, rightPx: number, rowPx: number): Drawn {
  const [x1, x2] = toRight ? [leftPx, rightPx] : [rightPx, leftPx]
  const [y1, y2] = [fromRow * rowPx, toRow * rowPx]
  const length = Math.hypot(x2 - x1, y2 - y1) || 1
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
  const corner = (side: 1 | -1): string => `${round(x2 - ux * HEAD_PX - side * uy * HEAD_PX * 0.5)},${round(y2 - uy * HEAD_PX + side * ux * HEAD_PX * 0.5)}`
  return { x1, y1, x2: round(x2 - ux * HEAD_PX * 0.6), y2: round(y2 - uy * HEAD_PX * 0.6), head: `${round(x2)},${round(y2)} ${corner(1)} ${corner(-1)}` }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
