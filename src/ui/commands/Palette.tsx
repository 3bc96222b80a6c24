// The palette: every command by its name, what can't be done now with the reason, and the files. A combobox with a list of
// its own rather than a library's: those skip what is disabled, and its reason would never be read out.

import { Search } from 'lucide-react'
import { Fragment, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { plural } from '../format.ts'
import { useSnapshot } from '../session.tsx'
import type { Command, CommandContext } from './command.ts'
import { isMac, keyNames } from './keys.ts'
import { matchesOf } from './matches.ts'
import { perform } from './perform.ts'
import { useSheet } from './Sheet.tsx'

const PAGE_ROWS = 8

export function Palette({ context }: { context: CommandContext }) {
  const snapshot = useSnapshot()
  const { root, close } = useSheet()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const [refused, setRefused] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const { theme, textSize } = context.preferences
  const { groups, moreFiles } = useMemo(() => matchesOf(query, snapshot, { theme, textSize }), [query, snapshot, theme, textSize])
  const found = groups.flatMap(({ commands }) => commands)
  const chosen = found[Math.min(at, found.length - 1)]
  // Ids have no blanks, and names do.
  const idOf = (name: string): string => `${id}-${name.replaceAll(/[\s_]/g, (sign) => `_${sign.charCodeAt(0)}`)}`

  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id])

  const search = (text: string): void => {
    setQuery(text)
    setAt(0)
    setRefused(undefined)
  }
  const move = (by: number): void => {
    setRefused(undefined)
    const to = Math.min(at, found.length - 1) + by
    // Single steps go round; a page stops at the end.
    setAt(Math.abs(by) === 1 ? (to + found.length) % found.length : Math.min(Math.max(to, 0), found.length - 1))
  }
  const run = (command: Command): void => {
    const why = command.when(context.playground.snapshot())
    if (why !== undefined) return setRefused(why)
    close()
    void perform(command, context)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_ROWS, PageUp: -PAGE_ROWS }[event.key]
    if (steps !== undefined && found.length > 0) move(steps)
    else if (event.key === 'Enter') {
      if (chosen) run(chosen)
    } else if (event.key === 'Escape' || (event.key.toLowerCase() === 'k' && event.ctrlKey !== event.metaKey)) close()
    // The focus goes back first, and the browser's Tab goes on from there.
    else if (event.key === 'Tab') return close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <section ref={root} className="sheet palette" aria-label="Commands">
      <div className="palette-line">
        <Search aria-hidden />
        <input ref={input} value={query} onChange={(event) => search(event.target.value)} onKeyDown={onKey} placeholder="A command, a file, an entry’s number, an address"
          role="combobox" aria-label="Command" aria-autocomplete="list" aria-expanded={found.length > 0} aria-controls={found.length > 0 ? `${id}-list` : undefined}
          aria-activedescendant={chosen && idOf(chosen.id)} spellCheck={false} autoCapitalize="off" autoComplete="off" />
        <kbd>Esc</kbd>
      </div>
      {found.length > 0 && (
        <div ref={list} id={`${id}-list`} className="palette-list" role="listbox" aria-label="Commands" tabIndex={-1}>
          {groups.map(({ group, commands }) => (
            <div key={group} role="group" aria-labelledby={idOf(`in ${group}`)}>
              <p id={idOf(`in ${group}`)} role="presentation" className="palette-group">{group}</p>
              {commands.map((command) => (
                <Option key={command.id} id={idOf(command.id)} command={command} why={command.when(snapshot)} isChosen={command === chosen}
                  onPoint={() => setAt(found.indexOf(command))} onChoose={() => run(command)} />
              ))}
            </div>
          ))}
        </div>
      )}
      <p className="palette-foot" role="status">{refused ?? footText(query, found.length, moreFiles)}</p>
    </section>
  )
}

function Option({ id, command: { title, hint, keys }, why, isChosen, onPoint, onChoose }: {
  id: string
  command: Command
  why: string | undefined
  isChosen: boolean
  onPoint: () => void
  onChoose: () => void
}) {
  const [chord] = keys
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the keys are the combobox's
    <div id={id} role="option" aria-selected={isChosen} aria-disabled={why !== undefined} className="palette-row" onPointerMove={isChosen ? undefined : onPoint}
      onPointerDown={(event) => event.preventDefault()} onClick={onChoose}>
      <span className="palette-title">{title}</span>
      {hint !== undefined && <span className="quiet palette-hint">{hint}</span>}
      {chord !== undefined && <Keys chord={chord} />}
      {why !== undefined && <span className="palette-why">{why}</span>}
    </div>
  )
}

export function Keys({ chord }: { chord: string }) {
  return (
    <span className="keys">
      {keyNames(chord, isMac()).map((name, i) => <Fragment key={name}>{i > 0 && chord.includes(' ') && <i>then</i>}<kbd>{name}</kbd></Fragment>)}
    </span>
  )
}

function footText(query: string, count: number, moreFiles: number): string {
  if (count === 0) return `Nothing fits “${query.trim()}”. Try a word such as play, host, file or help.`
  if (moreFiles > 0) return `${plural(count, 'match', 'matches')}, and ${plural(moreFiles, 'more file')}: type more of the path.`
  return query.trim() === '' ? 'Arrow keys choose, Enter does it.' : plural(count, 'match', 'matches')
}
