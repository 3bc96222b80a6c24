// What keeps people out of the page, as axe finds it, and what makes it scroll sideways.

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** @param within a selector, where only a part has changed since the last look */
export async function violations(page: Page, rules: 'all' | 'colours' = 'all', within?: string): Promise<string[]> {
  // Legacy only in that it leaves out frames of other origins, and opens no page of its own to sum them up.
  // Selectors are made for what is found alone: for all that passes they would take most of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  if (rules === 'colours') axe.withRules(['color-contrast'])
  if (within !== undefined) axe.include(within)
  const { violations: found, passes } = await axe.analyze()
  expect(passes.length).toBeGreaterThanOrEqual(rules === 'all' ? 5 : 1)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`)
}

/** Pixels that the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
