// One host: what it is, what it sees, and what it can't see yet. The region is named exactly after its host, and so are
// its buttons (`Play log on B`, `Drop files on A`): lessons and tests rely on these names.

import { MoreHorizontal, Play, SquareTerminal, Upload } from 'lucide-react'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import type { HostView, PoolDeviceView, Snapshot, TaskView } from '../playground/types.ts'
import { droppedOf, folderTroubleOf } from './dropped.ts'
import { listText, plural, sentence, sizeText } from './format.ts'
import { LaneFiles } from './LaneFiles.tsx'
import { noteOn } from './laneNote.ts'
import { KernelWhy, MenuItems, RoleWhy } from './laneParts.ts'
import { DownState } from './laneTrouble.tsx'
import { putNoteAway, useLook, useLookStore } from './look.tsx'
import { Disclosure, Note } from './parts.tsx'
import { useAction, useGo, usePlayground, useSnapshot } from './session.tsx'
import { showTerminal } from './terminals.ts'
import type { Trouble } from './trouble.ts'

export function Lane({ host }: { host: HostView }) {
  const playground = usePlayground()
  const snapshot = useSnapshot()
  const playing = useAction()
  const go = useGo()
  const [folderTrouble, setFolderTrouble] = useState<Trouble>()
  const [over, setOver] = useState(false)
  const id = useId()
  const tasks = snapshot.tasks.filter((task) => task.host === host.name)
  // A host that is writing an entry plays it itself when it is done: it lacks nothing.
  const atWork = tasks.length > 0 || host.appending
  const behind = host.status === 'up' && host.mountpoint !== undefined && !host.stranded && !host.stale && !atWork ? Math.max(0, host.entryCount - host.playedCount) : 0
  const blocked = behind > 0 && snapshot.device.filesystem?.firstBadIndex === host.playedCount

  // What the page mounts with is said beside the role; anything else has a line of its own, and room for its name.
  const isUsual = host.kernel === 'v1'

  // Nothing to play, and nowhere to copy to, before the host is up and has the file system.
  const waits = !snapshot.ready || host.status !== 'up' || host.mountpoint === undefined

  // Also while a copy runs: the session takes one after the other.
  const take = (files: File[], folders: string[] = []): void => {
    setFolderTrouble(folderTroubleOf(folders))
    if (files.length > 0) void go(() => playground.dropFiles(host.name, files))
  }
  const onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  const onDragLeave = (event: DragEvent): void => {
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const { files, folders } = droppedOf(event.dataTransfer)
    take(files, folders)
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is for pointers; keys have the button inside
    <section className="lane" aria-labelledby={id} data-lane={host.name} data-status={host.status} data-over={over || undefined}
      onDragEnter={onDrag} onDragOver={onDrag} onDragLeave={onDragLeave} onDrop={onDrop}>
      <header className="lane-head">
        <h3 id={id}>{host.name}</h3>
        <Role host={host} snapshot={snapshot} />
        {isUsual && <Kernel host={host} />}
        {host.status !== 'down' && (
          <span className="played num" data-behind={behind > 0 || undefined}>
            log {host.stranded || host.stale || host.elsewhere ? host.playedCount : `${host.playedCount}/${host.entryCount}`} played
          </span>
        )}
        <span className="lane-tools">
          {host.status !== 'down' && <TerminalButton host={host} />}
          <HostMenu host={host} devices={snapshot.device.devices} />
        </span>
        {!isUsual && <Kernel host={host} />}
      </header>
      <LaneNote host={host} snapshot={snapshot} />
      <div role="alert">{folderTrouble && <Note trouble={folderTrouble} onDismiss={() => setFolderTrouble(undefined)} />}</div>
      {host.status === 'down' ? (
        <DownState host={host} />
      ) : (
        <>
          <LaneFiles host={host} snapshot={snapshot} />
          <p className="blind" data-behind={behind > 0 || undefined}>{blindText(host, snapshot, tasks.length > 0)}</p>
          {host.lacks.length > 0 && <p className="blind">{host.name} runs without {host.lacks.length === 1 ? 'device' : 'devices'} {listText(host.lacks.map(String), host.lacks.length)}.</p>}
        </>
      )}
      {tasks.map((task) => <TaskBar key={task.id} task={task} />)}
      <div className="lane-acts">
        {host.status !== 'down' && (
          <button type="button" className={behind > 0 && !blocked ? 'play primary' : 'play'} disabled={waits} onClick={() => void playing.go(() => playground.playLog(host.name))}>
            <Play aria-hidden /> Play log on {host.name}
          </button>
        )}
        {host.status !== 'down' && <DropButton host={host} onFiles={take} />}
      </div>
    </section>
  )
}

/** What it is, and on pressing it, why and what follows from it. */
function Role({ host, snapshot }: { host: HostView; snapshot: Snapshot }) {
  if (host.status !== 'up' || host.role === 'none') return <span className="role">{host.status}</span>
  return (
    <Disclosure className="link role" label={<span data-role={host.role}>{host.role}</span>}>
      <RoleWhy host={host} ownerName={snapshot.device.filesystem?.ownerName} />
    </Disclosure>
  )
}

/** How maps come to it, and on pressing that, what it means. A daemon is named where it is out of the ordinary. */
function Kernel({ host }: { host: HostView }) {
  const { kernel, daemon, options = [] } = host
  if (kernel === undefined) return null
  return (
    <span className="kernel" data-usual={kernel === 'v1' || undefined} title={`Mounted with the kernel ${kernel}: ${options.join(',')}`}>
      <Disclosure className="link role" label={kernel === 'v1' ? <><span className="visually-hidden">kernel </span>v1</> : `kernel ${kernel}${daemon === 'worker' ? ', daemon in a worker' : ''}`}>
        <KernelWhy host={host} />
      </Disclosure>
    </span>
  )
}

export function TaskBar({ task }: { task: TaskView }) {
  const playground = usePlayground()
  const amount = task.unit === 'bytes' ? `${sizeText(task.doneCount)} of ${sizeText(task.totalCount)}` : `${task.doneCount} of ${plural(task.totalCount, 'entry', 'entries')}`
  return (
    <div className="task">
      <div className="task-words">
        <span className="task-label">{task.label}</span>
        <span className="num">{amount}</span>
        <button type="button" onClick={() => playground.cancelTask(task.id)} aria-label={`Stop: ${task.label}`}>Stop</button>
      </div>
      <progress aria-label={task.label} aria-valuetext={amount} value={task.doneCount} max={Math.max(1, task.totalCount)} />
    </div>
  )
}

function DropButton({ host, onFiles }: { host: HostView; onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className="drop" title="Or press to choose files" onClick={() => input.current?.click()}>
        <Upload aria-hidden /> Drop files on {host.name}
      </button>
      <input ref={input} type="file" multiple hidden aria-label={`Files for ${host.name}`}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }} />
    </>
  )
}

function TerminalButton({ host: { name } }: { host: HostView }) {
  const look = useLookStore()
  const go = useGo()
  const isOpen = useLook((state) => state.terminals?.hosts.includes(name) ?? false)
  return (
    <button type="button" className="term-open" aria-label={`Terminal on ${name}`} data-open={isOpen || undefined} onClick={() => void go(() => showTerminal(look, name))}>
      <SquareTerminal aria-hidden /> <span>Terminal</span>
    </button>
  )
}

function HostMenu({ host, devices }: { host: HostView; devices: readonly PoolDeviceView[] }) {
  const rebooting = useAction()
  return (
    <Disclosure className="icon" name={`Host ${host.name}: more`} label={<MoreHorizontal aria-hidden />}>
      {(close) => <MenuItems host={host} devices={devices} rebooting={rebooting} close={close} />}
    </Disclosure>
  )
}

/** The host's latest failure under the mount that it has now, until it is put away; the trace calls it back. */
function LaneNote({ host, snapshot }: { host: HostView; snapshot: Snapshot }) {
  const look = useLookStore()
  const upTo = useLook((state) => state.putAway[host.name] ?? -1)
  const calledBack = useLook((state) => state.calledBack[host.name])
  const root = useRef<HTMLDivElement>(null)
  const event = calledBack === undefined
    ? noteOn(host, snapshot.trace, upTo)
    : snapshot.trace.find((candidate) => candidate.index === calledBack)
  useEffect(() => {
    if (calledBack !== undefined) root.current?.scrollIntoView({ block: 'nearest' })
  }, [calledBack])
  if (!event?.failure) return null
  return (
    <div ref={root}>
      <Note trouble={event.failure} onDismiss={() => putNoteAway(look, host.name, snapshot.trace.at(-1)?.index ?? event.index)} />
    </div>
  )
}

function blindText(host: HostView, snapshot: Snapshot, busy: boolean): string {
  if (host.elsewhere) return `${host.name} has the file system of ${host.elsewhere} mounted, which log and map don’t show.`
  if (host.stale) return `The device was formatted again since ${host.name} mounted it: what it shows is gone.`
  if (host.stranded) return `${host.name} keeps what it has played and mapped; superblock or log header can’t be read, so there is nothing more to play.`
  if (host.mountTrouble) return sentence(host.mountTrouble)
  if (host.status === 'starting') return `${host.name} is starting.`
  if (host.mountpoint === undefined) return `Nothing is mounted on ${host.name}.`
  if (busy) return 'At work: the log entry comes first, then the bytes.'
  if (host.appending) return `The shell of ${host.name} is at work.`
  if (host.removed.length > 0) return `Removed or renamed on ${host.name} alone: ${listText(host.removed)}. The log has ${host.removed.length === 1 ? 'it' : 'them'}: play it.`
  const behind = host.entryCount - host.playedCount
  const bad = snapshot.device.filesystem?.firstBadIndex
  if (behind > 0 && bad === host.playedCount) return `Log entry ${bad} is damaged, and ${host.name} plays nothing past it.`
  if (behind <= 0 && bad !== undefined) return `Knows all files from before log entry ${bad} was damaged.`
  if (behind <= 0) return `Sees everything that the log says${snapshot.files.length === 0 ? ': no file yet' : ''}.`
  return `${plural(behind, 'entry', 'entries')} not played${host.unseen.length > 0 ? `: ${host.name} can't see ${listText(host.unseen)}` : ''}.`
}
