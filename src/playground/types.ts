// What the page knows of a session: plain, immutable, and without one byte of the device. A snapshot is replaced, never
// changed; `version` moves with every snapshot, `deviceVersion` only when bytes on the device may have changed.

import type { Failure, Result } from '../core/base/result.ts'
import type { CallNote, Calls, HostNode } from '../host/protocol.ts'

export interface Snapshot {
  version: number
  deviceVersion: number
  engine: EngineView
  device: DeviceView
  /** Files and directories by the log on the media, in log order: what the master's log says, not what a host sees. */
  files: MediaFile[]
  hosts: HostView[]
  /** What happened, oldest first; at most TRACE_MOST events are kept. */
  trace: TraceEvent[]
  tasks: TaskView[]
  storage: StorageView
  /** Start over has been used, and its one undo is still possible. */
  canUndoStartOver: boolean
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
  name: string
  sizeBytes: number
  /** Undefined while the device holds no valid famfs; then `verdict` says why. */
  filesystem: FilesystemView | undefined
  /** One sentence on superblock and log header. */
  verdict: string
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
  usedUnitCount: number
  unitCount: number
  /** Entries whose seqnum or checksum is wrong. */
  badEntryCount: number
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
  /** Where it lies, in map order. One extent unless the map is interleaved or made by hand. */
  extents: Extent[]
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
  /** What this host sees in its mount, in log order. */
  files: HostFile[]
  /** Paths in entries that this host has not played yet. */
  unseen: string[]
  /** Paths in entries that it has played, and that someone removed or renamed on this host since. */
  removed: string[]
  /** A master's shell is at work: what it appends to the log it plays itself, when it is done. */
  appending: boolean
  /** The mounted file system is not the one on the device any more: another host formatted it. */
  stale: boolean
}

/** A file or directory as a host sees it in its mount; its entry index joins it with MediaFile. */
export type HostFile = HostNode

export type TraceKind =
  | 'page' | 'host' | 'format' | 'mount' | 'create' | 'copy' | 'mkdir' | 'logplay' | 'map' | 'write' | 'read' | 'shell' | 'storage' | 'failure'

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
export const HOSTS_MOST = 8

/** How many bytes a host counts as one value when the page writes through its mapping. */
export type CellKind = 'Uint8' | 'Int32' | 'Float64'

/** What a shell says while a line runs. `busy` is shown beside the output and is no part of it. */
export type ShellNote = CallNote

/** What a line leaves. `ended`: it was the shell's last, such as `exit`. */
export type ShellReply = Calls['shellRun']['gives']

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

  /** mkfs.famfs on host A (the first host that is up); without force a formatted device is refused. All hosts mount again. */
  format(options?: { host?: string; force?: boolean; logLengthBytes?: number }): Promise<Result<undefined>>
  /** famfs creat on the host (default: the master); filled from the seed if one is given. */
  newFile(options: { host?: string; path: string; sizeBytes: number; seed?: number }): Promise<Result<undefined>>
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
  poke(options: { host: string; path: string; index: number; cell: CellKind; value: number }): Promise<Result<undefined>>
  /** SHA-256 in hex, computed on the host through its own mapping. */
  sha256(host: string, path: string): Promise<Result<string>>
  cancelTask(id: number): void
  /** A new shell on the host. */
  openShell(host: string): Promise<Result<Shell>>

  save(): Promise<Result<undefined>>
  startOver(): Promise<Result<undefined>>
  undoStartOver(): Promise<Result<undefined>>
  dispose(): Promise<void>
}
