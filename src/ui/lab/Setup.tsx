// What is compared: presets that make one point each, the two kernels, and everything that a person can turn.

import { useId } from 'react'
import type { LabKernel, LabSetup } from '../../playground/lab/types.ts'
import { plural } from '../format.ts'
import { parseSize } from '../parse.ts'
import { Choice, Field } from '../controls.tsx'
import { KERNELS } from './cards.ts'
import { chosenPreset } from './choices.ts'
import { ACCESS_BYTES, ACCESS_STEPS, CAP_STEPS, DEVICES_MOST, EXTENT_STEPS, FILE_STEPS, MOVE_STEPS, PRESETS, STRIPS_MOST } from './presets.ts'
import { Slider } from './Slider.tsx'
import { capText, KERNEL_TITLES } from './text.ts'
import { useChoice, useChooser } from './useChoices.ts'

const upTo = (most: number): number[] => Array.from({ length: most }, (_, i) => i + 1)
const STRIP_STEPS = upTo(STRIPS_MOST)
const DEVICE_STEPS = upTo(DEVICES_MOST)
const PATTERNS: Record<LabSetup['pattern'], string> = { in_order: 'in order', random: 'random', stride: 'stride' }

export function Presets() {
  const chooser = useChooser()
  const chosen = useChoice(chosenPreset)
  return (
    <div className="lab-presets" role="group" aria-label="Comparisons">
      {PRESETS.map((preset) => (
        <button key={preset.id} type="button" aria-pressed={preset === chosen} onClick={() => void chooser.press(preset)}>
          <strong>{preset.title}</strong>
          <span className="quiet">{preset.point}</span>
        </button>
      ))}
    </div>
  )
}

export function Kernels() {
  const chooser = useChooser()
  const [left, right] = useChoice(({ setup }) => setup.kernels)
  return (
    <div className="lab-kernels">
      <KernelChoice side={0} kernel={left} onChange={(kernel) => chooser.change({ kernels: [kernel, right] })} />
      <KernelChoice side={1} kernel={right} onChange={(kernel) => chooser.change({ kernels: [left, kernel] })} />
    </div>
  )
}

function KernelChoice({ side, kernel, onChange }: { side: 0 | 1; kernel: LabKernel; onChange: (kernel: LabKernel) => void }) {
  const id = useId()
  return (
    <div className="lab-kernel" data-side={side}>
      <label htmlFor={id}><span className="side-mark" aria-hidden />{side === 0 ? 'Left kernel' : 'Right kernel'}</label>
      <select id={id} value={kernel} onChange={(event) => onChange(KERNELS.find((name) => name === event.target.value) ?? kernel)}>
        {KERNELS.map((name) => <option key={name} value={name}>{KERNEL_TITLES[name]}</option>)}
      </select>
    </div>
  )
}

export function Settings() {
  const chooser = useChooser()
  const setup = useChoice((choices) => choices.setup)
  const lab = useChoice((choices) => choices.lab)
  const striped = setup.shape === 'striped'
  const caches = setup.kernels.some((kernel) => kernel === 'fuse-paged' || kernel === 'fuse-iomap' || kernel === 'fuse-iomap-shared')
  const mayLeave = lab?.daemons.includes('worker') ?? false
  return (
    <div className="lab-settings">
      <Choice label="Shape of the files" options={['simple', 'striped'] as const} value={setup.shape} textOf={(shape) => (shape === 'simple' ? 'Simple extents' : 'Striped')} onChange={(shape) => chooser.change({ shape })} />
      <Slider label={striped ? 'Chunks per file' : 'Extents per file'} steps={EXTENT_STEPS} value={setup.extentCount} onChange={(extentCount) => chooser.change({ extentCount })} />
      {striped ? (
        <Slider label="Strips" steps={STRIP_STEPS} value={setup.stripCount} onChange={(stripCount) => chooser.change({ stripCount })} />
      ) : (
        <Check label="All extents of one power of two" checked={setup.isUniform} onChange={(isUniform) => chooser.change({ isUniform })} />
      )}
      <Slider label="Files" steps={FILE_STEPS} value={setup.fileCount} onChange={(fileCount) => chooser.change({ fileCount })} />
      <Slider label="Devices" steps={DEVICE_STEPS} value={setup.deviceCount} onChange={(deviceCount) => chooser.change({ deviceCount })} />
      <Slider label="Cache cap" steps={CAP_STEPS} value={setup.cacheCapBytes} textOf={capText} parse={parseSize} off={!caches} hint={caches ? 'for paged and iomap' : 'Only fuse-paged and fuse-iomap can drop what they hold.'}
        onChange={(cacheCapBytes) => chooser.change({ cacheCapBytes })} />
      <Slider label="Accesses" steps={ACCESS_STEPS} value={setup.accessCount} onChange={(accessCount) => chooser.change({ accessCount })} />
      <Slider label="Moves" steps={MOVE_STEPS} value={setup.moveCount ?? 0} hint="Files that go to another place meanwhile." onChange={(moveCount) => chooser.change({ moveCount })} />
      <div className="lab-row">
        <Field label="Bytes each">
          {(id) => (
            <select id={id} value={setup.accessBytes} onChange={(event) => chooser.change({ accessBytes: Number(event.target.value) })}>
              {ACCESS_BYTES.map((bytes) => <option key={bytes} value={bytes}>{capText(bytes)}</option>)}
            </select>
          )}
        </Field>
        <Field label="Pattern">
          {(id) => (
            <select id={id} value={setup.pattern} onChange={(event) => chooser.change({ pattern: patternOf(event.target.value) })}>
              {(Object.keys(PATTERNS) as LabSetup['pattern'][]).map((pattern) => <option key={pattern} value={pattern}>{PATTERNS[pattern]}</option>)}
            </select>
          )}
        </Field>
      </div>
      <Check label="Daemon in a worker of its own" checked={setup.daemon === 'worker'} off={!mayLeave} onChange={(apart) => chooser.change({ daemon: apart ? 'worker' : 'beside' })} />
      {lab?.daemonWhy !== undefined && <small>{lab.daemonWhy}</small>}
    </div>
  )
}

function Check({ label, checked, off = false, onChange }: { label: string; checked: boolean; off?: boolean; onChange: (checked: boolean) => void }) {
  const id = useId()
  return (
    <div className="lab-check">
      <input id={id} type="checkbox" checked={checked} disabled={off} onChange={(event) => onChange(event.target.checked)} />
      <label htmlFor={id}>{label}</label>
    </div>
  )
}

function patternOf(text: string): LabSetup['pattern'] {
  return text === 'in_order' || text === 'stride' ? text : 'random'
}

/** What is set, in one line: it stands over the results of a run. */
export function setupText({ shape, extentCount, stripCount, isUniform, fileCount, deviceCount, accessCount, accessBytes, pattern, daemon, moveCount = 0, programChange }: LabSetup): string {
  const files = `${plural(fileCount, 'file')} of ${shape === 'striped' ? `${plural(extentCount, 'chunk')} over ${plural(stripCount, 'strip')}` : `${plural(extentCount, isUniform ? 'equal extent' : 'extent', isUniform ? 'equal extents' : 'extents of mixed lengths')}`}`
  return `${files} on ${plural(deviceCount, 'device')}; ${plural(accessCount, 'access', 'accesses')} of ${capText(accessBytes)} each, ${PATTERNS[pattern]}${moveCount > 0 ? `; ${plural(moveCount, 'move')} meanwhile` : ''}${programChange === undefined ? '' : '; another program from half-way on'}; daemon ${daemon === 'worker' ? 'in a worker of its own' : 'beside its kernel'}`
}
