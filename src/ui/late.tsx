// Parts that come when they are first drawn, or a moment after the first picture, whichever is first. A part that is here is
// drawn at once; one that doesn't come says so where it would stand, can be asked for again there, and stops nothing else.

import { type ComponentType, type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { Note } from './parts.tsx'
import { mistakeOf, type Trouble } from './trouble.ts'

interface Coming<M> {
  here?: M
  trouble?: Trouble
}

export interface LateModule<M> {
  /** Never rejects: what doesn't come is told where it is to show. */
  load: () => Promise<void>
  /** @param waiting what stands there meanwhile; what it makes of the part's own props stands there, too, if the part doesn't come */
  part: <P extends object>(pick: (module: M) => ComponentType<P>, waiting?: ReactNode | ((props: P) => ReactNode)) => ComponentType<P>
}

const ASKED_AGAIN: Trouble = { says: 'this part of the page is asked for again', next: 'It stands here as soon as it comes' }

/** All parts of one module come together, whichever of them asks: each that waits is drawn then. */
export function lateModule<M>(from: () => Promise<M>): LateModule<M> {
  let coming: Coming<M> = {}
  let loading: Promise<void> | undefined
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const set = (next: Coming<M>): void => {
    coming = next
    loading = undefined
    for (const listener of listeners) listener()
  }
  const load = async (): Promise<void> => {
    if (coming.here) return
    loading ??= from().then((here) => set({ here }), (error: unknown) => set({ trouble: mistakeOf(error) }))
    await loading
  }
  const again = (): void => {
    coming = { trouble: ASKED_AGAIN }
    for (const listener of listeners) listener()
    void load()
  }
  const part: LateModule<M>['part'] = (pick, waiting) => function Late(props) {
    const { here, trouble } = useSyncExternalStore(subscribe, () => coming)
    const [putAway, setPutAway] = useState<Trouble>()
    useEffect(() => void load(), [])
    if (here) {
      const Part = pick(here)
      return <Part {...props} />
    }
    const meanwhile = typeof waiting === 'function' ? waiting(props) : trouble === undefined && waiting
    if (trouble === undefined || trouble === putAway) return meanwhile
    return (
      <>
        {meanwhile}
        <div className="late-note" role="alert"><Note trouble={{ ...trouble, again }} onDismiss={() => setPutAway(trouble)} /></div>
      </>
    )
  }
  return { load, part }
}
