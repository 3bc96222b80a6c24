// Shortcuts of one plain character can be switched off (WCAG 2.1.4): who dictates, or rests a hand on the keys, would press
// them by accident. On unless somebody said no.

import { recall, remember } from '../preferences.ts'

const KEY = 'plainKeys'

export function plainKeysOn(): boolean {
  return recall(KEY) !== 'off'
}

export function setPlainKeys(on: boolean): void {
  remember(KEY, on ? 'on' : 'off')
}
