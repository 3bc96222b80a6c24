// One kernel under test: its mount's devices, its way to maps and its daemon, and who counts what goes between them. A
// file is opened at its first access; one that couldn't be opened isn't tried again.

import type { Failure } from '../../core/base/result.ts'
import { watchedLink } from '../../core/fuse/directLink.ts'
import type { WideMap } from '../../core/fmap/wide.ts'
import type { DaemonLink, Seen } from '../../core/fuse/wire.ts'
import { newAnswer, type Resolver } from '../../core/fmap/resolve.ts'
import { MountDevices } from '../../core/kernel/devices.ts'
import { FileBytes } from '../../core/kernel/fileBytes.ts'
import { type FileAsk, type KernelName, type MapWay, type WayMaker } from '../../core/kernel/way.ts'
import { connectServed, isStandalone, type KernelOptions, type PullKernel, standaloneWay, wayOver } from '../../core/machine/kernels.ts'
import type { SandboxMaker } from '../../core/kernel/program/sandbox.ts'
import type { Memory } from '../../core/mem/memory.ts'
import type { Accesses } from './accesses.ts'
import { fmapOfWide, type LabFile, type LabFiles, labStore } from './files.ts'
import { LAB_UNIT_BYTES } from './setup.ts'
import { openSpread, resolveSpread } from './timing.ts'
import { type LabMessage, type LabSetup, type LabSide, MESSAGES_MOST, type Spread } from './types.ts'

/** A daemon in another thread, for one kernel and these files. */
export interface FarDaemon {
  link: DaemonLink
  /** Memory that both see. */
  shared: Pick<KernelOptions, 'cookies'>
  tell: Telling
  end(): void
}

/** What makes the daemon tell its kernel something: when it returns, the kernel has heard. */
interface Telling {
  moved(node: number, map: WideMap): void
  upload(source: string): void
}

export interface SideOutside {
  /** Microseconds, of any beginning. */
  nowUs(): number
  /** Where programs run. */
  sandbox: SandboxMaker
  /** Missing where all daemons run beside their kernels. */
  far?: ((kernel: PullKernel, made: LabFiles, given: Pick<KernelOptions, 'program' | 'aheadBytes'>) => FarDaemon) | undefined
}

type Opened = { bytes: FileBytes; validity: number } | 'failed'

/** What the kernel is doing when a message is seen. */
interface Call {
  /** Where the request stands among the messages: before all that is seen while it waits. */
  index: number
  /** Time in which the kernel took notices in, and didn't wait. */
  noticesUs: number
}

/** All that a side counts, but for its times. */
export type SideCounts = Omit<LabSide, 'kernel' | 'nsPerResolve' | 'resolveSpread' | 'openUs' | 'openSpread' | 'checksum' | 'expectedChecksum' | 'wrongCount'>

export class SideKernel {
  readonly #kernel: KernelName
  readonly #files: readonly LabFile[]
  /** Where the files are now. */
  readonly #maps: WideMap[]
  readonly #tell: Telling | undefined
  readonly #way: MapWay
  readonly #devices: MountDevices
  readonly #opened: (Opened | undefined)[]
  readonly #nowUs: () => number
  readonly #end: (() => void) | undefined
  readonly #startUs: number
  readonly #messages: LabMessage[] = []
  readonly #answer = newAnswer()
  #call: Call | undefined
  #isRecording = true
  #messageCount = 0
  #callCount = 0
  #copiedBytes = 0
  #waitedUs = 0
  #residentMostBytes = 0
  #resolveCount = 0
  #servedCount = 0
  #failedCount = 0
  #noticeCount = 0
  #revalidationCount = 0
  #failure: Failure | undefined

  constructor(kernel: KernelName, setup: LabSetup, made: LabFiles, memories: readonly Memory[], outside: SideOutside) {
    const [primary] = memories
    const { nowUs } = outside
    this.#kernel = kernel
    this.#files = made.files
    this.#maps = made.files.map(({ map }) => map)
    this.#opened = made.files.map(() => undefined)
    this.#nowUs = nowUs
    this.#startUs = nowUs()
    const { maker, tell, end } = this.#connect(kernel, setup, made, outside)
    this.#tell = tell
    this.#end = end
    this.#devices = new MountDevices(primary as Memory, isStandalone(kernel))
    // Replay told the standalone module of them; others ask.
    if (isStandalone(kernel)) for (const [devindex, memory] of memories.entries()) this.#devices.add(devindex, { uuid: memory.device.uuid, sizeBytes: memory.device.sizeBytes, memory })
    const openDevice = (_devindex: number, name: string): Memory | undefined => memories.find(({ device }) => device.name === name)
    this.#way = maker.make({ devices: this.#devices, unitBytes: LAB_UNIT_BYTES, isReserved: () => false, openDevice })
  }

  /** How many maps replay pushes, before anything is read. */
  get pushCount(): number {
    return isStandalone(this.#kernel) ? this.#files.length : 0
  }

  /** Tools push what replay makes, a file at a time: there may be so many that someone wants to stop between them. */
  push(fileIndex: number): void {
    const file = this.#files[fileIndex] as LabFile
    const failure = this.#way.push?.(askOf(file), fmapOfWide(file.map))
    if (failure) this.#failure ??= failure
    this.#noteResident()
  }

  /** One access. @returns false where it failed */
  read(fileIndex: number, offsetBytes: number, target: Uint8Array): boolean {
    // Opening is part of the first fault.
    let before = this.#callCount
    const opened = this.#opened[fileIndex] ?? this.#open(fileIndex)
    if (opened !== 'failed') this.#revalidate(opened)
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

  /** The file's bytes are at the new place already. A kernel that nobody can tell so goes on as before. */
  move(fileIndex: number, map: WideMap): void {
    this.#maps[fileIndex] = map
    this.#tell?.moved((this.#files[fileIndex] as LabFile).node, map)
  }

  /** Another program from now on, on a kernel that runs one. */
  upload(source: string): void {
    if (this.#kernel === 'program') this.#tell?.upload(source)
  }

  /** As they are now; what is timed afterwards isn't in them. */
  counts(): SideCounts {
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
      openedCount: this.#resolvers().filter(Boolean).length,
      openIs: isStandalone(this.#kernel) ? 'pushed' : 'asked',
      noticeCount: this.#noticeCount,
      revalidationCount: this.#revalidationCount,
    }
  }

  /** Of files that were accessed before, after counting. */
  resolveTime(accesses: Accesses): Spread | undefined {
    return resolveSpread(this.#resolvers(), accesses, { nowUs: this.#nowUs, callCount: () => this.#callCount })
  }

  /** Of the first file that could be opened. */
  openTime(): Spread | undefined {
    const fileIndex = this.#resolvers().findIndex(Boolean)
    return fileIndex < 0 ? undefined : openSpread(() => this.#firstAccess(fileIndex), { nowUs: this.#nowUs })
  }

  end(): void {
    this.#end?.()
  }

  #connect(kernel: KernelName, { cacheCapBytes, aheadBytes, program }: LabSetup, made: LabFiles, { far, sandbox }: SideOutside): { maker: WayMaker; tell?: Telling; end?: () => void } {
    const watcher = { nowUs: this.#nowUs, see: (seen: Seen) => this.#see(seen), begin: () => this.#begin() }
    if (isStandalone(kernel)) return { maker: standaloneWay(kernel, watcher) }
    const options: KernelOptions = { cacheCapBytes, aheadBytes, sandbox, program }
    if (!far) {
      const { maker, served } = connectServed(kernel, labStore(made, this.#maps), { ...options, watcher })
      return { maker, tell: { moved: (node) => served.moved?.(node), upload: (source) => served.upload?.(source) } }
    }
    const daemon = far(kernel, made, { program, aheadBytes })
    return { maker: wayOver(kernel, watchedLink(daemon.link, watcher), { ...options, ...daemon.shared }), tell: daemon.tell, end: () => daemon.end() }
  }

  #resolvers(): (Resolver | undefined)[] {
    return this.#opened.map((opened) => (opened === undefined || opened === 'failed' ? undefined : opened.bytes.resolver))
  }

  /** What was held of the file may have been taken back since it was last looked at. */
  #revalidate(opened: Exclude<Opened, 'failed'>): void {
    const { validity } = opened.bytes
    if (validity !== opened.validity) this.#revalidationCount++
    opened.validity = validity
  }

  #open(fileIndex: number): Opened {
    const file = this.#files[fileIndex] as LabFile
    const resolver = this.#way.open(askOf(file))
    this.#noteResident()
    if (!resolver.ok) this.#failure ??= resolver.failure
    if (!resolver.ok) return (this.#opened[fileIndex] = 'failed')
    const bytes = new FileBytes({ path: file.path, invalid: false }, resolver.value, this.#devices)
    return (this.#opened[fileIndex] = { bytes, validity: bytes.validity })
  }

  /** All that stands between a file that nobody opened and its first byte; timed. What was pushed is there already. */
  #firstAccess(fileIndex: number): boolean {
    if (!isStandalone(this.#kernel)) this.#way.forget((this.#files[fileIndex] as LabFile).node)
    const opened = this.#open(fileIndex)
    return opened !== 'failed' && opened.bytes.window(0, 1) !== undefined
  }

  #failed(failure: Failure | undefined): false {
    this.#failedCount++
    this.#failure ??= failure
    return false
  }

  #noteResident(): void {
    if (this.#isRecording) this.#residentMostBytes = Math.max(this.#residentMostBytes, this.#way.residentBytes())
  }

  #begin(): void {
    this.#call = { index: this.#messages.length, noticesUs: 0 }
  }

  #see(seen: Seen): void {
    const call = this.#call
    // Who sends FORGET waits for nothing.
    const isRequest = seen.from === 'kernel' && seen.answer !== undefined
    if (isRequest) {
      this.#callCount++
      this.#call = undefined
    }
    if (!this.#isRecording) return
    const { request, answer, sentUs, answeredUs } = seen
    this.#messageCount++
    this.#copiedBytes += request.length + (answer?.bytes.length ?? 0)
    if (isRequest) this.#waitedUs += answeredUs - sentUs - (call?.noticesUs ?? 0)
    else if (call) call.noticesUs += answeredUs - sentUs
    else if (seen.from === 'daemon') this.#noticeCount++
    this.#keep({ ...seen, sentUs: sentUs - this.#startUs, answeredUs: answeredUs - this.#startUs }, isRequest ? call?.index : undefined)
  }

  /** In the order they were sent: a request is seen when it is answered, after all that came while it waited. */
  #keep(message: LabMessage, index = this.#messages.length): void {
    if (index >= MESSAGES_MOST) return
    this.#messages.splice(index, 0, message)
    if (this.#messages.length > MESSAGES_MOST) this.#messages.pop()
  }
}

function askOf({ node, path, map }: LabFile): FileAsk {
  return { node, path, sizeBytes: map.sizeBytes }
}
