// What shows a message, and what takes it off the page again: needed where the first one is told.

import { type Message, type Messages, MESSAGES_MOST, type NewMessage } from './messages.ts'

/** Shows it, in place of the one of its kind that stands there: together they would hide what they speak of. */
export function toast(messages: Messages, given: NewMessage): Message {
  const { all, shown } = messages.get()
  const message: Message = { isSpoken: false, ...given, index: (all.at(-1)?.index ?? -1) + 1, atMs: Date.now() }
  const others = shown.filter((index) => all.some((known) => known.index === index && known.kind !== message.kind))
  messages.set({ all: [...all, message].slice(-MESSAGES_MOST), shown: [...others, message.index] })
  return message
}

/** Takes it off the page; it stays among the earlier ones. */
export function putAway(messages: Messages, index: number): void {
  const { all, shown } = messages.get()
  if (shown.includes(index)) messages.set({ all, shown: shown.filter((other) => other !== index) })
}
