// The panels of the page. Lanes and guide are there at once; everything that explains them comes right after, each into a
// place that is as large as it will be, so that nothing moves.

import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import type { Playground } from '../../playground/types.ts'
import { Boundary } from '../Boundary.tsx'
import { Guide } from '../Guide.tsx'
import { Lane, TaskBar } from '../Lane.tsx'
import { preloadLanes } from '../laneParts.ts'
import { useOpened, useSnapshot } from '../session.tsx'
import type { Panel } from '../opener.ts'
import '../inspector.css'
import '../log.css'

const MODULES = {
  device: () => import('../DeviceMap.tsx'),
  inspector: () => import('../Inspector.tsx'),
  log: () => import('../LogTable.tsx'),
  trace: () => import('../Trace.tsx'),
  problems: () => import('../Problems.tsx'),
}
const DeviceMap = lazy(async () => ({ default: whenOpened((await MODULES.device()).DeviceMap) }))
const Inspector = lazy(async () => ({ default: whenOpened((await MODULES.inspector()).Inspector) }))
const LogTable = lazy(async () => ({ default: whenOpened((await MODULES.log()).LogTable) }))
const Trace = lazy(async () => ({ default: whenOpened((await MODULES.trace()).Trace) }))
const Problems = lazy(async () => ({ default: whenOpened((await MODULES.problems()).Problems) }))
const NewFilePanel = lazy(async () => ({ default: (await import('../Panels.tsx')).NewFilePanel }))
const FormatPanel = lazy(async () => ({ default: (await import('../FormatPanel.tsx')).FormatPanel }))

/** Asked for while the session is still being opened. What doesn't come is asked for again, and told, where it is to show. */
export function preloadPanels(): void {
  void Promise.allSettled([...Object.values(MODULES), preloadLanes].map((load) => load()))
}

export interface PageProps {
  playground: Playground
  /** The form that stands above the lanes. */
  panel: Panel
  onClosePanel: () => void
}

export function HostsPane({ playground, panel, onClosePanel }: PageProps) {
  return (
    <Boundary playground={playground} what="The lanes">
      <Suspense fallback={null}>
        {(panel === 'file' || panel === 'directory') && <NewFilePanel key={panel} initialKind={panel} onClose={onClosePanel} />}
        {panel === 'format' && <FormatPanel onClose={onClosePanel} />}
      </Suspense>
      {/* A form says what is to be done; the lanes are to be seen. */}
      {panel === undefined && <Guide />}
      <Hosts />
    </Boundary>
  )
}

function Hosts() {
  const { hosts, tasks } = useSnapshot()
  return (
    <section className="hosts" aria-labelledby="hosts-heading">
      <h2 id="hosts-heading" className="visually-hidden">Hosts</h2>
      {tasks.filter((task) => task.host === undefined).map((task) => <TaskBar key={task.id} task={task} />)}
      <div className="lanes" data-many={hosts.length > 2 || undefined}>
        {hosts.map((host) => <Lane key={host.name} host={host} />)}
      </div>
    </section>
  )
}

/** Each behind a boundary of its own: where one breaks, the others go on. */
export const PANELS = {
  device: (playground: Playground): ReactNode => <Late playground={playground} what="The device map"><DeviceMap /></Late>,
  inspector: (playground: Playground): ReactNode => <Late playground={playground} what="The inspector"><Inspector /></Late>,
  log: (playground: Playground): ReactNode => <Late playground={playground} what="The log"><LogTable /></Late>,
  trace: (playground: Playground): ReactNode => <Late playground={playground} what="The trace"><Trace /></Late>,
  problems: (playground: Playground): ReactNode => <Late playground={playground} what="The list of problems"><Problems /></Late>,
}

function Late({ playground, what, children }: { playground: Playground; what: string; children: ReactNode }) {
  return (
    <Boundary playground={playground} what={what}>
      <Suspense fallback={<div className="late" />}>{children}</Suspense>
    </Boundary>
  )
}

/** What would be drawn before there is a device would only have to move. It is loaded by then: nothing waits for it. */
function whenOpened<P extends object>(Panel: ComponentType<P>): ComponentType<P> {
  return function Opened(props: P) {
    return useOpened() ? <Panel {...props} /> : <div className="late" />
  }
}
