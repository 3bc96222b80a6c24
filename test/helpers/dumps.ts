// Dumps of devices for tests: made here by our own mkfs and log writer, and the golden ones with what each must say.

import { gzipSync } from 'node:zlib'
import { must } from '../../src/core/base/result.ts'
import { MIB } from '../../src/core/base/align.ts'
import type { Fmap } from '../../src/core/fmap/fmap.ts'
import { createDirectory, createFile, logDaxdev } from '../../src/core/fs/create.ts'
import { logRawFile } from './rawFile.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { superblockCrc } from '../../src/core/omf/check.ts'
import { LOG_OFFSET_BYTES } from '../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../src/core/omf/log.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../../src/core/omf/superblock.ts'
import type { DumpView } from '../../src/playground/types.ts'
import { appendBody, directory, file, fileOptions, lock, newFormatted } from './volumes.ts'

/** A directory, then files, one of them in it: five entries on 256 MiB, superblock and log only. */
export function soundImage(): Uint8Array<ArrayBuffer> {
  const volume = newFormatted(256 * MIB)
  const held = lock(volume)
  must(createDirectory(held, directory('logs')))
  for (const path of ['one.bin', 'logs/two.bin', 'three.bin', 'four.bin']) must(createFile(held, file(path, 3 * MIB), fileOptions()))
  return bytesOf(volume.memory)
}

/** The primary of three devices, with a file that lies on two of them. */
export function severalDevices(): Uint8Array<ArrayBuffer> {
  const volume = newFormatted(256 * MIB)
  const held = lock(volume)
  must(createFile(held, file('here.bin', MIB), fileOptions()))
  for (const devindex of [1, 2]) must(logDaxdev(held, { sizeBytes: BigInt(256 * MIB), uuid: `00000000-0000-4000-9000-00000000000${devindex}`, devindex }))
  const extents = [0n, 2n].map((se_devindex) => ({ se_devindex, se_offset: BigInt(64 * MIB), se_len: BigInt(2 * MIB) }))
  const fm_fmap = { fmap_ext_type: 0, fmap_nextents: 2, list: { se: extents } }
  appendBody(held, 0, { famfs_fm: { fm_size: BigInt(4 * MIB), fm_flags: 2, fm_uid: 0, fm_gid: 0, fm_mode: 0o644, fm_relpath: 'both.bin', fm_fmap } })
  return bytesOf(volume.memory)
}

/** Two files that claim one unit. */
export function crossLinked(): Uint8Array<ArrayBuffer> {
  const volume = newFormatted(64 * MIB)
  const held = lock(volume)
  const map: Fmap = { kind: 'simple', sizeBytes: 2 * MIB, extents: [{ devindex: 0, offsetBytes: 16 * MIB, lengthBytes: 2 * MIB }] }
  for (const path of ['a', 'b']) must(logRawFile(held, { ...file(path, 2 * MIB), map }))
  return bytesOf(volume.memory)
}

/** As the second device of a file system begins: its own superblock, and no log. */
export function secondaryDevice(): Uint8Array<ArrayBuffer> {
  const bytes = soundImage()
  const superblock = Superblock.decode(bytes)
  bytes.fill(0)
  Superblock.encodeAt({ ...superblock, ts_sb_flags: 2, ts_log_offset: 0n, ts_log_len: 0n }, bytes)
  sealSuperblock(bytes)
  return bytes
}

export function sealSuperblock(bytes: Uint8Array<ArrayBuffer>): void {
  new DataView(bytes.buffer).setBigUint64(SUPERBLOCK_CRC_OFFSET, superblockCrc(bytes), true)
}

export function entryAt(index: number): number {
  return LOG_OFFSET_BYTES + LOG_HEADER_BYTES + index * LOG_ENTRY_BYTES
}

/** The same with one byte changed. */
export function changed(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ 0x40
  return copy
}

/** What a mount shows in .meta. */
export function metaFiles(bytes: Uint8Array<ArrayBuffer>, names: [superblock: string, log: string] = ['.superblock', '.log']): [File, File] {
  return [new File([bytes.subarray(0, LOG_OFFSET_BYTES)], names[0]), new File([bytes.subarray(LOG_OFFSET_BYTES)], names[1])]
}

export function zipped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes))
}

interface Said {
  state: DumpView['state']
  verdict: string
}

const sound = (entries: string): Said => ({ state: 'sound', verdict: `Sound: superblock, log header and ${entries} are valid, and no unit is claimed twice.` })
const wrong = (what: string): Said => ({ state: 'damaged', verdict: `Not sound: ${what}.` })

/** What the page says of each golden image: golden/README.md has what is wrong with it. */
export const goldenSayings: Record<string, Said> = {
  'empty-64m': { state: 'sound', verdict: 'Sound: superblock and log header are valid, and the log has no entries yet.' },
  'one-4m': sound('the one log entry'),
  'tree-1g': sound('all 66 log entries'),
  'ileave-4of8-2m': sound('all 5 log entries'),
  'ileave-fallback': sound('all 6 log entries'),
  'add-daxdev': sound('all 6 log entries'),
  log200: sound('all 200 log entries'),
  'log-nearly-full': sound('all 15,419 log entries'),
  'biglog-256m': sound('all 25 log entries'),
  'modes-owners': sound('all 23 log entries'),
  'clone-collide': wrong('5 allocation units are claimed more than once'),
  'overlap-partial': wrong('1 allocation unit is claimed twice'),
  'bad-crc-entry': wrong('log entry 2 of 6 has a wrong checksum; a host that plays this log stops after entry 1'),
  'bad-seqnum-entry': wrong('log entry 3 of 6 has a wrong sequence number; a host that plays this log stops after entry 2'),
  'bad-pad-entry': wrong('log entry 1 of 6 has a wrong checksum; a host that plays this log stops after entry 0'),
  'bad-version': wrong('the superblock has version 49, and only 48 is understood; the log header is valid'),
  'bad-magic': wrong('there is no famfs superblock here: ts_magic is 0x87b282fe, not 0x87b282ff; the log header is valid'),
  'bad-sb-crc': wrong('the superblock is damaged: its checksum does not match its bytes; the log header is valid'),
  'bad-log-magic': wrong('the log header is damaged: its magic is 0xbadcafef00e, not 0xbadcafef00d; the superblock is valid'),
  'bad-log-crc': wrong('the log header is damaged: its checksum does not match its bytes; the superblock is valid'),
  'sb-uncovered': sound('the one log entry'),
  'client-role': sound('the one log entry'),
}

function bytesOf(memory: Memory): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.window(0, memory.presentBytes))
}
