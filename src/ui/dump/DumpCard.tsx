// A dump in short: whether it is sound, whose it is, how full it is, and what is not here.

import { CircleAlert, CircleCheck, Scissors, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DumpView, FilesystemView, Snapshot } from '../../playground/types.ts'
import { countText, plural, sizeText } from '../format.ts'
import { PanelHead } from '../PanelHead.tsx'
import { useSnapshot } from '../session.tsx'

const FORM_WORDS: Record<DumpView['form'], string> = { raw: 'raw image', gzip: 'gzip image', meta: 'superblock and log' }
const STATE_ICONS: Record<DumpView['state'], typeof X> = { sound: CircleCheck, cut: Scissors, damaged: CircleAlert }

export function DumpCard({ dump, onClose }: { dump: DumpView; onClose: () => void }) {
  const snapshot = useSnapshot()
  const { filesystem } = snapshot.device
  const Icon = STATE_ICONS[dump.state]
  return (
    <section className="dump-card" aria-labelledby="dump-heading">
      <PanelHead id="dump-heading" topic="dump" title={dump.name}>
        <button type="button" onClick={onClose}><X aria-hidden /> Close dump</button>
      </PanelHead>
      <p className="dump-verdict" data-state={dump.state}><Icon aria-hidden /> <span>{dump.verdict}</span></p>
      {dump.notes.length > 0 && <ul className="dump-notes" aria-label="What is not here">{dump.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      <dl className="dump-facts">
        <Fact term="Dump">{FORM_WORDS[dump.form]}, {sizeText(dump.presentBytes)} of {sizeText(snapshot.device.sizeBytes)}</Fact>
        <Fact term="Device"><span className="mono">{snapshot.device.name}</span>, {sizeText(snapshot.device.sizeBytes)}</Fact>
        {dump.deviceUuid !== undefined && <Fact term="Device UUID"><span className="mono">{dump.deviceUuid}</span></Fact>}
        {filesystem && <FilesystemFacts filesystem={filesystem} snapshot={snapshot} />}
      </dl>
    </section>
  )
}

function FilesystemFacts({ filesystem, snapshot }: { filesystem: FilesystemView; snapshot: Snapshot }) {
  const { uuid, ownerUuid, unitBytes, unitCount, usedUnitCount, entryCount, slotCount, logLengthBytes } = filesystem
  const freeUnits = unitCount - usedUnitCount
  return (
    <>
      <Fact term="File system"><span className="mono">{uuid}</span></Fact>
      <Fact term="Master"><span className="mono">{ownerUuid}</span> <span className="quiet">The host with this system UUID may create files; every other host is a client.</span></Fact>
      <Fact term="Space">
        {countText(usedUnitCount)} of {plural(unitCount, 'unit')} of {sizeText(unitBytes)} used, {countText(freeUnits)} free ({sizeText(freeUnits * unitBytes)})
        <Bar part={usedUnitCount} whole={unitCount} />
      </Fact>
      <Fact term="Log">
        {countText(entryCount)} of {plural(slotCount, 'slot')} used, {countText(slotCount - entryCount)} free ({sizeText(logLengthBytes)})
        <Bar part={entryCount} whole={slotCount} />
      </Fact>
      <Fact term="Holds">{plural(snapshot.files.length, 'file')}, {plural(snapshot.dump?.directories.length ?? 0, 'directory', 'directories')}</Fact>
    </>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className="num">{children}</dd>
    </>
  )
}

/** Beside its numbers, which say the same. */
function Bar({ part, whole }: { part: number; whole: number }) {
  const percent = whole === 0 ? 0 : Math.min(100, (100 * part) / whole)
  return <span className="dump-bar" aria-hidden><span style={{ width: `${part > 0 ? Math.max(1, percent) : 0}%` }} /></span>
}
