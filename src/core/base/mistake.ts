// What stopped the page where it counted on getting on. Code that is loaded late and doesn't come is the network's doing, and
// another try may mend it; everything else that is thrown is our own mistake.

import { fail, type Failure } from './result.ts'

/** Each browser has its own words for code that doesn't come, and Vite has some for its style sheets. */
const NOT_FETCHED = /imported module|module script|preload CSS/

export function isNotFetched(what: string): boolean {
  return NOT_FETCHED.test(what)
}

export function stumble(error: unknown): { ok: false; failure: Failure<'not_fetched' | 'page_failed'> } {
  const what = error instanceof Error ? error.message : String(error)
  return fail(isNotFetched(what) ? 'not_fetched' : 'page_failed', { what })
}
