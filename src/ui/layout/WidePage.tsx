// Where there is room for all panels: lanes over the device map, the inspector beside them, log, trace and problems at the
// foot. Each line between two of them can be moved; what is folded away leaves its name and the way back.

import { type CSSProperties, type ReactNode, useState } from 'react'
import type { Playground } from '../../playground/types.ts'
import { useLook, useLookStore } from '../look.tsx'
import { useProblemCount } from '../problemCount.ts'
import { Folded, PaneContext, type PaneFrame } from './pane.tsx'
import { HostsPane, PANELS, type PageProps } from './panels.tsx'
import type { Foldable, LayoutControl } from './sizes.ts'
import { Splitter } from './Splitter.tsx'
import { type Tab, Tabs } from './tabs.tsx'

export function WidePage({ playground, panel, onClosePanel, layout }: PageProps & { layout: LayoutControl }) {
  const { percent, folded } = layout
  const [unfolding, setUnfolding] = useState<Foldable>()
  const isFolded = (pane: Foldable): boolean => folded.includes(pane)
  const fold = (pane: Foldable, away: boolean): void => {
    setUnfolding(away ? pane : undefined)
    layout.fold(pane, away)
  }
  const pane = (id: Foldable, title: string, edge: PaneFrame['edge'], content: ReactNode, tabs?: ReactNode): ReactNode =>
    isFolded(id) ? (
      <Folded title={title} edge={edge} focuses={unfolding === id} onUnfold={() => fold(id, false)} />
    ) : (
      <PaneOf id={id} edge={edge} tabs={tabs} onFold={fold}>{content}</PaneOf>
    )
  const lowFoot = isFolded('log') && isFolded('side')

  return (
    <main className="wide" style={{ '--foot': percent.foot } as CSSProperties}>
      <div className="wide-main" style={{ '--inspector': percent.inspector } as CSSProperties}>
        <div className="wide-left" style={{ '--device': percent.device } as CSSProperties}>
          <div className="pane hosts-pane"><HostsPane playground={playground} panel={panel} onClosePanel={onClosePanel} /></div>
          {!isFolded('device') && <Splitter split="device" label="Height of the device map" upright={false} layout={layout} />}
          {pane('device', 'Device map', 'bottom', PANELS.device(playground))}
        </div>
        {!isFolded('inspector') && <Splitter split="inspector" label="Width of the inspector" upright layout={layout} />}
        {pane('inspector', 'Inspector', 'right', PANELS.inspector(playground))}
      </div>
      {!lowFoot && <Splitter split="foot" label="Height of log and trace" upright={false} layout={layout} />}
      <Foot layout={layout} low={lowFoot} log={pane('log', 'Log', isFolded('side') ? 'bottom' : 'left', PANELS.log(playground))} side={<Side playground={playground} pane={pane} />} />
    </main>
  )
}

function Foot({ layout, low, log, side }: { layout: LayoutControl; low: boolean; log: ReactNode; side: ReactNode }) {
  const both = !layout.folded.includes('log') && !layout.folded.includes('side')
  return (
    <div className="wide-foot" data-low={low || undefined} style={{ '--side': layout.percent.side } as CSSProperties}>
      {log}
      {both && <Splitter split="side" label="Width of trace and problems" upright layout={layout} />}
      {side}
    </div>
  )
}

/** Trace and problems share a pane. */
function Side({ playground, pane }: { playground: Playground; pane: (id: Foldable, title: string, edge: PaneFrame['edge'], content: ReactNode, tabs?: ReactNode) => ReactNode }) {
  const look = useLookStore()
  const problemCount = useProblemCount()
  const shown = useLook((state) => state.side)
  const tabs: Tab<'trace' | 'problems'>[] = [
    { id: 'trace', title: 'Trace' },
    { id: 'problems', title: problemCount > 0 ? `Problems (${problemCount})` : 'Problems' },
  ]
  const choice = <Tabs label="Trace or problems" tabs={tabs} chosen={shown} panelId="side-panel" onChoose={(side) => look.set({ side })} />
  return pane('side', 'Trace and problems', 'right', <div id="side-panel" className="side-panel" role="tabpanel" aria-labelledby={`tab-${shown}`}>{PANELS[shown](playground)}</div>, choice)
}

function PaneOf({ id, edge, tabs, onFold, children }: { id: Foldable; edge: PaneFrame['edge']; tabs: ReactNode; onFold: (pane: Foldable, away: boolean) => void; children: ReactNode }) {
  return (
    <PaneContext value={{ fold: () => onFold(id, true), edge, tabs }}>
      <div className="pane" data-pane={id}>{children}</div>
    </PaneContext>
  )
}
