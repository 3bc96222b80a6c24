// The page on servers of all kinds: under any path, without headers, and small enough for the first visit.

import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { KIB } from '../../src/core/base/align.ts'
import { lateFailures } from '../../src/core/base/lateFailure.ts'
import { builtPage } from '../helpers/builtPage.ts'
import { isolationHeaders } from '../helpers/headers.ts'
import { button, dropPattern, fileOn, firstScene, hashOn, lane, playButton, ready, saved, usePage } from '../helpers/page.ts'

const open = usePage()
const BUDGET_BYTES = 150 * KIB

it('under a path it works as at the root, asking nobody else', async () => {
  const { page, url, faults } = await open({ serving: { base: '/docs/tools/famfs/', headers: isolationHeaders } })
  expect(new URL(url).pathname).toBe('/docs/tools/famfs/')
  await firstScene(page)
  await button(page, 'parallel: 2 workers').waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').waitFor()
  // What is loaded when first needed is found, too.
  expect(await hashOn(page, 'B', 'tides.f64')).toMatch(/^[0-9a-f]{64}$/)
  expect(faults).toEqual([])
})

it('without the headers it says why hosts can’t run in parallel, and works', async () => {
  const { page, faults } = await open({ serving: { base: '/famfs/' } })
  await firstScene(page)
  await button(page, 'inline: 2 hosts').click()
  await page.getByText(/Hosts can't run in parallel here.*without the headers that allow shared memory.*Cross-Origin-Opener-Policy/).first().waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').waitFor()
  await dropPattern(page, 'A', 'mine.bin', 100_000, 3)
  await fileOn(page, 'A', 'mine.bin').waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'mine.bin').waitFor()
  const hash = await hashOn(page, 'B', 'mine.bin')
  await saved(page)
  await page.reload()
  await ready(page)
  await lane(page, 'B').getByText('log 3/3 played').waitFor()
  expect(await hashOn(page, 'B', 'mine.bin')).toBe(hash)
  expect(faults).toEqual([])
})

it('the first page is within its budget', () => {
  const folder = builtPage()
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const scripts = [...html.matchAll(/<(?:script[^>]*\ssrc|link[^>]*rel="modulepreload"[^>]*\shref)="([^"]+\.js)"/g)].map(([, path]) => posix.normalize(path ?? ''))
  expect(scripts.length).toBeGreaterThan(0)
  const counted = new Map<string, number>()
  const lateWords = lateFailures.last_host.says(undefined)
  const count = (path: string): void => {
    if (counted.has(path)) return
    const text = readFileSync(join(folder, path), 'utf8')
    counted.set(path, gzipSync(text).length)
    // One who says a late word brings all of them along.
    expect([path, text.includes(lateWords)]).toEqual([path, false])
    const imported = [...text.matchAll(/(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w*{}\s,$]+from\s*)?["']([^"']+\.js)["']/g)].map(([, found]) => found ?? '')
    const workers = [...text.matchAll(/["'`]([\w./-]*host\.worker-[\w-]+\.js)["'`]/g)].map(([, found]) => found ?? '')
    for (const found of imported) count(posix.join(posix.dirname(path), found))
    for (const found of workers) count(found.startsWith('assets/') ? found : posix.join(posix.dirname(path), posix.basename(found)))
  }
  scripts.forEach(count)
  expect([...counted.keys()].some((path) => path.includes('host.worker-'))).toBe(true)
  const total = [...counted.values()].reduce((sum, bytes) => sum + bytes, 0)
  process.stdout.write(`first page: ${[...counted].map(([path, bytes]) => `${path} ${bytes}`).join(', ')}; ${total} of ${BUDGET_BYTES} bytes gzip\n`)
  expect(total).toBeLessThanOrEqual(BUDGET_BYTES)
})
