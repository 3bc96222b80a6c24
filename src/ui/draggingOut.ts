// A file dragged from a row to the desktop. Chromium takes it as a download by its address, which must be known when the
// drag begins: it is made while the button goes down. Elsewhere, and for large files, nothing drags and the button is there.
// Dropped on this page it is no file, so neither lane nor terminal takes it.

import type { DragEvent, PointerEvent } from 'react'
import type { Playground } from '../playground/types.ts'

export const DRAG_MOST_BYTES = 16 * 1024 * 1024
const KEEP_MS = 60_000

interface Prepared {
  host: string
  path: string
  url: string
}

export interface DragOut {
  draggable: true
  onPointerDown: (event: PointerEvent) => void
  onDragStart: (event: DragEvent) => void
}

let prepared: Prepared | undefined

/** For the element that stands for the file; undefined for a file that is too large. */
export function dragOut(playground: Playground, { host, path, sizeBytes }: { host: string; path: string; sizeBytes: number }): DragOut | undefined {
  if (sizeBytes === 0 || sizeBytes > DRAG_MOST_BYTES) return undefined
  return {
    draggable: true,
    onPointerDown(event) {
      if (event.button !== 0 || event.pointerType !== 'mouse') return
      void prepare(playground, host, path)
    },
    onDragStart(event) {
      if (prepared?.host !== host || prepared.path !== path) return event.preventDefault()
      event.dataTransfer.effectAllowed = 'copy'
      event.dataTransfer.setData('DownloadURL', `application/octet-stream:${nameOf(path)}:${prepared.url}`)
      const { url } = prepared
      // Whoever takes it reads it soon after the drop.
      prepared = undefined
      setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
    },
  }
}

async function prepare(playground: Playground, host: string, path: string): Promise<void> {
  if (prepared) URL.revokeObjectURL(prepared.url)
  prepared = undefined
  const taken = await playground.takeFile(host, path)
  // A file that can't be read isn't dragged: the button says why.
  if (taken.ok) prepared = { host, path, url: URL.createObjectURL(taken.value) }
}

/** A colon ends the name. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replaceAll(':', '_')
}
