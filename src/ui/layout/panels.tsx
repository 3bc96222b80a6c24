// The panels of the page. Lanes and guide are there at once; everything that explains them comes right after, each into a
// place that is as large as it will be, so that nothing moves.

import { lazy, type ReactNode, Suspense } from 'react'
import { Guide } from '../Guide.tsx'
import { Lane, TaskBar } from '../Lane.tsx'
import { useSnapshot } from '../session.tsx'
import type { Panel } from '../TopBar.tsx'
import '../device.css'
import '../inspector.css'
import '../log.css'

const DeviceMap = lazy(async () => ({ default: (await import('../DeviceMap.tsx')).DeviceMap }))
const Inspector = lazy(async () => ({ default: (await import('../Inspector.tsx')).Inspector }))
const LogTable = lazy(async () => ({ default: (await import('../LogTable.tsx')).LogTable }))
const Trace = lazy(async () => ({ default: (await import('../Trace.tsx')).Trace }))
const forms = () => import('../Panels.tsx')
const NewFilePanel = lazy(async () => ({ default: (await forms()).NewFilePanel }))
const FormatPanel = lazy(async () => ({ default: (await forms()).FormatPanel }))

export function HostsPane({ panel, onClosePanel }: { panel: Panel; onClosePanel: () => void }) {
  return (
    <>
      <Suspense fallback={null}>
        {panel === 'file' && <NewFilePanel onClose={onClosePanel} />}
        {panel === 'format' && <FormatPanel onClose={onClosePanel} />}
      </Suspense>
      <Guide />
      <Hosts />
    </>
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

export const PANELS = {
  device: (colours: string): ReactNode => <Late><DeviceMap theme={colours} /></Late>,
  inspector: (_colours?: string): ReactNode => <Late><Inspector /></Late>,
  log: (_colours?: string): ReactNode => <Late><LogTable /></Late>,
  trace: (_colours?: string): ReactNode => <Late><Trace /></Late>,
  problems: (_colours?: string): ReactNode => null,
}

function Late({ children }: { children: ReactNode }) {
  return <Suspense fallback={<div className="late" />}>{children}</Suspense>
}
