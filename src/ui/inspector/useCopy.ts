// Selected bytes to the clipboard. The browser may refuse it, and a selection may be too long: both are said.

import { PEEK_MOST_BYTES } from '../../playground/types.ts'
import { plural, sizeText } from '../format.ts'
import { usePlayground } from '../session.tsx'
import { mistakeOf } from '../trouble.ts'
import { type CopyForm, copyText } from './copying.ts'
import type { Mark } from './range.ts'
import type { Tell } from './told.ts'

export function useCopy(tell: Tell): (mark: Mark, form: CopyForm) => Promise<void> {
  const playground = usePlayground()
  return async ({ startBytes, lengthBytes }, form) => {
    if (lengthBytes > PEEK_MOST_BYTES) {
      return tell({ trouble: { says: `${plural(lengthBytes, 'byte')} are selected, and at most ${sizeText(PEEK_MOST_BYTES)} are copied at once`, next: 'Select fewer, or take the whole file from its lane' } })
    }
    try {
      const peeked = await playground.peek({ kind: 'device' }, startBytes, lengthBytes)
      if (!peeked.ok) return tell({ trouble: peeked.failure })
      const text = copyText(peeked.value, form)
      const refused = await written(text)
      tell(refused ? { trouble: refused } : { text: `Copied ${plural(peeked.value.length, 'byte')} as ${form}.` })
    } catch (error) {
      tell({ trouble: mistakeOf(error) })
    }
  }
}

async function written(text: string) {
  try {
    await navigator.clipboard.writeText(text)
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { says: `The browser did not let this page use the clipboard: ${why}`, next: 'Allow this page to use the clipboard, then copy again' }
  }
}
