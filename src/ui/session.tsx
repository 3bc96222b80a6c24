// How components reach the session. A snapshot is plain data and never holds bytes of the device; those come by peek.

import { createContext, type ReactNode, useCallback, useContext, useRef, useState, useSyncExternalStore } from 'react'
import type { Result } from '../core/base/result.ts'
import type { Playground, Snapshot } from '../playground/types.ts'
import { type Devices, steadyDevices } from './addresses.ts'
import { useLookStore } from './look.tsx'
import { mistakeOf, type Trouble } from './trouble.ts'

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

/** For those who say where something is: drawn anew only where devices come, go or have other sizes. */
export function useDevices(): Devices {
  const playground = usePlayground()
  const subscribe = useCallback((listener: () => void) => playground.subscribe(listener), [playground])
  return useSyncExternalStore(subscribe, () => steadyDevices(playground.snapshot().device.devices))
}

/** False while the session is still being opened, and there is nothing to show of it. */
export function useOpened(): boolean {
  const playground = usePlayground()
  const subscribe = useCallback((listener: () => void) => playground.subscribe(listener), [playground])
  return useSyncExternalStore(subscribe, () => playground.snapshot().version > 0)
}

type Work = () => Promise<Result<unknown>>

/**
 * Passes everything on, also while something else runs. A failure is in the trace, and shows where it belongs; what was
 * thrown is shown for the whole page.
 */
export function useGo(): (work: Work) => Promise<void> {
  const look = useLookStore()
  return useCallback(async (work: Work) => {
    const trouble = await attempt(work)
    if (trouble && trouble.errno === undefined) look.set({ mistake: trouble })
  }, [look])
}

export interface Action {
  busy: boolean
  /** Runs it unless it is running; resolves with the trouble, if there was any, for the caller to show. */
  run: (work: Work) => Promise<Trouble | undefined>
  /** Runs it unless it is running; trouble is shown as useGo shows it. */
  go: (work: Work) => Promise<void>
}

/** One thing at a time from one place: a second click while the first is under way does nothing. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const goFreely = useGo()
  const once = useCallback(async <T,>(act: () => Promise<T>): Promise<T | undefined> => {
    if (running.current) return undefined
    running.current = true
    setBusy(true)
    try {
      return await act()
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [])
  const run = useCallback((work: Work) => once(() => attempt(work)), [once])
  const go = useCallback((work: Work) => once(() => goFreely(work)), [once, goFreely])
  return { busy, run, go }
}

/** Never rejects: what was thrown is trouble, too. */
async function attempt(work: Work): Promise<Trouble | undefined> {
  try {
    const result = await work()
    return result.ok ? undefined : result.failure
  } catch (error) {
    return mistakeOf(error)
  }
}
