// The page as it is built: a kernel that someone chose in a terminal is there after a reload, with its daemon in a worker of its
// own, and the command that the trace shows is what was done.

import { expect, it } from 'vitest'
import { button, eventually, fileOn, firstScene, lane, openTerminal, ready, saved, trace, typeLine, usePage } from '../helpers/page.ts'

const open = usePage()

it('a reload mounts each host as it was mounted, and says how', async () => {
  const { page, faults } = await open()
  const daemonCount = (): Promise<number> => Promise.resolve(page.workers().filter((worker) => worker.url().includes('daemon.worker')).length)
  await firstScene(page)
  await saved(page)
  await openTerminal(page, 'B')
  await typeLine(page, 'B', 'sudo umount /mnt/famfs && sudo famfs mount -p --kernel program --daemon worker /dev/dax0.0 /mnt/famfs')
  const look = "grep -o 'group_id.*worker' /proc/mounts"
  const options = 'group_id=0,allow_other,kernel=program,daemon=worker'
  expect(await typeLine(page, 'B', look)).toContain(options)
  await saved(page)

  await page.reload()
  await ready(page)
  await fileOn(page, 'B', 'tides.f64').waitFor()
  await button(lane(page, 'B'), 'kernel program, daemon in a worker').waitFor()
  await button(lane(page, 'A'), 'kernel v1').waitFor()
  await eventually(daemonCount).toBe(1)
  await trace(page).getByText('sudo famfs mount --kernel program --daemon worker --nodefaultperm /dev/dax0.0 /mnt/famfs').waitFor()
  await trace(page).getByText('sudo famfs mount --nofuse /dev/dax0.0 /mnt/famfs').first().waitFor()
  await openTerminal(page, 'B')
  expect(await typeLine(page, 'B', look)).toContain(options)
  expect(faults).toEqual([])
})
