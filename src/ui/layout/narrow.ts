// Whether there is room for panes beside one another, in the reader's own text size.

import { useEffect, useState } from 'react'
import { onRemChange, rootRemPx } from '../rem.ts'

const WIDE_REM = 66

export function useNarrow(): boolean {
  const measure = (): boolean => document.documentElement.clientWidth < WIDE_REM * rootRemPx()
  const [narrow, setNarrow] = useState(measure)
  useEffect(() => {
    const look = (): void => setNarrow(measure())
    addEventListener('resize', look)
    const forgetRem = onRemChange(look)
    return () => {
      removeEventListener('resize', look)
      forgetRem()
    }
  }, [])
  return narrow
}
