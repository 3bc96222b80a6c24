// The eager part of all commands: a few lines that load the rest once the page stands.

import { useEffect, useRef } from 'react'
import { mistakeOf } from '../trouble.ts'
import type { CommandContext } from './command.ts'

export function useShortcuts(context: CommandContext): void {
  const now = useRef(context)
  useEffect(() => {
    now.current = context
  })
  useEffect(() => {
    const stop = new AbortController()
    const load = (): void => {
      import('./listen.ts')
        .then(({ listen }) => listen(() => now.current, stop.signal))
        .catch((error: unknown) => now.current.look.set({ mistake: mistakeOf(error, load) }))
    }
    load()
    return () => stop.abort()
  }, [])
}
