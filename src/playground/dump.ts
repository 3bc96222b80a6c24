// A dump of a real device's first megabytes as a session to look at: metadata only, nothing stored, and every action that
// would change something refused in the same words. It never changes, so everything is read once. Damage is shown and not
// refused; only what is no dump isn't opened.

import { toSafeNumber } from '../core/base/align.ts'
import { failLate } from '../core/base/late.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import { fsck, type FsckVerdict } from '../core/fs/fsck.ts'
import type { Daxdev } from '../core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import { NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET, slotCountOf } from '../core/omf/log.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { Turns } from '../host/turns.ts'
import { devicesOf } from './dumpDevices.ts'
import { adviceFor, type DumpParts, type DumpReason, partsOf } from './dumpParts.ts'
import { factsOfLog, fsckTextOf, type Judged, notesOf, sentenceOf, stateOf } from './dumpVerdict.ts'
import { MediaReader, type MediaState } from './media.ts'
import { peekDevice } from './peek.ts'
import { checkDevice, viewOf } from './problemCheck.ts'
import { findBytes, findEntries } from './search.ts'
import type { DumpView, EntryQuery, PeekSource, Playground, PoolDeviceView, ProblemsView, Shell, Snapshot } from './types.ts'

/** A longer log is not made up for where the dump ends inside it. */
const LOG_MOST_BYTES = 2 ** 30

/** @param files one image, raw or gzip, or the two meta files in any order */
export async function openDump(files: readonly File[]): Promise<Result<Playground, DumpReason>> {
  const parts = await partsOf(files)
  return parts.ok ? ok(await dumpOf(parts.value)) : parts
}

async function dumpOf(parts: DumpParts): Promise<Dump> {
  const [primary, ...others] = devicesOf(parts.bytes)
  const memory = coherentMemory(primary)
  const memories = others.map(coherentMemory)
  const verdict = await fsckInTurns(memory, memories)
  const scannedCount = verdict.scan?.scannedCount ?? 0
  const cut = cutOf(memory)
  const reader = new MediaReader([cut?.madeWhole ?? primary, ...others])
  const media = reader.read()
  const missingCount = Number((verdict.scan?.entryCount ?? 0n) - BigInt(scannedCount))
  const judged: Judged = {
    verdict,
    layoutFailure: cut && !cut.madeWhole ? undefined : media.failure,
    facts: factsOfLog(memory, scannedCount, media),
    othersCount: others.length,
    missingCount: cut ? missingCount : 0,
    cutAt: cut?.atBytes,
    cuts: parts.cuts,
  }
  const problems = viewOf(await checkDevice(memory, { isDump: true, others: memories }), [], false)
  // What a cut log was made whole with is for the reader alone.
  const whole = others.length === 0 ? memory : reader.whole
  return new Dump({ memory, whole, media, problems, dump: dumpViewOf(parts, memory, judged), devices: [primary, ...others] })
}

async function fsckInTurns(memory: Memory, others: readonly Memory[]): Promise<FsckVerdict> {
  const turns = new Turns()
  const task = fsck(memory, others)
  try {
    for (let step = task.next(); ; step = task.next()) {
      if (step.done) return step.value
      await turns.take()
    }
  } finally {
    turns.close()
  }
}

/**
 * Where the dump ends inside the log, the reader is given the log at its full length, with zeros for what is missing and
 * counters that count what is here. Those are outside the header's checksum, and nobody but that reader sees them.
 */
function cutOf(memory: Memory): { atBytes: number; madeWhole: Daxdev | undefined } | undefined {
  const head = new Uint8Array(Math.min(Superblock.sizeBytes, memory.presentBytes))
  memory.read(0, head)
  const logBytes = toSafeNumber(Superblock.decode(head).ts_log_len) ?? 0
  const { presentBytes, device } = memory
  const endBytes = LOG_OFFSET_BYTES + logBytes
  if (endBytes <= presentBytes) return undefined
  if (logBytes > LOG_MOST_BYTES || endBytes > device.sizeBytes) return { atBytes: presentBytes, madeWhole: undefined }
  const madeWhole = { ...device, buffer: new ArrayBuffer(endBytes) }
  const whole = coherentMemory(madeWhole)
  whole.write(0, memory.window(0, presentBytes))
  const hereCount = BigInt(slotCountOf(presentBytes - LOG_OFFSET_BYTES))
  for (const counter of [NEXT_SEQNUM_OFFSET, NEXT_INDEX_OFFSET]) {
    const at = LOG_OFFSET_BYTES + counter
    const counted = whole.load64(at)
    // More than the log has room for is damage, and stays it.
    if (counted > hereCount && counted <= BigInt(slotCountOf(logBytes))) whole.store64(at, hereCount)
  }
  return { atBytes: presentBytes, madeWhole }
}

function dumpViewOf(parts: DumpParts, memory: Memory, judged: Judged): DumpView {
  const { name, form, bytes } = parts
  return {
    name,
    form,
    presentBytes: bytes.length,
    verdict: sentenceOf(judged),
    fsckText: fsckTextOf(judged.verdict),
    state: stateOf(judged),
    notes: [...parts.notes, ...notesOf(memory, judged, adviceFor(bytes))],
    deviceUuid: judged.verdict.superblockFailure ? undefined : Superblock.decode(bytes).ts_dev_uuid,
    directories: judged.facts.directories,
  }
}

/** All that a look at the bytes gave. */
interface Read {
  memory: Memory
  /** All devices that are here. */
  whole: Memory
  devices: readonly Daxdev[]
  media: MediaState
  problems: ProblemsView
  dump: DumpView
}

class Dump implements Playground {
  readonly #memory: Memory
  readonly #whole: Memory
  readonly #media: MediaState
  readonly #snapshot: Snapshot

  constructor({ memory, whole, devices, media, problems, dump }: Read) {
    this.#memory = memory
    this.#whole = whole
    this.#media = media
    const { filesystem } = media
    this.#snapshot = {
      version: 1,
      deviceVersion: 1,
      bytesVersion: 1,
      engine: { kind: 'inline', sentence: 'A dump has no hosts: this page reads it by itself.' },
      device: {
        name: memory.device.name,
        sizeBytes: devices.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        devices: devices.map((device, devindex) => deviceView(device, devindex, media)),
        filesystem: filesystem && { ...filesystem, ownerName: undefined },
        verdict: dump.verdict,
        trouble: media.failure,
      },
      files: media.files,
      hosts: [],
      trace: [],
      tasks: [],
      storage: { state: 'off', sentence: 'A dump isn’t stored: it is here until it is closed, or the page is.' },
      history: { position: 0, stepCount: 0, back: undefined, forward: undefined, travelling: false },
      problems,
      dump,
      ready: true,
    }
  }

  /** A dump never changes. */
  subscribe(): () => void {
    return () => undefined
  }

  snapshot(): Snapshot {
    return this.#snapshot
  }

  peek(source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    return Promise.resolve(source.kind === 'device' ? peekDevice(this.#whole, offsetBytes, lengthBytes) : fail('no_host', { name: source.host }))
  }

  async search({ fromBytes, endBytes, bytes, signal }: { fromBytes: number; endBytes?: number; bytes: Uint8Array<ArrayBuffer>; signal?: AbortSignal }): Promise<Result<number | undefined>> {
    return ok(await findBytes(this.#whole, bytes, { fromBytes, endBytes, signal }))
  }

  findEntries(query: EntryQuery): Promise<number[]> {
    return Promise.resolve(findEntries(this.#memory, this.#media, query))
  }

  format(): Promise<Result<undefined>> {
    return refused()
  }

  newFile(): Promise<Result<undefined>> {
    return refused()
  }

  newDirectory(): Promise<Result<undefined>> {
    return refused()
  }

  dropFiles(): Promise<Result<undefined>> {
    return refused()
  }

  playLog(): Promise<Result<undefined>> {
    return refused()
  }

  addHost(): Promise<Result<string>> {
    return refused()
  }

  removeHost(): Promise<Result<undefined>> {
    return refused()
  }

  killHost(): Promise<Result<undefined>> {
    return refused()
  }

  rebootHost(): Promise<Result<undefined>> {
    return refused()
  }

  poke(): Promise<Result<undefined>> {
    return refused()
  }

  edit(): Promise<Result<undefined>> {
    return refused()
  }

  takeFile(host: string): Promise<Result<Blob>> {
    return Promise.resolve(fail('no_host', { name: host }))
  }

  stepTo(): Promise<Result<undefined>> {
    return refused()
  }

  sha256(host: string): Promise<Result<string>> {
    return Promise.resolve(fail('no_host', { name: host }))
  }

  poison(): Promise<Result<undefined>> {
    return refused()
  }

  stopDevice(): Promise<Result<undefined>> {
    return refused()
  }

  startDevice(): Promise<Result<undefined>> {
    return refused()
  }

  reconfigureDevice(): Promise<Result<undefined>> {
    return refused()
  }

  clearPoison(): Promise<Result<undefined>> {
    return refused()
  }

  detachDevice(): Promise<Result<undefined>> {
    return refused()
  }

  attachDevice(): Promise<Result<undefined>> {
    return refused()
  }

  cancelTask(): void {}

  openShell(host: string): Promise<Result<Shell>> {
    return Promise.resolve(fail('no_host', { name: host }))
  }

  save(): Promise<Result<undefined>> {
    return refused()
  }

  startOver(): Promise<Result<undefined>> {
    return refused()
  }

  /** Nothing to end: the bytes go with the last who knows it. */
  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

/** Nobody knows what its hardware says. */
function deviceView({ name, baseBytes, sizeBytes, uuid }: Daxdev, devindex: number, { devices }: MediaState): PoolDeviceView {
  const fsDevindex = devices.findIndex(({ memory }) => memory?.device.baseBytes === baseBytes)
  const { usedCount = 0, unitCount = 0 } = devices[fsDevindex]?.bitmap ?? {}
  const health = { poison: [], isStopped: false, configuration: 0 }
  return { name, devindex, baseBytes, sizeBytes, uuid, fsDevindex: fsDevindex < 0 ? undefined : fsDevindex, usedUnitCount: usedCount, unitCount, health }
}

function refused(): Promise<Result<never, 'only_a_dump'>> {
  return Promise.resolve(failLate('only_a_dump'))
}
