// Trouble as the page shows it: one sentence and one piece of advice. A session's Failure is one; so is what only the page
// knows of. What was thrown is our own mistake, and is shown as such; a file of the page that didn't come is nobody's.

import { isNotFetched } from '../core/base/mistake.ts'

export interface Trouble {
  says: string
  next: string
  /** A Failure has one; trouble of the page's own has none. */
  errno?: string
  /** Does once more what didn't work, where that may help. */
  again?: () => void
}

/** @param again asks once more for what could not be fetched */
export function mistakeOf(error: unknown, again?: () => void): Trouble {
  const what = error instanceof Error ? error.message : String(error)
  if (!isNotFetched(what)) return { says: `This page made a mistake: ${what}`, next: 'Reload the page, and please report what you did before' }
  // The file's name will do, without the way to it.
  return { says: `A part of this page could not be fetched: ${what.replace(/\S*\//, '')}`, next: 'The rest goes on. Try again when the network is back', ...(again && { again }) }
}
