// Against the number of extents, or of chunks where files are striped, both axes in powers of ten: a chart to see it, a table
// with the same numbers to read it.

import { memo, useRef, useState } from 'react'
import type { KernelMemory, LabCurve, LabKernel } from '../../playground/lab/types.ts'
import { countText, sentence } from '../format.ts'
import { Choice } from '../controls.tsx'
import { useSize } from '../size.ts'
import { KERNELS } from './cards.ts'
import { countsOf, countsWord, curveText, growthText, type Measure, MEASURES, plotOf } from './curve.ts'
import { tickText } from './scales.ts'
import { countedText, KERNEL_TITLES, NONE, rangeText, spreadText } from './text.ts'
import { useChoice, useChooser } from './useChoices.ts'

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export const Curves = memo(function Curves() {
  const chooser = useChooser()
  const curves = useChoice((choices) => choices.curves)
  const measuring = useChoice((choices) => choices.measuring)
  const setup = useChoice((choices) => choices.setup)
  const lab = useChoice((choices) => choices.lab)
  const [measureId, setMeasureId] = useState<Measure['id']>('resolve')
  const measure = MEASURES.find(({ id }) => id === measureId) ?? MEASURES[0]
  const has = (kernel: LabKernel): boolean => curves.some((curve) => curve.kernel === kernel)
  const both = setup.kernels.every(has)
  if (!measure) return null
  const counted = countsWord(curves, setup.shape === 'striped')
  return (
    <section className="lab-curves" aria-labelledby="lab-curves-heading">
      <header className="section-head">
        <h3 id="lab-curves-heading">Against the number of {counted}</h3>
        {curves.length > 0 && <Choice label="What the curve shows" options={MEASURES.map(({ id }) => id)} value={measure.id} textOf={(id) => MEASURES.find((each) => each.id === id)?.title ?? id} onChange={setMeasureId} />}
      </header>
      <p className="lab-measure">
        {measuring
          ? <button key="both" type="button" onClick={chooser.stop}>Stop measuring</button>
          : <button key="both" type="button" className={both ? undefined : 'primary'} aria-disabled={both || !lab} onClick={() => void (both || chooser.measure())}>Measure both</button>}
        <button type="button" aria-disabled={measuring || KERNELS.every(has) || !lab} onClick={() => void (measuring || chooser.measure(KERNELS))}>Measure all {KERNELS.length}</button>
        <span className="quiet">{measuring ? 'Measuring: this takes a few seconds.' : `One file each, from one ${counted.slice(0, -1)} to 100,000, or as many as the kernel takes.`}</span>
      </p>
      {curves.length > 0 && (
        <>
          <Chart curves={curves} measure={measure} kernels={setup.kernels} counted={counted} />
          <Legend curves={curves} measure={measure} kernels={setup.kernels} memory={lab?.memory ?? []} />
          <Numbers curves={curves} measure={measure} counted={counted} />
        </>
      )}
    </section>
  )
})

const LEFT_REM = 4.25
const BOTTOM_REM = 2.25
const RIGHT_REM = 1.5
const TOP_REM = 1.75
const HEIGHT_REM = 18

function Chart({ curves, measure, kernels, counted }: { curves: readonly LabCurve[]; measure: Measure; kernels: readonly LabKernel[]; counted: string }) {
  const root = useRef<HTMLDivElement>(null)
  const { widthPx, remPx } = useSize(root)
  const { x, y, lines } = plotOf(curves, measure)
  const [left, right] = [LEFT_REM * remPx, Math.max(LEFT_REM * remPx + 1, widthPx - RIGHT_REM * remPx)]
  const [top, bottom] = [TOP_REM * remPx, (HEIGHT_REM - BOTTOM_REM) * remPx]
  const atX = (part: number): number => left + part * (right - left)
  const atY = (part: number): number => bottom - part * (bottom - top)
  // The two that are compared lie over all others.
  const ordered = [...lines].sort((a, b) => Number(kernels.includes(a.kernel)) - Number(kernels.includes(b.kernel)))
  return (
    <div className="lab-chart" ref={root}>
      <svg width={widthPx} height={HEIGHT_REM * remPx} role="img" aria-label={`${measure.title} by number of ${counted}, both axes in powers${measure.base === 10 ? ' of ten' : ''}. ${curves.map((curve) => `${curveText(curve, measure)}.`).join(' ')}`}>
        {x.ticks.map((tick) => (
          <g key={tick} className="tick">
            <line x1={atX(x.at(tick))} x2={atX(x.at(tick))} y1={top} y2={bottom} />
            <text x={atX(x.at(tick))} y={bottom + 1.1 * remPx} textAnchor="middle">{tickText(tick)}</text>
          </g>
        ))}
        {y.ticks.map((tick) => (
          <g key={tick} className="tick">
            <line x1={left} x2={right} y1={atY(y.at(tick))} y2={atY(y.at(tick))} />
            <text x={left - 0.5 * remPx} y={atY(y.at(tick)) + 0.3 * remPx} textAnchor="end">{measure.textOf(tick).replace(/\.0+\b/, '')}</text>
          </g>
        ))}
        <text className="axis" x={0} y={0.8 * remPx}>{measure.axis}{measure.base === 16 ? ', each line 16 times the one beneath' : ', each line ten times the one beneath'}</text>
        <text className="axis" x={right} y={bottom + 2.1 * remPx} textAnchor="end">{`${counted} of the file, in powers of ten`}</text>
        {ordered.map(({ kernel, points }) => (
          <g key={kernel} className="curve" data-side={sideOf(kernel, kernels)}>
            <polyline points={points.map((point) => `${atX(point.x).toFixed(1)},${atY(point.y).toFixed(1)}`).join(' ')} />
            {points.map(({ extentCount, x: atPart, range }) => range && <line key={extentCount} className="range" x1={atX(atPart)} x2={atX(atPart)} y1={atY(range.least)} y2={atY(range.most)} />)}
            {points.map((point) => <Marker key={point.extentCount} shape={shapeOf(kernel)} x={atX(point.x)} y={atY(point.y)} />)}
          </g>
        ))}
      </svg>
    </div>
  )
}

function sideOf(kernel: LabKernel, kernels: readonly LabKernel[]): number | undefined {
  const at = kernels.indexOf(kernel)
  return at < 0 ? undefined : at
}

/** Each kernel has a shape of its own, so that colour is never the only sign. */
const SHAPES = ['M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z', 'M-3.5,-3.5h7v7h-7Z', 'M0,-5L4.5,3.5H-4.5Z', 'M0,-5L5,0L0,5L-5,0Z', 'M0,5L4.5,-3.5H-4.5Z', 'M-4,-4L4,4M4,-4L-4,4', 'M0,-5V5M-5,0H5', 'M-5,-1.5H5V1.5H-5Z'] as const

function shapeOf(kernel: LabKernel): string {
  return SHAPES[KERNELS.indexOf(kernel)] ?? SHAPES[0]
}

function Marker({ shape, x, y }: { shape: string; x: number; y: number }) {
  return <path className="marker" d={shape} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`} />
}

function Legend({ curves, measure, kernels, memory }: { curves: readonly LabCurve[]; measure: Measure; kernels: readonly LabKernel[]; memory: readonly KernelMemory[] }) {
  const counted = (kernel: LabKernel): KernelMemory | undefined => (measure.id === 'memory' ? memory.find((row) => row.kernel === kernel) : undefined)
  return (
    <ul className="lab-legend">
      {curves.map((curve) => (
        <li key={curve.kernel} data-side={sideOf(curve.kernel, kernels)}>
          <svg className="curve" data-side={sideOf(curve.kernel, kernels)} width="24" height="12" viewBox="-12 -6 24 12" aria-hidden>
            <polyline points="-12,0 12,0" />
            <Marker shape={shapeOf(curve.kernel)} x={0} y={0} />
          </svg>
          <span><strong>{KERNEL_TITLES[curve.kernel]}</strong> {growthText(curve, measure)}.<Counted memory={counted(curve.kernel)} />{curve.endsBecause && <span className="quiet"> {curve.points.length > 0 ? 'Ends with' : 'Refused with'} <code>{curve.endsBecause.errno}</code>: {sentence(curve.endsBecause.says)}</span>}</span>
        </li>
      ))}
    </ul>
  )
}

/** What the curve's bytes are made of. */
function Counted({ memory }: { memory: KernelMemory | undefined }) {
  return memory ? <span className="quiet"> Counted {countedText(memory)}.</span> : null
}

function Numbers({ curves, measure, counted }: { curves: readonly LabCurve[]; measure: Measure; counted: string }) {
  const measured = curves.filter(({ points }) => points.length > 0)
  if (measured.length === 0) return null
  return (
    <div className="lab-scroll" role="group" aria-label={`${measure.title} as numbers`} {...SCROLLS}>
      <table className="lab-numbers">
        <thead>
          <tr>
            <th scope="col">{counted === 'chunks' ? 'Chunks' : 'Extents'}</th>
            {measured.map(({ kernel }) => <th key={kernel} scope="col">{KERNEL_TITLES[kernel]}</th>)}
          </tr>
        </thead>
        <tbody>
          {countsOf(measured).map((extentCount) => (
            <tr key={extentCount}>
              <th scope="row" className="num">{countText(extentCount)}</th>
              {measured.map((curve) => <NumberCell key={curve.kernel} curve={curve} measure={measure} extentCount={extentCount} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function NumberCell({ curve: { points, endsBecause }, measure: { read, spread, textOf }, extentCount }: { curve: LabCurve; measure: Measure; extentCount: number }) {
  const point = points.find((each) => each.extentCount === extentCount)
  const value = point && read(point)
  if (!point || value === undefined) return <td className="num"><span className="quiet">{point ? NONE : (endsBecause?.errno ?? 'not measured')}</span></td>
  const range = spread(point)
  return <td className="num" title={spreadText(range, textOf) || undefined}>{textOf(value)}{range && range.sampleCount > 1 && <small className="quiet">{rangeText(range, textOf)}</small>}</td>
}
