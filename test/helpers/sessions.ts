// Whole sessions without a browser: hosts take turns in this thread, and where there is no IndexedDB nothing is stored.

import { fail, ok } from '../../src/core/base/result.ts'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import type { Engine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import type { HostView, Snapshot } from '../../src/playground/types.ts'
import { ImageStore } from '../../src/store/imageStore.ts'

/** Devices are kept, so that a test can look at all of their bytes. */
export function nodeEngine(): Engine & { newest: () => SharedArrayBuffer } {
  let newest = new SharedArrayBuffer(0)
  return {
    driver: inlineDriver,
    view: { kind: 'inline', sentence: 'Hosts take turns.' },
    newBuffer: (sizeBytes) => {
      if (sizeBytes > 2 ** 40) return fail('no_memory', { sizeBytes })
      newest = new SharedArrayBuffer(sizeBytes)
      return ok(newest)
    },
    newest: () => newest,
  }
}

export async function nodeSession(): Promise<{ session: Session; newest: () => SharedArrayBuffer }> {
  const engine = nodeEngine()
  const session = new Session(engine, new ImageStore(), 'owner')
  await session.start()
  return { session, newest: engine.newest }
}

export interface HostPicture {
  name: string
  systemUuid: string
  status: string
  why: string | undefined
  mountpoint: string | undefined
  playedCount: number
  /** With what is wrong with them. */
  files: (readonly [path: string, fault: string | undefined])[]
  kernel: string | undefined
  daemon: string | undefined
  options: readonly string[] | undefined
  memoryErrno: string | undefined
  lacks: readonly number[]
}

export function pictureOf(host: HostView): HostPicture {
  const { name, systemUuid, status, why, mountpoint, playedCount, files, kernel, daemon, options, memoryErrno, lacks } = host
  return { name, systemUuid, status, why, mountpoint, playedCount, kernel, daemon, options, memoryErrno, lacks, files: files.map(({ path, fault }) => [path, fault] as const).sort(([a], [b]) => (a < b ? -1 : 1)) }
}

export function picturesOf({ hosts }: Snapshot): HostPicture[] {
  return hosts.map(pictureOf)
}
