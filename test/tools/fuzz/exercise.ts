// Runs one image through everything that reads images, and then makes files on it. Whatever the bytes, there are only
// Results: nothing throws, rows cover their struct, no answer lies outside its extent. A broken promise throws Broken.

import { runNow } from '../../../src/core/base/task.ts'
import { BUCKETS_MOST } from '../../../src/core/omf/constants.ts'
import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { fmapOf, logFileMetaOf, piecesOf } from '../../../src/core/fmap/fmap.ts'
import { DEVINDEX, LENGTH, newAnswer, OFFSET } from '../../../src/core/fmap/resolve.ts'
import { resolverOf } from '../../../src/core/fmap/mapResolve.ts'
import { createDirectory, createFile } from '../../../src/core/fs/create.ts'
import { fsck } from '../../../src/core/fs/fsck.ts'
import { fsckReport } from '../../../src/core/fs/fsckReport.ts'
import { shadowYaml } from '../../../src/core/fs/shadowYaml.ts'
import { buildBitmap, lockLog, newVolume } from '../../../src/core/fs/volume.ts'
import { decodeFmap, encodeFmap } from '../../../src/core/fuse/fmapMessage.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { EntryWindow } from '../../../src/core/log/entries.ts'
import { type Layout, readLayout, readLogHeaderBytes, readSuperblockBytes } from '../../../src/core/log/layout.ts'
import { logplay } from '../../../src/core/log/replay.ts'
import { ShadowTree } from '../../helpers/shadowTree.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { checkLogHeader, checkSuperblock } from '../../../src/core/omf/check.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { type LogFileMeta, LogEntry, LogHeader } from '../../../src/core/omf/log.ts'
import type { Row } from '../../../src/core/omf/struct.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'
import { dumpOf, entriesHere, jsonLine } from '../golden/dump.ts'
import { OWNER } from './inputs.ts'
import type { Chance } from './chance.ts'

/** One promise that was not kept, in a sentence. */
export class Broken extends Error {}

export interface Outcome {
  /** Superblock, or for the kind `entry` that entry's own checks. */
  passedFirst: boolean
  /** How far the image came: the reason of the first refusal, or what replay made of it. */
  reason: string
  /** What became of making a file on it. */
  created: string
}

const LOOKED_AT_MOST = 8

export function exercise(memory: Memory, chance: Chance): Omit<Outcome, 'passedFirst'> & { superblockGood: boolean } {
  const superblockGood = lookAtHeads(memory)
  lookAtEntries(memory, chance)
  lookAtReports(memory, chance)
  jsonLine(dumpOf('fuzz', memory))
  const layout = readLayout(memory)
  if (!layout.ok) return { superblockGood, reason: layout.failure.reason, created: tryCreate(memory, chance) }
  const reason = play(memory, layout.value, chance)
  return { superblockGood, reason, created: tryCreate(memory, chance) }
}

function lookAtHeads(memory: Memory): boolean {
  const superblock = readSuperblockBytes(memory)
  const header = readLogHeaderBytes(memory)
  expectCovered(Superblock.rows(superblock), Superblock.sizeBytes)
  expectCovered(LogHeader.rows(header), LogHeader.sizeBytes)
  checkLogHeader(header)
  return checkSuperblock(superblock).ok
}

function lookAtEntries(memory: Memory, chance: Chance): void {
  let looked = 0
  const places = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  for (const { index, entry, bytes } of entriesHere(memory)) {
    if (looked++ === LOOKED_AT_MOST) return
    expectCovered(LogEntry.rows(bytes), LogEntry.sizeBytes)
    const file = entry.body.famfs_fm
    if (!file) continue
    shadowYaml(file)
    const made = fmapOf(file)
    places.load(index, index + 1)
    const plain = places.plainFile(index)
    // The short way of replay and the long one must agree.
    if (plain && (!('map' in made) || JSON.stringify(plain.map) !== JSON.stringify(made.map))) throw new Broken(`entry ${index}: plainFile and fmapOf disagree`)
    if (plain && plain.path !== file.fm_relpath) throw new Broken(`entry ${index}: plainFile reads another path`)
    if ('map' in made) lookAtMap(made.map, file, chance)
  }
}

function lookAtMap(map: Fmap, file: LogFileMeta, chance: Chance): void {
  const again = fmapOf(logFileMetaOf({ path: file.fm_relpath, mode: file.fm_mode, uid: file.fm_uid, gid: file.fm_gid, map }))
  if (!('map' in again) || JSON.stringify(again.map) !== JSON.stringify(map)) throw new Broken('a map is not what its own record says')
  lookAtMessage(map)
  const resolver = resolverOf(map)
  const answer = newAnswer()
  const { sizeBytes } = map
  for (const beyond of [-1, sizeBytes, sizeBytes + 1, 0.5, Number.NaN, Infinity]) {
    if (resolver.resolve(beyond, answer)) throw new Broken(`byte ${beyond} of ${sizeBytes} has a place`)
  }
  if (sizeBytes === 0) return
  const offsets = [0, sizeBytes - 1, Math.floor(sizeBytes / 2), Math.floor((chance.below(2 ** 32) / 2 ** 32) * sizeBytes)]
  for (const offset of offsets) {
    if (!resolver.resolve(offset, answer)) throw new Broken(`byte ${offset} of ${sizeBytes} has no place`)
    const at = BigInt(answer[OFFSET] as number)
    const length = BigInt(answer[LENGTH] as number)
    const inside = piecesOf(map).some(
      (piece) => piece.devindex === answer[DEVINDEX] && at >= BigInt(piece.offsetBytes) && at + length <= BigInt(piece.offsetBytes) + BigInt(piece.lengthBytes),
    )
    if (length < 1n || BigInt(offset) + length > BigInt(sizeBytes) || !inside) throw new Broken(`byte ${offset}: ${length} bytes at ${at} lie outside every extent`)
  }
}

/** What a daemon would send of it, where the message's fields have room. */
function lookAtMessage(map: Fmap): void {
  if (piecesOf(map).some(({ devindex }) => devindex >= 2 ** 32) || (map.kind === 'interleaved' && map.chunkBytes >= 2 ** 32)) return
  const bytes = encodeFmap(wideOf(map))
  const decoded = decodeFmap(bytes)
  if (!('map' in decoded)) throw new Broken(`a map's own message is refused: ${decoded.trouble}`)
  if (Buffer.compare(encodeFmap(decoded.map), bytes) !== 0) throw new Broken('a message that was read is written otherwise')
}

function lookAtReports(memory: Memory, chance: Chance): void {
  const verdict = runNow(fsck(memory))
  if (!verdict.scan) return
  const { scan } = verdict
  if (scan.bitmap.usedCount > scan.bitmap.unitCount) throw new Broken('more units are used than there are')
  const bucketCount = chance.oneIn(4) ? chance.below(BUCKETS_MOST + 1) : 0
  const human = chance.oneIn(2)
  for (const reference of [true, false]) {
    const text = fsckReport(scan, { role: 'master', bucketCount, human, reference })
    if (/undefined|\[object/.test(text)) throw new Broken('the report has a hole')
  }
}

function play(memory: Memory, layout: Layout, chance: Chance): string {
  const tree = new ShadowTree()
  const played = runNow(logplay(memory, layout, tree))
  if (!played.ok) return played.failure.reason
  const { nextIndex, fileErrors, directoryErrors, stopped } = played.value
  const dry = runNow(logplay(memory, layout, undefined, chance.below(nextIndex + 1)))
  if (!dry.ok) throw new Broken(`a second replay is refused: ${dry.failure.reason}`)
  let seen = 0
  for (const node of tree.nodes()) {
    if (seen++ === LOOKED_AT_MOST) break
    if (tree.lookup(node.path) !== node) throw new Broken(`${node.path} is not found where it is`)
  }
  const kept = buildBitmap(memory, layout, nextIndex)
  if (kept.bitmap.usedCount > kept.bitmap.unitCount) throw new Broken('more units are used than there are')
  if (stopped) return stopped.reason
  return fileErrors + directoryErrors > 0 ? 'played with errors' : 'played'
}

/** The input is not used again, so it may be written to. */
function tryCreate(memory: Memory, chance: Chance): string {
  const volume = newVolume(memory)
  const lock = lockLog(volume, { systemUuid: OWNER, what: 'create files' })
  if (!lock.ok) return lock.failure.reason
  const interleave = chance.oneIn(2) ? { interleave: { bucketCount: chance.below(9), stripCount: chance.below(5), chunkBytes: 2 ** (12 + chance.below(12)) } } : {}
  const ids = { mode: 0o644, uid: 0, gid: 0 }
  const options = { relaxed: true, bucketOrder: (count: number) => Array.from({ length: count }, (_, i) => i) }
  const file = createFile(lock.value, { path: 'made/by/fuzz', sizeBytes: 1 + chance.below(2 ** 24), ...ids, ...interleave }, options)
  createDirectory(lock.value, { path: 'made', ...ids })
  if (!file.ok) return file.failure.reason
  const { deviceBytes } = lock.value.layout
  for (const piece of piecesOf(file.value.map)) {
    if (piece.offsetBytes + piece.lengthBytes > deviceBytes) throw new Broken('a new file reaches beyond its device')
    if (piece.offsetBytes < LOG_OFFSET_BYTES + lock.value.layout.logLengthBytes) throw new Broken('a new file lies on superblock or log')
  }
  const rebuilt = buildBitmap(memory, lock.value.layout, lock.value.nextIndex)
  if (!rebuilt.bitmap.equals(lock.value.space.bitmap)) throw new Broken('the kept bitmap is not the rebuilt one')
  const { others } = lock.value.kept
  if ([...rebuilt.others].some(([devindex, bitmap]) => !others.get(devindex)?.equals(bitmap))) throw new Broken('the kept bitmap of another device is not the rebuilt one')
  return 'made'
}

function expectCovered(rows: Row[], sizeBytes: number): void {
  const covered = rows.reduce((at, row) => (row.offsetBytes === at ? at + row.sizeBytes : Number.NaN), 0)
  if (covered !== sizeBytes) throw new Broken(`rows cover ${covered} of ${sizeBytes} bytes`)
}
