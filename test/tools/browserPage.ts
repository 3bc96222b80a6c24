// A built page in headless Chromium, served as a static host would serve it: for tools that need the real thing.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { build } from 'vite'
import { isolationHeaders } from '../helpers/headers.ts'
import { serve } from '../helpers/serve.ts'
import { chromiumArgs, getChromium } from './chromium.mjs'

const REPO = join(import.meta.dirname, '..', '..')

export interface Opened {
  url: string
  browser: Browser
}

/** Builds one page of the repo into a folder of its own, serves it with our headers, and cleans up however `work` ends. */
export async function withPage<T>(html: string, work: (opened: Opened) => Promise<T>): Promise<T> {
  const executablePath = getChromium()
  const folder = await mkdtemp(join(tmpdir(), 'famfs-page-'))
  try {
    await build({ root: REPO, logLevel: 'error', build: { outDir: folder, emptyOutDir: true, sourcemap: false, rollupOptions: { input: join(REPO, html) } } })
    const served = await serve(folder, { headers: isolationHeaders })
    const browser = await chromium.launch({ executablePath, args: chromiumArgs })
    try {
      return await work({ url: new URL(html, served.url).href.replace(/\/index\.html$/, '/'), browser })
    } finally {
      await browser.close()
      await served.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
