// Where each kind of test runs. test/tidy.test.ts fails for a test file outside these folders: a test that never runs proves nothing.
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { browserAlias } from './test/helpers/alias.ts'
import { isolationHeaders } from './test/helpers/headers.ts'
import { chromiumArgs, findChromium } from './test/tools/chromium.mjs'

const executablePath = findChromium()
const oneMinute = 60_000

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{unit,contract,golden,sim,conformance}/**/*.test.ts', 'test/tidy.test.ts'],
          // Seeds and schedules may run long on a small machine; timings are never asserted.
          testTimeout: oneMinute,
          hookTimeout: oneMinute,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [react()],
        resolve: { alias: browserAlias },
        server: { headers: isolationHeaders },
        worker: { format: 'es' },
        // Known from the start: a package found only while tests run makes Vite reload the page under them, and the run then
        // never ends.
        optimizeDeps: {
          noDiscovery: true,
          include: ['react', 'react-dom', 'react-dom/client', 'comlink', 'idb-keyval', 'hash-wasm', 'lucide-react', 'just-bash/browser', 'fflate', 'yaml', '@xterm/xterm'],
        },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.{ts,tsx}'],
          testTimeout: oneMinute,
          hookTimeout: oneMinute,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: chromiumArgs } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          // Each file starts a browser and a server; two at once would only slow each other down.
          fileParallelism: false,
          testTimeout: 3 * oneMinute,
          hookTimeout: 3 * oneMinute,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
