// Files and directories of a dump, as its log names them. One row is the current one; keys move it as in any tree, and its
// entry shows in log and inspector. Only the rows that show are drawn.

import { ChevronDown, ChevronRight } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useMemo, useState } from 'react'
import { entryOffset } from '../addresses.ts'
import { plural, sizeText } from '../format.ts'
import { lighting, useLook, useLookStore } from '../look.tsx'
import { Swatch } from '../parts.tsx'
import { useSnapshot } from '../session.tsx'
import { useTallRows } from '../tallRows.ts'
import { openAtFirst, rowByLetter, rowsOf, treeOf, type TreeRow } from './treeRows.ts'

const ROW_REM = 1.5
const ENTRY_MARK_BYTES = 8

export function DumpTree() {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const { files, device } = snapshot
  const directories = snapshot.dump?.directories ?? NONE
  const roots = useMemo(() => treeOf(files, directories), [files, directories])
  const [open, setOpen] = useState(() => openAtFirst(roots))
  const rows = useMemo(() => rowsOf(roots, open), [roots, open])
  const [currentKey, setCurrentKey] = useState<string>()
  const at = useMemo(() => Math.max(0, rows.findIndex(({ node }) => node.key === currentKey)), [rows, currentKey])
  const { scroller, onScroll, spacerPx, topRow, visibleCount, reveal } = useTallRows(rows.length, ROW_REM)
  const visible = rows.slice(topRow, topRow + visibleCount)

  const choose = (index: number, leave: boolean): void => {
    const node = rows[index]?.node
    if (!node) return
    setCurrentKey(node.key)
    reveal(index)
    const { entryIndex } = node
    if (entryIndex === undefined) return look.set({ lit: undefined })
    look.set({
      lit: entryIndex, entryIndex, inspector: 'bytes', selectedBytes: entryOffset(snapshot, entryIndex), selectedLength: ENTRY_MARK_BYTES, asked: look.get().asked + 1,
      ...(leave && { pane: 'inspector' }),
    })
  }
  const toggle = ({ node, isOpen }: TreeRow): void => {
    const keys = new Set(open)
    if (isOpen) keys.delete(node.key)
    else keys.add(node.key)
    setOpen(keys)
  }
  const sideways = (row: TreeRow, isRight: boolean): void => {
    const isClosable = !row.node.file && row.isOpen
    if (isRight && !row.node.file) return isClosable ? choose(Math.min(at + 1, rows.length - 1), false) : toggle(row)
    if (isRight) return
    if (isClosable) return toggle(row)
    const parent = rows.findIndex(({ node }) => node === row.node.parent)
    if (parent >= 0) choose(parent, false)
  }
  const onKey = (event: KeyboardEvent): void => {
    const row = rows[at]
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, visibleCount - 1)
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -at, End: rows.length - 1 - at }[event.key]
    const letter = event.key.length === 1 && event.key !== ' ' ? rowByLetter(rows, at, event.key) : undefined
    if (step !== undefined) choose(Math.min(Math.max(at + step, 0), rows.length - 1), false)
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') sideways(row, event.key === 'ArrowRight')
    else if (event.key === 'Enter' || event.key === ' ') choose(at, true)
    else if (letter !== undefined) choose(letter, false)
    else return
    event.preventDefault()
  }
  const onClick = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target : undefined
    const index = Number(target?.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? Number.NaN)
    const row = rows[index]
    if (!row) return
    if (!row.node.file && target?.closest('.dump-twist')) toggle(row)
    choose(index, row.node.file !== undefined)
  }

  return (
    <section className="dump-tree" aria-labelledby="dump-tree-heading">
      <header className="section-head">
        <h2 id="dump-tree-heading">Files</h2>
        <span className="quiet num">{headText(files.length, directories.length, device.filesystem?.badEntryCount ?? 0)}</span>
      </header>
      {rows.length === 0 ? (
        <p className="quiet">{device.filesystem ? 'The log names no files.' : 'Superblock and log don’t say what is here; the bytes can be looked at.'}</p>
      ) : (
        <div className="dump-rows" style={{ '--rows': rows.length } as CSSProperties} ref={scroller} onScroll={onScroll} role="tree" tabIndex={0} aria-label="Files and directories in the log" onKeyDown={onKey} onClick={onClick}
          onFocus={() => look.set({ lit: rows[at]?.node.entryIndex })} onBlur={() => look.set({ lit: undefined })}
          aria-activedescendant={at >= topRow && at < topRow + visibleCount ? rowId(at) : undefined}>
          <div role="presentation" style={{ height: spacerPx }}>
            <div className="dump-window" role="presentation">
              {visible.map((row, i) => <TreeLine key={row.node.key} row={row} index={topRow + i} current={topRow + i === at} />)}
            </div>
          </div>
        </div>
      )}
    </section>
  )
}

function TreeLine({ row, index, current }: { row: TreeRow; index: number; current: boolean }) {
  const { node, isOpen, position, siblingCount } = row
  const { name, level, file, entryIndex, path, children } = node
  const look = useLookStore()
  const lit = useLook((state) => entryIndex !== undefined && state.lit === entryIndex)
  return (
    <div id={rowId(index)} className="dump-row" role="treeitem" aria-level={level} aria-posinset={position} aria-setsize={siblingCount} aria-selected={current} aria-expanded={file ? undefined : isOpen}
      data-row={index} data-lit={lit || undefined} title={path} style={{ '--level': level - 1 } as CSSProperties} {...lighting(look, entryIndex)}>
      {file ? <Swatch colour={file.colour} strips={file.chunkBytes !== undefined} /> : <span className="dump-twist" aria-hidden>{isOpen ? <ChevronDown /> : <ChevronRight />}</span>}
      <span className="clip mono">{name === '' ? 'a path without a name' : name}{!file && '/'}</span>
      <span className="quiet num">{file ? sizeText(file.sizeBytes) : entryIndex === undefined ? 'no entry of its own' : plural(children.length, 'item')}</span>
    </div>
  )
}

function headText(fileCount: number, directoryCount: number, badCount: number): string {
  const counts = `${plural(fileCount, 'file')}, ${plural(directoryCount, 'directory', 'directories')}`
  return badCount === 0 ? counts : `${counts}; ${plural(badCount, 'damaged entry', 'damaged entries')} left out`
}

function rowId(index: number): string {
  return `dump-row-${index}`
}

const NONE: { entryIndex: number; path: string }[] = []
