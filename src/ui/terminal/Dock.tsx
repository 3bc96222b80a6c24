// Where terminals stand: at the foot of the window, side by side where each has room to be read, else one at a time. Its
// height is the person's; the rest of the page makes room. A terminal lives as long as it is open, seen or not.

import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useLook, useLookStore } from '../look.tsx'
import { Choice } from '../controls.tsx'
import { recall, remember } from '../preferences.ts'
import { useSnapshot } from '../session.tsx'
import { useSize } from '../size.ts'
import { TerminalView } from './TerminalView.tsx'

/** Room for some sixty letters. */
const EACH_REM = 28
const LEAST_REM = 8
const STEP_REM = 2
const USUAL_PART = 0.34
const NONE: readonly string[] = []

export function Dock() {
  const look = useLookStore()
  const terminals = useLook((state) => state.terminals)
  const { hosts: there, ready } = useSnapshot()
  const root = useRef<HTMLElement>(null)
  const { widthPx, remPx } = useSize(root)
  const hosts = terminals?.hosts ?? NONE
  const chosen = terminals?.chosen ?? ''
  const all = hosts.length <= Math.max(1, Math.floor(widthPx / (EACH_REM * remPx)))

  const close = useCallback((host: string, focuses: boolean): void => {
    const now = look.get().terminals
    if (!now) return
    const left = now.hosts.filter((other) => other !== host)
    look.set({ terminals: { ...now, hosts: left, chosen: now.chosen === host ? (left.at(-1) ?? '') : now.chosen, asked: 0 } })
    if (focuses) openerOf(host)?.focus()
  }, [look])

  useEffect(() => {
    if (!ready) return
    for (const host of hosts) if (!there.some(({ name }) => name === host)) close(host, false)
  }, [there, ready, hosts, close])

  if (!terminals || hosts.length === 0) return null
  return (
    <section className="dock" aria-label="Terminals" ref={root}>
      <Grip />
      {!all && (
        <div className="dock-choice">
          <Choice label="Terminal shown" options={hosts} value={chosen} textOf={(host) => `Terminal ${host}`} onChange={(host) => look.set({ terminals: { ...terminals, chosen: host, asked: terminals.asked + 1 } })} />
        </div>
      )}
      <div className="dock-terms">
        {hosts.map((host) => (
          <TerminalView key={host} host={host} shown={all || host === chosen} asked={host === chosen ? terminals.asked : 0} onClose={() => close(host, true)} />
        ))}
      </div>
    </section>
  )
}

/** The dock's upper edge: dragged, or moved by arrow keys. */
function Grip() {
  const [heightPx, setHeight] = useState(usualHeight)
  const from = useRef<{ y: number; heightPx: number }>(undefined)
  const { least, most } = limits()

  useEffect(() => {
    const root = document.documentElement
    root.style.setProperty('--dock', `${heightPx}px`)
    root.dataset['dock'] = ''
    remember('dock', String(Math.round((heightPx / innerHeight) * 1000) / 1000))
    return () => {
      root.style.removeProperty('--dock')
      delete root.dataset['dock']
    }
  }, [heightPx])

  useEffect(() => {
    const fit = (): void => setHeight((now) => within(now))
    addEventListener('resize', fit)
    return () => removeEventListener('resize', fit)
  }, [])
  useAboveKeyboard()

  const onPointerDown = (event: PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId)
    from.current = { y: event.clientY, heightPx }
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (from.current) setHeight(within(from.current.heightPx + from.current.y - event.clientY))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const stepPx = STEP_REM * 16
    const to = { ArrowUp: heightPx + stepPx, ArrowDown: heightPx - stepPx, Home: limits().least, End: limits().most }[event.key]
    if (to === undefined) return
    event.preventDefault()
    setHeight(within(to))
  }
  return (
    <div className="dock-grip" role="separator" tabIndex={0} aria-orientation="horizontal" aria-label="Height of the terminals"
      aria-valuenow={Math.round(heightPx)} aria-valuemin={Math.round(least)} aria-valuemax={Math.round(most)} aria-valuetext={`${Math.round((100 * heightPx) / innerHeight)} % of the window`}
      onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={() => (from.current = undefined)} onPointerCancel={() => (from.current = undefined)} onKeyDown={onKeyDown} />
  )
}

/** A phone's keyboard covers the window's foot without a word to the page's layout. */
function useAboveKeyboard(): void {
  useEffect(() => {
    const seen = visualViewport
    if (!seen) return
    const place = (): void => {
      const coveredPx = seen.scale > 1 ? 0 : Math.max(0, innerHeight - seen.height - seen.offsetTop)
      document.documentElement.style.setProperty('--keyboard', `${coveredPx}px`)
    }
    seen.addEventListener('resize', place)
    return () => {
      seen.removeEventListener('resize', place)
      document.documentElement.style.removeProperty('--keyboard')
    }
  }, [])
}

function limits(): { least: number; most: number } {
  return { least: LEAST_REM * 16, most: Math.max(LEAST_REM * 16, innerHeight * 0.85) }
}

function within(heightPx: number): number {
  const { least, most } = limits()
  return Math.min(most, Math.max(least, heightPx))
}

function usualHeight(): number {
  const part = Number(recall('dock'))
  return within(innerHeight * (part > 0 && part < 1 ? part : USUAL_PART))
}

function openerOf(host: string): HTMLElement | null {
  return document.querySelector(`[data-lane="${CSS.escape(host)}"] .term-open`)
}
