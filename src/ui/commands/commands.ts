// Everything that can be done on the page, once: palette, list of keys and key presses are three readings of this table. A
// row that can't be used now says why, and stays where it is.

import { ok, type Result } from '../../core/base/result.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../core/omf/log.ts'
import { Superblock } from '../../core/omf/superblock.ts'
import { HOSTS_MOST, type HostView, type Playground, type Snapshot } from '../../playground/types.ts'
import { entryOffset, logOffsetOf } from '../addresses.ts'
import { deviceCommands } from '../devices/deviceCommands.ts'
import { plural } from '../format.ts'
import { HELP } from '../help.ts'
import { HELP_TITLES, type HelpTopic } from '../helpTitles.ts'
import { type Look, type Pane, showBytes } from '../look.tsx'
import { type Preferences, TEXT_SIZES } from '../preferences.ts'
import { showTerminal } from '../terminals.ts'
import type { Command, CommandContext, Group } from './command.ts'
import { type Chord, PALETTE } from './keys.ts'
import { focusPane } from './panes.ts'

/** Commands are the scene's, also while a dump shows: what these do is done in sight. */
export function isOfScene({ id, group }: Command): boolean {
  return id !== 'open dump' && (group === 'Log' || group === 'Hosts' || group === 'Files' || group === 'Session' || group === 'Devices')
}

const PANES: readonly { pane: Pane; title: string; keys: Chord }[] = [
  { pane: 'hosts', title: 'Hosts', keys: 'g h' },
  { pane: 'device', title: 'Device map', keys: 'g d' },
  { pane: 'inspector', title: 'Inspector', keys: 'g i' },
  { pane: 'log', title: 'Log', keys: 'g l' },
  { pane: 'trace', title: 'Trace', keys: 'g t' },
  { pane: 'problems', title: 'Problems', keys: 'g p' },
]

export function commandsOf(snapshot: Snapshot, preferences: Pick<Preferences, 'theme' | 'textSize'>): Command[] {
  return [
    ...snapshot.hosts.map(playCommand),
    ...snapshot.hosts.map(terminalCommand),
    ...hostsCommands(snapshot),
    ...fileCommands(),
    ...sessionCommands(snapshot),
    ...deviceCommands(snapshot),
    ...lookCommands(snapshot),
    ...PANES.map(({ pane, title, keys }) => always(`pane ${pane}`, title, 'Go to', keys, (context) => {
      context.showPane(pane)
      focusPane(pane)
    })),
    always('map lab', 'Map lab', 'Go to', undefined, async () => {
      const { openLab } = await import('../lab/open.tsx')
      openLab()
      return ok()
    }, { hint: 'six kernels side by side', words: 'compare fmap file map extents striping fuse iomap program unrolled' }),
    ...appearanceCommands(preferences),
    ...helpCommands(),
  ]
}

function always(id: string, title: string, group: Group, keys: Chord | undefined, run: Command['run'], more: Partial<Command> = {}): Command {
  return { id, title, group, keys: keys === undefined ? [] : [keys], when: () => undefined, run, ...more }
}

// hosts

function playCommand({ name, entryCount, playedCount, mountpoint, appending }: HostView): Command {
  const behind = mountpoint === undefined || appending ? 0 : entryCount - playedCount
  return {
    id: `play ${name}`,
    title: `Play log on ${name}`,
    group: 'Log',
    keys: [`p ${name.toLowerCase()}`],
    hint: behind > 0 ? `${plural(behind, 'entry', 'entries')} behind` : undefined,
    words: 'logplay replay see files',
    when: onHost(name, (host) => isDown(host) ?? (host.mountpoint === undefined ? `Nothing is mounted on ${name}: mount the device in its terminal first.` : undefined)),
    run: ({ playground }) => playground.playLog(name),
  }
}

function terminalCommand({ name }: HostView): Command {
  return {
    id: `terminal ${name}`,
    title: `Terminal on ${name}`,
    group: 'Hosts',
    keys: [`t ${name.toLowerCase()}`],
    words: 'shell bash console command line',
    when: onHost(name, isDown),
    run: ({ look }) => showTerminal(look, name),
  }
}

function hostsCommands({ hosts }: Snapshot): Command[] {
  return [
    {
      id: 'add host',
      title: 'Add host',
      group: 'Hosts',
      keys: [],
      words: 'worker new',
      when: inSession((snapshot) => (snapshot.hosts.length >= HOSTS_MOST ? `${HOSTS_MOST} hosts are all that fit here: remove one first.` : undefined)),
      run: ({ playground }) => playground.addHost(),
    },
    ...hosts.flatMap(({ name }): Command[] => [
      {
        id: `kill ${name}`, title: `Kill ${name}`, group: 'Hosts', keys: [], hint: 'pull the plug', words: 'crash power stop',
        when: onHost(name, (host) => (host.status === 'down' ? `${name} is down already.` : undefined)),
        run: ({ playground }) => playground.killHost(name),
      },
      {
        id: `reboot ${name}`, title: `Reboot ${name}`, group: 'Hosts', keys: [], hint: 'mount and play from the start', words: 'restart',
        when: onHost(name, (host) => (host.status === 'starting' ? `${name} is starting already.` : undefined)),
        run: ({ playground }) => playground.rebootHost(name),
      },
      {
        id: `remove ${name}`, title: `Remove ${name}`, group: 'Hosts', keys: [], hint: 'the device keeps its files', words: 'delete',
        when: onHost(name, () => undefined),
        run: ({ playground }) => playground.removeHost(name),
      },
    ]),
  ]
}

// files and session

function fileCommands(): Command[] {
  return [
    { id: 'new file', title: 'New file', group: 'Files', keys: ['n'], words: 'create creat make', when: inSession(mayCreate), run: (context) => context.openPanel('file') },
    { id: 'new directory', title: 'New directory', group: 'Files', keys: [], words: 'mkdir make folder', when: inSession(mayCreate), run: (context) => context.openPanel('directory') },
  ]
}

function mayCreate({ device: { filesystem, name }, hosts }: Snapshot): string | undefined {
  if (!filesystem) return `${name} holds no famfs: format it first.`
  const owner = hosts.find((host) => host.name === filesystem.ownerName)
  if (!owner) return 'Only the master may create files, and the host that formatted this device isn’t here: format again to make a new master.'
  return isDown(owner)
}

function sessionCommands({ history }: Snapshot): Command[] {
  return [
    {
      id: 'step back', title: 'Step back', group: 'Session', keys: ['Mod+Z'], hint: history.back, words: 'undo history',
      when: inSession(({ history: now }) => (now.position === 0 ? 'There is no step to go back to.' : undefined)),
      run: (context) => step(context, -1),
    },
    {
      id: 'step forth', title: 'Step forth', group: 'Session', keys: ['Mod+Shift+Z', 'Ctrl+Y'], hint: history.forward, words: 'redo history forward',
      when: inSession(({ history: now }) => (now.position >= now.stepCount ? 'No step is undone.' : undefined)),
      run: (context) => step(context, 1),
    },
    {
      id: 'save', title: 'Save', group: 'Session', keys: [], words: 'store image browser',
      when: inSession(({ storage }) => (storage.state === 'read_only' || storage.state === 'off' ? storage.sentence : undefined)),
      run: ({ playground }) => playground.save(),
    },
    {
      id: 'format', title: 'Format', group: 'Session', keys: [], words: 'mkfs.famfs erase superblock',
      when: inSession(({ hosts }) => (hosts.some((host) => host.status === 'up') ? undefined : 'No host is up that could format the device: reboot one.')),
      run: (context) => context.openPanel('format'),
    },
    { id: 'start over', title: 'Start over', group: 'Session', keys: [], hint: 'the first scene again', words: 'reset', when: inSession(() => undefined), run: ({ playground }) => playground.startOver() },
    always('open dump', 'Open a dump', 'Session', undefined, (context) => context.openDump(), { hint: 'the first megabytes of a real device', words: 'image file superblock log import' }),
  ]
}

/** Where each session is being taken. */
const wanted = new WeakMap<Playground, number>()

/** Presses while the session is on its way move the place that it goes to, so that none is lost and none waits in a row. */
async function step({ playground }: CommandContext, by: 1 | -1): Promise<Result<undefined>> {
  const { position, stepCount } = playground.snapshot().history
  const isGoing = wanted.has(playground)
  let to = Math.min(Math.max((wanted.get(playground) ?? position) + by, 0), stepCount)
  wanted.set(playground, to)
  if (isGoing) return ok()
  try {
    for (;;) {
      const result = await playground.stepTo(to)
      const next = wanted.get(playground) ?? to
      if (!result.ok || next === to) return result
      to = next
    }
  } finally {
    wanted.delete(playground)
  }
}

// what there is to look at

function lookCommands(snapshot: Snapshot): Command[] {
  const { filesystem } = snapshot.device
  return [
    always('show superblock', 'Superblock', 'Look at', undefined, (context) => inInspector(context, (look) => showBytes(look, 0, Superblock.sizeBytes)), { words: 'bytes magic uuid ts_magic', when: isReady }),
    always('show log header', 'Log header', 'Look at', undefined, (context) => inInspector(context, (look) => showBytes(look, logOffsetOf(context.playground.snapshot()), LOG_HEADER_BYTES)), { words: 'bytes next_seqnum next_index', when: isReady }),
    ...(filesystem && filesystem.entryCount > 0 ? [entryCommand(snapshot, filesystem.entryCount - 1, 'the newest')] : []),
  ]
}

export function entryCommand(snapshot: Snapshot, entryIndex: number, hint?: string): Command {
  const count = snapshot.device.filesystem?.entryCount ?? 0
  return {
    id: `show entry ${entryIndex}`,
    title: `Log entry ${entryIndex}`,
    group: 'Look at',
    keys: [],
    hint,
    words: 'bytes',
    when: () => (entryIndex < count ? undefined : count === 0 ? 'The log has no entry.' : `The log counts ${count} entries: the last one is ${count - 1}.`),
    run: (context) => showEntry(context, entryIndex),
  }
}

export function showEntry(context: CommandContext, entryIndex: number): void {
  inInspector(context, (look) => {
    look.set({ entryIndex })
    showBytes(look, entryOffset(context.playground.snapshot(), entryIndex), LOG_ENTRY_BYTES)
  })
}

/** Whoever asks to look at something wants the next key there. */
export function inInspector(context: CommandContext, show: (look: Look) => void): void {
  show(context.look)
  context.showPane('inspector')
  focusPane('inspector')
}

// appearance and help

function appearanceCommands({ theme, textSize }: Pick<Preferences, 'theme' | 'textSize'>): Command[] {
  return [
    always('theme', 'Change theme', 'Appearance', undefined, ({ preferences }) => preferences.nextTheme(), { hint: `now ${theme}`, words: 'dark light auto colours' }),
    always('larger text', 'Larger text', 'Appearance', undefined, ({ preferences }) => preferences.resize(1), {
      hint: `now ${textSize} %`, words: 'size zoom font big', when: () => (textSize === TEXT_SIZES.at(-1) ? `Text is at ${textSize} %: it gets no larger here.` : undefined),
    }),
    always('smaller text', 'Smaller text', 'Appearance', undefined, ({ preferences }) => preferences.resize(-1), {
      hint: `now ${textSize} %`, words: 'size zoom font small', when: () => (textSize === TEXT_SIZES[0] ? `Text is at ${textSize} %: it gets no smaller here.` : undefined),
    }),
  ]
}

function helpCommands(): Command[] {
  return [
    always('palette', 'Commands', 'Help', PALETTE, ({ look }) => look.set({ sheet: look.get().sheet === 'commands' ? undefined : 'commands' }), { words: 'palette search find' }),
    always('keys', 'Keys', 'Help', '?', ({ look }) => look.set({ sheet: look.get().sheet === 'keys' ? undefined : 'keys' }), { hint: 'all shortcuts', words: 'keyboard cheat sheet shortcuts' }),
    ...(Object.keys(HELP) as HelpTopic[]).map((topic) =>
      always(`help ${topic}`, `Help: ${HELP_TITLES[topic]}`, 'Help', undefined, ({ look }) => look.set({ sheet: topic }), { words: `what is ${HELP[topic].term}` })),
  ]
}

// why not

type Check = (snapshot: Snapshot) => string | undefined

/** What changes something needs a session that is there. */
function inSession(check: Check): Check {
  return (snapshot) => isReady(snapshot) ?? check(snapshot)
}

function isReady({ ready }: Snapshot): string | undefined {
  return ready ? undefined : 'The hosts are still starting.'
}

function onHost(name: string, check: (host: HostView) => string | undefined): Check {
  return inSession(({ hosts }) => {
    const host = hosts.find((candidate) => candidate.name === name)
    return host ? check(host) : `There is no host ${name} any more.`
  })
}

function isDown({ name, status }: HostView): string | undefined {
  if (status === 'starting') return `${name} is still starting.`
  return status === 'down' ? `${name} is down: reboot it first.` : undefined
}
