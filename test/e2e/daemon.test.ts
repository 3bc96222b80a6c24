// The page as it is built: a host's daemon runs in a worker that a worker started. It ends with its mount and with its host, and
// the lane says where it is.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { overflow } from '../helpers/axe.ts'
import { button, eventually, firstScene, hostMenu, lane, openTerminal, typeLine, usePage } from '../helpers/page.ts'

const open = usePage()

function daemonCount(page: Page): number {
  return page.workers().filter((worker) => worker.url().includes('daemon.worker')).length
}

it('a lane says with which kernel its host is mounted, what that means, and where the daemon runs; on a phone nothing of it is cut', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const b = lane(page, 'B')
  await button(b, 'kernel v1').click()
  await b.getByText(/^B is mounted with v1\. .*standalone module/).waitFor()
  await page.keyboard.press('Escape')
  await openTerminal(page, 'B')
  await typeLine(page, 'B', 'sudo umount /mnt/famfs')
  expect(await b.getByRole('button', { name: /^kernel / }).count()).toBe(0)
  await typeLine(page, 'B', 'sudo famfs mount --fuse --kernel fuse-iomap-shared --daemon worker /dev/dax0.0 /mnt/famfs')
  await page.setViewportSize({ width: 360, height: 740 })
  const kernel = button(b, 'kernel fuse-iomap-shared, daemon in a worker')
  await kernel.click()
  await b.getByText('Its daemon runs in a worker of its own', { exact: false }).waitFor()
  await b.getByText('Mount options: rw', { exact: false }).waitFor()
  expect(await overflow(page)).toBe(0)
  const { x = -1, width = 999 } = (await kernel.boundingBox()) ?? {}
  expect([x >= 0, x + width <= 360]).toEqual([true, true])
  expect(await kernel.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0)
  expect(faults).toEqual([])
})

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
