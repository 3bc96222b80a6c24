// What the person is looking at: shared by all panes, so that a file lights up everywhere at once. Kept outside React's
// state so that moving the pointer over a list redraws only the rows concerned.

import { createContext, type ReactElement, type ReactNode, useContext, useState, useSyncExternalStore } from 'react'
import type { CellKind } from '../playground/types.ts'
import type { HelpTopic } from './helpTitles.ts'
import type { Trouble } from './trouble.ts'

export type Pane = 'hosts' | 'device' | 'inspector' | 'log' | 'trace' | 'problems'

/** Terminals that are open. */
export interface Terminals {
  /** What draws them: loaded with the first. */
  dock: ReactElement
  hosts: readonly string[]
  /** Which one shows where there is room for one only; it has the focus when `asked` moves. */
  chosen: string
  asked: number
}

/** How bytes are read: as values of a typed array, or as text. */
export type Reading = CellKind | 'text'

export interface LookState {
  /** Log entry of the file under the pointer or focus. */
  lit: number | undefined
  /** Which pane shows where there is room for one only. */
  pane: Pane
  inspector: 'bytes' | 'mmap'
  /** Which of the two that share a pane shows in the wide page. */
  side: 'trace' | 'problems'
  /** Device bytes that are selected in the hex view. */
  selectedBytes: number
  selectedLength: number
  /** Counts how often bytes were asked for. */
  asked: number
  /** The log entry chosen last. */
  entryIndex: number
  mapped: { host: string; path: string } | undefined
  /** How to read a mapped file; undefined until somebody chooses: then its name says it. */
  cell: Reading | undefined
  /** What stands beside the hex of the device. */
  beside: Reading
  /** Counts how often the search field was asked for. */
  finding: number
  /** By place (a host's name, or '' for the page): failures up to this trace index are put away. */
  putAway: Readonly<Record<string, number>>
  /** By place: the failure that was called back from the trace. */
  calledBack: Readonly<Record<string, number>>
  /** Our own mistake, until it is put away. */
  mistake: Trouble | undefined
  terminals: Terminals | undefined
  /** What is open above the page, and hides none of it: the palette, the list of keys, the devices, or the help of a panel. */
  sheet: 'commands' | 'keys' | 'device list' | 'poison range' | HelpTopic | undefined
}

export interface Look {
  get: () => LookState
  set: (change: Partial<LookState>) => void
  subscribe: (listener: () => void) => () => void
}

const LookContext = createContext<Look | undefined>(undefined)

export function LookProvider({ children }: { children: ReactNode }) {
  const [look] = useState(makeLook)
  return <LookContext value={look}>{children}</LookContext>
}

export function useLookStore(): Look {
  const look = useContext(LookContext)
  if (!look) throw new Error('broken assumption: every component stands inside a LookProvider')
  return look
}

/** @param choose must return the same value for the same state: a field of it, or something made of primitives */
export function useLook<T>(choose: (state: LookState) => T): T {
  const look = useLookStore()
  return useSyncExternalStore(look.subscribe, () => choose(look.get()))
}

/** Event handlers for whatever stands for a file: pointer and focus do the same thing. */
export function lighting(look: Look, entryIndex: number | undefined) {
  const on = (): void => look.set({ lit: entryIndex })
  const off = (): void => {
    if (look.get().lit === entryIndex) look.set({ lit: undefined })
  }
  return { onPointerEnter: on, onPointerLeave: off, onFocus: on, onBlur: off }
}

export function showBytes(look: Look, selectedBytes: number, selectedLength = 1): void {
  look.set({ inspector: 'bytes', selectedBytes, selectedLength, asked: look.get().asked + 1, pane: 'inspector' })
}

export function showMapped(look: Look, host: string, path: string): void {
  look.set({ inspector: 'mmap', mapped: { host, path }, cell: undefined, pane: 'inspector' })
}

export function putNoteAway(look: Look, place: string, upTo: number): void {
  const { [place]: _gone, ...calledBack } = look.get().calledBack
  look.set({ putAway: { ...look.get().putAway, [place]: upTo }, calledBack })
}

export function callNoteBack(look: Look, place: string, index: number): void {
  look.set({ calledBack: { ...look.get().calledBack, [place]: index }, pane: 'hosts' })
}

function makeLook(): Look {
  const listeners = new Set<() => void>()
  let state: LookState = {
    lit: undefined,
    pane: 'hosts',
    inspector: 'bytes',
    side: 'trace',
    selectedBytes: 0,
    selectedLength: 8,
    asked: 0,
    entryIndex: 0,
    mapped: undefined,
    cell: undefined,
    beside: 'text',
    finding: 0,
    putAway: {},
    calledBack: {},
    mistake: undefined,
    terminals: undefined,
    sheet: undefined,
  }
  return {
    get: () => state,
    set(change) {
      const keys = Object.keys(change) as (keyof LookState)[]
      if (keys.every((key) => state[key] === change[key])) return
      state = { ...state, ...change }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
