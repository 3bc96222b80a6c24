// The size of a box on the page and of the text in it, kept while either changes: what is drawn by hand fits both.

import { type RefObject, useEffect, useState } from 'react'
import { onRemChange, rootRemPx } from './rem.ts'

export interface Size {
  widthPx: number
  heightPx: number
  /** Height of the window that the box is in. */
  windowPx: number
  remPx: number
}

const UNMEASURED: Size = { widthPx: 0, heightPx: 0, windowPx: 0, remPx: 16 }

/** Nothing wide and high until it has been measured. */
export function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState(UNMEASURED)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = (): void =>
      setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight, windowPx: innerHeight, remPx: rootRemPx() })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    const forgetRem = onRemChange(measure)
    return () => {
      observer.disconnect()
      forgetRem()
    }
  }, [ref])
  return size
}
