// mountpoint: whether a directory is where something is mounted; scripts ask for the exit code.

import { has } from './getopt.ts'
import { quickTool } from './tool.ts'

const NOT_ONE = 32

export const mountpoint = quickTool({
  short: 'qd',
  long: { quiet: 'q', 'fs-devno': 'd' },
  needs: 1,
  most: 1,
  help: 'mountpoint [-q] DIRECTORY: says whether something is mounted there. Exit codes: 0 yes, 32 no, 1 where there is no such directory.',
}, ({ given, io, voice }) => {
  const [path = ''] = given.operands
  const stat = io.system.stat(path, io.caller)
  if (!stat.ok) {
    if (!has(given, 'q')) voice.say(`${path}: No such file or directory`)
    return 1
  }
  const real = io.system.realpath(path, io.caller)
  const is = real.ok && io.system.mountTable().some(({ target }) => target === real.value)
  if (!has(given, 'q')) io.out(`${path} is ${is ? '' : 'not '}a mountpoint\n`)
  return is ? 0 : NOT_ONE
})
