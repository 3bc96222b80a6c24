// The ways to a dump and to the map lab. All else comes when the first of them opens.

import { Columns2, FolderOpen } from 'lucide-react'
import { useLookStore } from '../look.tsx'
import { chooseDump } from './choosing.ts'

/** `Open a dump` is a stable name. */
export function OpenDump({ onPress }: { onPress?: () => void }) {
  const look = useLookStore()
  return (
    <button type="button" onClick={() => {
      onPress?.()
      chooseDump((mistake) => look.set({ mistake }))
    }} title="The first megabytes of a real device, raw or gzip, or .meta/.superblock and .meta/.log together">
      <FolderOpen aria-hidden /> <span className="word">Open a dump</span>
    </button>
  )
}

/** `Map lab` is a stable name. Its address is all that is here of it: what hears of addresses opens it. */
export function OpenLab({ onPress }: { onPress?: () => void }) {
  return (
    <button type="button" id="open-lab" onClick={() => {
      onPress?.()
      location.hash = 'lab'
    }}>
      <Columns2 aria-hidden /> <span className="word">Map lab</span>
    </button>
  )
}
