// All plain tools by name. `prepare` must have run before the first of them: checksums need it.

import type { Program } from '../../cli/program.ts'
import { cat, tee } from './cat.ts'
import { cmp } from './cmp.ts'
import { bracket, test } from './condition.ts'
import { cp, mv } from './cpMv.ts'
import { curl, getfattr } from './curl.ts'
import { cxl } from './cxl.ts'
import { daxctl } from './daxctl.ts'
import { date } from './date.ts'
import { dd } from './dd.ts'
import { hexdump, od } from './dump.ts'
import { findmnt } from './findmnt.ts'
import { head, tail, wc } from './headTail.ts'
import { ls } from './ls.ts'
import { ln, mkdir, mknod, touch, truncate } from './make.ts'
import { chgrp, chmod, chown } from './modes.ts'
import { dmesg, insmod, lsmod, modprobe, rmmod } from './modules.ts'
import { mount, umount } from './mount.ts'
import { mountpoint } from './mountpoint.ts'
import { rm, rmdir } from './remove.ts'
import { sort } from './sort.ts'
import { df, du } from './space.ts'
import { statTool } from './stat.ts'
import { md5sum, prepareHashers, sha1sum, sha256sum, sha512sum } from './sums.ts'
import { xxd } from './xxd.ts'

export const tools: Readonly<Record<string, Program>> = {
  '[': bracket,
  cat, chgrp, chmod, chown, cmp, cp, curl, cxl, daxctl, date, dd, df, dmesg, du, findmnt, getfattr, head, hexdump, insmod, ln, ls, lsmod, md5sum, mkdir,
  mknod, modprobe, mount, mountpoint, mv, od, rm, rmdir, rmmod, sha1sum, sha256sum, sha512sum, sort, stat: statTool, tail, tee, test, touch, truncate, umount, wc, xxd,
}

/** Once, when the shell loads its chunk. */
export function prepare(): Promise<void> {
  return prepareHashers()
}
