// Hosts for scenarios and scripts, by any driver: shared devices, and hosts on them that are only spoken to as a terminal
// would, through the shell's calls. Nothing here knows how a host is made inside, so that it runs against workers too. All
// hosts call the first device the same; others go by another name on each host, as they do in the page.

import { SeededRandom } from '../../src/core/base/random.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import type { Driver, HostHandle } from '../../src/host/driver.ts'
import type { CallNote } from '../../src/host/protocol.ts'

export type FleetMode = 'standalone' | 'fuse'

export interface FleetSpec {
  device: { path: string; sizeBytes: number }
  /** Sizes in bytes of the devices beside it. */
  others?: readonly number[]
  /** Lifts the least sizes of devices and buckets. */
  relaxed: boolean
  kernelRelease?: string
  /** What `famfs mount` does without a flag; undefined leaves that to the host. */
  mode: FleetMode | undefined
}

export interface LineEnd {
  /** Undefined where the line was stopped, or the host failed; `trouble` says how. */
  exit: number | undefined
  trouble: string | undefined
}

export interface LineOptions {
  signal?: AbortSignal
  onNote?: (note: CallNote) => void
}

/** Commands go to one shell; what puts files in place uses another, so that neither sees the other's directory. */
const COMMANDS = 1
const SETUP = 2
const COLUMNS = 100
const PATHS_A_LINE = 200
const FILE_MODE = 0o600
const DEVICE_UUID = '5a5a0000-0000-4000-8000-0000000000c0'
const FAMFS_MODES = { standalone: 'v1', fuse: 'fuse' } as const
/** What a host has before anything is put in place. */
const DIRECTORIES = ['/mnt/famfs', '/tmp', '/etc', '/dev']

/** A file, directory or link to be put in place; directories above it are made. */
export type Piece =
  | { kind: 'file'; path: string; blob: Blob; mode: number }
  | { kind: 'directory'; path: string; mode?: number }
  | { kind: 'link'; path: string; target: string }

/** Hosts appear when they are first named, and end with the fleet. */
export class Fleet {
  readonly #driver: Driver
  readonly #spec: FleetSpec
  readonly #furnish: (host: FleetHost, name: string) => Promise<void>
  readonly #device: Daxdev
  readonly #others: readonly Daxdev[]
  readonly #hosts = new Map<string, Promise<FleetHost>>()

  /** @param furnish puts in place what a new host is to have */
  constructor(driver: Driver, spec: FleetSpec, furnish: (host: FleetHost, name: string) => Promise<void>) {
    this.#driver = driver
    this.#spec = spec
    this.#furnish = furnish
    // Never filled: new shared memory is zero, and costs nothing until it is touched.
    this.#device = daxdev({ name: spec.device.path, uuid: DEVICE_UUID, buffer: new SharedArrayBuffer(spec.device.sizeBytes) })
    this.#others = (spec.others ?? []).map((sizeBytes, i) => daxdev({ name: '', uuid: DEVICE_UUID.replace(/0$/, (i + 1).toString(16)), buffer: new SharedArrayBuffer(sizeBytes) }))
  }

  host(name: string): Promise<FleetHost> {
    const known = this.#hosts.get(name)
    if (known) return known
    const made = this.#start(name, this.#hosts.size + 1)
    this.#hosts.set(name, made)
    return made
  }

  async end(): Promise<void> {
    for (const host of this.#hosts.values()) await host.then((each) => each.end(), () => undefined)
    this.#hosts.clear()
  }

  async #start(name: string, number: number): Promise<FleetHost> {
    const systemUuid = `${number.toString(16).padStart(8, '0')}-0000-4000-8000-0000000000cf`
    const { kernelRelease } = this.#spec
    const kernel = kernelRelease === undefined ? {} : { kernelRelease }
    const spawned = await this.#driver.spawn({ name, systemUuid, devices: [this.#device, ...this.#othersOf(number)], relaxed: this.#spec.relaxed, rawDevices: this.#spec.relaxed, ...kernel })
    if (!spawned.ok) throw new Error(spawned.failure.says)
    const { mode } = this.#spec
    const host = new FleetHost(spawned.value, `cd /; umask 022${mode === undefined ? '' : `; export FAMFS_MODE=${FAMFS_MODES[mode]}`}`)
    await host.prepare()
    await this.#furnish(host, name)
    return host
  }

  /** Turned round by one from host to host, in the order of their names. */
  #othersOf(number: number): Daxdev[] {
    const count = this.#others.length
    return Array.from({ length: count }, (_, i) => ({ ...(this.#others[(i + number - 1) % count] as Daxdev), name: `/dev/dax${i + 1}.0` }))
  }
}

export class FleetHost {
  readonly #handle: HostHandle
  readonly #opening: string
  #nextShell = SETUP + 1

  /** @param opening what each of its shells begins with */
  constructor(handle: HostHandle, opening: string) {
    this.#handle = handle
    this.#opening = opening
  }

  async prepare(): Promise<void> {
    await this.#mustRun(this.#opening, COMMANDS)
    await this.put(DIRECTORIES.map((path) => ({ kind: 'directory', path })))
  }

  /** Runs one line in the host's shell, as it would be typed there. */
  run(line: string, options: LineOptions = {}): Promise<LineEnd> {
    return this.#run(line, COMMANDS, options)
  }

  /** Runs one line in a shell that begins and ends with it, beside whatever else runs. */
  runApart(line: string, options: LineOptions = {}): Promise<LineEnd> {
    return this.#run(`${this.#opening}; ${line}; exit`, this.#nextShell++, options)
  }

  /** What a line is to read from standard input, as a file. @returns its path */
  async putInput(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    if (bytes.length === 0) return '/dev/null'
    const path = `/tmp/.input-${this.#nextShell}`
    await this.put([{ kind: 'file', path, blob: new Blob([bytes]), mode: FILE_MODE }])
    return path
  }

  async put(pieces: readonly Piece[]): Promise<void> {
    const directories = pieces.filter((piece) => piece.kind === 'directory')
    const files = grouped(pieces.filter((piece) => piece.kind === 'file'), ({ path }) => directoryOf(path))
    await this.#inLines('mkdir -p --', [...new Set([...directories.map(({ path }) => path), ...files.keys()])])
    for (const [directory, inside] of files) {
      await this.#mustRun(`cd -- ${quoted(directory)}`)
      for (const { path, blob } of inside) {
        const put = await this.#handle.call('shellPut', { shell: SETUP, name: path.slice(path.lastIndexOf('/') + 1), blob })
        if (!put.ok) throw new Error(`${path} could not be put in place: ${put.failure.says}`)
      }
    }
    for (const piece of pieces) if (piece.kind === 'link') await this.#mustRun(`ln -sfn -- ${quoted(piece.target)} ${quoted(piece.path)}`)
    // Last, since a directory may be closed to those who write into it.
    for (const [mode, those] of grouped(pieces.filter((piece) => piece.kind !== 'link'), ({ mode: wanted }) => wanted)) {
      if (mode !== undefined) await this.#inLines(`chmod ${octal(mode)} --`, those.map(({ path }) => path))
    }
  }

  end(): void {
    this.#handle.kill('the run is over')
  }

  async #inLines(command: string, paths: readonly string[]): Promise<void> {
    for (let at = 0; at < paths.length; at += PATHS_A_LINE) await this.#mustRun(`${command} ${paths.slice(at, at + PATHS_A_LINE).map(quoted).join(' ')}`)
  }

  /** For lines that can't fail unless something is wrong with us. */
  async #mustRun(line: string, shell = SETUP): Promise<void> {
    let said = ''
    const { exit, trouble } = await this.#run(line, shell, { onNote: (note) => void (said += note.kind === 'output' ? note.text : '') })
    if (exit !== 0) throw new Error(`on ${this.#handle.spec.name}: ${line}: ${trouble ?? `exit ${exit}`}: ${said.trim()}`)
  }

  async #run(line: string, shell: number, options: LineOptions): Promise<LineEnd> {
    const ran = await this.#handle.call('shellRun', { shell, line, columns: COLUMNS }, options)
    if (!ran.ok) return { exit: undefined, trouble: ran.failure.says }
    return options.signal?.aborted ? { exit: undefined, trouble: 'it was stopped' } : { exit: ran.value.exitCode, trouble: undefined }
  }
}

/** Bytes that look random and are always the same for a seed. */
export function seededBytes(sizeBytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes)
  new SeededRandom(seed).fillBytes(bytes)
  return bytes
}

/** A word that the shell reads back as it is. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
