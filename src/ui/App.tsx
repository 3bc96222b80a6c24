// The page: lanes over the device map, inspector beside them, log, trace and problems beneath; in a narrow window the same
// panes one at a time, under tabs. What is narrow is measured in the reader's own text size.

import { useCallback, useEffect, useState } from 'react'
import type { Playground } from '../playground/types.ts'
import { Announcer } from './Announcer.tsx'
import { Boundary } from './Boundary.tsx'
import { Commands } from './commands/Commands.tsx'
import { useFilesBeside } from './dropped.ts'
import { beside, useDumps } from './dump/beside.ts'
import { chooseDump, openDropped } from './dump/choosing.ts'
import { useKeptFocus } from './focus.ts'
import { lateModule } from './late.tsx'
import { useNarrow } from './layout/narrow.ts'
import { NarrowPage } from './layout/NarrowPage.tsx'
import { preloadPanels } from './layout/panels.tsx'
import { paneOf, useLayout } from './layout/sizes.ts'
import { WidePage } from './layout/WidePage.tsx'
import { LookProvider, type Pane, useLook, useLookStore } from './look.tsx'
import { makeMessages, MessagesProvider } from './messages.ts'
import { Note } from './parts.tsx'
import { usePreferences } from './preferences.ts'
import { SessionProvider, useSnapshot } from './session.tsx'
import { TopBar } from './TopBar.tsx'
import { openerOf, type Panel } from './opener.ts'
import { Travel } from './Travel.tsx'
import type { Trouble } from './trouble.ts'
import './tokens.css'
import './base.css'
import './layout.css'
import './hosts.css'

const Toasts = lateModule(() => import('./Toasts.tsx')).part(({ Toasts: Part }) => Part)
const besidePage = lateModule(() => import('./dump/BesidePage.tsx'))
const BesidePage = besidePage.part(({ BesidePage: Part }) => Part, <main className="late" />)
const DumpTabs = besidePage.part(({ DumpTabs: Part }) => Part)
const DumpNotes = besidePage.part(({ DumpNotes: Part }) => Part)

export function App({ playground }: { playground: Playground }) {
  const [messages] = useState(makeMessages)
  return (
    <Boundary playground={playground} what="This page" isPage>
      <SessionProvider playground={playground}>
        <MessagesProvider value={messages}>
          <LookProvider>
            <Page playground={playground} />
          </LookProvider>
        </MessagesProvider>
      </SessionProvider>
    </Boundary>
  )
}

function Page({ playground }: { playground: Playground }) {
  const preferences = usePreferences()
  const look = useLookStore()
  const layout = useLayout()
  const narrow = useNarrow()
  const { list, activeId, opening, troubles, told } = useDumps()
  const { ready } = useSnapshot()
  const [panel, setPanel] = useState<Panel>()
  const tell = useCallback((mistake: Trouble) => look.set({ mistake }), [look])
  useFilesBeside(useCallback((data) => openDropped(data, tell), [tell]))
  useKeptFocus()
  useEffect(preloadPanels, [])
  const close = (): void => {
    setPanel(undefined)
    document.getElementById(openerOf(panel))?.focus()
  }
  // What acts on the scene, or shows a part of it, brings the scene back.
  const open = (which: Panel): void => {
    beside.show(undefined)
    look.set({ pane: 'hosts' })
    setPanel(which)
  }
  const { fold } = layout
  const showPane = useCallback((pane: Pane): void => {
    beside.show(undefined)
    const foldable = paneOf(pane)
    if (foldable) fold(foldable, false)
    look.set({ pane, ...((pane === 'trace' || pane === 'problems') && { side: pane }) })
  }, [fold, look])
  const shown = list.find(({ id }) => id === activeId)

  return (
    <div className="page" data-narrow={narrow || undefined} data-ready={ready || undefined}>
      <TopBar panel={panel} onPanel={open} preferences={preferences} narrow={narrow} />
      {list.length > 0 && <DumpTabs />}
      <Mistake />
      {troubles.length + opening.length > 0 && <DumpNotes />}
      <p className="visually-hidden" role="status">{told}</p>
      {shown ? (
        <Boundary playground={playground} what={shown.name}>
          <BesidePage shown={shown} />
        </Boundary>
      ) : narrow ? (
        <NarrowPage playground={playground} panel={panel} onClosePanel={close} />
      ) : (
        <WidePage playground={playground} panel={panel} onClosePanel={close} layout={layout} />
      )}
      <Terminals />
      <Announcer />
      <Toasts />
      <Commands preferences={preferences} openPanel={open} openDump={() => chooseDump(tell)} showPane={showPane} />
      <Travel />
    </div>
  )
}

/** Drawn by what is loaded with the first of them; outlives any change between wide and narrow. */
function Terminals() {
  return useLook((state) => state.terminals?.dock)
}

/** What was thrown is our own mistake, wherever one was on the page. */
function Mistake() {
  const look = useLookStore()
  const mistake = useLook((state) => state.mistake)
  const dismiss = (): void => look.set({ mistake: undefined })
  const again = mistake?.again
  return <div role="alert">{mistake && <Note trouble={{ ...mistake, ...(again && { again: () => { dismiss(); again() } }) }} onDismiss={dismiss} />}</div>
}
