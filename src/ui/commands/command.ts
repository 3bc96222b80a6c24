// What a command is, and what it works on.

import type { Result } from '../../core/base/result.ts'
import type { Playground, Snapshot } from '../../playground/types.ts'
import type { Look, Pane } from '../look.tsx'
import type { Messages } from '../messages.ts'
import type { Preferences } from '../preferences.ts'
import type { Chord } from './keys.ts'

/** What commands work on. Callbacks are the page's: they show, and give the focus to what they show. */
export interface CommandContext {
  playground: Playground
  look: Look
  messages: Messages
  preferences: Preferences
  openPanel: (panel: 'file' | 'directory' | 'format') => void
  openDump: () => void
  /** Brings the pane in sight: its tab, or unfolded where it was folded away. */
  showPane: (pane: Pane) => void
}

export const GROUPS = ['Log', 'Hosts', 'Files', 'Session', 'Devices', 'Look at', 'Go to', 'Appearance', 'Help'] as const
export type Group = (typeof GROUPS)[number]

export interface Command {
  /** Stable, whatever else changes. */
  id: string
  title: string
  group: Group
  keys: readonly Chord[]
  /** What it would do now, where the title doesn't say it. */
  hint?: string | undefined
  /** Other words that people look for. */
  words?: string
  /** Undefined where it can be used; else one sentence that says why not. */
  when: (snapshot: Snapshot) => string | undefined
  run: (context: CommandContext) => Promise<Result<unknown>> | void
}
