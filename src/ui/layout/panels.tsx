// The panels of the page. Lanes and guide are there at once; everything that explains them comes right after, each into a
// place that is as large as it will be, so that nothing moves.

import type { ComponentType, ReactNode } from 'react'
import type { Playground } from '../../playground/types.ts'
import { Boundary } from '../Boundary.tsx'
import { Guide } from '../Guide.tsx'
import { Lane, TaskBar } from '../Lane.tsx'
import { preloadLanes } from '../laneParts.ts'
import { lateModule } from '../late.tsx'
import { useOpened, useSnapshot } from '../session.tsx'
import type { Panel } from '../opener.ts'
import '../inspector.css'
import '../log.css'

const MODULES = {
  device: lateModule(() => import('../DeviceMap.tsx')),
  inspector: lateModule(() => import('../Inspector.tsx')),
  log: lateModule(() => import('../LogTable.tsx')),
  trace: lateModule(() => import('../Trace.tsx')),
  problems: lateModule(() => import('../Problems.tsx')),
}
const WAITING = <div className="late" />
const DeviceMap = whenOpened(MODULES.device.part(({ DeviceMap: Part }) => Part, WAITING))
const Inspector = whenOpened(MODULES.inspector.part(({ Inspector: Part }) => Part, WAITING))
const LogTable = whenOpened(MODULES.log.part(({ LogTable: Part }) => Part, WAITING))
const Trace = whenOpened(MODULES.trace.part(({ Trace: Part }) => Part, WAITING))
const Problems = whenOpened(MODULES.problems.part(({ Problems: Part }) => Part, WAITING))
const NewFilePanel = lateModule(() => import('../Panels.tsx')).part(({ NewFilePanel: Part }) => Part)
const FormatPanel = lateModule(() => import('../FormatPanel.tsx')).part(({ FormatPanel: Part }) => Part)

/** Asked for while the session is still being opened. What doesn't come is told, and asked for again, where it is to show. */
export function preloadPanels(): void {
  void preloadLanes()
  for (const { load } of Object.values(MODULES)) void load()
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
      {(panel === 'file' || panel === 'directory') && <NewFilePanel key={panel} initialKind={panel} onClose={onClosePanel} />}
      {panel === 'format' && <FormatPanel onClose={onClosePanel} />}
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
  device: (playground: Playground): ReactNode => <Boundary playground={playground} what="The device map"><DeviceMap /></Boundary>,
  inspector: (playground: Playground): ReactNode => <Boundary playground={playground} what="The inspector"><Inspector /></Boundary>,
  log: (playground: Playground): ReactNode => <Boundary playground={playground} what="The log"><LogTable /></Boundary>,
  trace: (playground: Playground): ReactNode => <Boundary playground={playground} what="The trace"><Trace /></Boundary>,
  problems: (playground: Playground): ReactNode => <Boundary playground={playground} what="The list of problems"><Problems /></Boundary>,
}

/** What would be drawn before there is a device would only have to move. It is loaded by then: nothing waits for it. */
function whenOpened<P extends object>(Panel: ComponentType<P>): ComponentType<P> {
  return function Opened(props: P) {
    return useOpened() ? <Panel {...props} /> : WAITING
  }
}
