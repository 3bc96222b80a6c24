// Parts that come when they are first drawn, or a moment after the first picture, whichever is first. A part that is here is
// drawn at once; one that doesn't come says so where it would stand, and is asked for again when it is next drawn.

import { type ComponentType, useEffect, useState } from 'react'
import { Note } from './parts.tsx'
import { mistakeOf, type Trouble } from './trouble.ts'

export interface LatePart<P> {
  Part: ComponentType<P>
  load: () => Promise<void>
}

export function latePart<P extends object>(from: () => Promise<ComponentType<P>>): LatePart<P> {
  let Here: ComponentType<P> | undefined
  const load = async (): Promise<void> => void (Here = await from())
  const Part = (props: P) => {
    const [came, setCame] = useState(Here !== undefined)
    const [trouble, setTrouble] = useState<Trouble>()
    useEffect(() => {
      if (!came) load().then(() => setCame(true), (error: unknown) => setTrouble({ ...mistakeOf(error), next: 'It is asked for again when it is shown again; else reload the page' }))
    }, [came])
    if (Here) return <Here {...props} />
    return trouble && <Note trouble={trouble} />
  }
  return { Part, load }
}
