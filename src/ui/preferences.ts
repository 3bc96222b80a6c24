// Theme and text size: remembered where the browser lets us, and never needed. CSS sees only data-theme (light or dark)
// and the root's font size, which every length in the page follows.

import { useCallback, useEffect, useState } from 'react'

export type Theme = 'auto' | 'light' | 'dark'
export const TEXT_SIZES = [75, 87.5, 100, 112.5, 125, 150, 175, 200]
const NORMAL = TEXT_SIZES.indexOf(100)

export interface Preferences {
  theme: Theme
  nextTheme: () => void
  textSize: number
  /** @param step 1 larger, -1 smaller */
  resize: (step: number) => void
}

export function usePreferences(): Preferences {
  const [theme, setTheme] = useState(readTheme)
  const [sizeIndex, setSizeIndex] = useState(readSizeIndex)
  const textSize = TEXT_SIZES[sizeIndex] ?? 100

  useEffect(() => {
    remember('theme', theme)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const apply = (): void => {
      document.documentElement.dataset['theme'] = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme
    }
    apply()
    dark.addEventListener('change', apply)
    return () => dark.removeEventListener('change', apply)
  }, [theme])

  useEffect(() => {
    remember('textSize', String(textSize))
    document.documentElement.style.fontSize = textSize === 100 ? '' : `${textSize}%`
  }, [textSize])

  const nextTheme = useCallback(() => setTheme((now) => (now === 'auto' ? 'light' : now === 'light' ? 'dark' : 'auto')), [])
  const resize = useCallback((step: number) => setSizeIndex((now) => Math.min(Math.max(now + step, 0), TEXT_SIZES.length - 1)), [])
  return { theme, nextTheme, textSize, resize }
}

function readTheme(): Theme {
  const asked = new URLSearchParams(location.search).get('theme') ?? recall('theme')
  return asked === 'light' || asked === 'dark' ? asked : 'auto'
}

function readSizeIndex(): number {
  const found = TEXT_SIZES.indexOf(Number(recall('textSize')))
  return found < 0 ? NORMAL : found
}

// Storage can be forbidden altogether (sandboxed frames, private windows); the page then starts as it was made.
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`famfs.${key}`)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`famfs.${key}`, value)
  } catch {
    // Nothing is lost but the habit.
  }
}
