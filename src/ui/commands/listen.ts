// The page's keys. What a field, a terminal or a panel has taken for itself is left alone, and so is every key of the
// browser that no command has. Loaded right after the first picture.

import { isLabHash } from '../lab/address.ts'
import { toast } from '../toast.ts'
import { mistakeOf } from '../trouble.ts'
import type { CommandContext } from './command.ts'
import { commandsOf } from './commands.ts'
import { type Chord, isMac, KeyReader, placeOf } from './keys.ts'
import { hasKeys, perform } from './perform.ts'
import { plainKeysOn } from './plainKeys.ts'

export function listen(contextNow: () => CommandContext, signal: AbortSignal): void {
  const mac = isMac()
  let reader = new KeyReader([])
  let hosts = ''

  const commandsNow = () => {
    const { playground, preferences } = contextNow()
    return commandsOf(playground.snapshot(), preferences)
  }
  // Chords are the same until hosts come or go.
  const renew = (): void => {
    const names = contextNow().playground.snapshot().hosts.map(({ name }) => name).join(' ')
    if (names === hosts) return
    hosts = names
    reader = new KeyReader(commandsNow().flatMap(({ keys }) => keys))
  }
  const readingOf = (event: KeyboardEvent) => ({ place: placeOf(event.target), plainKeys: plainKeysOn(), mac })
  const act = (event: KeyboardEvent, chord: Chord | undefined): void => {
    const command = chord === undefined ? undefined : commandsNow().find(({ keys }) => keys.includes(chord))
    if (!command || !hasKeys(command)) return
    event.preventDefault()
    event.stopPropagation()
    const context = contextNow()
    void perform(command, context).then((why) => why !== undefined && toast(context.messages, { kind: 'note', says: why }))
  }
  // What a panel takes for itself it has taken when a key comes back up, except for the second key of a sequence.
  const onWayDown = (event: KeyboardEvent): void => {
    if (!event.isComposing) act(event, reader.second(event, event.timeStamp, readingOf(event)))
  }
  const onWayUp = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    renew()
    act(event, reader.read(event, event.timeStamp, readingOf(event)))
  }
  // What the page's address asks for, now and whenever it changes.
  const follow = (): void => {
    if (!isLabHash(location.hash)) return
    import('../lab/open.tsx').then(({ openLab }) => openLab()).catch((error: unknown) => contextNow().look.set({ mistake: mistakeOf(error, follow) }))
  }
  follow()
  addEventListener('hashchange', follow, { signal })
  // What is typed right after its key must not go past the palette.
  void import('./Palette.tsx')
  addEventListener('keydown', onWayDown, { capture: true, signal })
  addEventListener('keydown', onWayUp, { signal })
}
