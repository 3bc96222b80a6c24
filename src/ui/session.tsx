// How components reach the session. A snapshot is plain data and never holds bytes of the device; those come by peek.

import { createContext, type ReactNode, useCallback, useContext, useRef, useState, useSyncExternalStore } from 'react'
import type { Failure, Result } from '../core/base/result.ts'
import type { Playground, Snapshot } from '../playground/types.ts'

const PlaygroundContext = createContext<Playground | undefined>(undefined)

export function SessionProvider({ playground, children }: { playground: Playground; children: ReactNode }) {
  return <PlaygroundContext value={playground}>{children}</PlaygroundContext>
}

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext)
  if (!playground) throw new Error('broken assumption: every component stands inside a SessionProvider')
  return playground
}

export function useSnapshot(): Snapshot {
  const playground = usePlayground()
  const subscribe = useCallback((listener: () => void) => playground.subscribe(listener), [playground])
  return useSyncExternalStore(subscribe, () => playground.snapshot())
}

export interface Action {
  busy: boolean
  /** Runs it unless it is running; resolves with the failure, if there was one. */
  run: (work: () => Promise<Result<unknown>>) => Promise<Failure | undefined>
}

/** One thing at a time from one place: a second click while the first is under way does nothing. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const run = useCallback(async (work: () => Promise<Result<unknown>>) => {
    if (running.current) return undefined
    running.current = true
    setBusy(true)
    try {
      const result = await work()
      return result.ok ? undefined : result.failure
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [])
  return { busy, run }
}
