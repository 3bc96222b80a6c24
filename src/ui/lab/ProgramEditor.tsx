// The program's source, live: it is checked while it is typed, trouble stands where it is, and a run shows its effect at
// once. The textarea is the browser's own; what lies behind it only shows lines and the place of trouble.

import { useEffect, useId, useRef, useState } from 'react'
import { sentence } from '../format.ts'
import { Field } from '../controls.tsx'
import { useChoice, useChooser } from './useChoices.ts'

const CHECK_MS = 200

export function ProgramEditor() {
  const chooser = useChooser()
  const lab = useChoice((choices) => choices.lab)
  const failed = useChoice((choices) => choices.failed)
  const source = useChoice((choices) => choices.source)
  const own = useChoice((choices) => choices.own)
  const sourceTrouble = useChoice((choices) => choices.sourceTrouble)
  const isChecked = useChoice((choices) => choices.isChecked)
  const run = useChoice((choices) => choices.run)
  const id = useId()
  const text = useRef<HTMLTextAreaElement>(null)
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 })
  const exampleName = lab?.examples.find((example) => example.source === source)?.name ?? ''
  const example = lab?.examples.find(({ name }) => name === exampleName)
  const lines = source.split('\n')
  useEffect(() => {
    const timer = setTimeout(() => void chooser.check(), CHECK_MS)
    return () => clearTimeout(timer)
  }, [chooser, lab, source])
  const load = (name: string): void => {
    const chosen = name === '' ? own : lab?.examples.find((each) => each.name === name)?.source
    if (chosen !== undefined) chooser.write(chosen)
  }
  const goToTrouble = (): void => {
    if (!sourceTrouble || !text.current) return
    const at = lines.slice(0, sourceTrouble.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + sourceTrouble.column - 1
    text.current.focus()
    text.current.setSelectionRange(at, at + 1)
  }
  const isOff = !lab || sourceTrouble !== undefined
  const says = failed ? 'The lab could not be loaded.' : !lab ? 'Loading.' : isChecked ? 'It compiles.' : ''
  // Of what stands here, and of nothing that stood here before.
  const outcome = run && (run.setup.programChange ?? run.setup.program) === source ? run.sides.find(({ kernel }) => kernel === 'program') : undefined

  return (
    <section className="lab-program" aria-labelledby="lab-program-heading">
      <header className="section-head">
        <h3 id="lab-program-heading">The program</h3>
        <Field label="Example">
          {(fieldId) => (
            <select id={fieldId} value={exampleName} onChange={(event) => load(event.target.value)}>
              {(exampleName === '' || own !== undefined) && <option value="">your own</option>}
              <optgroup label="Work">{lab?.examples.filter(({ fails }) => !fails).map(({ name }) => <option key={name} value={name}>{name}</option>)}</optgroup>
              <optgroup label="Fail when they run">{lab?.examples.filter(({ fails }) => fails).map(({ name }) => <option key={name} value={name}>{name}</option>)}</optgroup>
            </select>
          )}
        </Field>
      </header>
      <p className="quiet">{example ? example.says : 'What the program kernel runs at each open and each fault: change it, and run it.'}</p>
      <div className="lab-editor mono">
        <div className="lab-editor-back" aria-hidden>
          <div className="lab-lines" style={{ transform: `translateY(${-scrolled.top}px)` }}>
            {lines.map((_, i) => <span key={`line ${i + 1}`} data-wrong={sourceTrouble?.line === i + 1 || undefined}>{i + 1}</span>)}
          </div>
        </div>
        <div className="lab-source">
          {sourceTrouble && (
            <div className="lab-wrong-clip" aria-hidden>
              <i style={{ top: `calc(${sourceTrouble.line - 1} * var(--line) - ${scrolled.top}px)`, left: `calc(${sourceTrouble.column - 1} * 1ch - ${scrolled.left}px)` }} />
            </div>
          )}
          <textarea ref={text} aria-label="Source of the program" aria-invalid={sourceTrouble !== undefined} aria-describedby={`${id}-trouble`} spellCheck={false} autoCapitalize="off" autoComplete="off" wrap="off"
            value={source} onChange={(event) => chooser.write(event.target.value)} onScroll={({ currentTarget: { scrollTop, scrollLeft } }) => setScrolled({ top: scrollTop, left: scrollLeft })} />
        </div>
      </div>
      <div className="lab-program-foot">
        <button type="button" className="primary" aria-disabled={isOff} onClick={() => void chooser.runProgram()}>Run</button>
        <button type="button" aria-disabled={isOff} title="The first example runs for half of the accesses; then this one is uploaded, with all files open." onClick={() => void chooser.uploadHalfWay()}>Upload half-way</button>
        <p id={`${id}-trouble`} role="status">
          {sourceTrouble ? (
            <>
              <span className="wrong">{`Line ${sourceTrouble.line}, column ${sourceTrouble.column}: ${sentence(sourceTrouble.says)}`}</span> <span className="quiet">{sourceTrouble.next}</span>{' '}
              <button type="button" className="link" onClick={goToTrouble}>Go there</button>
            </>
          ) : outcome?.failure ? (
            <><span className="wrong"><code>{outcome.failure.errno}</code> {sentence(outcome.failure.says)}</span> <span className="quiet">{sentence(outcome.failure.next)}</span></>
          ) : (
            <span className="quiet">{outcome && run ? `${run.setup.programChange === source ? 'It took over half-way' : 'It ran'}, and ${run.agrees ? 'both kernels read the same bytes.' : 'the kernels did not read the same bytes.'}` : says}</span>
          )}
        </p>
      </div>
    </section>
  )
}
