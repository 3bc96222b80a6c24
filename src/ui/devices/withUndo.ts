// What is done to devices by a press is said in the corner, with the way back: it may be out of sight where it shows. The
// message stands there as long as that way is open: with another step it goes.

import { ok, type Result } from '../../core/base/result.ts'
import type { Playground } from '../../playground/types.ts'
import { isMac, keyNames } from '../commands/keys.ts'
import type { Messages } from '../messages.ts'
import { putAway, toast } from '../toast.ts'

export async function withUndo(playground: Playground, messages: Messages, act: () => Promise<Result<undefined>>): Promise<Result<undefined>> {
  const before = playground.snapshot()
  const done = await act()
  const { history: { position }, trace } = playground.snapshot()
  const event = trace.find(({ index, failure }) => index > (before.trace.at(-1)?.index ?? -1) && !failure)
  if (!done.ok || !event || position !== before.history.position + 1) return done
  const undo = (): void => {
    // Another step would be undone with it, or in its place.
    if (playground.snapshot().history.position === position) void playground.stepTo(position - 1)
    else toast(messages, { kind: 'note', says: 'Other steps came after it: step back one by one.' })
  }
  const keys = keyNames('Mod+Z', isMac()).join(isMac() ? ' ' : '-')
  const { index } = toast(messages, { kind: 'done', says: event.sentence, next: `A step back (${keys}) undoes it.`, act: { label: 'Undo', run: undo }, isSpoken: true })
  const stop = playground.subscribe(() => {
    if (playground.snapshot().history.position === position) return
    stop()
    putAway(messages, index)
  })
  return ok()
}
