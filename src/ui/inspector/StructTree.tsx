// What the device is made of, as a tree: one stop for the tab key, arrows as in any tree. Moving in it selects the bytes of
// the node; a byte that is selected elsewhere makes the node that holds it the current one.

import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, memo, useEffect, useMemo, useState } from 'react'
import type { Snapshot } from '../../playground/types.ts'
import { lighting, useLook, useLookStore } from '../look.tsx'
import { Swatch } from '../parts.tsx'
import { useTallRows } from '../tallRows.ts'
import { keyAt, nodeOf, openAtFirst, parentOf, rowNamed, rowsOf, type TreeNode, treeOf } from './tree.ts'

const ROW_REM = 1.5

export function StructTree({ snapshot, cursor, onChoose }: {
  snapshot: Snapshot
  cursor: number
  onChoose: (node: TreeNode) => void
}) {
  const tree = useMemo(() => treeOf(snapshot), [snapshot])
  // Until somebody opens or shuts something, what is short is open.
  const [opened, setOpened] = useState<ReadonlySet<string>>()
  const open = useMemo(() => opened ?? openAtFirst(tree), [opened, tree])
  const rows = useMemo(() => rowsOf(tree, open), [tree, open])
  // A group has no byte of its own: it stays the current node until another byte is selected.
  const [kept, setKept] = useState({ key: '', cursor: -1 })
  const key = rows.shownFor(kept.cursor === cursor && nodeOf(tree, kept.key) ? kept.key : keyAt(tree, cursor))
  const current = rows.rowOf(key)
  const { scroller, onScroll, spacerPx, topRow, visibleCount, reveal } = useTallRows(rows.count, ROW_REM)
  useEffect(() => {
    if (current !== undefined) reveal(current)
  }, [current, reveal, visibleCount])

  const choose = (next: string | undefined): void => {
    const node = next === undefined ? undefined : nodeOf(tree, next)
    if (!node) return
    setKept({ key: node.key, cursor: node.startBytes })
    onChoose(node)
  }
  const setOpen = (which: string, isOpen: boolean): void => {
    const now = new Set(open)
    if (isOpen) now.add(which)
    else now.delete(which)
    setOpened(now)
    if (which === key || key.startsWith(`${which}:`)) setKept({ key: which, cursor })
  }
  const onKey = (event: KeyboardEvent): void => {
    const node = nodeOf(tree, key)
    if (!node || current === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const isOpen = node.childCount > 0 && open.has(key)
    const page = Math.max(1, visibleCount - 1)
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -current, End: rows.count - 1 - current }
    const step = steps[event.key]
    if (step !== undefined) choose(rows.keyAt(Math.min(Math.max(current + step, 0), rows.count - 1)))
    else if (event.key === 'ArrowRight' && isOpen) choose(`${key}:0`)
    else if (event.key === 'ArrowRight' && node.childCount > 0) setOpen(key, true)
    else if (event.key === 'ArrowLeft' && isOpen) setOpen(key, false)
    else if (event.key === 'ArrowLeft') choose(parentOf(key))
    else if ((event.key === 'Enter' || event.key === ' ') && node.childCount > 0) setOpen(key, !isOpen)
    else if (event.key === 'Enter' || event.key === ' ') choose(key)
    else if (event.key.length === 1 && event.key !== ' ') choose(rowNamed(tree, rows, event.key, current))
    else return
    event.preventDefault()
  }

  const shown = Array.from({ length: visibleCount }, (_, i) => rows.keyAt(topRow + i)).flatMap((each) => (each === undefined ? [] : (nodeOf(tree, each) ?? [])))
  const inSight = current !== undefined && current >= topRow && current < topRow + visibleCount
  return (
    <div className="tree" ref={scroller} onScroll={onScroll} role="tree" tabIndex={0} aria-label="Structure of the device" aria-activedescendant={inSight ? `tree-${key}` : undefined} onKeyDown={onKey}
      onClick={(event) => {
        const target = event.target instanceof Element ? event.target : undefined
        const clicked = target?.closest<HTMLElement>('[data-node]')?.dataset['node']
        if (clicked === undefined) return
        if (target?.closest('.tree-twist')) setOpen(clicked, !open.has(clicked))
        else choose(clicked)
      }}
      onDoubleClick={(event) => {
        const clicked = event.target instanceof Element && !event.target.closest('.tree-twist') ? event.target.closest<HTMLElement>('[data-node]')?.dataset['node'] : undefined
        if (clicked !== undefined && (nodeOf(tree, clicked)?.childCount ?? 0) > 0) setOpen(clicked, !open.has(clicked))
      }}>
      <div role="presentation" style={{ height: spacerPx }}>
        <div className="tree-window" role="presentation">
          {shown.map((node) => (
            <TreeRow key={node.key} id={`tree-${node.key}`} level={node.level} title={node.title} note={node.note} position={node.position} siblingCount={node.siblingCount}
              isCurrent={node.key === key} isOpen={node.childCount > 0 ? open.has(node.key) : undefined} nodeKey={node.key} entryIndex={node.file?.entryIndex}
              colour={node.file && !node.key.startsWith('entries') ? node.file.colour : undefined} strips={node.file?.chunkBytes !== undefined} />
          ))}
        </div>
      </div>
    </div>
  )
}

const TreeRow = memo(function TreeRow({ id, nodeKey, level, title, note, position, siblingCount, isCurrent, isOpen, entryIndex, colour, strips }: {
  id: string
  nodeKey: string
  level: number
  title: string
  note: string
  position: number
  siblingCount: number
  isCurrent: boolean
  /** Undefined for what holds nothing. */
  isOpen: boolean | undefined
  entryIndex: number | undefined
  colour: number | undefined
  strips: boolean
}) {
  const look = useLookStore()
  const lit = useLook((state) => entryIndex !== undefined && state.lit === entryIndex)
  return (
    <div id={id} className="tree-row" role="treeitem" aria-level={level} aria-posinset={position + 1} aria-setsize={siblingCount} aria-expanded={isOpen} aria-selected={isCurrent}
      data-node={nodeKey} data-level={level} data-lit={lit || undefined} title={title} {...(entryIndex !== undefined && lighting(look, entryIndex))}>
      <span className="tree-twist" aria-hidden>{isOpen !== undefined && <ChevronRight aria-hidden />}</span>
      {colour !== undefined && level === 2 && <Swatch colour={colour} strips={strips} />}
      <span className="clip">{title}</span>
      <span className="tree-note num quiet">{note}</span>
    </div>
  )
})
