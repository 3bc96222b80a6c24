// What is pressed to run, to stop, and to hand out what is set. None of the three goes away while it has the focus.

import { useState } from 'react'
import { isWhole, SOURCE_MOST } from './link.ts'
import { countText } from '../format.ts'
import type { Chooser } from './choices.ts'
import { useChoice, useChooser } from './useChoices.ts'
import { writeAddress } from './useAddress.ts'

export function RunRow() {
  const chooser = useChooser()
  const running = useChoice((choices) => choices.running)
  const idle = useChoice((choices) => !choices.running && !choices.measuring)
  const lab = useChoice((choices) => choices.lab)
  return (
    <div className="lab-run-row">
      <button type="button" className="primary lab-run" aria-disabled={running || !lab} onClick={() => void (running || chooser.run())}>{running ? 'Running' : 'Run again'}</button>
      <button type="button" aria-disabled={idle} aria-keyshortcuts="Escape" title={idle ? 'Nothing runs' : 'Stop (Escape)'} onClick={chooser.stop}>Stop</button>
      <CopyLink />
    </div>
  )
}

function CopyLink() {
  const chooser = useChooser()
  const lab = useChoice((choices) => choices.lab)
  const setup = useChoice((choices) => choices.setup)
  const source = useChoice((choices) => choices.source)
  const isHalfWay = useChoice((choices) => choices.isHalfWay)
  // What was copied, as long as that is what stands in the address.
  const [copied, setCopied] = useState<{ setup: unknown; source: string; isHalfWay: boolean }>()
  const isCopied = copied?.setup === setup && copied.source === source && copied.isHalfWay === isHalfWay
  const copy = async (): Promise<void> => setCopied((await copyLink(chooser)) ? { setup, source, isHalfWay } : undefined)
  return <button type="button" aria-disabled={!lab} title="The address of this page, with all that is set here" onClick={() => void (lab && copy())}>{isCopied ? 'Link copied' : 'Copy link'}</button>
}

async function copyLink(chooser: Chooser): Promise<boolean> {
  writeAddress(chooser)
  const { source, lab } = chooser.state()
  try {
    await navigator.clipboard.writeText(location.href)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    chooser.tell({ trouble: { says: `the browser did not let this page use the clipboard: ${why}`, next: 'Copy the address out of the browser’s own bar: all that is set here is in it' } })
    return false
  }
  if (isWhole(source, lab?.examples ?? [])) chooser.tell({ told: 'The link is on the clipboard.' })
  else chooser.tell({ trouble: { says: `the link is on the clipboard, without the program: its source has ${countText(source.length)} characters, and an address takes ${countText(SOURCE_MOST)}`, next: 'Hand the source out beside the link: whoever opens it pastes it into the editor' } })
  return true
}
