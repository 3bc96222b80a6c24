// Mounting by a fuse daemon over a shadow tree. Not there yet: the kernel that it would talk to has no daemon.

import { fail, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import type { Machine } from './machine.ts'
import type { RootFs } from './rootFs.ts'
import type { Caller, FamfsMountOptions, Mounted, Paths } from './systemTypes.ts'

/** What a daemon needs of its host: System is one. */
export interface FuseHost extends Paths {
  readonly machine: Machine
  readonly rootFs: RootFs
  now(): number
  random(target: Uint8Array<ArrayBuffer>): void
  log(line: string): void
  makeSocket(path: string, mode: number, answer: (request: string) => string, caller: Caller): Result<undefined>
}

/** @param mountpoint canonical @param deviceName as the machine knows it */
// eslint-disable-next-line require-yield
export function* mountFuse(_host: FuseHost, _deviceName: string, _mountpoint: string, _options: FamfsMountOptions, _caller: Caller): Task<Result<Mounted>> {
  return fail('no_module', { name: 'fuse' })
}
