// Everything that concerns the whole session. The names `Format`, `New file` and `Add host` are stable: lessons and tests use them.

import { Cpu, FilePlus2, HardDrive, Keyboard, Moon, Plus, RotateCcw, Save, Search, Sun, SunMoon } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { type StorageState, HOSTS_MOST } from '../playground/types.ts'
import { plural } from './format.ts'
import { beside, useDumps } from './dump/beside.ts'
import { OpenDump, OpenLab } from './dump/OpenDump.tsx'
import { useLook, useLookStore } from './look.tsx'
import { MessagesButton } from './MessagesButton.tsx'
import { openerOf, type Panel } from './opener.ts'
import { Disclosure } from './parts.tsx'
import { type Preferences, TEXT_SIZES, type Theme } from './preferences.ts'
import { useAction, useGo, usePlayground, useSnapshot } from './session.tsx'
import { Steps } from './Steps.tsx'

export function TopBar({ panel, onPanel, preferences, narrow }: {
  panel: Panel
  onPanel: (panel: Panel) => void
  preferences: Preferences
  narrow: boolean
}) {
  const playground = usePlayground()
  const look = useLookStore()
  const { hosts } = useSnapshot()
  const inDump = useDumps().activeId !== undefined
  const go = useGo()
  const adding = useRef(Promise.resolve())
  const toggle = (which: Panel): void => onPanel(panel === which ? undefined : which)
  // Every press is a host, one after the other.
  const addHost = (): void => {
    beside.show(undefined)
    look.set({ pane: 'hosts' })
    adding.current = adding.current.then(() => go(() => playground.addHost()))
  }

  return (
    <header className="top">
      <h1>
        famfs <span>playground</span>
      </h1>
      <div className="top-group" role="group" aria-label="File system">
        <button type="button" id={openerOf('file')} aria-expanded={panel === 'file'} onClick={() => toggle('file')}>
          <FilePlus2 aria-hidden /> <span className="word">New file</span>
        </button>
        <button type="button" id={openerOf('format')} aria-expanded={panel === 'format'} onClick={() => toggle('format')}>
          <HardDrive aria-hidden /> <span className="word">Format</span>
        </button>
      </div>
      <div className="top-group" role="group" aria-label="Hosts">
        <button type="button" onClick={addHost} title={`${plural(hosts.length, 'host')} of ${HOSTS_MOST}`}>
          <Plus aria-hidden /> <span className="word">Add host</span>
        </button>
      </div>
      {/* What acts on the scene is not there while a dump is shown. */}
      {!narrow && !inDump && <Steps />}
      <div className="top-rest">
        {narrow ? (
          <Disclosure label="Session">
            {(close) => (
              <>
                {!inDump && <Steps />}
                <OpenDump onPress={close} />
                <OpenLab onPress={close} />
                {!inDump && <SessionTools />}
                <EngineSentence />
              </>
            )}
          </Disclosure>
        ) : <><OpenDump /><OpenLab />{!inDump && <SessionTools />}</>}
        {/* The same buttons in either page: A+ may turn one into the other under the finger that pressed it. */}
        <Appearance preferences={preferences} />
        <div className="top-group" role="group" aria-label="Help and commands">
          <MessagesButton />
          <SheetButton sheet="commands" name="Commands" keys="Control+K Meta+K"><Search aria-hidden /></SheetButton>
          <SheetButton sheet="keys" name="Keys" keys="?"><Keyboard aria-hidden /></SheetButton>
        </div>
        {!narrow && (
          <Disclosure className="chip" label={<EngineLabel />}>
            <EngineSentence />
          </Disclosure>
        )}
      </div>
    </header>
  )
}

function SheetButton({ sheet, name, keys, children }: { sheet: 'commands' | 'keys'; name: string; keys: string; children: ReactNode }) {
  const look = useLookStore()
  const open = useLook((state) => state.sheet === sheet)
  return (
    <button type="button" className="icon" aria-label={name} title={`${name} (${keys.split(' ')[0]?.replace('Control+', 'Ctrl-') ?? ''})`} aria-keyshortcuts={keys} aria-expanded={open} onClick={() => look.set({ sheet: open ? undefined : sheet })}>
      {children}
    </button>
  )
}

function SessionTools() {
  const playground = usePlayground()
  const { storage } = useSnapshot()
  const saving = useAction()
  const restarting = useAction()
  return (
    <div className="top-group" role="group" aria-label="Stored image">
      <Disclosure className="chip" label={<><span className="state-mark" data-state={storage.state} aria-hidden />{STORAGE_WORDS[storage.state]}</>}>
        <p>{storage.sentence}</p>
      </Disclosure>
      <button type="button" onClick={() => void saving.go(() => playground.save())}>
        <Save aria-hidden /> <span className="word">Save</span>
      </button>
      <button type="button" aria-disabled={restarting.busy} onClick={() => void restarting.go(() => playground.startOver())}>
        <RotateCcw aria-hidden /> <span className="word">Start over</span>
      </button>
    </div>
  )
}

function Appearance({ preferences: { theme, nextTheme, textSize, resize } }: { preferences: Preferences }) {
  const Icon = THEME_ICONS[theme]
  return (
    <div className="top-group" role="group" aria-label="Appearance">
      <button type="button" className="icon" aria-label="A− smaller text" aria-disabled={textSize === TEXT_SIZES[0]} onClick={() => resize(-1)}>
        <span aria-hidden className="letter">A−</span>
      </button>
      <button type="button" className="icon" aria-label="A+ larger text" aria-disabled={textSize === TEXT_SIZES.at(-1)} onClick={() => resize(1)}>
        <span aria-hidden className="letter">A+</span>
      </button>
      <button type="button" className="icon" aria-label={`Theme: ${theme}`} title={`Theme: ${theme}`} onClick={nextTheme}>
        <Icon aria-hidden />
      </button>
      <span className="visually-hidden" role="status">{`Text at ${textSize} %`}</span>
    </div>
  )
}

function EngineLabel() {
  const { engine, hosts } = useSnapshot()
  return (
    <>
      <Cpu aria-hidden />
      <span>{engine.kind}: {plural(hosts.length, engine.kind === 'parallel' ? 'worker' : 'host')}</span>
    </>
  )
}

function EngineSentence() {
  const { engine } = useSnapshot()
  return <p>{engine.sentence}</p>
}

const STORAGE_WORDS: Record<StorageState, string> = {
  saved: 'saved',
  unsaved: 'unsaved',
  saving: 'saving',
  read_only: 'read-only',
  off: 'not stored',
}

const THEME_ICONS: Record<Theme, typeof Sun> = { auto: SunMoon, light: Sun, dark: Moon }
