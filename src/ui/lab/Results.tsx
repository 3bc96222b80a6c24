// What came of a run: two sentences first, then the figures side by side, each with a bar against the larger one.

import { Check, CircleAlert } from 'lucide-react'
import { Fragment, memo } from 'react'
import type { Amplification, LabKernel, LabRun } from '../../playground/lab/types.ts'
import { countText, sentence, sizeText } from '../format.ts'
import { staleBy } from './choices.ts'
import { setupText } from './Setup.tsx'
import { capText, type Figure, figuresOf, KERNEL_TITLES, NOT_COUNTED, partText, threeDigits } from './text.ts'
import { useChoice, useChooser } from './useChoices.ts'

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export function Conclusion() {
  const run = useChoice((choices) => choices.run)
  const busy = useChoice((choices) => choices.running)
  const stale = useChoice(staleBy)
  const stopped = useChoice((choices) => choices.stopped)
  const isLoaded = useChoice(({ lab }) => lab !== undefined)
  const failed = useChoice((choices) => choices.failed)
  const chooser = useChooser()
  return (
    <section className="lab-conclusion" aria-labelledby="lab-conclusion-heading" aria-busy={busy} data-stale={stale !== undefined || undefined}>
      <h3 id="lab-conclusion-heading" className="visually-hidden">Conclusion</h3>
      {stopped !== undefined && <p className="lab-stopped">{stopped}</p>}
      {run && stale && <strong className="lab-stale">{`Of the last run, ${run.sides.map(({ kernel }) => KERNEL_TITLES[kernel]).join(' and ')}, and not of ${stale === 'setup' ? 'what is set now' : 'the program that stands in the editor now'}.`}</strong>}
      {run ? <p className="lab-says">{run.conclusion.join(' ')}</p> : stopped === undefined && !failed && <p className="lab-says quiet">{isLoaded ? 'The first comparison is running.' : 'The lab is loading; what is set meanwhile runs first.'}</p>}
      {failed && <p className="lab-says">The lab could not be loaded. <button type="button" onClick={() => void chooser.start()}>Load the lab again</button></p>}
      {busy && run && <Progress />}
      <p className="lab-agrees quiet">
        {run && (run.agrees ? <span className="verdict" data-right><Check aria-hidden />Both read the same bytes</span> : <span className="verdict"><CircleAlert aria-hidden />{whyNot(run)}</span>)}
        {run && <span>{setupText({ ...run.setup, daemon: run.daemon })}. {run.daemonWhy !== undefined && sentence(run.daemonWhy)}</span>}
      </p>
    </section>
  )
}

/** Drawn once a frame while something runs, and nothing beside it. */
function Progress() {
  const progress = useChoice((choices) => choices.progress)
  return <p className="lab-progress quiet">Running{progress && `: ${progress.what}, ${countText(progress.doneCount)} of ${countText(progress.totalCount)}`}</p>
}

function whyNot({ sides: [left, right], setup: { accessCount } }: LabRun): string {
  const read = Math.max(0, accessCount - left.failedCount) + Math.max(0, accessCount - right.failedCount)
  if (read === 0) return 'Neither could read anything'
  if (left.failedCount > 0 && right.failedCount > 0) return 'Neither could read all of it'
  const failed = left.failedCount > 0 ? left : right.failedCount > 0 ? right : undefined
  if (failed) return failed.failedCount >= accessCount ? `${KERNEL_TITLES[failed.kernel]} could read nothing` : `${KERNEL_TITLES[failed.kernel]} couldn’t read all of it`
  const wrong = [left, right].filter(({ wrongCount = 0 }) => wrongCount > 0)
  return wrong.length === 1 && wrong[0] ? `${KERNEL_TITLES[wrong[0].kernel]} read bytes that aren’t the file’s` : 'They did not read the same bytes'
}

export const Figures = memo(function Figures({ run }: { run: LabRun }) {
  const { sides } = run
  return (
    <section className="lab-figures" aria-labelledby="lab-figures-heading">
      <h3 id="lab-figures-heading">Side by side</h3>
      <div className="lab-scroll" role="group" aria-label="Figures of both kernels" {...SCROLLS}>
        <table>
          <thead>
            <tr>
              <th scope="col"><span className="visually-hidden">Figure</span></th>
              {sides.map(({ kernel }, side) => <th key={side === 0 ? 'left' : 'right'} scope="col" data-side={side}><span className="side-mark" aria-hidden />{KERNEL_TITLES[kernel]}</th>)}
            </tr>
          </thead>
          <tbody>
            {figuresOf(sides).map((figure) => (
              <Fragment key={figure.name}>
                <FigureRow figure={figure} />
                {figure.isMemory && <tr className="lab-counted"><td colSpan={3}><Counted kernels={sides.map(({ kernel }) => kernel)} /></td></tr>}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      {sides.map(({ kernel, failure }, side) => failure && (
        <div key={side === 0 ? 'left' : 'right'} className="note">
          <CircleAlert className="note-mark" aria-hidden />
          <p><strong>{KERNEL_TITLES[kernel]}: <code>{failure.errno}</code></strong> {sentence(failure.says)} <span className="quiet">{sentence(failure.next)}</span></p>
        </div>
      ))}
    </section>
  )
})

function FigureRow({ figure: { name, means, texts, notes, parts } }: { figure: Figure }) {
  return (
    <tr>
      <th scope="row">{name}<small>{means}</small></th>
      {texts.map((text, side) => (
        <td key={side === 0 ? 'left' : 'right'} data-side={side}>
          <span className="num">{text}</span>
          <span className="bar" aria-hidden><span style={{ width: `${100 * (parts[side] ?? 0)}%` }} /></span>
          {notes[side] !== '' && <small>{notes[side]}</small>}
        </td>
      ))}
    </tr>
  )
}

/** What the bytes of map memory are made of, beside them. */
function Counted({ kernels }: { kernels: readonly LabKernel[] }) {
  const lab = useChoice((choices) => choices.lab)
  // On the side where it stands above; a kernel beside itself once.
  const counted = [...new Set(kernels)].flatMap((kernel) => lab?.memory.filter((row) => row.kernel === kernel) ?? [])
  return (
    <details>
      <summary>What map memory counts</summary>
      <div className="lab-counts">
        {counted.map(({ kernel, whose, parts }, side) => (
          <div key={kernel} data-side={side}>
            <p><span className="side-mark" aria-hidden /><strong>{KERNEL_TITLES[kernel]}</strong>: maps {whose}</p>
            <ul>{parts.map((part) => <li key={part.of}>{partText(part)}</li>)}</ul>
          </div>
        ))}
      </div>
      <p className="quiet">{NOT_COUNTED}</p>
    </details>
  )
}

/** The reason for no page cache: what moves from the device for the same accesses. */
export const ReadAmplification = memo(function ReadAmplification({ amplification }: { amplification: Amplification }) {
  const { says: aligned, askedBytes, lineBytes, lineMovedBytes, lineTouchCount, lineHitCount, lineCacheBytes, pageBytes, pageMovedBytes, pageCacheBytes, pageHitCount, pageTouchCount, readAheadBytes } = amplification
  const most = Math.max(askedBytes, lineMovedBytes, pageMovedBytes, 1)
  const rows = [
    { name: 'Asked for', says: 'what the accesses read', bytes: askedBytes },
    { name: `By cache line, ${lineBytes} B`, says: `famfs: memory is read where it is, through a processor’s cache of ${capText(lineCacheBytes)}`, bytes: lineMovedBytes },
    { name: `By page, ${capText(pageBytes)}`, says: `through a modelled page cache of ${capText(pageCacheBytes)}${readAheadBytes > 0 ? ` that reads ${capText(readAheadBytes)} ahead while accesses come in order` : ''}`, bytes: pageMovedBytes },
  ]
  return (
    <section aria-labelledby="lab-amplification-heading">
      <h3 id="lab-amplification-heading">Bytes moved from the device</h3>
      <p className="quiet">The same accesses, whatever the kernel: why famfs has no page cache.</p>
      <dl className="lab-moved">
        {rows.map(({ name, says, bytes }, i) => (
          <div key={name} data-kind={i}>
            <dt>{name} <small>{says}</small></dt>
            <dd>
              <span className="num">{sizeText(bytes)}</span>
              {i > 0 && askedBytes > 0 && <span className="quiet"> {threeDigits(bytes / askedBytes)} times what was asked for</span>}
              <span className="bar" aria-hidden><span style={{ width: `${(100 * bytes) / most}%` }} /></span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{`${countText(lineHitCount)} of ${countText(lineTouchCount)} touched lines and ${countText(pageHitCount)} of ${countText(pageTouchCount)} touched pages were in their cache already.${aligned === undefined ? '' : ` ${sentence(aligned)}`}`}</p>
    </section>
  )
})
