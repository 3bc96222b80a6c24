// The server uploads a program that finds the bytes: `setup` copies a file's map out of a table that the server filled
// during OPEN, `resolve` answers each fault. There is no map message; table and program change while files are open. The
// kernel compiles the source itself, and holds every answer against ranges of devices that OPEN brought: a bad program
// fails its file, and reaches nothing else.

import { errnos } from '../../base/errno.ts'
import { failLate } from '../../base/late.ts'
import { textOf } from '../../base/plain.ts'
import { fail, type Failure, ok, type Result } from '../../base/result.ts'
import type { Answer, Resolver } from '../../fmap/resolve.ts'
import type { Columns } from '../../fmap/wide.ts'
import { decodeInitReply, decodeOpenReply, decodeTable, encodeInit, encodeOpen, FILE_CELLS_MOST, type FilePlace, PROGRAM_BYTES_MOST, TABLE_CELLS_MOST } from '../../fuse/programMessages.ts'
import type { DaemonLink, Notice } from '../../fuse/wire.ts'
import { refuseMap } from '../checks.ts'
import { defaultProgram } from '../program/examples.ts'
import { type FileHome, ProgramFile } from '../program/file.ts'
import { FUEL, Runner } from '../program/runner.ts'
import type { SandboxMaker } from '../program/sandbox.ts'
import type { FileAsk, MapReason, MapWay, WayContext, WayMaker } from '../way.ts'
import { learnDevice, unanswered } from './pull.ts'

interface ProgramOptions {
  sandbox: SandboxMaker
  /** Runs until the server uploads one; a program for both kinds of maps unless said otherwise. */
  source?: string | undefined
  /** Steps of one hook at most. */
  fuel?: number | undefined
}

const [ENOENT] = errnos.ENOENT
const [EINVAL] = errnos.EINVAL
const [EIO] = errnos.EIO
const [E2BIG] = errnos.E2BIG
const [ENOSYS] = errnos.ENOSYS

export function programWay(link: DaemonLink, options: ProgramOptions): WayMaker {
  return { kernel: 'program', make: (context) => new ProgramWay(context, link, options) }
}

class ProgramWay implements MapWay, FileHome {
  readonly kernel = 'program'
  readonly runner: Runner
  readonly #context: WayContext
  readonly #link: DaemonLink
  readonly #files = new Map<number, ProgramFile>()
  /** Of ranges, of all files: looking at each of many would take longer than opening one. */
  #spanBytes = 0

  constructor(context: WayContext, link: DaemonLink, { sandbox, source = defaultProgram.source, fuel = FUEL }: ProgramOptions) {
    this.#context = context
    this.#link = link
    this.runner = new Runner(sandbox, fuel)
    link.hear((notice, node, bytes) => this.#notice(notice, node, bytes))
    this.#askDevices()
    // Not in place of one that was uploaded and can't be compiled: files then say so.
    if (!this.runner.running && !this.runner.refused) this.runner.offer(source)
  }

  get unitBytes(): number {
    return this.#context.unitBytes
  }

  open(ask: FileAsk): Result<Resolver, MapReason> {
    const opened = this.openFile(ask)
    return opened.ok ? ok(new ProgramResolver(this, ask, opened.value)) : opened
  }

  openFile(ask: FileAsk): Result<ProgramFile, MapReason> {
    const known = this.#files.get(ask.node)
    const file = known ?? new ProgramFile(this, ask)
    // Known before the question: the table is filled before the answer.
    this.#files.set(ask.node, file)
    const failure = this.#open(ask, file)
    if (!failure) return ok(file)
    if (!known) this.#drop(ask.node, file)
    return { ok: false, failure }
  }

  file(node: number): ProgramFile | undefined {
    return this.#files.get(node)
  }

  /** Why nothing that is held can be relied on any more. */
  cutOff({ path }: FileAsk): Failure<MapReason> | undefined {
    return this.#link.failed === undefined ? undefined : unanswered(this.#link, 'OPEN', path, EIO)
  }

  forget(node: number): void {
    const file = this.#files.get(node)
    if (file) this.#drop(node, file)
  }

  residentBytes(): number {
    return this.runner.residentBytes + this.#spanBytes
  }

  keep(moreBytes: number): void {
    this.#spanBytes += moreBytes
  }

  poll(): void {
    this.#link.poll()
  }

  /** A device that isn't known may have come since the mount, so the server is asked once more. */
  learnDevices({ count, devindices }: Columns): void {
    const { devices } = this.#context
    if (devindices.subarray(0, count).some((devindex) => !devices.at(devindex))) this.#askDevices()
  }

  refuse(ask: FileAsk, columns: Columns): Failure<MapReason> | undefined {
    return refuseMap(this.#context, ask, { kind: 'simple', sizeBytes: ask.sizeBytes, columns })
  }

  #open(ask: FileAsk, file: ProgramFile): Failure<MapReason> | undefined {
    const { node, path } = ask
    file.expectSpans()
    const answered = this.#link.call('OPEN', node, encodeOpen())
    // The notices that filled the table were sent before the answer.
    this.#link.poll()
    if (answered.errno !== 0) return unanswered(this.#link, 'OPEN', path, answered.errno)
    const place = decodeOpenReply(answered.bytes)
    if ('trouble' in place) return fail('bad_map', { path, what: place.trouble }).failure
    return refusePlace(ask, place, file) ?? file.open(ask, place)
  }

  #drop(node: number, file: ProgramFile): void {
    file.letGo()
    this.#spanBytes -= file.residentBytes
    file.isForgotten = true
    this.#files.delete(node)
    this.#link.forget(node)
    if (this.#files.size === 0) this.runner.clear()
  }

  #askDevices(): void {
    const answered = this.#link.call('INIT', 0, encodeInit())
    this.#link.poll()
    const told = answered.errno === 0 ? decodeInitReply(answered.bytes) : undefined
    // Files on devices that nobody told of fail one by one, and say so.
    if (!told || 'trouble' in told) return
    // One that would be a second name of another isn't learnt: files on it fail as on a device that isn't here.
    for (const { devindex, name } of told.devices) learnDevice(this.#context, devindex, name)
  }

  #notice(notice: Notice, node: number, bytes: Uint8Array): number {
    if (notice === 'TABLE') return this.#table(node, bytes)
    if (notice !== 'PROGRAM') return ENOSYS
    if (bytes.length > PROGRAM_BYTES_MOST) return E2BIG
    this.runner.offer(textOf(bytes))
    return 0
  }

  #table(node: number, bytes: Uint8Array): number {
    const file = this.#files.get(node)
    if (!file) return ENOENT
    const part = decodeTable(bytes)
    if ('trouble' in part) return EINVAL
    if (part.spans.length > 0 && !file.tell(part.firstSpan, part.spans)) return EINVAL
    this.runner.writeTable(part.firstCell, part.cells)
    file.outdate()
    return 0
  }
}

/** One mapping's way to its file. It may outlive what the kernel holds of it: then the next look opens the file again. */
class ProgramResolver implements Resolver {
  readonly sizeBytes: number
  readonly #way: ProgramWay
  readonly #ask: FileAsk
  #file: ProgramFile
  /** Why the file can't be opened again. */
  #trouble: Failure<MapReason> | undefined
  /** Moves beyond those of the files that were let go. */
  #movedCount = 0

  constructor(way: ProgramWay, ask: FileAsk, file: ProgramFile) {
    this.sizeBytes = ask.sizeBytes
    this.#way = way
    this.#ask = ask
    this.#file = file
  }

  get trouble(): Failure<MapReason> | undefined {
    return this.#trouble ?? this.#file.trouble
  }

  resolve(fileOffsetBytes: number, answer: Answer): boolean {
    if (this.#file.isForgotten) this.#openAgain()
    if (this.#trouble || !this.#file.resolve(fileOffsetBytes, answer)) return false
    // Table and program may have changed, and nobody would hear of it.
    this.#trouble = this.#way.cutOff(this.#ask)
    return this.#trouble === undefined
  }

  validity(): number {
    if (this.#file.isForgotten) this.#openAgain()
    const validity = this.#movedCount + this.#file.validity()
    return this.#way.cutOff(this.#ask) ? validity + 1 : validity
  }

  #openAgain(): void {
    const { node } = this.#ask
    const there = this.#way.file(node)
    const opened = there ? ok(there) : this.#way.openFile(this.#ask)
    this.#trouble = opened.ok ? undefined : opened.failure
    this.#movedCount += 1 + (opened.ok ? this.#file.changeCount : 0)
    if (opened.ok) this.#file = opened.value
  }
}

function refusePlace({ path, sizeBytes }: FileAsk, place: FilePlace, file: ProgramFile): Failure<MapReason> | undefined {
  const refused = (what: string): Failure<MapReason> => fail('bad_map', { path, what }).failure
  const { firstCell, cellCount } = place
  if (place.sizeBytes !== sizeBytes) return refused(`it is of ${place.sizeBytes} bytes, and the file has ${sizeBytes}`)
  if (cellCount > FILE_CELLS_MOST) return failLate('map_limit', { path, kernel: 'program', what: `${cellCount} cells of the table, and ${FILE_CELLS_MOST} are the most` }).failure
  if (firstCell + cellCount > TABLE_CELLS_MOST) return refused(`its cells end at ${firstCell + cellCount} of a table of ${TABLE_CELLS_MOST}`)
  return file.hasNewSpans ? undefined : refused('nobody said which ranges of devices are its own')
}
