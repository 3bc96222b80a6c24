// The files of one host's mount, as ls -l would show them, with where their bytes lie. Long lists draw only what shows.
// A file that the log knows and this host doesn't is listed too, as what it is: not there yet.

import { Folder } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import { LOG_ENTRY_BYTES } from '../core/omf/log.ts'
import type { HostFile, HostView, Snapshot } from '../playground/types.ts'
import { entryOffset } from './addresses.ts'
import { dragOut } from './draggingOut.ts'
import { sizeText } from './format.ts'
import { Fault } from './laneTrouble.tsx'
import { lighting, showBytes, showMapped, useLook, useLookStore } from './look.tsx'
import { type MediaIndex, mediaIndex } from './mediaIndex.ts'
import { MapBars, mapText, Swatch } from './parts.tsx'
import { useDevices, usePlayground } from './session.tsx'
import { TakeButton } from './TakeButton.tsx'
import { useTallRows } from './tallRows.ts'

const ROW_REM = 2
/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export function LaneFiles({ host, snapshot }: { host: HostView; snapshot: Snapshot }) {
  const { byEntry, byPath } = mediaIndex(snapshot.files)
  const { removed, unseen } = host
  const absentAt = (index: number): { path: string; why: string } =>
    index < removed.length ? { path: removed[index] ?? '', why: 'removed here' } : { path: unseen[index - removed.length] ?? '', why: 'not played here' }
  const count = host.files.length + removed.length + unseen.length
  const { scroller, onScroll, spacerPx, topRow, visibleCount, reveal } = useTallRows(count, ROW_REM)

  // What has just come into the mount is what one wants to see.
  const known = useRef(host.files.length)
  useEffect(() => {
    if (host.files.length > known.current) reveal(host.files.length - 1)
    known.current = host.files.length
  }, [host.files.length, reveal])

  return (
    <div className="files" role="table" aria-label={`Files that ${host.name} sees`} aria-rowcount={count + 1}>
      <div role="rowgroup">
        <div className="file-row file-head" role="row" aria-rowindex={1}>
          <span role="columnheader">Path</span>
          <span role="columnheader" className="right">Size</span>
          <span role="columnheader">Mode</span>
          <span role="columnheader">Map</span>
        </div>
      </div>
      <div className="files-scroll" ref={scroller} onScroll={onScroll} role="rowgroup" {...(visibleCount < count && SCROLLS)}>
        <div role="presentation" style={{ height: count === 0 ? 0 : spacerPx }}>
          <div className="files-window" role="presentation">
            {Array.from({ length: visibleCount }, (_, i) => {
              const index = topRow + i
              const file = host.files[index]
              const missing = absentAt(index - host.files.length)
              return file ? (
                <FileRow key={index} file={file} host={host.name} memoryErrno={host.memoryErrno} rowIndex={index + 2} deviceBytes={snapshot.device.sizeBytes}
                  colour={byEntry.get(file.entryIndex)?.colour ?? Math.max(0, file.entryIndex) % 8} arrived={file.entryIndex >= host.playedCount - 1} />
              ) : (
                <AbsentRow key={index} path={missing.path} why={missing.why} rowIndex={index + 2} snapshot={snapshot} known={byPath} />
              )
            })}
          </div>
        </div>
      </div>
    </div>
  )
}

interface FileRowProps {
  file: HostFile
  host: string
  memoryErrno: string | undefined
  rowIndex: number
  deviceBytes: number
  colour: number
  /** It is the newest: its row shows, once, that it has come. */
  arrived: boolean
}

const FileRow = memo(function FileRow({ file, host, memoryErrno, rowIndex, deviceBytes, colour, arrived }: FileRowProps) {
  const look = useLookStore()
  const playground = usePlayground()
  const devices = useDevices()
  const lit = useLook((state) => state.lit === file.entryIndex)
  const strips = file.chunkBytes !== undefined
  const directory = file.kind === 'directory'
  // What a program is told takes the room of the mode.
  const failed = file.fault === 'memory' || file.fault === 'failing' || file.fault === 'missing'
  return (
    <div className="file-row" role="row" aria-rowindex={rowIndex} data-failed={failed || undefined} data-lit={lit || undefined} data-arrived={arrived || undefined} {...lighting(look, file.entryIndex)}>
      <span role="cell" className="path" {...(!directory && !file.fault && dragOut(playground, { host, ...file }))}>
        {directory ? <Folder className="folder" aria-hidden /> : file.fault === 'no_map' ? <span className="swatch" data-unseen aria-hidden /> : <Swatch colour={colour} strips={strips} />}
        {directory ? (
          <span className="mono clip" title={file.path}>{file.path}/</span>
        ) : (
          <button type="button" className="link mono clip" title={`Map ${file.path} on ${host}`} onClick={() => showMapped(look, host, file.path)}>
            {file.path}
          </button>
        )}
        {!directory && !file.fault && <TakeButton host={host} path={file.path} isBare />}
      </span>
      <span role="cell" className="num right">{directory ? '' : sizeText(file.sizeBytes)}</span>
      <span role="cell" className={failed ? 'visually-hidden' : 'mono mode'} title={`uid ${file.uid}, gid ${file.gid}`}>{file.modeText}</span>
      <span role="cell" className="map">
        {file.fault && <Fault fault={file.fault} memoryErrno={memoryErrno} />}
        {!file.fault && file.extents.length > 0 && (
          <button type="button" className="map-button" aria-label={`Map of ${file.path}: ${mapText(file.extents, file.chunkBytes, devices)}`}
            onClick={() => showBytes(look, file.extents[0]?.offsetBytes ?? 0)}>
            <MapBars extents={file.extents} deviceBytes={deviceBytes} colour={colour} interleaved={strips} />
            <span className="tip num">{mapText(file.extents, file.chunkBytes, devices)}</span>
          </button>
        )}
      </span>
    </div>
  )
})

function AbsentRow({ path, why, rowIndex, snapshot, known }: { path: string; why: string; rowIndex: number; snapshot: Snapshot; known: MediaIndex['byPath'] }) {
  const look = useLookStore()
  const media = known.get(path)
  const lit = useLook((state) => media !== undefined && state.lit === media.entryIndex)
  return (
    <div className="file-row unseen" role="row" aria-rowindex={rowIndex} data-lit={lit || undefined} {...lighting(look, media?.entryIndex)}>
      <span role="cell" className="path">
        <span className="swatch" data-unseen aria-hidden />
        <span className="mono clip" title={path}>{path}</span>
      </span>
      <span role="cell" className="unseen-words">
        {media ? (
          <button type="button" className="link" onClick={() => showBytes(look, entryOffset(snapshot, media.entryIndex), LOG_ENTRY_BYTES)}>
            in log entry {media.entryIndex}, {why}
          </button>
        ) : `in the log, ${why}`}
      </span>
    </div>
  )
}
