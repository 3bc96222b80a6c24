// A host's terminal on the page: the region `Terminal of A`. Everything that pointer and menu can do here, keys can.

import { Accessibility, ArrowDown, ArrowUp, ClipboardPaste, Copy, Download, Eraser, Search, X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react'
import { droppedOf, folderTroubleOf } from '../dropped.ts'
import { sentence } from '../format.ts'
import { recall, remember } from '../preferences.ts'
import { usePlayground } from '../session.tsx'
import { History } from './history.ts'
import { Screen } from './screen.ts'
import { TerminalSession } from './session.ts'
import { alarming, quiet } from './text.ts'
import { TerminalBox } from './view.ts'

interface Props {
  host: string
  /** Whether there is room for it now. */
  shown: boolean
  /** Moves when the person asks for this terminal. */
  asked: number
  onClose: () => void
}

interface Live {
  box: TerminalBox
  screen: Screen
  session: TerminalSession
}

interface Menu {
  left: number
  top: number
  name: string
}

export function TerminalView({ host, shown, asked, onClose }: Props) {
  const playground = usePlayground()
  const place = useRef<HTMLDivElement>(null)
  const [live, setLive] = useState<Live>()
  const [leaving, setLeaving] = useState(false)
  const [finding, setFinding] = useState(false)
  const [menu, setMenu] = useState<Menu>()
  const [over, setOver] = useState(false)
  const [spoken, setSpoken] = useState(() => recall('screenReader') === 'on')
  const close = useRef(onClose)
  const id = useId()

  useEffect(() => {
    close.current = onClose
  }, [onClose])

  useEffect(() => {
    if (!place.current) return
    let session: TerminalSession | undefined
    const box = new TerminalBox(place.current, {
      name: `Input of the terminal of ${host}`,
      describedBy: `${id}-hint`,
      screenReader: recall('screenReader') === 'on',
      onData: (data) => session?.type(data),
      onFind: () => setFinding(true),
      onLeaving: setLeaving,
    })
    const screen = new Screen(box.term)
    session = new TerminalSession({ playground, host, screen, history: new History(host), onLeft: () => close.current(), onFile: saveFile })
    setLive({ box, screen, session })
    return () => {
      session?.dispose()
      box.dispose()
      setLive(undefined)
    }
  }, [playground, host, id])

  useEffect(() => {
    if (asked > 0) live?.box.focus()
  }, [asked, live])

  const toggleSpoken = (): void => {
    remember('screenReader', spoken ? 'off' : 'on')
    live?.box.speak(!spoken)
    setSpoken(!spoken)
  }
  const onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const { files, folders } = droppedOf(event.dataTransfer)
    const trouble = folderTroubleOf(folders)
    if (trouble) live?.screen.say(alarming(`${sentence(trouble.says)} ${sentence(trouble.next)}`))
    void live?.session.drop(files)
    live?.box.focus()
  }
  const onContextMenu = (event: MouseEvent): void => {
    if (!live) return
    event.preventDefault()
    const within = event.currentTarget.getBoundingClientRect()
    setMenu({ left: event.clientX - within.left, top: event.clientY - within.top, name: live.box.nameAt(event.clientX, event.clientY) })
  }
  const closeMenu = (): void => {
    setMenu(undefined)
    live?.box.focus()
  }
  const endFinding = (): void => {
    setFinding(false)
    live?.box.find('', 1)
    live?.box.focus()
  }
  const onPaste = async (): Promise<void> => {
    if (live && !(await live.box.paste())) live.screen.say(quiet('This browser gives the clipboard only to keys: press Ctrl-V.'))
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is for pointers; keys have the lane's button
    <section className="term" aria-label={`Terminal of ${host}`} hidden={!shown} data-over={over || undefined}
      onDragEnter={onDrag} onDragOver={onDrag} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false) }} onDrop={onDrop}>
      <header className="term-head">
        <h3>{host}</h3>
        <p id={`${id}-hint`} className="quiet" data-leaving={leaving || undefined}>{leaving ? 'Now Tab leaves the terminal.' : 'Tab completes. Escape, then Tab, leaves the terminal.'}</p>
        <TouchKeys onKey={(data) => { live?.session.type(data); live?.box.focus() }} />
        {finding
          ? live && <Find host={host} onFind={(text, step) => live.box.find(text, step)} onEnd={endFinding} />
          : <button type="button" className="icon" aria-label={`Find in the terminal of ${host}`} title="Find (Ctrl-Shift-F)" onClick={() => setFinding(true)}><Search aria-hidden /></button>}
        <button type="button" className="icon" aria-label={`Screen-reader mode of the terminal of ${host}`} title="Screen-reader mode" aria-pressed={spoken} onClick={toggleSpoken}>
          <Accessibility aria-hidden />
        </button>
        <button type="button" className="icon" aria-label={`Close the terminal of ${host}`} onClick={onClose}><X aria-hidden /></button>
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the menu's keys are the terminal's own: Ctrl-Shift-C, Ctrl-V, Ctrl-L, download */}
      <div className="term-body" onContextMenu={onContextMenu}>
        <div className="term-box" ref={place} />
        {menu && live && (
          <ContextMenu menu={menu} host={host} onClose={closeMenu} canCopy={live.box.term.hasSelection()}
            onCopy={() => void live.box.copy()} onPaste={() => void onPaste()} onDownload={() => void live.session.download(menu.name)} onClear={() => live.session.clear()} />
        )}
      </div>
    </section>
  )
}

/** Keys that a phone's keyboard doesn't have; only where the pointer is a finger. */
function TouchKeys({ onKey }: { onKey: (data: string) => void }) {
  return (
    <span className="term-keys" role="group" aria-label="Keys">
      {TOUCH_KEYS.map(([name, data, label]) => (
        <button key={name} type="button" aria-label={name} onClick={() => onKey(data)}>{label}</button>
      ))}
    </span>
  )
}

const TOUCH_KEYS = [['Tab key', '\t', 'Tab'], ['Control C', '\x03', '^C'], ['Earlier line', '\x1b[A', '↑'], ['Later line', '\x1b[B', '↓']] as const

function Find({ host, onFind, onEnd }: { host: string; onFind: (text: string, step: 1 | -1) => boolean; onEnd: () => void }) {
  const [text, setText] = useState('')
  const [found, setFound] = useState(true)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const look = (step: 1 | -1): void => setFound(onFind(text, step))
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') look(event.shiftKey ? 1 : -1)
    else if (event.key === 'Escape') onEnd()
  }
  return (
    <span className="term-find" role="search">
      <input ref={input} className="mono" value={text} size={12} spellCheck={false} aria-label={`Find in the terminal of ${host}`} aria-invalid={!found}
        onChange={(event) => { setText(event.target.value); setFound(onFind(event.target.value, -1)) }} onKeyDown={onKey} />
      <span className="visually-hidden" role="status">{found ? '' : 'Not found'}</span>
      <button type="button" className="icon" aria-label="Find above" onClick={() => look(-1)}><ArrowUp aria-hidden /></button>
      <button type="button" className="icon" aria-label="Find below" onClick={() => look(1)}><ArrowDown aria-hidden /></button>
      <button type="button" className="icon" aria-label="End finding" onClick={onEnd}><X aria-hidden /></button>
    </span>
  )
}

interface MenuProps {
  menu: Menu
  host: string
  canCopy: boolean
  onCopy: () => void
  onPaste: () => void
  onDownload: () => void
  onClear: () => void
  onClose: () => void
}

function ContextMenu({ menu, host, canCopy, onCopy, onPaste, onDownload, onClear, onClose }: MenuProps) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = root.current
    if (!element) return
    // It opens towards where there is room.
    const room = element.parentElement
    if (room) {
      element.style.left = `${Math.max(0, Math.min(menu.left, room.clientWidth - element.offsetWidth))}px`
      element.style.top = `${Math.max(0, Math.min(menu.top, room.clientHeight - element.offsetHeight))}px`
    }
    element.querySelector<HTMLElement>('button:not([aria-disabled="true"])')?.focus()
    const onPointer = (event: PointerEvent): void => {
      if (!element.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', onPointer)
    return () => document.removeEventListener('pointerdown', onPointer)
  }, [menu, onClose])
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      return onClose()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const items = [...(root.current?.querySelectorAll<HTMLElement>('button') ?? [])]
    const at = items.indexOf(document.activeElement as HTMLElement)
    items[(at + step + items.length) % items.length]?.focus()
  }
  const act = (work: () => void) => (): void => {
    onClose()
    work()
  }
  return (
    <div ref={root} className="term-menu menu" role="menu" aria-label={`Terminal of ${host}`} tabIndex={-1} onKeyDown={onKey}>
      <button type="button" role="menuitem" aria-disabled={!canCopy} onClick={act(onCopy)}><Copy aria-hidden /> Copy <kbd className="quiet">Ctrl-Shift-C</kbd></button>
      <button type="button" role="menuitem" onClick={act(onPaste)}><ClipboardPaste aria-hidden /> Paste <kbd className="quiet">Ctrl-V</kbd></button>
      {menu.name !== '' && <button type="button" role="menuitem" onClick={act(onDownload)}><Download aria-hidden /> Download <span className="mono clip">{menu.name}</span></button>}
      <button type="button" role="menuitem" onClick={act(onClear)}><Eraser aria-hidden /> Clear <kbd className="quiet">Ctrl-L</kbd></button>
    </div>
  )
}

function saveFile(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
