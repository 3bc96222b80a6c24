// The way to a host's terminal. All that terminals are made of is loaded with the first one, and not before.

import { createElement } from 'react'
import { ok, type Result } from '../core/base/result.ts'
import type { Look } from './look.tsx'

/** Opens it, or shows the one that is open; it gets the focus. */
export async function showTerminal(look: Look, host: string): Promise<Result<undefined>> {
  const { Dock } = await import('./terminal/Dock.tsx')
  const { dock = createElement(Dock), hosts = [], asked = 0 } = look.get().terminals ?? {}
  look.set({ terminals: { dock, hosts: hosts.includes(host) ? hosts : [...hosts, host], chosen: host, asked: asked + 1 } })
  return ok()
}
