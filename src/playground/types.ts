// What the page knows of a session: plain, immutable, and without one byte of the device. A snapshot is replaced, never
// changed; `version` moves with every snapshot, `deviceVersion` when the device was looked at again, and `bytesVersion` when
// something was written there, or may have been.

import type { Failure, Result } from '../core/base/result.ts'
import type { KernelName } from '../core/kernel/way.ts'
import type { DaemonPlace } from '../core/machine/types.ts'
import type { CallNote, Calls, HostNode } from '../host/protocol.ts'

export interface Snapshot {
  version: number
  deviceVersion: number
  bytesVersion: number
  engine: EngineView
  device: DeviceView
  /** Files and directories by the log on the media, in log order: what the master's log says, not what a host sees. */
  files: MediaFile[]
  hosts: HostView[]
  /** What happened, oldest first; at most TRACE_MOST events are kept. */
  trace: TraceEvent[]
  tasks: TaskView[]
  storage: StorageView
  history: HistoryView
  problems: ProblemsView
  /** Set where this is no session but the dump of a device that was opened: metadata only, and nothing can be done to it. */
  dump: DumpView | undefined
  /** False until the first scene, or the stored image, is up. */
  ready: boolean
}

export interface EngineView {
  /** parallel: each host is a worker. inline: all hosts take turns in this thread, because memory can't be shared here. */
  kind: 'parallel' | 'inline'
  /** One sentence: which engine is active and why. */
  sentence: string
}

export interface DeviceView {
  /** The primary's: the same on every host. */
  name: string
  /** Of all devices together. Places count from the start of the first, and each lies behind the one before. */
  sizeBytes: number
  devices: PoolDeviceView[]
  /** Undefined while the device holds no valid famfs; then `verdict` says why. */
  filesystem: FilesystemView | undefined
  /** One sentence on superblock and log header. */
  verdict: string
  /** Why there is no file system to be seen: nothing was ever formatted, or superblock or log header are damaged. */
  trouble: Failure | undefined
}

/** One device. People are told the file system's index of it, or its name where it has none (spoken.ts): its place in the session is nobody's business. */
export interface PoolDeviceView {
  /** As the first host calls it. */
  name: string
  /** Its place in the session: what acts are asked with. */
  devindex: number
  /** Where it begins, as the page counts. */
  baseBytes: number
  sizeBytes: number
  /** The device's own identity. */
  uuid: string
  /** The file system's index of it; undefined where it is no part of that. */
  fsDevindex: number | undefined
  /** The log entry that added it; undefined for the primary, and where it is no part. */
  entryIndex?: number | undefined
  /** Of the file system's units on it; 0 where it is no part. */
  usedUnitCount: number
  unitCount: number
  health: HealthView
}

/** What the hardware says of a device. */
export interface HealthView {
  /** Places as the page counts them. */
  poison: Extent[]
  /** It doesn't answer. */
  isStopped: boolean
  /** Another number after each reconfiguration. */
  configuration: number
}

export interface FilesystemView {
  uuid: string
  /** System UUID of the owner. */
  ownerUuid: string
  /** The host that is the owner, if it is among ours. */
  ownerName: string | undefined
  unitBytes: number
  logOffsetBytes: number
  logLengthBytes: number
  /** Slots that the log has, and entries that it counts. */
  slotCount: number
  entryCount: number
  /** Of all its devices. */
  usedUnitCount: number
  unitCount: number
  /** Entries whose seqnum or checksum is wrong, and the first of them: no host plays past it. */
  badEntryCount: number
  firstBadIndex: number | undefined
}

export interface Extent {
  offsetBytes: number
  lengthBytes: number
}

export interface MediaFile {
  /** Index of its log entry: the file's identity in the page. */
  entryIndex: number
  path: string
  sizeBytes: number
  /** 0 .. 7, an index into the colours; the same wherever the file appears. */
  colour: number
  /** Where it lies, in map order. One extent unless the map is interleaved or made by hand; none where a part is on a device that isn't here. */
  extents: Extent[]
  /** memory: a part of it has failed, whoever reads it. missing: a part is on a device that isn't here. */
  fault?: 'memory' | 'missing'
  /** Set where the extents are strips. */
  chunkBytes: number | undefined
}

export type HostStatus = 'starting' | 'up' | 'down'

export interface HostView {
  name: string
  systemUuid: string
  status: HostStatus
  /** Why it is down. */
  why: string | undefined
  role: 'master' | 'client' | 'none'
  /** Undefined while the device isn't mounted on this host; then `mountTrouble` may say why. */
  mountpoint: string | undefined
  mountTrouble: string | undefined
  /** Log entries that this host has played, of the entries that the log counts: "log 2/3". */
  playedCount: number
  entryCount: number
  /** Index of the first event since it was started or mounted as it is now: what failed before is history. */
  seatedFrom: number
  /** Of its mount. */
  kernel?: KernelName | undefined
  /** Where the daemon of its mount runs; undefined where it has none. */
  daemon?: DaemonPlace | undefined
  /** Of its mount, as /proc/mounts has them. */
  options?: readonly string[] | undefined
  /** What touching memory that failed is there, by its kernel: the first time, and from then on. */
  memoryErrno?: string | undefined
  /** Devices that its mount has lost. */
  lost: readonly LostDevice[]
  /** Places of devices that were reconfigured under its mount, which hasn't touched them since: it will lose them. */
  outdated?: readonly number[] | undefined
  /** Why devices that say that they are this mount's aren't taken for them. */
  refused?: readonly string[]
  /** What this host sees in its mount, in log order. */
  files: HostFile[]
  /** Devices that it was started without, by their devindex. */
  lacks: readonly number[]
  /** Paths in entries that this host has not played yet. */
  unseen: string[]
  /** Paths in entries that it has played, and that someone removed or renamed on this host since. */
  removed: string[]
  /** A master's shell is at work: what it appends to the log it plays itself, when it is done. */
  appending: boolean
  /** The device that it has mounted, where that isn't the one whose file system is shown. */
  elsewhere?: string | undefined
  /** The mounted file system is not the one on the device any more: another host formatted it. */
  stale: boolean
  /** It has a file system mounted, and superblock or log header can't be read any more: it knows what it knew, and plays nothing. */
  stranded: boolean
}

/** A device that failed under a host's mount: to that mount it is lost, whatever becomes of the device, until there is another mount. */
export interface LostDevice {
  /** Its place in the session. */
  devindex: number
  /** What the host met. */
  why: 'poison' | 'stopped' | 'reconfigured'
  /** The whole mount went with it. */
  endsMount: boolean
}

/** A file or directory as a host sees it in its mount; its entry index joins it with MediaFile. */
export interface HostFile extends Omit<HostNode, 'extents' | 'fault'> {
  /** As MediaFile has them, by the host's own map. */
  extents: Extent[]
  /**
   * memory: this mount can't reach a part of it any more. failing: whoever touches a part of it here learns that its memory
   * failed, and nobody has. missing: a part is on a device that this host doesn't have.
   */
  fault?: HostNode['fault'] | 'memory' | 'failing' | 'missing'
}

export type TraceKind =
  | 'page' | 'host' | 'format' | 'mount' | 'create' | 'copy' | 'mkdir' | 'logplay' | 'map' | 'write' | 'read' | 'edit' | 'memory' | 'shell' | 'history' | 'storage' | 'failure'

export interface TraceEvent {
  index: number
  kind: TraceKind
  host: string | undefined
  /** One sentence: the same string for caption, live region and trace row. */
  sentence: string
  /** The command that does the same on a real machine, where there is one. */
  command: string | undefined
  /** Set for what went wrong: the advice stands in `failure.next`. */
  failure: Failure | undefined
  /** Device bytes behind it, for a jump into the hex view. */
  bytes: Extent | undefined
  /** Index of the step that it belongs to; events of steps at and after the history's position are undone. */
  step: number | undefined
}

/** Steps are what a person did, one by one; the state shown is the one after the first `position` of them. */
export interface HistoryView {
  /** 0 .. stepCount. Smaller than stepCount: the page stands in the past, and what is done next takes the place of the rest. */
  position: number
  stepCount: number
  /** Sentence of the step that a step back undoes, and of the one that a step forward does again. */
  back: string | undefined
  forward: string | undefined
  /** On its way to another position: hosts are being started again. */
  travelling: boolean
}

export type Severity = 'error' | 'warning' | 'note'

/** Something that isn't as it should be, on the device or on a host. */
export interface Problem {
  /** The same problem has the same id in the next look. */
  id: string
  severity: Severity
  /** One sentence, in words. */
  says: string
  /** What now. */
  next: string
  /** Where it shows: device bytes, a log entry, a host. */
  bytes: Extent | undefined
  entryIndex: number | undefined
  host: string | undefined
}

export interface ProblemsView {
  /** By severity, then by place. At most PROBLEMS_MOST; `count` has them all. */
  list: Problem[]
  count: number
  /** A look at the device is under way, and the list is the one before. */
  checking: boolean
  /** One sentence: what was checked, and what came of it. */
  sentence: string
}

/** What a dump of a real device's first megabytes says. */
export interface DumpView {
  /** Of the file that was opened, or of the two. */
  name: string
  /** raw, gzip, or the two meta files. */
  form: 'raw' | 'gzip' | 'meta'
  /** Bytes of the device that the dump holds. */
  presentBytes: number
  /** One sentence: what it is and whether it is sound. */
  verdict: string
  /** Text of fsck, as `famfs fsck` prints it. */
  fsckText: string
  /** sound: nothing is wrong. cut: nothing is wrong with what is here, but bytes of the log are missing. */
  state: 'sound' | 'cut' | 'damaged'
  /** What is not here, and what is odd about the files that were opened: a sentence each. */
  notes: string[]
  /** ts_dev_uuid; undefined where the superblock can't be believed. */
  deviceUuid: string | undefined
  /** Directories by the log, in log order; the snapshot's files are its files. */
  directories: { entryIndex: number; path: string }[]
}

export interface TaskView {
  id: number
  host: string | undefined
  label: string
  doneCount: number
  totalCount: number
  unit: 'bytes' | 'entries'
}

export type StorageState = 'saved' | 'unsaved' | 'saving' | 'read_only' | 'off'

export interface StorageView {
  state: StorageState
  /** One sentence: what it means for the person. */
  sentence: string
}

/** Where to look: the device as the media has it, or a file as a host has mapped it. */
export type PeekSource = { kind: 'device' } | { kind: 'file'; host: string; path: string }

export const PEEK_MOST_BYTES = 64 * 1024
export const TRACE_MOST = 500
export const PROBLEMS_MOST = 500
export const HOSTS_MOST = 8

/** How bytes are read as values: the names of the typed arrays. Always little-endian. */
export type CellKind =
  | 'Int8' | 'Uint8' | 'Int16' | 'Uint16' | 'Int32' | 'Uint32' | 'Float32' | 'Float64' | 'BigInt64' | 'BigUint64'

/** Which log entries are asked for: all that fit. */
export interface EntryQuery {
  /** Anywhere in the path, whatever the case. */
  text: string
  kind: 'all' | 'file' | 'directory' | 'device' | 'bad'
}

/** What a shell says while a line runs. `busy` is shown beside the output and is no part of it. */
export type ShellNote = CallNote

/** What a line leaves. `ended`: it was the shell's last, such as `exit`. */
export type ShellReply = Calls['shellRun']['gives']

export interface FormatOptions {
  host?: string
  force?: boolean
  logLengthBytes?: number
  /** Allocation unit: 2 MiB, or 4096. */
  unitBytes?: number
  /** Of each device. Another size means other devices: those that are there go, and a step back brings them back. */
  deviceBytes?: number
  /** 1 .. 8, the primary and those that share in it; as many as there are unless said otherwise. */
  deviceCount?: number
}

export interface NewFileOptions {
  host?: string
  path: string
  sizeBytes: number
  /** Filled from it, if one is given. */
  seed?: number
  /** Chunk by chunk over strips, each in a bucket of its own: a part of the device. */
  striped?: { stripCount: number; chunkBytes: number }
}

/** One shell on one host, for as long as both last. */
export interface Shell {
  readonly host: string
  /** Resolves with a sentence that says why, when the shell is gone for another reason than `close`. */
  readonly ended: Promise<string>
  /** An abort is Ctrl-C. */
  run(line: string, how: { columns: number; signal: AbortSignal; onNote: (note: ShellNote) => void }): Promise<Result<ShellReply>>
  /** Candidates replace what stands between `start` and the cursor. */
  complete(line: string, cursor: number): Promise<Result<{ start: number; candidates: string[] }>>
  /** Puts a file into the directory that the shell is in. */
  put(file: File): Promise<Result<{ path: string }>>
  take(path: string): Promise<Result<{ name: string; blob: Blob }>>
  close(): void
}

/**
 * One session: the device, its hosts and what happened. Every action resolves with a Result (it never rejects for
 * trouble that can be expected), and trouble also becomes a trace event of kind 'failure'.
 */
export interface Playground {
  subscribe(listener: () => void): () => void
  snapshot(): Snapshot
  /** A private copy of at most 64 KiB. */
  peek(source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>>

  /** mkfs.famfs on host A (the first host that is up); without force a formatted device is refused. All hosts mount again, each as it was mounted. */
  format(options?: FormatOptions): Promise<Result<undefined>>
  /** famfs creat on the host (default: the master); filled from the seed if one is given. */
  newFile(options: NewFileOptions): Promise<Result<undefined>>
  newDirectory(options: { host?: string; path: string; parents?: boolean }): Promise<Result<undefined>>
  /** famfs cp of dropped files into the host's mount, one after the other, with a task that shows progress. */
  dropFiles(host: string, files: File[]): Promise<Result<undefined>>
  /** famfs logplay on the host. */
  playLog(host: string): Promise<Result<undefined>>
  addHost(): Promise<Result<string>>
  removeHost(name: string): Promise<Result<undefined>>
  /** Pulls the plug: pending calls fail, in-memory metadata is gone, the device keeps its bytes. */
  killHost(name: string): Promise<Result<undefined>>
  rebootHost(name: string): Promise<Result<undefined>>
  /** Writes one value through the host's own writable mapping, as uid 1000; a client is refused with EACCES. */
  poke(options: { host: string; path: string; index: number; cell: CellKind; value: number | bigint }): Promise<Result<undefined>>
  /** Stores bytes on the device itself, as root of the host, past every mapping and every check: how to break things. */
  edit(options: { host: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer> }): Promise<Result<undefined>>
  /** Offset of the next place, at or after `fromBytes`, that holds these bytes; undefined if there is none before `endBytes`, or the end. */
  search(options: { fromBytes: number; endBytes?: number; bytes: Uint8Array<ArrayBuffer>; signal?: AbortSignal }): Promise<Result<number | undefined>>
  /** Indices of the log entries that fit, in order. */
  findEntries(query: EntryQuery): Promise<number[]>
  /** A file's bytes as the host reads them through its mapping, to be taken out of the page. */
  takeFile(host: string, path: string): Promise<Result<Blob>>
  /** Back or forth to the state after that many steps; redo is forth again until something new is done. */
  stepTo(position: number): Promise<Result<undefined>>
  /** SHA-256 in hex, computed on the host through its own mapping. */
  sha256(host: string, path: string): Promise<Result<string>>
  /** Poisons memory of a device: whoever touches it learns of it. Offsets are the device's own, as cxl has them. */
  poison(devindex: number, offsetBytes: number, lengthBytes: number): Promise<Result<undefined>>
  /** The device answers nobody any more. */
  stopDevice(devindex: number): Promise<Result<undefined>>
  startDevice(devindex: number): Promise<Result<undefined>>
  /** Another device, to whoever has it mounted. */
  reconfigureDevice(devindex: number): Promise<Result<undefined>>
  /** What is poisoned of it becomes zeros, and can be used again. Mounts that met it have to be made anew. */
  clearPoison(devindex: number): Promise<Result<undefined>>
  /** Reboots the host without the device, or with it again; the primary stays. */
  detachDevice(host: string, devindex: number): Promise<Result<undefined>>
  attachDevice(host: string, devindex: number): Promise<Result<undefined>>
  cancelTask(id: number): void
  /** A new shell on the host. */
  openShell(host: string): Promise<Result<Shell>>

  save(): Promise<Result<undefined>>
  startOver(): Promise<Result<undefined>>
  dispose(): Promise<void>
}
