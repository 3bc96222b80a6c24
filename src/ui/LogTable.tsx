// The log's panel: how full the log is, which entries show, and beneath it the entries themselves.

import { useState } from 'react'
import { LogFilter, useFound } from './LogFilter.tsx'
import { EVERYTHING, fillText, foundText, isFilter } from './logFilter.ts'
import { LogGrid } from './LogGrid.tsx'
import { PanelHead } from './PanelHead.tsx'
import { useSnapshot } from './session.tsx'

export function LogTable() {
  const snapshot = useSnapshot()
  const [query, setQuery] = useState(EVERYTHING)
  const { list: found, isAnswer } = useFound(query, snapshot.deviceVersion)
  const { filesystem } = snapshot.device
  const entryCount = filesystem?.entryCount ?? 0

  return (
    <section className="log" aria-labelledby="log-heading">
      <PanelHead id="log-heading" topic="log" summary={<LogFill filesystem={filesystem} />}>
        {isFilter(query) && <span className="found num" role="status">{found && isAnswer && foundText(found.length, entryCount)}</span>}
        <LogFilter query={query} onQuery={setQuery} />
      </PanelHead>
      <LogGrid found={found} query={query} />
    </section>
  )
}

function LogFill({ filesystem }: { filesystem: { entryCount: number; slotCount: number } | undefined }) {
  if (!filesystem) return 'no log on the device'
  const { entryCount, slotCount } = filesystem
  const text = fillText(entryCount, slotCount)
  return entryCount < slotCount ? text : <strong className="wrong">{text}</strong>
}
