// What can be done to devices, as commands: the same that their list has as buttons.

import { clearWords } from '../../playground/heals.ts'
import { deviceWords } from '../../playground/spoken.ts'
import type { HostView, PoolDeviceView, Snapshot } from '../../playground/types.ts'
import type { Command } from '../commands/command.ts'
import { withUndo } from './withUndo.ts'

type Row = Pick<Command, 'id' | 'title' | 'run'> & Partial<Command>

export function deviceCommands({ device: { devices }, hosts }: Snapshot): Command[] {
  return [
    row({ id: 'devices', title: 'Devices', hint: 'their state, and what can happen to them', words: 'dax memory stop poison health list', run: ({ look }) => look.set({ sheet: 'device list' }) }),
    row({ id: 'poison', title: 'Poison this range', hint: 'the selected bytes, or others', words: 'memory error cxl inject media bad bytes', run: ({ look }) => look.set({ sheet: 'poison range' }) }),
    ...devices.flatMap(commandsOfDevice),
    ...devices.slice(1).flatMap((device) => hosts.map((host) => hostCommand(host, device))),
  ]
}

function commandsOfDevice(device: PoolDeviceView): Command[] {
  const { devindex: n, health: { isStopped, poison } } = device
  const who = deviceWords(device)
  return [
    isStopped
      ? row({ id: `start device ${n}`, title: `Let ${who} answer again`, words: 'daxctl enable start', run: ({ playground, messages }) => withUndo(playground, messages, () => playground.startDevice(n)) })
      : row({ id: `stop device ${n}`, title: `Stop ${who}`, hint: 'it answers nobody', words: 'daxctl disable memory error', run: ({ playground, messages }) => withUndo(playground, messages, () => playground.stopDevice(n)) }),
    row({ id: `reconfigure device ${n}`, title: `Reconfigure ${who}`, hint: 'under its mounts', words: 'daxctl memory error', run: ({ playground, messages }) => withUndo(playground, messages, () => playground.reconfigureDevice(n)) }),
    row({
      id: `clear device ${n}`, title: clearWords(device), hint: 'its poisoned lines become zeros', words: 'mend heal repair memory error cxl re-initialise',
      when: ({ ready, device: { devices } }) => {
        if (!ready) return WAIT
        const { health = { poison } } = devices[n] ?? {}
        return health.poison.length > 0 ? undefined : `None of ${who} is poisoned.`
      },
      run: ({ playground, messages }) => withUndo(playground, messages, () => playground.clearPoison(n)),
    }),
  ]
}

function hostCommand({ name, lacks, status }: HostView, device: PoolDeviceView): Command {
  const { devindex } = device
  const who = deviceWords(device)
  const boots = `${name} ${status === 'down' ? 'starts' : 'reboots'}`
  return lacks.includes(devindex)
    ? row({ id: `attach ${devindex} ${name}`, title: `Give ${who} back to ${name}`, hint: `${boots} with it`, words: 'attach daxdev', run: ({ playground, messages }) => withUndo(playground, messages, () => playground.attachDevice(name, devindex)) })
    : row({ id: `detach ${devindex} ${name}`, title: `Take ${who} from ${name}`, hint: `${boots} without it`, words: 'detach remove daxdev', run: ({ playground, messages }) => withUndo(playground, messages, () => playground.detachDevice(name, devindex)) })
}

const WAIT = 'The hosts are still starting.'

function row(given: Row): Command {
  return { group: 'Devices', keys: [], when: ({ ready }) => (ready ? undefined : WAIT), ...given }
}
