// Sizes and offsets as people type them, into bytes: asked of by forms and fields, which come when they are opened.

import { GIB, KIB, MIB } from '../core/base/align.ts'

/** "4m", "64k", "100", "1g", "2 MiB": bytes, or undefined. Units are binary and case doesn't matter, as in famfs. */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(b|k|kib|kb|m|mib|mb|g|gib|gb)?\s*$/i.exec(text)
  if (!match) return undefined
  const factor = FACTORS[(match[2] ?? 'b').charAt(0).toLowerCase()] ?? 1
  const bytes = Number(match[1]) * factor
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** "0x200000", "2097152" or "2m": a byte offset, or undefined. */
export function parseOffset(text: string): number | undefined {
  const hex = /^\s*0x([0-9a-f]+)\s*$/i.exec(text)
  if (!hex) return parseSize(text)
  const offset = Number.parseInt(hex[1] ?? '', 16)
  return Number.isSafeInteger(offset) ? offset : undefined
}

const FACTORS: Record<string, number> = { b: 1, k: KIB, m: MIB, g: GIB }
