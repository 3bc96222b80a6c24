// One build for every static host: relative addresses, module workers, no inline script; dev and preview send the headers that the page is made for.
import react from '@vitejs/plugin-react'
import { defineConfig, type Rolldown } from 'vite'
import { browserAlias } from './test/helpers/alias.ts'
import { isolationHeaders } from './test/helpers/headers.ts'

/**
 * What the page begins with is one file, whoever else uses parts of it: in many small ones it is larger, and comes later.
 * @returns the chunk's name for modules that the entry imports, however indirectly, without waiting
 */
function firstPage(id: string, graph: { getModuleInfo: (id: string) => Rolldown.ModuleInfo | null }): string | null {
  const seen = new Set<string>()
  const isOfEntry = (at: string): boolean => {
    if (seen.has(at)) return false
    seen.add(at)
    const info = graph.getModuleInfo(at)
    return info !== null && (info.isEntry || info.importers.some(isOfEntry))
  }
  // Its index imports all pictures there are: which of them the page begins with, only their users know.
  return !id.includes('/lucide-react/dist/esm/icons/') && isOfEntry(id) ? 'first' : null
}

export default defineConfig({
  // The page must work under any path, and inside other people's sites.
  base: './',
  plugins: [react()],
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
    modulePreload: { polyfill: false },
  },
})
