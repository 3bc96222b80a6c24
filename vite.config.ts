// One build for every static host: relative addresses, module workers, no inline script; dev and preview send the headers that the page is made for.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin, type Rolldown } from 'vite'
import { browserAlias } from './test/helpers/alias.ts'
import { isolationHeaders } from './test/helpers/headers.ts'

const PRELOADER = /vite\/preload-helper/
const HOST_WORKER = /\/host\/host\.worker\.ts$/

/** In this order: a file takes along all that its modules import and no earlier one has. */
const PARTS = ['both', 'lent', 'first', 'host'] as const
type Part = (typeof PARTS)[number]

interface Graph {
  getModuleInfo: (id: string) => Rolldown.ModuleInfo | null
}

/**
 * What the page begins with is few files, whoever else uses parts of it: in many small ones it is larger, and comes later.
 * What page and hosts both begin with is one of them, and so it comes once. What the page begins with and a host loads late is
 * never in one file with the page's own beginning: the host would run that too, and a worker has no window.
 * @returns the chunk's name for modules that an entry imports, however indirectly, without waiting
 */
function partOf(id: string, graph: Graph): Part | null {
  // Its index imports all pictures there are: which of them the page begins with, only their users know.
  if (id.includes('/lucide-react/dist/esm/icons/')) return null
  const begins = beginningsOf(id, graph, false)
  if (!begins.page) return begins.host && !HOST_WORKER.test(id) ? 'host' : null
  if (begins.host) return 'both'
  return beginningsOf(id, graph, true).host ? 'lent' : 'first'
}

/** Which entries need a module: without waiting, or ever. */
function beginningsOf(id: string, graph: Graph, late: boolean): { page: boolean; host: boolean } {
  const entries = { page: false, host: false }
  const seen = new Set<string>()
  const climb = (at: string): void => {
    if (seen.has(at)) return
    seen.add(at)
    const info = graph.getModuleInfo(at)
    if (info?.isEntry) entries[HOST_WORKER.test(at) ? 'host' : 'page'] = true
    for (const importer of info?.importers ?? []) climb(importer)
    if (late) for (const importer of info?.dynamicImporters ?? []) climb(importer)
  }
  climb(id)
  return entries
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
        const written = PRELOADER.test(id) ? 'window.dispatchEvent' : "new URL('./host.worker.ts', import.meta.url)"
        if (!code.includes(written)) this.error(`no ${written} in ${id}`)
        if (PRELOADER.test(id)) return { code: code.replaceAll(written, 'globalThis.dispatchEvent'), map: null }
        const worker = this.emitFile({ type: 'chunk', id: join(dirname(id), 'host.worker.ts'), name: 'host.worker' })
        return { code: code.replace(written, `import.meta.ROLLUP_FILE_URL_${worker}`), map: null }
      },
    },
  }
}

/** Lucide's icons, made by a maker of ours that knows no more than they need here; a build that has theirs is none. */
function ownIcons(): Plugin {
  const maker = fileURLToPath(new URL('./src/ui/lucideIcon.ts', import.meta.url))
  return {
    name: 'own-icons',
    apply: 'build',
    enforce: 'pre',
    resolveId: { filter: { id: /^\.\.\/createLucideIcon\.mjs$/ }, handler: () => maker },
    generateBundle(_, bundle) {
      const carried = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? Object.entries(file.modules) : [])).filter(([, { renderedLength }]) => renderedLength > 0).map(([id]) => id)
      const theirs = carried.find((id) => id.includes('/lucide-react/') && !id.includes('/lucide-react/dist/esm/icons/'))
      if (theirs !== undefined) this.error(`the page carries ${theirs}: lucide’s icons no longer ask for ../createLucideIcon.mjs, in whose place src/ui/lucideIcon.ts is to come`)
    },
  }
}

export default defineConfig({
  // The page must work under any path, and inside other people's sites.
  base: './',
  plugins: [react(), sharedWorker(), ownIcons()],
  resolve: { alias: browserAlias },
  worker: { format: 'es' },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    // Class fields and top-level await stay; `using` and other news are rewritten, since WebKit lags behind there.
    target: 'es2022',
    sourcemap: true,
    rolldownOptions: { output: { codeSplitting: { groups: PARTS.map((part, at) => ({ name: (id, graph) => (partOf(id, graph) === part ? part : null), priority: PARTS.length - at })) } } },
    // Every browser with that target has module preload.
    modulePreload: {
      polyfill: false,
      // Only the page has a document to preload into; what else is loaded late may be a host's.
      resolveDependencies: (_url, needed, { hostId }) => (/\/index-[^/]*$/.test(hostId) ? needed : needed.filter((path) => path.endsWith('.css'))),
    },
  },
})
