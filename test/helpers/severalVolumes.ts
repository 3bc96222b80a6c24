// Several devices below any machine, backed by superblock and log only.

import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import { runNow } from '../../src/core/base/task.ts'
import { mkfs } from '../../src/core/fs/mkfs.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../src/core/mem/memory.ts'
import { SUPERBLOCK_REGION_BYTES } from '../../src/core/omf/constants.ts'
import { nameAt } from './fleetOfDevices.ts'
import { METADATA_BYTES, nextUuid, OWNER } from './volumes.ts'

/** The first is the primary. */
export function newMemories(sizes: readonly number[]): Memory[] {
  return sizes.map((sizeBytes, i) => coherentMemory(daxdev({ name: nameAt(i), uuid: NIL_UUID, buffer: new ArrayBuffer(backedBytes(i)), sizeBytes })))
}

export function copyOfAll(memories: readonly Memory[]): Memory[] {
  const copies = newMemories(memories.map(({ device }) => device.sizeBytes))
  for (const [i, copy] of copies.entries()) copy.write(0, (memories[i] as Memory).window(0, backedBytes(i)))
  return copies
}

export function backedBytes(index: number): number {
  return index === 0 ? METADATA_BYTES : SUPERBLOCK_REGION_BYTES
}

export function formatAll(memories: readonly Memory[], newUuid = nextUuid, unitBytes = 2 * MIB): void {
  const [primary, ...secondaries] = memories
  must(runNow(mkfs(primary as Memory, { systemUuid: OWNER, newUuid, unitBytes, relaxed: true, force: true, secondaries })))
}
