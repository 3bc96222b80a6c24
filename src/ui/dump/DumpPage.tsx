// A dump where the scene stands otherwise: the same panels over another session, with a look of its own, so that nothing
// that is chosen here moves anything in the scene. Loaded when the first dump opens.

import { useState } from 'react'
import type { DumpView, Playground } from '../../playground/types.ts'
import { useNarrow } from '../layout/narrow.ts'
import { PaneContext } from '../layout/pane.tsx'
import { PANELS } from '../layout/panels.tsx'
import { type Tab, Tabs } from '../layout/tabs.tsx'
import { LookProvider, useLook, useLookStore } from '../look.tsx'
import { useProblemCount } from '../problemCount.ts'
import { SessionProvider, usePlayground, useSnapshot } from '../session.tsx'
import { DumpCard } from './DumpCard.tsx'
import { DumpTree } from './DumpTree.tsx'
import './dump.css'

export function DumpPage({ playground, onClose }: { playground: Playground; onClose: () => void }) {
  return (
    <SessionProvider playground={playground}>
      <LookProvider>
        <Layout onClose={onClose} />
      </LookProvider>
    </SessionProvider>
  )
}

function Layout({ onClose }: { onClose: () => void }) {
  const { dump } = useSnapshot()
  const narrow = useNarrow()
  if (!dump) throw new Error('broken assumption: the page of a dump shows a dump')
  return narrow ? <Narrow dump={dump} onClose={onClose} /> : <Wide dump={dump} onClose={onClose} />
}

interface Props {
  dump: DumpView
  onClose: () => void
}

function Wide({ dump, onClose }: Props) {
  const playground = usePlayground()
  return (
    <main className="dump-wide">
      <div className="dump-panes">
        <div className="pane dump-summary">
          <DumpCard dump={dump} onClose={onClose} />
          <Fsck dump={dump} />
        </div>
        <div className="pane dump-files"><DumpTree /></div>
        <div className="pane dump-bytes">{PANELS.inspector(playground)}</div>
        <div className="dump-foot">
          <div className="pane">{PANELS.device(playground)}</div>
          <Foot />
        </div>
      </div>
    </main>
  )
}

type FootTab = 'log' | 'problems'

function Foot() {
  const playground = usePlayground()
  const [shown, setShown] = useState<FootTab>('log')
  const tabs: Tab<FootTab>[] = [{ id: 'log', title: 'Log' }, { id: 'problems', title: useProblemsTitle() }]
  const choice = <Tabs label="Log or problems" tabs={tabs} chosen={shown} panelId="dump-foot" onChoose={setShown} />
  return (
    <PaneContext value={{ fold: undefined, edge: 'bottom', tabs: choice }}>
      <div className="pane">
        <div id="dump-foot" className="side-panel" role="tabpanel" aria-labelledby={`tab-${shown}`}>{shown === 'log' ? PANELS.log(playground) : PANELS.problems(playground)}</div>
      </div>
    </PaneContext>
  )
}

type DumpPane = 'hosts' | 'device' | 'inspector' | 'log' | 'problems'

function Narrow({ dump, onClose }: Props) {
  const playground = usePlayground()
  const look = useLookStore()
  // Where a scene has its hosts, a dump has what it says of itself.
  const pane = useLook((state): DumpPane => (state.pane === 'trace' ? 'hosts' : state.pane))
  const tabs: Tab<DumpPane>[] = [
    { id: 'hosts', title: 'Dump' },
    { id: 'device', title: 'Device' },
    { id: 'inspector', title: 'Inspector' },
    { id: 'log', title: 'Log' },
    { id: 'problems', title: useProblemsTitle() },
  ]
  return (
    <main>
      <Tabs label="Panes" tabs={tabs} chosen={pane} panelId="pane" onChoose={(id) => look.set({ pane: id })} />
      <div id="pane" className="narrow-pane" data-pane={pane} role="tabpanel" aria-labelledby={`tab-${pane}`}>
        {pane === 'hosts' ? <><DumpCard dump={dump} onClose={onClose} /><DumpTree /><Fsck dump={dump} /></> : PANELS[pane](playground)}
      </div>
    </main>
  )
}

function Fsck({ dump }: { dump: DumpView }) {
  return (
    <section className="dump-fsck" aria-labelledby="dump-fsck-heading">
      <header className="section-head">
        <h2 id="dump-fsck-heading">fsck</h2>
        <span className="quiet">as famfs fsck prints it on a client</span>
      </header>
      <pre className="mono">{dump.fsckText.trimEnd()}</pre>
    </section>
  )
}

function useProblemsTitle(): string {
  const count = useProblemCount()
  return count > 0 ? `Problems (${count})` : 'Problems'
}
