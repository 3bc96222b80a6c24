// famfs mkmeta: the superblock and log files of a standalone mount, made again where they are missing.

import { fail } from '../core/base/result.ts'
import { type Call, command, onlyOperand, stop } from './command.ts'
import { deviceAt } from './device.ts'
import type { OptionTable } from './options.ts'
import { verboseShort } from './shared.ts'

const options = { verbose: verboseShort } as const satisfies OptionTable

export const mkmeta = command({
  name: 'famfs mkmeta',
  about: "make a mount's missing meta files (standalone mounts)",
  synopsis: ['[-v] DEVICE'],
  options,
  notes: ['Exit codes: 0 they are there, 1 not.'],
  run,
})

function run(call: Call<typeof options>): number {
  const { given, io } = call
  const path = onlyOperand(call)
  if (path === undefined) return stop(call, { says: 'no device is named', next: 'Write famfs mkmeta DEVICE.' })
  const device = deviceAt(io, path)
  if (!device.ok) return stop(call, device.failure)
  if (io.caller.user.uid !== 0) return stop(call, fail('not_root', { what: 'make meta files' }).failure)
  const made = io.system.machine.makeMeta(device.value)
  if (!made.ok) return stop(call, made.failure)
  if (given.verbose > 0) io.out(`famfs mkmeta: the meta files of ${device.value} are there\n`)
  return 0
}
