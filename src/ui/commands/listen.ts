// The page's keys. What a field, a terminal or a panel has taken for itself is left alone, and so is every key of the
// browser that no command has. Loaded right after the first picture.

import { toast } from '../messages.ts'
import { type CommandContext, commandsOf } from './commands.ts'
import { isMac, KeyReader, placeOf } from './keys.ts'
import { perform } from './perform.ts'
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
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    renew()
    const chord = reader.read(event, event.timeStamp, { place: placeOf(event.target), plainKeys: plainKeysOn(), mac })
    if (chord === undefined) return
    const command = commandsNow().find(({ keys }) => keys.includes(chord))
    if (!command) return
    event.preventDefault()
    const context = contextNow()
    void perform(command, context).then((why) => why !== undefined && toast(context.messages, { kind: 'note', says: why }))
  }
  addEventListener('keydown', onKey, { signal })
}
