// Which file a command word names: one of our programs under another path, a script, or nothing.

import { PIECE_BYTES } from '../../core/base/task.ts'
import { textOf } from '../../core/base/plain.ts'
import { READ_WHOLE_BYTES } from './limits.ts'
import type { Process } from './process.ts'

/** Run ours wherever scripts believe them to be. */
const OURS = new Set(['famfs', 'mkfs.famfs', 'famfs_fused', 'daxctl', 'cxl'])
const STUB_PLACES = /^\/(usr\/)?s?bin\/[^/]+$/
const EXECUTABLE = 0o111

/** Words as they can be run: a path to one of ours becomes its name, a path to a script a shell that runs it. */
export function scriptOr(words: string[], cwd: string, process: Process, variables: Pick<Map<string, string>, 'get'>): string[] {
  const [name, ...args] = words
  if (name === undefined) return words
  if (!name.includes('/')) {
    const script = process.isKnown(name) || process.hasFunction(name) || variables.get(`BASH_ALIAS_${name}`) !== undefined ? undefined : onPath(name, variables.get('PATH') ?? '', cwd, process)
    return script === undefined ? words : ['bash', script, ...args]
  }
  const base = name.slice(name.lastIndexOf('/') + 1)
  const found = process.host.system.stat(name, process.caller(cwd))
  if (!found.ok) return OURS.has(base) ? [base, ...args] : words
  if (found.value.kind !== 'file' || (found.value.mode & EXECUTABLE) === 0) return words
  if (STUB_PLACES.test(name) && process.isProgram(base)) return [base, ...args]
  return STUB_PLACES.test(name) ? words : ['bash', name, ...args]
}

/** A file that may be run; directories of PATH that hold nothing but our own are passed over. */
function onPath(name: string, path: string, cwd: string, process: Process): string | undefined {
  const candidates = path.split(':').map((each) => `${each === '' ? '.' : each}/${name}`)
  return candidates.find((candidate) => {
    const found = process.host.system.stat(candidate, process.caller(cwd))
    return found.ok && found.value.kind === 'file' && (found.value.mode & EXECUTABLE) !== 0
  })
}

/** @param path PATH, for names without a slash; @returns undefined where there is no such file */
export function readText(name: string, path: string, cwd: string, process: Process): string | undefined {
  const candidates = [...path.split(':').filter((each) => each !== '').map((each) => `${each}/${name}`), name]
  for (const candidate of candidates) {
    const bytes = read(candidate, cwd, process, READ_WHOLE_BYTES)
    if (bytes) return textOf(bytes)
  }
  return undefined
}

function read(path: string, cwd: string, process: Process, mostBytes: number): Uint8Array | undefined {
  const opened = process.host.system.open(path, { read: true }, process.caller(cwd))
  if (!opened.ok || opened.value.kind !== 'file') return undefined
  const handle = opened.value
  try {
    const bytes = new Uint8Array(Math.min(handle.sizeBytes(), mostBytes))
    for (let done = 0; done < bytes.length; ) {
      const count = handle.read(done, bytes.subarray(done, done + PIECE_BYTES))
      if (!count.ok) return undefined
      if (count.value === 0) break
      done += count.value
    }
    return bytes
  } finally {
    handle.close()
  }
}
