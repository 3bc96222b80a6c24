// npm start works right after a clone: packages first, then the page on localhost.
// Vite prints the address and takes the next port if 5173 is taken; its own options (--port, --open, --host) pass through.
import { ensurePackages, runBin, runTool } from './packages.mjs'

await runTool(() => {
  ensurePackages()
  return runBin('vite', process.argv.slice(2))
})
