// The command that mounts as the page just did, for someone who types it on that host: with everything that it takes, and
// nothing that is left to what the kernel offers.

import type { MountGiven } from './acts.ts'
import { NAMES } from './names.ts'
import { quoted } from './sentences.ts'

export function mountCommand({ device, mountpoint, kernel = 'v1', daemon, recipe = {} }: MountGiven): string {
  const { generation, allowRogue = false, words = [], timeoutSeconds, allowOther = true, defaultPermissions = true, shadow } = recipe
  const before = [
    ...(generation === undefined ? [] : [`sudo modprobe famfs generation=${generation}`]),
    ...(shadow === undefined ? [] : [`sudo rm -rf ${quoted(`${shadow}/root`)}`]),
    ...madeBefore(mountpoint, shadow),
  ]
  // Words of its own are for the plain tool, which mounts standalone.
  const listed = [...(allowRogue ? ['allow_rogue'] : []), ...words.filter((word) => word !== 'allow_rogue')]
  const mount = listed.length > 0 ? ['mount -t famfs -o', quoted(listed.join(','))] : [
    'famfs mount',
    kernel === 'v1' ? '--nofuse' : kernel === 'fuse' ? '--fuse' : `--kernel ${kernel}`,
    ...(daemon === 'worker' ? ['--daemon worker'] : []),
    ...(timeoutSeconds === undefined ? [] : [`--timeout ${timeoutSeconds}`]),
    ...(allowOther ? [] : ['--nouseraccess']),
    ...(defaultPermissions ? [] : ['--nodefaultperm']),
    ...(shadow === undefined ? [] : [`--shadow ${quoted(shadow)}`]),
  ]
  return [...before, ['sudo', ...mount, device, quoted(mountpoint)].join(' ')].join(' && ')
}

/** Of the directories that it takes a root file system has one from the start. */
function madeBefore(mountpoint: string, shadow: string | undefined): string[] {
  const missing = [...(mountpoint === NAMES.mountpoint ? [] : [mountpoint]), ...(shadow === undefined ? [] : [shadow])]
  return missing.length === 0 ? [] : [`sudo mkdir -p ${missing.map(quoted).join(' ')}`]
}
