// Trouble as the page shows it: one sentence and one piece of advice. A session's Failure is one; so is what only the page
// knows of. What was thrown is our own mistake, and is shown as such.

export interface Trouble {
  says: string
  next: string
  /** A Failure has one; trouble of the page's own has none. */
  errno?: string
}

export function mistakeOf(error: unknown): Trouble {
  const what = error instanceof Error ? error.message : String(error)
  return { says: `This page made a mistake: ${what}`, next: 'Reload the page, and please report what you did before' }
}
