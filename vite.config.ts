// One build for every static host: relative addresses, module workers, no inline script; dev and preview send the headers that the page is made for.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { browserAlias } from './test/helpers/alias.ts'
import { isolationHeaders } from './test/helpers/headers.ts'

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
    // Every browser with that target has module preload.
    modulePreload: { polyfill: false },
  },
})
