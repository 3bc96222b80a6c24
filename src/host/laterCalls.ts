// Calls that no first scene makes: stores and looks through a mapping or past it, sums, and what a step back needs. Loaded with
// the first of them; where that fails, the call says so, and the next one tries again.

import { unreachable } from '../core/base/assert.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import type { MappedFile } from '../core/kernel/mappedFile.ts'
import type { Machine } from '../core/machine/machine.ts'
import { storeBytes } from '../core/machine/storing.ts'
import type { CallMessage, Calls, HostReply } from './protocol.ts'

export type LaterCall = Extract<CallMessage, { name: 'recall' | 'poke' | 'store' | 'unlink' | 'peek' | 'sha256' | 'verify' }>
type Run = <T extends Result<unknown>>(task: Task<T>) => Promise<T | { ok: false; failure: Failure }>

/** @param run gives the task its turns, and ends it when the call is cancelled */
export async function callLater(machine: Machine, message: LaterCall, run: Run): Promise<HostReply['result']> {
  switch (message.name) {
    case 'recall':
      return recall(machine, message.given)
    case 'poke': {
      const { path, offsetBytes, bytes, user } = message.given
      const mapping = machine.mmap(path, { write: true }, user)
      return mapping.ok ? mapping.value.write(offsetBytes, bytes) : mapping
    }
    case 'store': {
      const { device, offsetBytes, bytes } = message.given
      const memory = machine.memory(device)
      return memory.ok ? storeBytes(memory.value, offsetBytes, bytes) : memory
    }
    case 'unlink': {
      // Only shells have such tools, and they are loaded with them.
      const { removeOn } = await import('../core/machine/system.ts')
      return removeOn(machine, message.given.path)
    }
    case 'peek': {
      const { path, offsetBytes, lengthBytes, user } = message.given
      const mapping = machine.mmap(path, { read: true }, user)
      return mapping.ok ? copyOf(mapping.value, offsetBytes, lengthBytes) : mapping
    }
    case 'sha256':
      return sha256(machine, message.given, run)
    case 'verify': {
      const { path, seed, user } = message.given
      return Number.isSafeInteger(seed) ? run(machine.verify(path, seed, user)) : fail('bad_seed', { seed })
    }
    default:
      return unreachable(message)
  }
}

async function sha256(machine: Machine, { path, user }: Calls['sha256']['given'], run: Run): Promise<Result<string>> {
  const { createSHA256 } = await import('hash-wasm')
  const hasher = await createSHA256()
  hasher.init()
  const scanned = await run(machine.scan(path, (window) => void hasher.update(window), user))
  return scanned.ok ? ok(hasher.digest('hex')) : scanned
}

function recall(machine: Machine, { mountpoint, devices }: Calls['recall']['given']): Result<undefined> {
  const mounted = machine.mountDevices(mountpoint)
  if (!mounted) return fail('not_mounted', { path: mountpoint })
  mounted.recall(devices)
  return ok()
}

function copyOf(mapping: MappedFile, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>> {
  // An offset outside of the file is copyTo's to refuse, and makes no array.
  const leftBytes = offsetBytes >= 0 ? mapping.sizeBytes - offsetBytes : 0
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, leftBytes)))
  const copied = mapping.copyTo(bytes, offsetBytes)
  return copied.ok ? ok(bytes) : copied
}
