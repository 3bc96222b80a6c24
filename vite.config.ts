// One build for every static host: relative addresses, module workers, no inline script; dev and preview send the headers that the page is made for.
import { dirname, join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin, type Rolldown } from 'vite'
import { browserAlias } from './test/helpers/alias.ts'
import { isolationHeaders } from './test/helpers/headers.ts'

const PRELOADER = /vite\/preload-helper/
const HOST_WORKER = /\/host\/host\.worker\.ts$/

/**
 * What the page begins with is few files, whoever else uses parts of it: in many small ones it is larger, and comes later.
 * What page and hosts both begin with is one of them, and so it comes once.
 * @returns the chunk's name for modules that an entry imports, however indirectly, without waiting
 */
function firstPage(id: string, graph: { getModuleInfo: (id: string) => Rolldown.ModuleInfo | null }): string | null {
  // Its index imports all pictures there are: which of them the page begins with, only their users know.
  if (id.includes('/lucide-react/dist/esm/icons/')) return null
  const entries = { page: false, host: false }
  const seen = new Set<string>()
  const climb = (at: string): void => {
    if (seen.has(at)) return
    seen.add(at)
    const info = graph.getModuleInfo(at)
    if (info?.isEntry) entries[HOST_WORKER.test(at) ? 'host' : 'page'] = true
    for (const importer of info?.importers ?? []) climb(importer)
  }
  climb(id)
  if (entries.page) return entries.host ? 'both' : 'first'
  return entries.host && !HOST_WORKER.test(id) ? 'host' : null
}

/**
 * Hosts are workers of the same build as the page: they share its files. As usual, the address in the source is the worker's
 * own script; the builder's own way would build it a second time, with all that page and hosts have in common.
 */
function sharedWorker(): Plugin {
  return {
    name: 'shared-worker',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: [/\/host\/workerDriver\.ts$/, PRELOADER] },
      handler(code, id) {
        // What loads late tells of its failures; a worker has no window.
        if (PRELOADER.test(id)) return { code: code.replaceAll('window.dispatchEvent', 'globalThis.dispatchEvent'), map: null }
        const address = "new URL('./host.worker.ts', import.meta.url)"
        if (!code.includes(address)) this.error(`no ${address} in ${id}`)
        const worker = this.emitFile({ type: 'chunk', id: join(dirname(id), 'host.worker.ts'), name: 'host.worker' })
        return { code: code.replace(address, `import.meta.ROLLUP_FILE_URL_${worker}`), map: null }
      },
    },
  }
}

export default defineConfig({
  // The page must work under any path, and inside other people's sites.
  base: './',
  plugins: [react(), sharedWorker()],
  resolve: { alias: browserAlias },
  worker: { format: 'es' },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    // Class fields and top-level await stay; `using` and other news are rewritten, since WebKit lags behind there.
    target: 'es2022',
    sourcemap: true,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstPage }] } } },
    // Every browser with that target has module preload.
    modulePreload: {
      polyfill: false,
      // Only the page has a document to preload into; what else is loaded late may be a host's.
      resolveDependencies: (_url, needed, { hostId }) => (/\/index-[^/]*$/.test(hostId) ? needed : needed.filter((path) => path.endsWith('.css'))),
    },
  },
})
