// A mount in which a shell stands can't be unmounted: not by itself, and not by another shell of the host.

import { expect, it } from 'vitest'
import { newShell } from '../helpers/shells.ts'

it('a shell that stands in a mount keeps it', async () => {
  const { run, shells } = await newShell()
  const other = (line: string) => shells.run({ shell: 2, line, columns: 80 }, new AbortController().signal, () => undefined)
  await run('mkfs.famfs /dev/dax0.0 > /dev/null && famfs mount -F /dev/dax0.0 /mnt/famfs')
  await other('cd /mnt/famfs/.meta')
  const { exitCode, err } = await run('umount /mnt/famfs')
  expect({ exitCode, err }).toMatchObject({ exitCode: 32, err: expect.stringContaining('target is busy') })
  expect((await other('umount /mnt/famfs')).exitCode).toBe(32)
  // It may leave and unmount in one line.
  expect((await other('cd / && umount /mnt/famfs')).exitCode).toBe(0)
})
