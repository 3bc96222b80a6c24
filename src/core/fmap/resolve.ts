// From a byte of a file to a byte of a device: what is asked, and what is answered. No allocation per call, and an answer never
// reaches past the file's end, its extent, or its chunk.

import type { Failure } from '../base/result.ts'

/**
 * Where an answer goes: [devindex, offset on that device in bytes, bytes from there that are contiguous, bytes of the
 * same extent or chunk that come before].
 */
export type Answer = Float64Array
export const DEVINDEX = 0
export const OFFSET = 1
export const LENGTH = 2
export const BEFORE = 3

/** How often bytes may move while they are looked for, before the file is given up. */
export const MOVES_MOST = 8

export function newAnswer(): Answer {
  return new Float64Array(4)
}

export interface Resolver {
  readonly sizeBytes: number
  /** @returns false at and after the end of the file, for anything that is not a whole offset from 0, and where `trouble` says why */
  resolve(fileOffsetBytes: number, answer: Answer): boolean
  /** Why the last resolve inside of the file failed: only where maps are asked for, or computed, at each fault. */
  readonly trouble?: Failure | undefined
  /** Another number once bytes that were resolved before may lie elsewhere; missing where they never move. */
  validity?(): number
}

export function inside(offsetBytes: number, sizeBytes: number): boolean {
  return offsetBytes >= 0 && offsetBytes < sizeBytes && Number.isSafeInteger(offsetBytes)
}
