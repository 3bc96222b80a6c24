// A mount reaches superblock and log through its own kernel, as the tools do through the meta files: what the hardware
// reports there marks the mount, and what was reported before keeps everybody from going on.

import { fail, type Failure } from '../base/result.ts'
import type { MountDownReason } from '../kernel/devices.ts'
import { DEVICE_WORDS } from '../mem/health.ts'
import { LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { Superblock } from '../omf/superblock.ts'
import type { Mount } from './mounts.ts'

export type DownReason = MountDownReason | 'device_failed'

/** @returns undefined where both can be touched */
export function metadataDown({ kernel: { devices }, layout, deviceName }: Mount): { ok: false; failure: Failure<DownReason> } | undefined {
  const trouble = devices.touch(0, 0, Superblock.sizeBytes, '.meta/.superblock') ?? devices.touch(0, LOG_OFFSET_BYTES, layout.logLengthBytes, '.meta/.log')
  if (!trouble) return undefined
  const down = devices.down('.meta/.log')
  if (down) return { ok: false, failure: down }
  const failed = devices.device(0)?.failed ?? 'stopped'
  return fail('device_failed', { device: deviceName, what: DEVICE_WORDS[failed], why: failed, isMounted: true })
}
