// The only way from the device to a view: a private copy of what is visible, read again when bytes may have changed,
// at most once per frame, and never while nobody can see it. Bytes live here, in the component that shows them.

import { useEffect, useRef, useState } from 'react'
import { PEEK_MOST_BYTES, type PeekSource, type Playground } from '../playground/types.ts'
import { usePlayground } from './session.tsx'
import { mistakeOf, type Trouble } from './trouble.ts'

export interface Seen {
  offsetBytes: number
  bytes: Uint8Array<ArrayBuffer>
  trouble: Trouble | undefined
}

const NOTHING: Seen = { offsetBytes: 0, bytes: new Uint8Array(0), trouble: undefined }

/**
 * @param version bytes are read again when it moves
 * @param everyMs and this often, for views of memory that other hosts write without an event
 */
export function useBytes(source: PeekSource, offsetBytes: number, lengthBytes: number, version: number, everyMs = 0): Seen {
  const playground = usePlayground()
  const [seen, setSeen] = useState(NOTHING)
  const key = source.kind === 'device' ? '' : `${source.host}:${source.path}`
  const sourceNow = useRef(source)
  useEffect(() => {
    sourceNow.current = source
  })

  useEffect(() => {
    let over = false
    let frame = 0
    let asked = 0
    let shown = 0
    const length = Math.min(lengthBytes, PEEK_MOST_BYTES)
    const read = async (): Promise<void> => {
      if (length <= 0 || document.hidden) return
      asked += 1
      const mine = asked
      const peeked = await peek(playground, sourceNow.current, offsetBytes, length)
      // An answer that was overtaken by a later one is old.
      if (over || mine < shown) return
      shown = mine
      setSeen((now) => (sameSeen(now, peeked) ? now : peeked))
    }
    const again = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => void read())
    }
    again()
    const timer = everyMs > 0 ? setInterval(again, everyMs) : undefined
    document.addEventListener('visibilitychange', again)
    return () => {
      over = true
      cancelAnimationFrame(frame)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [playground, key, offsetBytes, lengthBytes, version, everyMs])
  return seen
}

async function peek(playground: Playground, source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Seen> {
  try {
    const result = await playground.peek(source, offsetBytes, lengthBytes)
    return result.ok ? { offsetBytes, bytes: result.value, trouble: undefined } : { offsetBytes, bytes: NOTHING.bytes, trouble: result.failure }
  } catch (error) {
    return { offsetBytes, bytes: NOTHING.bytes, trouble: mistakeOf(error) }
  }
}

function sameSeen(a: Seen, b: Seen): boolean {
  return a.offsetBytes === b.offsetBytes && a.trouble?.says === b.trouble?.says && sameBytes(a.bytes, b.bytes)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
