// Where one stands and what to do next: what has just happened, one sentence of advice, and two or three things to press.
// The one thing that matters most is never here but where it happens: `Play log on B` stands in B's lane.

import { useEffect, useId, useState } from 'react'
import { MIB } from '../core/base/align.ts'
import { ok } from '../core/base/result.ts'
import { LOG_ENTRY_BYTES } from '../core/omf/log.ts'
import { freeHostName } from '../playground/names.ts'
import { HOSTS_MOST, type HostFile, type HostView, type Snapshot, type TraceEvent } from '../playground/types.ts'
import { entryOffset } from './addresses.ts'
import { listText, plural, sentence } from './format.ts'
import type { HelpTopic } from './helpTitles.ts'
import { putNoteAway, showBytes, showMapped, useLook, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { LateHelp } from './LateHelp.tsx'
import type { MemoryNews } from './memoryOffers.ts'
import { lastDone, type Offer, undoOffer } from './offer.ts'
import { Note } from './parts.tsx'
import { useAction, usePlayground, useSnapshot } from './session.tsx'
import { showTerminal } from './terminals.ts'
import { mistakeOf } from './trouble.ts'

const TABLE_BYTES = 2 * MIB
const STRIPS = 4

export function Guide() {
  const snapshot = useSnapshot()
  const failed = useMemoryNews(snapshot)
  const latest = snapshot.trace.at(-1)
  const [asked, setAsked] = useState<HelpTopic>()
  const helpId = useId()
  return (
    <div className="guide">
      <p className="next">{nextText(snapshot, failed)}</p>
      <p className="latest quiet">{latest ? sentence(latest.sentence) : 'famfs shares data, it doesn’t store it.'}</p>
      <div className="guide-foot">
        <Offers snapshot={snapshot} failed={failed} />
        <Question topic="famfs" text="What is famfs?" chosen={asked} helpId={helpId} onAsk={setAsked} />
        <Question topic="hosts" text="Who may do what?" chosen={asked} helpId={helpId} onAsk={setAsked} />
      </div>
      {asked && <LateHelp id={helpId} topic={asked} onClose={() => setAsked(undefined)} />}
      {toldText(snapshot).map((text) => <p key={text} className="told">{text}</p>)}
      <PageNote snapshot={snapshot} />
    </div>
  )
}

/** What to make of memory that failed, or of a file system that can't be seen, comes with the first: most visits see neither. */
function useMemoryNews(snapshot: Snapshot): MemoryNews | undefined {
  const [late, setLate] = useState<{ memoryNews: (snapshot: Snapshot) => MemoryNews | undefined }>()
  const isWanted = late === undefined && hasFailed(snapshot)
  const look = useLookStore()
  useEffect(() => {
    if (!isWanted) return
    const load = (): void => void import('./memoryOffers.ts').then(setLate, (error: unknown) => look.set({ mistake: mistakeOf(error, load) }))
    load()
  }, [isWanted, look])
  return late?.memoryNews(snapshot)
}

function hasFailed({ ready, device: { devices, filesystem }, hosts }: Snapshot): boolean {
  return (ready && !filesystem) || devices.some(({ health }) => health.isStopped || health.poison.length > 0)
    || hosts.some(({ lacks, lost, outdated = [], files, elsewhere }) => elsewhere !== undefined || [...lacks, ...lost, ...outdated].length > 0 || files.some(({ fault }) => fault === 'memory'))
}

/** What the lanes are about has no head of its own: it is asked for here. */
function Question({ topic, text, chosen, helpId, onAsk }: { topic: HelpTopic; text: string; chosen: HelpTopic | undefined; helpId: string; onAsk: (topic: HelpTopic | undefined) => void }) {
  const open = topic === chosen
  return (
    <button type="button" className="link question" aria-expanded={open} aria-controls={open ? helpId : undefined} onClick={() => onAsk(open ? undefined : topic)}>
      {text}
    </button>
  )
}

function Offers({ snapshot, failed }: { snapshot: Snapshot; failed: MemoryNews | undefined }) {
  const playground = usePlayground()
  const look = useLookStore()
  const offering = useAction()
  return (
    <div className="offers" role="group" aria-label="What to do next">
      {offersFor(snapshot, failed).map(({ label, run }) => (
        <button key={label} type="button" className="offer" onClick={() => void offering.go(async () => (await run(playground, look)) ?? ok())}>
          {label}
        </button>
      ))}
    </div>
  )
}

/** Two or three, the most telling first. */
function offersFor(snapshot: Snapshot, failed: MemoryNews | undefined): Offer[] {
  const { ready, hosts, files, device, history, tasks } = snapshot
  if (!ready || tasks.length > 0 || history.travelling) return []
  if (history.position < history.stepCount) {
    return [{ label: 'Back to the present', run: (playground) => playground.stepTo(history.stepCount) }]
  }
  if ((!device.filesystem || device.filesystem.badEntryCount > 0) && lastDone(snapshot)) return [undoOffer(snapshot)]
  if (!device.filesystem) return []
  const old = hosts.find((host) => host.stale)
  if (old) return [{ label: `Reboot ${old.name}`, run: (playground) => playground.rebootHost(old.name) }]
  if (failed && failed.offers.length > 0) return failed.offers
  const behind = behindOf(snapshot)
  const unseen = behind && mediaIndex(files).byPath.get(behind.unseen[0] ?? '')
  if (behind && unseen) {
    const at = entryOffset(snapshot, unseen.entryIndex)
    return [{ label: `Show the entry that ${behind.name} hasn’t played`, run: (_, look) => showBytes(look, at, LOG_ENTRY_BYTES) }]
  }
  const offers: Offer[] = []
  const mapped = mappedOn(hosts)
  if (mapped) offers.push({ label: `See ${mapped.path} as ${mapped.host} maps it`, run: (_, look) => showMapped(look, mapped.host, mapped.path) })
  const master = hosts.find((host) => host.role === 'master' && host.status === 'up')
  if (master && !files.some((file) => file.chunkBytes !== undefined)) offers.push(stripedOffer(master.name, device.filesystem.unitBytes, files))
  else if (master) {
    const path = freePath(files, 'table')
    offers.push({ label: `Let ${master.name} make another file`, run: (playground) => playground.newFile({ path, sizeBytes: TABLE_BYTES, seed: files.length + 1 }) })
  }
  if (hosts.length < Math.min(3, HOSTS_MOST)) offers.push({ label: `Start host ${freeHostName(hosts.map(({ name }) => name))}`, run: (playground) => playground.addHost() })
  else if (master) offers.push({ label: `Type on ${master.name}`, run: (_, look) => showTerminal(look, master.name) })
  return offers
}

/** The first that can play something: past a damaged entry nobody plays. */
function behindOf({ hosts, device }: Snapshot): HostView | undefined {
  const bad = device.filesystem?.firstBadIndex
  return hosts.find((host) => host.status === 'up' && !host.appending && host.mountpoint !== undefined && !host.stranded && !host.stale && host.playedCount < host.entryCount && host.playedCount !== bad)
}

/** The largest file on a client: there the sharing shows. */
function mappedOn(hosts: HostView[]): { host: string; path: string } | undefined {
  const client = hosts.find((host) => host.role === 'client' && host.status === 'up' && !host.stale && host.files.length > 0)
  let largest: HostFile | undefined
  for (const file of client?.files ?? []) if (file.kind === 'file' && !file.fault && (!largest || file.sizeBytes > largest.sizeBytes)) largest = file
  return client && largest && { host: client.name, path: largest.path }
}

/** Two rows of chunks over four strips; its bytes are shown, and with them how it is laid out. */
function stripedOffer(master: string, unitBytes: number, files: Snapshot['files']): Offer {
  const path = freePath(files, 'striped')
  const made = { path, sizeBytes: 2 * STRIPS * unitBytes, seed: files.length + 1, striped: { stripCount: STRIPS, chunkBytes: unitBytes } }
  return {
    label: `Let ${master} make a striped file`,
    run: async (playground, look) => {
      const outcome = await playground.newFile(made)
      const file = mediaIndex(playground.snapshot().files).byPath.get(path)
      if (outcome.ok && file) showBytes(look, file.extents[0]?.offsetBytes ?? 0)
      return outcome
    },
  }
}

function freePath(files: Snapshot['files'], stem: string): string {
  const { byPath } = mediaIndex(files)
  for (let number = 1; ; number++) if (!byPath.has(`${stem}-${number}.bin`)) return `${stem}-${number}.bin`
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

/** What is not as one expects on this page, and must not hide behind a chip. */
function toldText({ storage, engine }: Snapshot): string[] {
  const told = storage.state === 'read_only' || storage.state === 'off' ? [storage.sentence] : []
  return engine.kind === 'inline' ? [...told, engine.sentence] : told
}

function nextText(snapshot: Snapshot, failed: MemoryNews | undefined): string {
  const { ready, hosts, device, files, tasks, history } = snapshot
  if (!ready) return sentence(device.verdict)
  if (history.travelling) return 'Hosts start again, and do what they did.'
  const later = history.stepCount - history.position
  if (later > 0) return `This is the past: ${plural(later, 'later step is', 'later steps are')} undone. Step forth, or do something else in their place; a reload keeps what is shown.`
  const down = hosts.find((host) => host.status === 'down')
  if (down) return `${down.name} is down. Reboot ${down.name}: the device kept its bytes, and the log brings its files back.`
  if (!device.filesystem) return failed?.says ?? sentence(device.verdict)
  const [task] = tasks
  if (task) return `${sentence(task.label)} The bytes go straight into the shared memory.`
  const old = hosts.find((host) => host.stale)
  if (old) return `${old.name} still has the file system mounted that was there before: the device was formatted again, and what ${old.name} shows is gone. Reboot ${old.name}.`
  if (failed) return failed.says
  const behind = behindOf(snapshot)
  if (behind) {
    const missing = behind.entryCount - behind.playedCount
    const unseen = behind.unseen.length > 0 ? `: it can't see ${listText(behind.unseen)}` : ''
    return `${behind.name} is ${missing === 1 ? 'one log entry' : plural(missing, 'log entry', 'log entries')} behind${unseen}. Play log on ${behind.name}.`
  }
  const bad = device.filesystem.firstBadIndex
  if (bad !== undefined) return `Log entry ${bad} is damaged: no host plays past it. Step back if it was done here.`
  const rogue = hosts.find((host) => host.removed.length > 0)
  if (rogue) return `${listText(rogue.removed)} went on ${rogue.name} alone: the log still has ${rogue.removed.length === 1 ? 'it' : 'them'}. Play log on ${rogue.name}.`
  const unmounted = hosts.find((host) => host.status === 'up' && host.mountpoint === undefined && !host.mountTrouble)
  if (unmounted) return `Nothing is mounted on ${unmounted.name}. In its terminal: famfs mount ${device.name} /mnt/famfs.`
  if (files.length === 0) return 'The file system is empty. Make a New file, or drop one on the master.'
  return hosts.length > 1 ? `Every host sees the same ${plural(files.length, 'file')}, and all of them map the same bytes.` : 'One host alone shares nothing. Add host, and watch it play the log.'
}
