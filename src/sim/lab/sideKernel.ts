// One kernel under test: its mount's devices, its way to maps and its daemon, and who counts what goes between them. A
// file is opened at its first access; one that couldn't be opened isn't tried again.

import type { Failure } from '../../core/base/result.ts'
import { watchedLink } from '../../core/fuse/directLink.ts'
import type { DaemonLink, Seen } from '../../core/fuse/wire.ts'
import { newAnswer } from '../../core/fmap/resolve.ts'
import { MountDevices } from '../../core/kernel/devices.ts'
import { FileBytes } from '../../core/kernel/fileBytes.ts'
import { type FileAsk, type KernelName, type MapWay, wholeMountFails, type WayMaker } from '../../core/kernel/way.ts'
import { connect, isStandalone, type KernelOptions, type PullKernel, wayOver } from '../../core/machine/kernels.ts'
import { defaultProgram } from '../../core/kernel/program/examples.ts'
import type { SandboxMaker } from '../../core/kernel/program/sandbox.ts'
import type { Memory } from '../../core/mem/memory.ts'
import type { Accesses } from './accesses.ts'
import { fmapOfWide, type LabFile, type LabFiles, labStore } from './files.ts'
import { LAB_UNIT_BYTES } from './setup.ts'
import { nsPerResolve, usPerOpen } from './timing.ts'
import { type LabMessage, type LabSetup, type LabSide, MESSAGES_MOST } from './types.ts'

/** A daemon in another thread, for one kernel and these files. */
export interface FarDaemon {
  link: DaemonLink
  /** Memory that both see. */
  shared: Pick<KernelOptions, 'cookies'>
  end(): void
}

export interface SideOutside {
  /** Microseconds, of any beginning. */
  nowUs(): number
  /** Where programs run. */
  sandbox: SandboxMaker
  /** Missing where all daemons run beside their kernels. */
  far?: ((kernel: PullKernel, made: LabFiles, program: string) => FarDaemon) | undefined
}

type Opened = { bytes: FileBytes } | 'failed'

export class SideKernel {
  readonly #files: readonly LabFile[]
  readonly #way: MapWay
  readonly #devices: MountDevices
  readonly #opened: (Opened | undefined)[]
  readonly #nowUs: () => number
  readonly #end: (() => void) | undefined
  readonly #startUs: number
  readonly #messages: LabMessage[] = []
  readonly #answer = newAnswer()
  #isRecording = true
  #messageCount = 0
  #callCount = 0
  #copiedBytes = 0
  #waitedUs = 0
  #residentMostBytes = 0
  #resolveCount = 0
  #servedCount = 0
  #failedCount = 0
  #failure: Failure | undefined

  constructor(kernel: KernelName, setup: LabSetup, made: LabFiles, memories: readonly Memory[], outside: SideOutside) {
    const [primary] = memories
    const { nowUs } = outside
    this.#files = made.files
    this.#opened = made.files.map(() => undefined)
    this.#nowUs = nowUs
    this.#startUs = nowUs()
    const { maker, end } = this.#connect(kernel, setup, made, outside)
    this.#end = end
    this.#devices = new MountDevices(primary as Memory, wholeMountFails(kernel))
    // Replay told the standalone module of them; others ask.
    if (isStandalone(kernel)) for (const [devindex, memory] of memories.entries()) this.#devices.add(devindex, { uuid: memory.device.uuid, sizeBytes: memory.device.sizeBytes, memory })
    const openDevice = (_devindex: number, name: string): Memory | undefined => memories.find(({ device }) => device.name === name)
    this.#way = maker.make({ devices: this.#devices, unitBytes: LAB_UNIT_BYTES, isReserved: () => false, openDevice })
    for (const file of made.files) this.#push(file)
  }

  /** One access. @returns false where it failed */
  read(fileIndex: number, offsetBytes: number, target: Uint8Array): boolean {
    // Opening is part of the first fault.
    let before = this.#callCount
    const opened = this.#opened[fileIndex] ?? this.#open(fileIndex)
    for (let at = 0; at < target.length; before = this.#callCount) {
      const part = opened === 'failed' ? undefined : opened.bytes.window(offsetBytes + at, target.length - at)
      this.#resolveCount++
      if (this.#callCount !== before) this.#noteResident()
      else if (part) this.#servedCount++
      if (!part) return this.#failed(opened === 'failed' ? undefined : opened.bytes.failure)
      target.set(part, at)
      at += part.length
    }
    return true
  }

  /** Looks all places up, and reads nothing. */
  touch({ count, fileIndices, offsets }: Accesses): void {
    for (let i = 0; i < count; i++) {
      const fileIndex = fileIndices[i] as number
      const opened = this.#opened[fileIndex] ?? this.#open(fileIndex)
      if (opened !== 'failed') opened.bytes.resolver.resolve(offsets[i] as number, this.#answer)
    }
  }

  /** As they are now; what is timed afterwards isn't in them. */
  counts(): Omit<LabSide, 'kernel' | 'nsPerResolve' | 'openUs' | 'checksum'> {
    this.#isRecording = false
    this.#noteResident()
    return {
      failure: this.#failure,
      failedCount: this.#failedCount,
      messages: this.#messages,
      messageCount: this.#messageCount,
      roundTripCount: this.#callCount,
      waitedUs: this.#waitedUs,
      copiedBytes: this.#copiedBytes,
      residentBytes: this.#way.residentBytes(),
      residentMostBytes: this.#residentMostBytes,
      resolveCount: this.#resolveCount,
      servedCount: this.#servedCount,
    }
  }

  /** Of files that were accessed before, after counting. Zeros where none could be opened. */
  timing(accesses: Accesses): { nsPerResolve: number; openUs: number } {
    const resolvers = this.#opened.map((opened) => (opened === undefined || opened === 'failed' ? undefined : opened.bytes.resolver))
    if (!resolvers.some(Boolean)) return { nsPerResolve: 0, openUs: 0 }
    const ns = nsPerResolve(resolvers, accesses, { nowUs: this.#nowUs, callCount: () => this.#callCount })
    const fileIndex = resolvers.findIndex(Boolean)
    return { nsPerResolve: ns, openUs: usPerOpen(() => this.#firstAccess(fileIndex), { nowUs: this.#nowUs }) }
  }

  end(): void {
    this.#end?.()
  }

  #connect(kernel: KernelName, { cacheCapBytes, program = defaultProgram.source }: LabSetup, made: LabFiles, { far, sandbox }: SideOutside): { maker: WayMaker; end?: () => void } {
    const watcher = { nowUs: this.#nowUs, see: (seen: Seen) => this.#see(seen) }
    const options: KernelOptions = { cacheCapBytes, sandbox, program }
    if (isStandalone(kernel) || !far) return { maker: connect(kernel, labStore(made), { ...options, watcher }) }
    const daemon = far(kernel, made, program)
    return { maker: wayOver(kernel, watchedLink(daemon.link, watcher), { ...options, ...daemon.shared }), end: () => daemon.end() }
  }

  #push(file: LabFile): void {
    const failure = this.#way.push?.(askOf(file), fmapOfWide(file.map))
    if (failure) this.#failure ??= failure
    this.#noteResident()
  }

  #open(fileIndex: number): Opened {
    const file = this.#files[fileIndex] as LabFile
    const resolver = this.#way.open(askOf(file))
    this.#noteResident()
    if (!resolver.ok) this.#failure ??= resolver.failure
    const opened: Opened = resolver.ok
      ? { bytes: new FileBytes({ path: file.path, invalid: false }, resolver.value, this.#devices) }
      : 'failed'
    this.#opened[fileIndex] = opened
    return opened
  }

  /** All that stands between a file that the kernel doesn't know and its first byte; timed. */
  #firstAccess(fileIndex: number): void {
    const file = this.#files[fileIndex] as LabFile
    this.#way.forget(file.node)
    this.#way.push?.(askOf(file), fmapOfWide(file.map))
    const opened = this.#open(fileIndex)
    if (opened !== 'failed') opened.bytes.window(0, 1)
  }

  #failed(failure: Failure | undefined): false {
    this.#failedCount++
    this.#failure ??= failure
    return false
  }

  #noteResident(): void {
    if (this.#isRecording) this.#residentMostBytes = Math.max(this.#residentMostBytes, this.#way.residentBytes())
  }

  #see(seen: Seen): void {
    if (seen.from === 'kernel') this.#callCount++
    if (!this.#isRecording) return
    const { request, answer, sentUs, answeredUs } = seen
    this.#messageCount++
    this.#copiedBytes += request.length + (answer?.bytes.length ?? 0)
    if (seen.from === 'kernel') this.#waitedUs += answeredUs - sentUs
    if (this.#messages.length < MESSAGES_MOST) this.#messages.push({ ...seen, sentUs: sentUs - this.#startUs, answeredUs: answeredUs - this.#startUs })
  }
}

function askOf({ node, path, map }: LabFile): FileAsk {
  return { node, path, sizeBytes: map.sizeBytes }
}
