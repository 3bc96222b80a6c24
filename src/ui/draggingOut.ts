// A file dragged from a row to the desktop. Chromium takes it as a download by its address, which must be known when the
// drag begins: it is made while the button is down, and given up as soon as it is let go. Elsewhere, and for large files, nothing drags and the button is there.
// Dropped on this page it is no file, so neither lane nor terminal takes it.

import type { DragEvent, PointerEvent } from 'react'
import type { Result } from '../core/base/result.ts'
import type { Playground } from '../playground/types.ts'

export const DRAG_MOST_BYTES = 16 * 1024 * 1024
const KEEP_MS = 60_000

interface Press {
  host: string
  path: string
  /** Undefined until it is made. */
  url: string | undefined
}

export interface DragOut {
  draggable: true
  onPointerDown: (event: PointerEvent) => void
  onPointerUp: () => void
  onDragStart: (event: DragEvent) => void
}

let press: Press | undefined

/** For the element that stands for the file; undefined for a file that is too large. */
export function dragOut(playground: Playground, { host, path, sizeBytes }: { host: string; path: string; sizeBytes: number }): DragOut | undefined {
  if (sizeBytes === 0 || sizeBytes > DRAG_MOST_BYTES) return undefined
  return {
    draggable: true,
    onPointerDown(event) {
      if (event.button !== 0 || event.pointerType !== 'mouse') return
      letGo()
      press = { host, path, url: undefined }
      void prepare(playground, press)
    },
    onPointerUp: letGo,
    onDragStart(event) {
      if (press?.url === undefined || press.host !== host || press.path !== path) return event.preventDefault()
      event.dataTransfer.effectAllowed = 'copy'
      event.dataTransfer.setData('DownloadURL', `application/octet-stream:${nameOf(path)}:${press.url}`)
      const { url } = press
      // Whoever takes it reads it soon after the drop.
      press = undefined
      setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
    },
  }
}

function letGo(): void {
  if (press?.url !== undefined) URL.revokeObjectURL(press.url)
  press = undefined
}

async function prepare(playground: Playground, mine: Press): Promise<void> {
  const taken = await taking(playground, mine)
  // A file that can't be read isn't dragged: the button says why.
  if (press !== mine || !taken?.ok) return
  mine.url = URL.createObjectURL(taken.value)
  // It may be let go where no row hears of it.
  setTimeout(() => press === mine && letGo(), KEEP_MS)
}

async function taking(playground: Playground, { host, path }: Press): Promise<Result<Blob> | undefined> {
  try {
    return await playground.takeFile(host, path)
  } catch (error) {
    // Our own mistake: the browser's console has it here, and the row's button shows it on the page.
    reportError(error)
    return undefined
  }
}

/** A colon ends the name. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replaceAll(':', '_')
}
