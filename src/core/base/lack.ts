// Why a device of a file system can't be used on a host: nothing here says that it is this device, two say so, or what says
// so can't be it. Three reasons, since what to do next differs.

import { fail, type Failure } from './result.ts'

/** Undefined where no device of the host says that it is this one. */
export type DeviceRefusal =
  | { kind: 'twice'; names: readonly string[] }
  /** `what` completes "can't be that device: ...". */
  | { kind: 'unfit'; name: string; what: string }

export type LackReason = 'device_missing' | 'device_twice' | 'device_unfit'

interface Lack {
  devindex: number
  uuid: string | undefined
  refusal?: DeviceRefusal | undefined
}

/** @param path the file whose bytes are wanted */
export function lackOf({ devindex, uuid, refusal }: Lack, path: string): Failure<LackReason> {
  if (refusal?.kind === 'twice') return fail('device_twice', { path, devindex, uuid, names: refusal.names.join(' and ') }).failure
  if (refusal?.kind === 'unfit') return fail('device_unfit', { path, devindex, device: refusal.name, what: refusal.what }).failure
  return fail('device_missing', { path, devindex, uuid }).failure
}

/** For lists and reports, behind the device's index. */
export function lackWords(refusal: DeviceRefusal | undefined): string {
  if (refusal?.kind === 'twice') return `${refusal.names.join(' and ')} each say that they are it: detach the copies`
  return refusal ? `${refusal.name} says that it is it, and can't be: ${refusal.what}` : 'missing'
}
