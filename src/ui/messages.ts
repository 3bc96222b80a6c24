// Short messages about what happened out of sight, and all earlier ones of this session. Outside React's state: showing one
// redraws the corner that it stands in and nothing else. Nothing here knows how they look, or how long they stay.

import { createContext, useContext, useSyncExternalStore } from 'react'

export interface Message {
  index: number
  kind: 'failure' | 'done' | 'note'
  /** One sentence. */
  says: string
  /** What to do now. */
  next?: string | undefined
  /** Leads to where it happened. */
  act?: { label: string; run: () => void } | undefined
  /** What is in the trace has been read out already. */
  isSpoken: boolean
  /** When, in milliseconds since 1970. */
  atMs: number
}

export interface MessagesState {
  /** Oldest first; at most MESSAGES_MOST. */
  all: readonly Message[]
  /** Indices of those that stand on the page now, oldest first: one of a kind. */
  shown: readonly number[]
}

export interface Messages {
  get: () => MessagesState
  set: (state: MessagesState) => void
  subscribe: (listener: () => void) => () => void
}

export const MESSAGES_MOST = 100

export function makeMessages(): Messages {
  const listeners = new Set<() => void>()
  let state: MessagesState = { all: [], shown: [] }
  return {
    get: () => state,
    set(next) {
      state = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type NewMessage = Pick<Message, 'kind' | 'says'> & Partial<Pick<Message, 'next' | 'act' | 'isSpoken'>>

const MessagesContext = createContext<Messages | undefined>(undefined)
export const MessagesProvider = MessagesContext.Provider

export function useMessageStore(): Messages {
  const messages = useContext(MessagesContext)
  if (!messages) throw new Error('broken assumption: every component stands inside a MessagesProvider')
  return messages
}

export function useMessages(): MessagesState {
  const messages = useMessageStore()
  return useSyncExternalStore(messages.subscribe, messages.get)
}
