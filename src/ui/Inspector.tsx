// Bytes and what they mean, or a file as a host has mapped it: two views of the same memory under one head. What maps files
// is loaded when it is first looked at.

import { BytesView } from './inspector/BytesView.tsx'
import { lateModule } from './late.tsx'
import { useLook, useLookStore } from './look.tsx'
import { PanelHead } from './PanelHead.tsx'
import { Choice } from './controls.tsx'

const VIEWS = ['bytes', 'mmap'] as const
const VIEW_WORDS = { bytes: 'Bytes', mmap: 'mmap of a file' }
const MapView = lateModule(() => import('./MapView.tsx')).part(({ MapView: Part }) => Part)

export function Inspector() {
  const look = useLookStore()
  const view = useLook((state) => state.inspector)
  return (
    <section className="inspector" aria-labelledby="inspector-heading">
      <PanelHead id="inspector-heading" topic={view === 'bytes' ? 'inspector' : 'mmap'} title="Inspector">
        <Choice label="View" options={VIEWS} value={view} onChange={(inspector) => look.set({ inspector })} textOf={(option) => VIEW_WORDS[option]} />
      </PanelHead>
      {view === 'bytes' ? <BytesView /> : <MapView />}
    </section>
  )
}
