// Files on their way out of the page: by a button, or dragged to the desktop. What leaves is a private copy of the file as
// that host reads it.

import type { Result } from '../core/base/result.ts'
import type { Playground } from '../playground/types.ts'
import { sizeText } from './format.ts'
import type { Messages } from './messages.ts'
import { toast } from './toast.ts'

const REVOKE_MS = 60_000

/** Hands it to the browser, which keeps it where downloads go. */
export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser reads it when it gets to it.
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS)
}

/** What the file is called outside, where there are no directories. */
export function leafOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export async function takeOut(playground: Playground, messages: Messages, host: string, path: string): Promise<Result<Blob>> {
  const taken = await playground.takeFile(host, path)
  if (taken.ok) {
    saveBlob(leafOf(path), taken.value)
    toast(messages, { kind: 'done', says: `${path} as ${host} reads it, ${sizeText(taken.value.size)}, went to your downloads.` })
  } else {
    toast(messages, { kind: 'failure', says: `${path} could not be taken out: ${taken.failure.says}`, next: taken.failure.next })
  }
  return taken
}
