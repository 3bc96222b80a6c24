// A card for each of the six: where it comes from, what for, what it costs, and where it ends.

import { memo } from 'react'
import type { LabKernel } from '../../playground/lab/types.ts'
import { sentence } from '../format.ts'
import { type Card, CARDS } from './cards.ts'
import { countedText, KERNEL_TITLES } from './text.ts'
import { useChoice, useChooser } from './useChoices.ts'

export const KernelCards = memo(function KernelCards() {
  return (
    <section aria-labelledby="lab-cards-heading">
      <h3 id="lab-cards-heading">The six kernels</h3>
      <ul className="lab-cards">{CARDS.map((card) => <li key={card.title}><KernelCard card={card} /></li>)}</ul>
    </section>
  )
})

function KernelCard({ card: { title, kernels, whose, how, gains, costs } }: { card: Card }) {
  const lab = useChoice((choices) => choices.lab)
  return (
    <article className="lab-card" aria-labelledby={`lab-card-${title}`}>
      <h4 id={`lab-card-${title}`}>{title}</h4>
      <p className="quiet">{whose}</p>
      <p>{how}</p>
      <p><strong>For</strong> {gains}</p>
      <p><strong>Costs</strong></p>
      <ul>{costs.map((cost) => <li key={cost}>{cost}</li>)}</ul>
      <dl>
        {kernels.map((kernel) => {
          const limit = lab?.limits.find((row) => row.kernel === kernel)
          const memory = lab?.memory.find((row) => row.kernel === kernel)
          return (
            <div key={kernel}>
              <dt>{kernels.length > 1 ? `Takes, ${kernel}` : 'Takes'}</dt>
              <dd>{limit?.takes}</dd>
              <dt>{kernels.length > 1 ? `Map memory, ${kernel}` : 'Map memory'}</dt>
              <dd>{memory && sentence(countedText(memory))}</dd>
            </div>
          )
        })}
      </dl>
      {kernels.map((kernel) => <Place key={kernel} kernel={kernel} />)}
    </article>
  )
}

function Place({ kernel }: { kernel: LabKernel }) {
  const chooser = useChooser()
  const [left, right] = useChoice(({ setup }) => setup.kernels)
  return (
    <p className="lab-place">
      <span>{KERNEL_TITLES[kernel]}</span>
      <span className="choice" role="group" aria-label={`Compare ${KERNEL_TITLES[kernel]}`}>
        <button type="button" aria-pressed={left === kernel} onClick={() => chooser.change({ kernels: [kernel, right] })}>on the left</button>
        <button type="button" aria-pressed={right === kernel} onClick={() => chooser.change({ kernels: [left, kernel] })}>on the right</button>
      </span>
    </p>
  )
}
