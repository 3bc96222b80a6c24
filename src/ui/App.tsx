// The page: lanes over the device map, inspector beside them, log and trace beneath; in a narrow window the same five panes
// one at a time, under tabs. What is narrow is measured in the reader's own text size.

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Playground, Snapshot, TraceEvent } from '../playground/types.ts'
import { DeviceMap } from './DeviceMap.tsx'
import { useKeptFocus } from './focus.ts'
import { listText, plural, sentence } from './format.ts'
import { Inspector } from './Inspector.tsx'
import { Lane, TaskBar } from './Lane.tsx'
import { LogTable } from './LogTable.tsx'
import { LookProvider, type Pane, putNoteAway, useLook, useLookStore } from './look.tsx'
import { FormatPanel, NewFilePanel } from './Panels.tsx'
import { Note } from './parts.tsx'
import { usePreferences } from './preferences.ts'
import { onRemChange, rootRemPx } from './rem.ts'
import { SessionProvider, useSnapshot } from './session.tsx'
import { openerOf, type Panel, TopBar } from './TopBar.tsx'
import { Announcer, Trace } from './Trace.tsx'
import { Travel } from './Travel.tsx'
import './tokens.css'
import './base.css'
import './layout.css'
import './hosts.css'
import './device.css'
import './inspector.css'
import './log.css'

const WIDE_REM = 66

export function App({ playground }: { playground: Playground }) {
  return (
    <SessionProvider playground={playground}>
      <LookProvider>
        <Page />
      </LookProvider>
    </SessionProvider>
  )
}

function Page() {
  const preferences = usePreferences()
  const [panel, setPanel] = useState<Panel>()
  const narrow = useNarrow()
  useFilesStayHere()
  useKeptFocus()
  const close = (): void => {
    setPanel(undefined)
    document.getElementById(openerOf(panel))?.focus()
  }
  const colours = `${preferences.theme} ${preferences.textSize}`
  const opened = panel === 'file' ? <NewFilePanel onClose={close} /> : panel === 'format' ? <FormatPanel onClose={close} /> : null

  return (
    <div className="page" data-narrow={narrow || undefined}>
      <TopBar panel={panel} onPanel={setPanel} preferences={preferences} narrow={narrow} />
      <Mistake />
      {narrow ? (
        <Narrow panes={{
          hosts: <>{opened}<Guide /><Hosts /></>,
          device: <DeviceMap theme={colours} />,
          inspector: <Inspector />,
          log: <LogTable />,
          trace: <Trace />,
          problems: null,
        }} />
      ) : (
        <main className="wide">
          <div className="wide-left">
            {opened}
            <Guide />
            <Hosts />
            <DeviceMap theme={colours} />
          </div>
          <Inspector />
          <div className="wide-foot">
            <LogTable />
            <Trace />
          </div>
        </main>
      )}
      <Terminals />
      <Announcer />
      <Travel />
    </div>
  )
}

/** Drawn by what is loaded with the first of them; outlives any change between wide and narrow. */
function Terminals() {
  return useLook((state) => state.terminals?.dock)
}

/** What famfs is in one sentence, and what to do next in another. */
function Guide() {
  const snapshot = useSnapshot()
  return (
    <div className="guide">
      <p className="next">{nextText(snapshot)}</p>
      <p className="quiet">famfs shares data, it doesn’t store it: hosts map the same memory, and each sees a file once it has played the log.</p>
      {toldText(snapshot).map((text) => <p key={text} className="told">{text}</p>)}
      <PageNote snapshot={snapshot} />
    </div>
  )
}

function Hosts() {
  const { hosts, tasks } = useSnapshot()
  return (
    <section className="hosts" aria-labelledby="hosts-heading">
      <h2 id="hosts-heading" className="visually-hidden">Hosts</h2>
      {tasks.filter((task) => task.host === undefined).map((task) => <TaskBar key={task.id} task={task} />)}
      <div className="lanes" data-many={hosts.length > 2 || undefined}>
        {hosts.map((host) => <Lane key={host.name} host={host} />)}
      </div>
    </section>
  )
}

/** What was thrown is our own mistake, wherever one was on the page. */
function Mistake() {
  const look = useLookStore()
  const mistake = useLook((state) => state.mistake)
  return <div role="alert">{mistake && <Note trouble={mistake} onDismiss={() => look.set({ mistake: undefined })} />}</div>
}

/** Trouble that belongs to no host, and isn't told anyway. */
function PageNote({ snapshot }: { snapshot: Snapshot }) {
  const look = useLookStore()
  const upTo = useLook((state) => state.putAway[''] ?? -1)
  const calledBack = useLook((state) => state.calledBack[''])
  const names = new Set(snapshot.hosts.map((host) => host.name))
  const told = toldText(snapshot)
  const isNews = ({ index, host, failure }: TraceEvent): boolean =>
    index > upTo && !names.has(host ?? '') && !told.some((text) => failure && text.includes(failure.says))
  const event = snapshot.trace.findLast((candidate) => candidate.failure && (calledBack === candidate.index || isNews(candidate)))
  if (!event?.failure) return null
  return <Note trouble={event.failure} onDismiss={() => putNoteAway(look, '', snapshot.trace.at(-1)?.index ?? event.index)} />
}

const PANES: { id: Pane; title: string }[] = [
  { id: 'hosts', title: 'Hosts' },
  { id: 'device', title: 'Device' },
  { id: 'inspector', title: 'Inspector' },
  { id: 'log', title: 'Log' },
  { id: 'trace', title: 'Trace' },
  { id: 'problems', title: 'Problems' },
]

function Narrow({ panes }: { panes: Record<Pane, ReactNode> }) {
  const look = useLookStore()
  const pane = useLook((state) => state.pane)
  const list = useRef<HTMLDivElement>(null)
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = PANES.findIndex((candidate) => candidate.id === pane)
    const next = PANES[(at + step + PANES.length) % PANES.length]
    if (!next) return
    look.set({ pane: next.id })
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus()
  }
  return (
    <main>
      <div className="tabs" role="tablist" aria-label="Panes" ref={list}>
        {PANES.map(({ id, title }) => (
          <button key={id} id={`tab-${id}`} type="button" role="tab" aria-selected={id === pane} aria-controls={id === pane ? 'pane' : undefined} tabIndex={id === pane ? 0 : -1} onKeyDown={onKey}
            onClick={() => look.set({ pane: id })}>
            {title}
          </button>
        ))}
      </div>
      <div id="pane" className="narrow-pane" data-pane={pane} role="tabpanel" aria-labelledby={`tab-${pane}`}>{panes[pane]}</div>
    </main>
  )
}

function useNarrow(): boolean {
  const measure = (): boolean => document.documentElement.clientWidth < WIDE_REM * rootRemPx()
  const [narrow, setNarrow] = useState(measure)
  useEffect(() => {
    const look = (): void => setNarrow(measure())
    addEventListener('resize', look)
    const forgetRem = onRemChange(look)
    return () => {
      removeEventListener('resize', look)
      forgetRem()
    }
  }, [])
  return narrow
}

/** A file dropped beside a lane must not make the browser leave the page for it. */
function useFilesStayHere(): void {
  useEffect(() => {
    const stay = (event: DragEvent): void => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'none'
    }
    addEventListener('dragover', stay)
    addEventListener('drop', stay)
    return () => {
      removeEventListener('dragover', stay)
      removeEventListener('drop', stay)
    }
  }, [])
}

/** What is not as one expects on this page, and must not hide behind a chip. */
function toldText({ storage, engine }: Snapshot): string[] {
  const told = storage.state === 'read_only' || storage.state === 'off' ? [storage.sentence] : []
  return engine.kind === 'inline' ? [...told, engine.sentence] : told
}

function nextText({ ready, hosts, device, files, tasks }: Snapshot): string {
  if (!ready) return sentence(device.verdict)
  const down = hosts.find((host) => host.status === 'down')
  if (down) return `${down.name} is down. Reboot ${down.name}: the device kept its bytes, and the log brings its files back.`
  if (!device.filesystem) return `${sentence(device.verdict)} Format the device.`
  const [task] = tasks
  if (task) return `${sentence(task.label)} The bytes go straight into the shared memory.`
  const behind = hosts.find((host) => host.status === 'up' && !host.appending && host.mountpoint !== undefined && host.playedCount < host.entryCount)
  if (behind) {
    const missing = behind.entryCount - behind.playedCount
    const unseen = behind.unseen.length > 0 ? `: it can't see ${listText(behind.unseen)}` : ''
    return `${behind.name} is ${missing === 1 ? 'one log entry' : plural(missing, 'log entry', 'log entries')} behind${unseen}. Play log on ${behind.name}.`
  }
  const rogue = hosts.find((host) => host.removed.length > 0)
  if (rogue) return `${listText(rogue.removed)} went on ${rogue.name} alone: the log still has ${rogue.removed.length === 1 ? 'it' : 'them'}. Play log on ${rogue.name}.`
  const unmounted = hosts.find((host) => host.status === 'up' && host.mountpoint === undefined && !host.mountTrouble)
  if (unmounted) return `Nothing is mounted on ${unmounted.name}. In its terminal: famfs mount ${device.name} /mnt/famfs.`
  if (files.length === 0) return 'The file system is empty. Make a New file, or drop one on the master.'
  const client = hosts.find((host) => host.role === 'client')
  const master = hosts.find((host) => host.role === 'master')
  return client && master
    ? `Every host sees the same ${plural(files.length, 'file')}. Press a file on ${client.name} to map it, then write a value on ${master.name}.`
    : 'Every host sees the same files. Add host, and watch it play the log.'
}
