// The page as it is built: a host's daemon runs in a worker that a worker started. It ends with its mount and with its host.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, eventually, firstScene, hostMenu, lane, openTerminal, typeLine, usePage } from '../helpers/page.ts'

const open = usePage()

function daemonCount(page: Page): number {
  return page.workers().filter((worker) => worker.url().includes('daemon.worker')).length
}

it('a mount’s daemon in a worker of its own ends with the mount, and with the host', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await openTerminal(page, 'B')
  const on = (line: string): Promise<string> => typeLine(page, 'B', line)
  const mount = 'sudo famfs mount -v --fuse --kernel fuse-paged --daemon worker /dev/dax0.0 /mnt/famfs'
  await on('sudo umount /mnt/famfs')
  expect(daemonCount(page)).toBe(0)
  expect(await on(mount)).toContain('kernel fuse-paged, its daemon in a worker of its own')
  expect(daemonCount(page)).toBe(1)
  expect(await on('wc -c /mnt/famfs/tides.f64')).toContain('4194304 /mnt/famfs/tides.f64')
  await on('sudo umount /mnt/famfs')
  await eventually(() => Promise.resolve(daemonCount(page))).toBe(0)

  await on(mount)
  expect(daemonCount(page)).toBe(1)
  await hostMenu(page, 'B', 'Kill')
  await button(lane(page, 'B'), 'Reboot B').waitFor()
  await eventually(() => Promise.resolve(daemonCount(page))).toBe(0)
  expect(faults).toEqual([])
})
