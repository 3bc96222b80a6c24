// Where there is room for one panel at a time: tabs, and the page scrolls.

import { type Pane, useLook, useLookStore } from '../look.tsx'
import { useProblemCount } from '../problemCount.ts'
import { HostsPane, PANELS, type PageProps } from './panels.tsx'
import { type Tab, Tabs } from './tabs.tsx'

const PANES: readonly Tab<Pane>[] = [
  { id: 'hosts', title: 'Hosts' },
  { id: 'device', title: 'Device' },
  { id: 'inspector', title: 'Inspector' },
  { id: 'log', title: 'Log' },
  { id: 'trace', title: 'Trace' },
]

export function NarrowPage({ playground, panel, onClosePanel }: PageProps) {
  const look = useLookStore()
  const pane = useLook((state) => state.pane)
  const problemCount = useProblemCount()
  const tabs: Tab<Pane>[] = [...PANES, { id: 'problems', title: problemCount > 0 ? `Problems (${problemCount})` : 'Problems' }]
  return (
    <main>
      <Tabs label="Panes" tabs={tabs} chosen={pane} panelId="pane" onChoose={(id) => look.set({ pane: id })} />
      <div id="pane" className="narrow-pane" data-pane={pane} role="tabpanel" aria-labelledby={`tab-${pane}`}>
        {pane === 'hosts' ? <HostsPane playground={playground} panel={panel} onClosePanel={onClosePanel} /> : PANELS[pane](playground)}
      </div>
    </main>
  )
}
