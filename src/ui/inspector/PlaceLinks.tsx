// From a log entry to the data or the device that it speaks of, from data to its entry, and to the same bytes as a host maps them.

import { useMemo } from 'react'
import { deviceWords } from '../../playground/spoken.ts'
import type { HostView, MediaFile, Snapshot } from '../../playground/types.ts'
import { entryOffset } from '../addresses.ts'
import { showMapped, useLookStore } from '../look.tsx'
import { mediaIndex } from '../mediaIndex.ts'
import type { Place } from '../overlay.ts'
import type { Mark } from './range.ts'

/** Every struct of famfs begins with a u64. */
export const FIRST_FIELD_BYTES = 8

export function PlaceLinks({ place, snapshot, onShow }: { place: Place; snapshot: Snapshot; onShow: (mark: Mark) => void }) {
  const look = useLookStore()
  const file = place.file ?? (place.kind === 'log_entry' ? mediaIndex(snapshot.files).byEntry.get(place.entryIndex ?? -1) : undefined)
  const host = useMemo(() => file && mapperOf(snapshot.hosts, file), [snapshot.hosts, file])
  const start = file?.extents[0]?.offsetBytes
  const added = place.kind === 'log_entry' ? snapshot.device.devices.find(({ entryIndex }) => entryIndex === place.entryIndex) : undefined
  if (added) {
    return (
      <span className="place-links">
        <button type="button" className="link" aria-label={`Show the superblock of ${deviceWords(added)}`} onClick={() => onShow({ startBytes: added.baseBytes, lengthBytes: FIRST_FIELD_BYTES })}>{deviceWords(added)}, {added.name}</button>
      </span>
    )
  }
  if (!file || start === undefined) return null
  return (
    <span className="place-links">
      {place.kind === 'log_entry' ? (
        <button type="button" className="link" aria-label={`Show the data of ${file.path}`} onClick={() => onShow({ startBytes: start, lengthBytes: 1 })}>its data</button>
      ) : (
        <button type="button" className="link" aria-label={`Show the log entry of ${file.path}`} onClick={() => onShow({ startBytes: entryOffset(snapshot, file.entryIndex), lengthBytes: FIRST_FIELD_BYTES })}>its log entry</button>
      )}
      {host && <button type="button" className="link" aria-label={`Show ${file.path} as ${host.name} maps it`} onClick={() => showMapped(look, host.name, file.path)}>as {host.name} maps it</button>}
    </span>
  )
}

/** A client that sees the file, because there the sharing shows; else the master. */
function mapperOf(hosts: readonly HostView[], { entryIndex }: MediaFile): HostView | undefined {
  const seeing = hosts.filter((host) => host.files.some((file) => file.entryIndex === entryIndex))
  return seeing.find((host) => host.role === 'client') ?? seeing[0]
}
