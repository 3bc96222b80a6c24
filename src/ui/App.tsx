// The page: lanes over the device map, inspector beside them, log, trace and problems beneath; in a narrow window the same
// panes one at a time, under tabs. What is narrow is measured in the reader's own text size.

import { useState } from 'react'
import type { Playground } from '../playground/types.ts'
import { Announcer } from './Announcer.tsx'
import { useFilesStayHere } from './dropped.ts'
import { useKeptFocus } from './focus.ts'
import { useNarrow } from './layout/narrow.ts'
import { NarrowPage } from './layout/NarrowPage.tsx'
import { WidePage } from './layout/WidePage.tsx'
import { LookProvider, useLook, useLookStore } from './look.tsx'
import { Note } from './parts.tsx'
import { usePreferences } from './preferences.ts'
import { SessionProvider } from './session.tsx'
import { openerOf, type Panel, TopBar } from './TopBar.tsx'
import { Travel } from './Travel.tsx'
import './tokens.css'
import './base.css'
import './layout.css'
import './hosts.css'

export function App({ playground }: { playground: Playground }) {
  return (
    <SessionProvider playground={playground}>
      <LookProvider>
        <Page />
      </LookProvider>
    </SessionProvider>
  )
}

function Page() {
  const preferences = usePreferences()
  const [panel, setPanel] = useState<Panel>()
  const narrow = useNarrow()
  useFilesStayHere()
  useKeptFocus()
  const close = (): void => {
    setPanel(undefined)
    document.getElementById(openerOf(panel))?.focus()
  }
  const colours = `${preferences.theme} ${preferences.textSize}`

  return (
    <div className="page" data-narrow={narrow || undefined}>
      <TopBar panel={panel} onPanel={setPanel} preferences={preferences} narrow={narrow} />
      <Mistake />
      {narrow ? <NarrowPage panel={panel} onClosePanel={close} colours={colours} /> : <WidePage panel={panel} onClosePanel={close} colours={colours} />}
      <Terminals />
      <Announcer />
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
