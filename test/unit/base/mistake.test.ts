// Code that doesn't come is told from our own mistakes by the browser's words alone: each browser's are known.

import { expect, it } from 'vitest'
import { stumble } from '../../../src/core/base/mistake.ts'

it.each([
  ['Chromium', 'Failed to fetch dynamically imported module: https://famfs.example/assets/restore-abc.js'],
  ['Firefox', 'error loading dynamically imported module: https://famfs.example/assets/restore-abc.js'],
  ['Safari', 'Importing a module script failed.'],
  ['Vite, of a style sheet', 'Unable to preload CSS for /assets/lab-abc.css'],
])('%s says that code didn’t come', (_, what) => {
  expect(stumble(new TypeError(what)).failure).toMatchObject({ reason: 'not_fetched', says: expect.stringContaining(what) })
})

it.each(['x is not a function', 'Failed to fetch'])('“%s” is our own mistake', (what) => {
  expect(stumble(new TypeError(what)).failure.reason).toBe('page_failed')
})
