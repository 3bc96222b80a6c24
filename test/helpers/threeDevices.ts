// A session with three devices, and what its tests ask of it.

import { MIB } from '../../src/core/base/align.ts'
import type { Session } from '../../src/playground/session.ts'
import type { Snapshot } from '../../src/playground/types.ts'
import { valueOf } from './outcome.ts'
import { nodeSession } from './sessions.ts'

export const EACH = 24 * MIB
const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }

export async function three(): Promise<{ session: Session; newest: () => SharedArrayBuffer }> {
  const made = await nodeSession()
  valueOf(await made.session.format({ force: true, deviceBytes: EACH, deviceCount: 3, unitBytes: 4096 }))
  return made
}

export async function striped(session: Session, path = 'wide'): Promise<void> {
  valueOf(await session.newFile({ path, sizeBytes: 6 * MIB, seed: 7, striped: { stripCount: 3, chunkBytes: MIB } }))
}

export const faultsOn = ({ hosts }: Snapshot, name: string): [string, string | undefined][] =>
  hosts.find((host) => host.name === name)?.files.map(({ path, fault }) => [path, fault]) ?? []

export const extentsOn = ({ hosts }: Snapshot, name: string): unknown[] => hosts.find((host) => host.name === name)?.files.map(({ path, extents }) => [path, extents]) ?? []

export async function run(session: Session, host: string, line: string): Promise<number> {
  const shell = valueOf(await session.openShell(host))
  const { exitCode } = valueOf(await shell.run(line, how))
  shell.close()
  await session.settled()
  return exitCode
}
