// Which devices can be had: a browser gives one page less than PAGE_BYTES of shared memory (Chromium keeps addresses for no
// more), and what there is now counts until the new devices stand in its place. Nothing is offered that would be refused.

import { GIB } from '../core/base/align.ts'

const PAGE_BYTES = 16 * GIB

/** @param nowBytes what the page's devices have now */
export function fitsBeside(nowBytes: number, count: number, eachBytes: number): boolean {
  return nowBytes + count * eachBytes < PAGE_BYTES
}
