// How far a command may go before the shell stops it, in one table with reasons; `help limits` prints it. The library's own
// limits guard a server against strangers' scripts: here everything runs on its user's machine, so they stop accidents only.

import type { BashOptions } from 'just-bash/browser'

interface Limit {
  name: keyof NonNullable<BashOptions['executionLimits']>
  value: number
  reason: string
}

const MIB = 1024 * 1024
const DAY_MS = 24 * 60 * 60 * 1000

export const limits: readonly Limit[] = [
  { name: 'maxCommandCount', value: 50_000_000, reason: 'a loop of a million rounds with dozens of commands each' },
  { name: 'maxLoopIterations', value: 20_000_000, reason: 'one loop; Ctrl-C stops it before' },
  { name: 'maxAwkIterations', value: 20_000_000, reason: 'the same for a loop of awk' },
  { name: 'maxSedIterations', value: 20_000_000, reason: 'the same for sed' },
  { name: 'maxJqIterations', value: 20_000_000, reason: 'the same for jq' },
  { name: 'maxCallDepth', value: 500, reason: 'functions within functions: more would end the worker’s stack' },
  { name: 'maxSourceDepth', value: 100, reason: 'files that source files' },
  { name: 'maxExecDepth', value: 64, reason: 'shells within shells' },
  { name: 'maxSubstitutionDepth', value: 50, reason: '$( ) within $( )' },
  { name: 'maxWorkUnits', value: 1_000_000_000, reason: 'expansions and copies of a whole command, all added up' },
  { name: 'maxGlobOperations', value: 10_000_000, reason: 'directory entries that patterns look at' },
  { name: 'maxTraversalEntries', value: 10_000_000, reason: 'find and ls -R over a full log: 493,447 files' },
  { name: 'maxTraversalWork', value: 50_000_000, reason: 'the same, in steps' },
  { name: 'maxArrayElements', value: 5_000_000, reason: 'one array, or one command’s words' },
  { name: 'maxBraceExpansionResults', value: 2_000_000, reason: '{1..1000000}' },
  { name: 'maxStringLength', value: 512 * MIB, reason: 'one variable; also what one pipe holds' },
  { name: 'maxHeredocSize', value: 64 * MIB, reason: 'one here-document' },
  { name: 'maxSourceBytes', value: 64 * MIB, reason: 'one script' },
  { name: 'maxOutputSize', value: 512 * MIB, reason: 'what one command line prints' },
  { name: 'maxLiveBytes', value: 2048 * MIB, reason: 'what all pipes of a line hold at once' },
  { name: 'maxInputBytes', value: 2048 * MIB, reason: 'what all commands of a line read from pipes' },
  { name: 'maxFileDescriptors', value: 4096, reason: 'open at once' },
  { name: 'maxExecutionTimeMs', value: DAY_MS, reason: 'one command line; Ctrl-C stops it before' },
  { name: 'maxExtensionCleanupTimeMs', value: 500, reason: 'how long a command may tidy up after Ctrl-C' },
]

/** What one of our programs may put into a pipe: a pipe is filled before the next command reads it. */
export const PIPE_MOST = 128 * MIB

/** A file longer than this isn't read into the shell's own memory as one string: our programs read it in pieces. */
export const READ_WHOLE_BYTES = 64 * MIB

/** What `< /dev/urandom` gives: a device has no end, and all of an input is there before a command begins. */
export const READ_DEVICE_BYTES = MIB

export function executionLimits(): NonNullable<BashOptions['executionLimits']> {
  return Object.fromEntries(limits.map(({ name, value }) => [name, value]))
}

export function limitsText(): string {
  const rows = limits.map(({ name, value, reason }) => `${name.padEnd(26)} ${value.toLocaleString('en-US').padStart(16)}  ${reason}\n`)
  return `What this shell stops at:\n${rows.join('')}One of our programs in a pipe stops after ${PIPE_MOST.toLocaleString('en-US')} bytes: a pipe is filled before the next command reads it. Files longer than ${READ_WHOLE_BYTES.toLocaleString('en-US')} bytes are read in pieces, by cat, cmp, cp, dd, head, sha256sum and the like.\n`
}
