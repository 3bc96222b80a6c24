// The command table on a real session: every row says why it can't be used or does what it says, and the palette, the list
// of keys and key presses are three readings of it.

import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { MIB } from '../../src/core/base/align.ts'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { HOSTS_MOST, type MediaFile, type Snapshot } from '../../src/playground/types.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import type { Command, CommandContext } from '../../src/ui/commands/command.ts'
import { commandsOf } from '../../src/ui/commands/commands.ts'
import { Commands } from '../../src/ui/commands/Commands.tsx'
import { FILES_MOST, matchesOf } from '../../src/ui/commands/matches.ts'
import { perform } from '../../src/ui/commands/perform.ts'
import { setPlainKeys } from '../../src/ui/commands/plainKeys.ts'
import { beside as standing } from '../../src/ui/dump/beside.ts'
import { dumps } from '../../src/ui/dump/dumps.ts'
import { HELP } from '../../src/ui/help.ts'
import { type Look, LookProvider, useLookStore } from '../../src/ui/look.tsx'
import { makeMessages, MessagesProvider } from '../../src/ui/messages.ts'
import { type Preferences, usePreferences } from '../../src/ui/preferences.ts'
import { usedBytes } from '../../src/ui/rescue.ts'
import { SessionProvider } from '../../src/ui/session.tsx'
import { valueOf } from '../helpers/outcome.ts'

const patient = { timeout: 30_000 }
const LOOKS: Pick<Preferences, 'theme' | 'textSize'> = { theme: 'auto', textSize: 100 }
const engine = await chooseEngine()
let count = 0

async function newSession(): Promise<Session> {
  const session = new Session(engine, new ImageStore(`famfs-test-commands-${Date.now()}-${count++}`, true), 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  return session
}

interface Page {
  session: Session
  context: CommandContext
  look: Look
  /** What commands asked of the page. */
  asked: string[]
}

async function open(beside?: ReactNode): Promise<Page> {
  const session = await newSession()
  const root = document.createElement('div')
  document.body.append(root)
  const rendering = createRoot(root)
  const asked: string[] = []
  const messages = makeMessages()
  let look: Look | undefined
  let preferences: Preferences | undefined
  const callbacks = {
    openPanel: (panel: string) => void asked.push(`panel ${panel}`),
    openDump: () => void asked.push('dump'),
    showPane: (pane: string) => void asked.push(`pane ${pane}`),
  }
  function Inside() {
    look = useLookStore()
    preferences = usePreferences()
    return <Commands preferences={preferences} {...callbacks} />
  }
  rendering.render(
    <SessionProvider playground={session}>
      <LookProvider>
        <MessagesProvider value={messages}>
          {beside}
          <Inside />
        </MessagesProvider>
      </LookProvider>
    </SessionProvider>,
  )
  onTestFinished(() => {
    rendering.unmount()
    root.remove()
  })
  const made = await vi.waitFor(() => {
    if (!look || !preferences) throw new Error('nothing is drawn yet')
    return { look, preferences }
  }, patient)
  return { session, asked, look: made.look, context: { playground: session, look: made.look, messages, preferences: made.preferences, ...callbacks } }
}

function find(session: Session, id: string): Command {
  const command = commandsOf(session.snapshot(), LOOKS).find((candidate) => candidate.id === id)
  if (!command) throw new Error(`no command ${id}`)
  return command
}

/** @returns why it can't be used */
const run = ({ session, context }: Page, id: string): Promise<string | undefined> => perform(find(session, id), context)
const whyNot = (session: Session, id: string): string | undefined => find(session, id).when(session.snapshot())
const hostNames = (session: Session): string => session.snapshot().hosts.map(({ name }) => name).join('')
const statusOf = (session: Session, name: string) => session.snapshot().hosts.find((host) => host.name === name)?.status

describe('the table', () => {
  it('says each thing once, also with as many hosts as there can be', async () => {
    const session = await newSession()
    while (session.snapshot().hosts.length < HOSTS_MOST) valueOf(await session.addHost())
    const commands = commandsOf(session.snapshot(), LOOKS)
    expect(commands.length).toBeGreaterThan(60)
    const ids = commands.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const titles = commands.map(({ group, title }) => `${group} ${title}`)
    expect(new Set(titles).size).toBe(titles.length)
    const keys = commands.flatMap((command) => command.keys)
    expect(new Set(keys).size).toBe(keys.length)
    // No chord is the beginning of another.
    for (const key of keys) expect(keys.filter((other) => other.startsWith(`${key} `))).toEqual([])
    expect(find(session, 'add host').when(session.snapshot())).toMatch(/^8 hosts/)
  })

  it('gives a whole sentence for whatever can’t be used', async () => {
    const session = await newSession()
    const down: Snapshot = { ...session.snapshot(), hosts: session.snapshot().hosts.map((host) => ({ ...host, status: 'down' })) }
    const starting: Snapshot = { ...session.snapshot(), ready: false, hosts: [] }
    for (const snapshot of [session.snapshot(), down, starting]) {
      const reasons = commandsOf(snapshot, LOOKS).flatMap((command) => command.when(snapshot) ?? [])
      expect(reasons.length).toBeGreaterThan(0)
      for (const reason of reasons) expect(reason).toMatch(/^[A-Z0-9/].*\.$/)
      expect(commandsOf(snapshot, LOOKS).filter(({ id, when }) => /^(help|keys|theme|open dump)/.test(id) && when(snapshot) !== undefined)).toEqual([])
    }
  })
})

describe('a command does what it says', () => {
  it('in sight: the scene comes back from behind a dump, and stays away for what is no part of it', async () => {
    const page = await open()
    const { name, blob } = valueOf(await usedBytes(page.session))
    await dumps.openFiles([new File([blob], name)])
    const id = standing.state().activeId
    expect(id).toBeDefined()
    onTestFinished(() => dumps.close(id ?? -1))
    for (const other of ['theme', 'open dump', 'keys']) await run(page, other)
    expect(standing.state().activeId).toBe(id)
    // What can't be used does nothing, and shows nothing either.
    await run(page, 'step forth')
    expect(standing.state().activeId).toBe(id)
    await run(page, 'play B')
    expect(standing.state().activeId).toBeUndefined()
  })

  it('with hosts', async () => {
    const opened = await open()
    const { session } = opened
    expect(await run(opened, 'play B')).toBeUndefined()
    expect(session.snapshot().hosts[1]?.playedCount).toBe(2)
    await run(opened, 'add host')
    expect(hostNames(session)).toBe('ABC')
    await run(opened, 'kill C')
    expect(statusOf(session, 'C')).toBe('down')
    expect(await run(opened, 'play C')).toBe('C is down: reboot it first.')
    expect(await run(opened, 'terminal C')).toBe('C is down: reboot it first.')
    expect(await run(opened, 'kill C')).toBe('C is down already.')
    await run(opened, 'reboot C')
    await vi.waitFor(() => expect(statusOf(session, 'C')).toBe('up'), patient)
    await run(opened, 'remove C')
    expect(hostNames(session)).toBe('AB')
    expect(await run(opened, 'terminal B')).toBeUndefined()
    expect(opened.look.get().terminals).toMatchObject({ hosts: ['B'], chosen: 'B' })
  })

  it('with the session', async () => {
    const opened = await open()
    const { session } = opened
    expect(whyNot(session, 'step forth')).toBe('No step is undone.')
    valueOf(await session.newFile({ path: 'x.bin', sizeBytes: MIB }))
    valueOf(await session.newFile({ path: 'y.bin', sizeBytes: MIB }))
    await session.settled()
    // Two presses at once are two steps.
    await Promise.all([run(opened, 'step back'), run(opened, 'step back')])
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64'])
    await run(opened, 'step forth')
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64', 'x.bin'])
    await run(opened, 'save')
    expect(session.snapshot().storage.state).toBe('saved')
    await run(opened, 'start over')
    expect(session.snapshot().files).toHaveLength(2)
    await run(opened, 'step back')
    expect(session.snapshot().files).toHaveLength(3)
    while (session.snapshot().history.position > 0) await run(opened, 'step back')
    expect(whyNot(session, 'step back')).toBe('There is no step to go back to.')
  })

  it('with the page', async () => {
    const opened = await open()
    for (const id of ['new file', 'new directory', 'format', 'open dump', 'pane log']) expect(await run(opened, id)).toBeUndefined()
    expect(opened.asked).toEqual(['panel file', 'panel directory', 'panel format', 'dump', 'pane log'])
    const { look } = opened
    await run(opened, 'show log header')
    expect(look.get()).toMatchObject({ inspector: 'bytes', selectedBytes: 2 * MIB, selectedLength: 48 })
    await run(opened, 'show entry 1')
    expect(look.get()).toMatchObject({ entryIndex: 1, selectedBytes: 2 * MIB + 48 + 544, selectedLength: 544 })
    await run(opened, 'show superblock')
    expect(look.get()).toMatchObject({ selectedBytes: 0, selectedLength: 200, pane: 'inspector' })
    for (const topic of Object.keys(HELP)) {
      await run(opened, `help ${topic}`)
      expect(look.get().sheet).toBe(topic)
    }
  })
})

describe('what is typed', () => {
  const first = (session: Session, query: string): Command | undefined => matchesOf(query, session.snapshot(), LOOKS).groups[0]?.commands[0]

  it('finds commands, entries, addresses and files', async () => {
    const session = await newSession()
    const ids = Object.fromEntries(['play b', 'PLAY LOG ON B', 'undo', 'mkfs', 'shell a', 'dark', '1', 'entry 0', '0x200000', '2m', 'tides', 'what is famfs'].map((query) => [query, first(session, query)?.id]))
    expect(ids).toEqual({
      'play b': 'play B', 'PLAY LOG ON B': 'play B', undo: 'step back', mkfs: 'format', 'shell a': 'terminal A', dark: 'theme', 1: 'show entry 1', 'entry 0': 'show entry 0',
      '0x200000': 'show bytes 2097152', '2m': 'show bytes 2097152', tides: 'file bytes 1', 'what is famfs': 'help famfs',
    })
    expect(matchesOf('qqq', session.snapshot(), LOOKS)).toEqual({ groups: [], moreFiles: 0 })
    expect(first(session, '99')?.when(session.snapshot())).toBe('The log counts 2 entries: the last one is 1.')
    expect(first(session, '1g')?.when(session.snapshot())).toContain('ends at 0x10000000')
  })

  it('shows a file on the hosts that see it, and says of the others why not', async () => {
    const { session, context, look } = await open()
    const all = matchesOf('tides', session.snapshot(), LOOKS).groups.flatMap(({ commands }) => commands)
    const mapped = (name: string) => all.find(({ id }) => id === `file mapped ${name} 1`)
    expect(mapped('B')?.when(session.snapshot())).toBe('B doesn’t see it: play the log on B first.')
    await perform(mapped('A')!, context)
    expect(look.get()).toMatchObject({ inspector: 'mmap', mapped: { host: 'A', path: 'tides.f64' } })
    await perform(all.find(({ id }) => id === 'file entry 1')!, context)
    expect(look.get()).toMatchObject({ inspector: 'bytes', entryIndex: 1 })
  })

  it('of 10,000 files shows a few, and counts the rest', async () => {
    const session = await newSession()
    const files = Array.from({ length: 10_000 }, (_, i): MediaFile => ({ entryIndex: i, path: `dir/file-${i}.bin`, sizeBytes: 4096, colour: i % 8, extents: [{ offsetBytes: 10 * MIB + i * 4096, lengthBytes: 4096 }], chunkBytes: undefined }))
    const snapshot: Snapshot = { ...session.snapshot(), files }
    const { groups, moreFiles } = matchesOf('file-77', snapshot, LOOKS)
    const shown = groups.flatMap(({ commands }) => commands).filter(({ id }) => id.startsWith('file entry'))
    expect(shown.map(({ title }) => title.slice(0, title.indexOf(':')))).toEqual(['dir/file-77.bin', ...Array.from({ length: 5 }, (_, i) => `dir/file-77${i}.bin`)])
    expect(shown).toHaveLength(FILES_MOST)
    expect(moreFiles).toBe(111 - FILES_MOST)
  })
})

describe('keys on the page', () => {
  const palette = () => document.querySelector<HTMLInputElement>('[role="combobox"]')
  const heading = () => document.querySelector('.sheet h2')?.textContent

  async function openWithField(): Promise<Page & { field: HTMLInputElement }> {
    const opened = await open(<><input aria-label="Path" /><button type="button">Press</button></>)
    const field = document.querySelector<HTMLInputElement>('[aria-label="Path"]')
    if (!field) throw new Error('no field')
    // Until keys are listened to.
    await vi.waitFor(async () => {
      await userEvent.keyboard('{Control>}k{/Control}')
      expect(palette()).not.toBeNull()
    }, patient)
    await vi.waitFor(() => expect(document.activeElement).toBe(palette()), patient)
    await userEvent.keyboard('{Escape}')
    expect(palette()).toBeNull()
    return { ...opened, field }
  }

  it('the palette opens, finds, runs, and gives the focus back', async () => {
    const { session, field } = await openWithField()
    field.focus()
    await userEvent.keyboard('{Control>}k{/Control}')
    await vi.waitFor(() => expect(document.activeElement).toBe(palette()), patient)
    // A blank in an id parts it in two, and nothing has either's name.
    const listed = [...document.querySelectorAll('.palette [id]')].map(({ id }) => id)
    expect(listed.length).toBeGreaterThan(10)
    expect([listed.filter((id) => /\s/.test(id)), new Set(listed).size]).toEqual([[], listed.length])
    const groups = [...document.querySelectorAll('.palette [role="group"]')].map((group) => document.getElementById(group.getAttribute('aria-labelledby') ?? '')?.textContent)
    expect(groups).toEqual(expect.arrayContaining(['Look at', 'Go to']))
    expect(groups).not.toContain(undefined)
    await userEvent.keyboard('play b')
    const input = palette()
    const option = document.getElementById(input?.getAttribute('aria-activedescendant') ?? '')
    expect(option?.getAttribute('role')).toBe('option')
    expect(option?.textContent).toContain('Play log on B')
    await userEvent.keyboard('{Enter}')
    expect(palette()).toBeNull()
    expect(document.activeElement).toBe(field)
    await vi.waitFor(() => expect(session.snapshot().hosts[1]?.playedCount).toBe(2), patient)
  })

  it('what can’t be used stays in the list, with its reason, and does nothing', async () => {
    await openWithField()
    await userEvent.keyboard('{Control>}k{/Control}')
    await vi.waitFor(() => expect(document.activeElement).toBe(palette()), patient)
    await userEvent.keyboard('step forth{Enter}')
    expect(document.querySelector('[role="option"][aria-disabled="true"]')?.textContent).toContain('No step is undone.')
    expect(document.querySelector('.palette [role="status"]')?.textContent).toBe('No step is undone.')
    expect(palette()).not.toBeNull()
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    await vi.waitFor(() => expect(palette()).toBeNull(), patient)
  })

  it('keys of the scene are off while a page of its own shows: its sliders are what is set back there', async () => {
    const { session, asked } = await openWithField()
    valueOf(await session.newFile({ path: 'x.bin', sizeBytes: MIB }))
    await session.settled()
    const { position } = session.snapshot().history
    dumps.add({ name: 'A page', page: () => null })
    const id = standing.state().activeId
    onTestFinished(() => dumps.close(id ?? -1))
    document.querySelector('button')?.focus()
    await userEvent.keyboard('{Control>}z{/Control}nta')
    await session.settled()
    expect([session.snapshot().history.position, standing.state().activeId, asked]).toEqual([position, id, []])
    // The palette says what it does before it is chosen; and what leads elsewhere leads there.
    await userEvent.keyboard('gl')
    expect(asked).toEqual(['pane log'])
    await userEvent.keyboard('{Control>}k{/Control}')
    await vi.waitFor(() => expect(document.activeElement).toBe(palette()), patient)
    await userEvent.keyboard('step back{Enter}')
    await vi.waitFor(() => expect(session.snapshot().history.position).toBe(position - 1), patient)
    expect(standing.state().activeId).toBeUndefined()
    // In sight it takes its keys again.
    document.querySelector('button')?.focus()
    await userEvent.keyboard('n')
    expect(asked).toEqual(['pane log', 'panel file'])
  })

  it('the list of keys marks those of the scene as off while a page of its own shows', async () => {
    await openWithField()
    dumps.add({ name: 'Another page', page: () => null })
    const id = standing.state().activeId ?? -1
    onTestFinished(() => dumps.close(id))
    document.querySelector('button')?.focus()
    await userEvent.keyboard('?')
    await vi.waitFor(() => expect(heading()).toBe('Keys'), patient)
    const rowOf = (title: string): string | undefined => [...document.querySelectorAll<HTMLElement>('.keys-row')].find((row) => row.querySelector('dd')?.textContent === title)?.innerText
    expect(document.querySelector('.sheet')?.textContent).toContain('While Another page shows, keys that act on the scene are off.')
    expect([rowOf('Play log on A'), rowOf('Step back'), rowOf('New file')].map((row) => row?.includes(' off'))).toEqual([true, true, true])
    expect([rowOf('Keys'), rowOf('Log')].map((row) => row?.includes(' off'))).toEqual([false, false])
    standing.show(undefined)
    await vi.waitFor(() => expect(document.querySelectorAll('.keys-row [data-off]').length).toBe(0), patient)
    expect(document.querySelector('.sheet')?.textContent).not.toContain('are off.')
  })

  it('a field keeps its letters, and letters can be switched off', async () => {
    const { asked, field } = await openWithField()
    field.focus()
    await userEvent.keyboard('?n')
    expect(field.value).toBe('?n')
    expect(asked).toEqual([])
    document.querySelector('button')?.focus()
    await userEvent.keyboard('gln')
    expect(asked).toEqual(['pane log', 'panel file'])

    await userEvent.keyboard('?')
    await vi.waitFor(() => expect(heading()).toBe('Keys'), patient)
    onTestFinished(() => setPlainKeys(true))
    document.querySelector<HTMLInputElement>('.sheet input[type="checkbox"]')?.click()
    await userEvent.keyboard('{Escape}')
    expect(heading()).toBeUndefined()
    expect(document.activeElement?.textContent).toBe('Press')
    await userEvent.keyboard('?n')
    expect(heading()).toBeUndefined()
    expect(asked).toHaveLength(2)
  })
})
