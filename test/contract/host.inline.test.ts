// Hosts that take turns in this thread keep the contract of all drivers.

import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { Result } from '../../src/core/base/result.ts'
import { HostServer } from '../../src/host/hostServer.ts'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import type { CallMessage } from '../../src/host/protocol.ts'
import { DEVICE, MOUNT, newDevice, OWNER, specOf, startMaster } from '../helpers/hosts.ts'
import { failureOf, patternBytes, valueOf } from '../helpers/outcome.ts'
import { hostContract } from './host.contract.ts'

describe('the inline driver', () => {
  hostContract(inlineDriver, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'famfs-'))
    await writeFile(join(folder, 'source'), patternBytes(100_000, 1))
    // Node clones no Blob that is a file, but one that holds it.
    const blob = new Blob([await openAsBlob(join(folder, 'source'))])
    await rm(folder, { recursive: true })
    return blob
  })
})

describe('a file on disk that changes while it is copied in', () => {
  it('is refused in words before anything is made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'famfs-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const source = join(folder, 'source')
    await writeFile(source, patternBytes(9 * MIB, 1))
    // Straight to the server: Node clones no Blob that is backed by a file.
    const server = new HostServer()
    server.boot(specOf('A', newDevice(64 * MIB)), () => undefined)
    let callId = 0
    const call = async (message: Pick<CallMessage, 'name' | 'given'>) => (await server.call({ ...message, callId: callId++ } as CallMessage)).result
    const copy = async (blob: Blob) => call({ name: 'copyIn', given: { path: `${MOUNT}/f`, blob, owner: OWNER } })
    valueOf(await call({ name: 'mkfs', given: { device: DEVICE } }))
    valueOf(await call({ name: 'mount', given: { device: DEVICE, mountpoint: MOUNT } }))

    const chosen = await openAsBlob(source)
    await writeFile(source, 'another file by now')
    failureOf(await copy(chosen), 'source_unreadable')
    await writeFile(source, patternBytes(9 * MIB, 2))
    expect(valueOf(await copy(await openAsBlob(source)))).toMatchObject({ isNew: true })
    valueOf(await call({ name: 'creat', given: { path: `${MOUNT}/g`, sizeBytes: 10, owner: OWNER } }))
  })
})

describe('a system that doesn’t come at first', () => {
  /** A server whose system fails as often as that. */
  async function serverFailing(times: number): Promise<(message: Pick<CallMessage, 'name' | 'given'>) => Promise<Result<unknown>>> {
    let failuresLeft = times
    const server = new HostServer()
    server.boot({
      ...specOf('A', newDevice(64 * MIB)),
      get kernelRelease() {
        if (failuresLeft-- > 0) throw new TypeError('the code of it didn’t come')
        return '6.14.0'
      },
    }, () => undefined)
    let callId = 0
    const call = async (message: Pick<CallMessage, 'name' | 'given'>) => (await server.call({ ...message, callId: callId++ } as CallMessage)).result
    valueOf(await call({ name: 'mkfs', given: { device: DEVICE } }))
    return call
  }

  const line = { name: 'shellRun', given: { shell: 0, line: 'uname -r', columns: 80 } } as const
  const elsewhere = '/mnt/famfs2'

  it('is asked for again by the next shell, and meanwhile a mount needs none', async () => {
    const call = await serverFailing(2)
    for (let i = 0; i < 2; i++) {
      expect(failureOf(await call(line), 'host_failed').says).toContain('the code of it didn’t come')
      valueOf(await call({ name: 'mount', given: { device: DEVICE, mountpoint: MOUNT } }))
      valueOf(await call({ name: 'umount', given: { mountpoint: MOUNT } }))
    }
    expect(valueOf(await call(line))).toMatchObject({ exitCode: 0 })
    valueOf(await call({ name: 'mount', given: { device: DEVICE, mountpoint: MOUNT } }))
  })

  it('is asked for again by the next mount that needs it', async () => {
    const call = await serverFailing(1)
    failureOf(await call({ name: 'mount', given: { device: DEVICE, mountpoint: elsewhere } }), 'host_failed')
    valueOf(await call({ name: 'mount', given: { device: DEVICE, mountpoint: elsewhere } }))
    expect(valueOf(await call(line))).toMatchObject({ exitCode: 0 })
  })
})

describe('whoever waits for the log', () => {
  it('opens one channel for all its turns, and leaves none open', async () => {
    const open = new Set<MessagePort>()
    let openedCount = 0
    class Counted extends MessageChannel {
      constructor() {
        super()
        openedCount++
        open.add(this.port1)
        this.port1.addEventListener('close', () => open.delete(this.port1))
      }
    }
    vi.stubGlobal('MessageChannel', Counted)
    onTestFinished(() => void vi.unstubAllGlobals())
    const a = await startMaster(inlineDriver, newDevice(64 * MIB))
    openedCount = 0
    let creat: Promise<Result<unknown>> | undefined
    await new Promise<void>((begun) => {
      const blob = new Blob([patternBytes(40 * MIB, 1)])
      const onProgress = (): void => {
        creat ??= a.call('creat', { path: `${MOUNT}/g`, sizeBytes: 10, owner: OWNER }).finally(() => begun())
      }
      void a.call('copyIn', { path: `${MOUNT}/f`, blob, owner: OWNER }, { onProgress })
    })
    valueOf(await creat!)
    expect(openedCount).toBe(1)
    await vi.waitFor(() => expect(open.size).toBe(0))
  })
})
