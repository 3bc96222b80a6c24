// with-packages.mjs COMMAND [ARGUMENT...] is COMMAND of node_modules/.bin with its packages in place: same output, same exit code.
import { SetupError, ensurePackages, runBin, runTool } from './packages.mjs'

await runTool(() => {
  const [command, ...args] = process.argv.slice(2)
  if (!command) throw new SetupError('Usage: node test/tools/with-packages.mjs COMMAND [ARGUMENT...]')
  ensurePackages()
  return runBin(command, args)
})
