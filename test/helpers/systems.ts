// Systems for tests: a machine with its tree of paths, a clock that stands still until it is moved, and chance from a seed.

import { expect } from 'vitest'
import { SeededRandom } from '../../src/core/base/random.ts'
import { bytesOfText, textOf } from '../../src/core/base/plain.ts'
import type { Result } from '../../src/core/base/result.ts'
import type { Machine } from '../../src/core/machine/machine.ts'
import { System, type SystemOutside } from '../../src/core/machine/system.ts'
import type { Caller, Handle } from '../../src/core/machine/systemTypes.ts'
import { newDax, newMachine } from './machines.ts'
import { valueOf } from './outcome.ts'

export const CLOCK = { ms: 1_700_000_000_000 }

export function newSystem(machine: Machine = newMachine('A', newDax()), more: Partial<SystemOutside> = {}): System {
  const random = new SeededRandom(7)
  return new System(machine, { now: () => CLOCK.ms, random: (target) => random.fillBytes(target), hostname: machine.name, ...more })
}

export function rootAt(cwd: string): Caller {
  return { user: { uid: 0, gid: 0 }, umask: 0o022, cwd }
}

export function userAt(cwd: string, uid = 1000): Caller {
  return { user: { uid, gid: uid }, umask: 0o022, cwd }
}

export function errnoOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.errno
}

export function put(system: System, path: string, text: string, caller: Caller, mode = 0o644): void {
  const handle = valueOf(system.open(path, { write: true, create: mode, truncate: true }, caller))
  expect(valueOf(handle.write(0, bytesOfText(text)))).toBe(bytesOfText(text).length)
  handle.close()
}

export function get(system: System, path: string, caller: Caller): string {
  const handle = valueOf(system.open(path, { read: true }, caller))
  const text = textOf(bytesOf(handle))
  handle.close()
  return text
}

export function bytesOf(handle: Handle): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(handle.sizeBytes())
  expect(valueOf(handle.read(0, bytes))).toBe(bytes.length)
  return bytes
}

export function namesOf(system: System, path: string, caller: Caller): string[] {
  return valueOf(system.readdir(path, caller)).map(({ name }) => name).toSorted()
}
