// The page: lanes over the device map, inspector beside them, log, trace and problems beneath; in a narrow window the same
// panes one at a time, under tabs. What is narrow is measured in the reader's own text size.

import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import type { Playground } from '../playground/types.ts'
import { Announcer } from './Announcer.tsx'
import { Boundary } from './Boundary.tsx'
import { Commands } from './commands/Commands.tsx'
import { useFilesBeside } from './dropped.ts'
import { chooseDump, dumps, useDumps } from './dump/dumps.ts'
import { DumpNotes, DumpTabs } from './dump/OpenDump.tsx'
import { useKeptFocus } from './focus.ts'
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
import { openerOf, type Panel, TopBar } from './TopBar.tsx'
import { Travel } from './Travel.tsx'
import './tokens.css'
import './base.css'
import './layout.css'
import './hosts.css'

const Toasts = lazy(async () => ({ default: (await import('./Toasts.tsx')).Toasts }))
const DumpPage = lazy(async () => ({ default: (await import('./dump/DumpPage.tsx')).DumpPage }))

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
  const { list, activeId } = useDumps()
  const { ready } = useSnapshot()
  const [panel, setPanel] = useState<Panel>()
  useFilesBeside(dumps.openDropped)
  useKeptFocus()
  useEffect(preloadPanels, [])
  const close = (): void => {
    setPanel(undefined)
    document.getElementById(openerOf(panel))?.focus()
  }
  // What acts on the scene, or shows a part of it, brings the scene back.
  const open = (which: Panel): void => {
    dumps.show(undefined)
    look.set({ pane: 'hosts' })
    setPanel(which)
  }
  const { fold } = layout
  const showPane = useCallback((pane: Pane): void => {
    dumps.show(undefined)
    const foldable = paneOf(pane)
    if (foldable) fold(foldable, false)
    look.set({ pane, ...((pane === 'trace' || pane === 'problems') && { side: pane }) })
  }, [fold, look])
  const dump = list.find(({ id }) => id === activeId)

  return (
    <div className="page" data-narrow={narrow || undefined} data-ready={ready || undefined}>
      <TopBar panel={panel} onPanel={open} preferences={preferences} narrow={narrow} />
      <DumpTabs />
      <Mistake />
      <DumpNotes />
      {dump?.page ? dump.page(() => dumps.close(dump.id)) : dump?.playground ? (
        <Suspense fallback={<main className="late" />}>
          <DumpPage key={dump.id} playground={dump.playground} onClose={() => dumps.close(dump.id)} />
        </Suspense>
      ) : narrow ? (
        <NarrowPage playground={playground} panel={panel} onClosePanel={close} />
      ) : (
        <WidePage playground={playground} panel={panel} onClosePanel={close} layout={layout} />
      )}
      <Terminals />
      <Announcer />
      <Suspense><Toasts /></Suspense>
      <Commands preferences={preferences} openPanel={open} openDump={chooseDump} showPane={showPane} />
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
  return <div role="alert">{mistake && <Note trouble={mistake} onDismiss={() => look.set({ mistake: undefined })} />}</div>
}
