// A host for the plain tools' tests: a System on a relaxed machine, tools run by words to their end, and their output caught.
// Every read of a handle is noted by its size, so that a tool that holds a big file is seen.
import { bytesOfText, textOf } from '../../src/core/base/plain.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import { runNow, type Task } from '../../src/core/base/task.ts'
import { Machine } from '../../src/core/machine/machine.ts'
import { System } from '../../src/core/machine/system.ts'
import type { Caller } from '../../src/core/machine/systemTypes.ts'
import { tools } from '../../src/host/tools/table.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import { DAX, MNT, newDax, uuidOf } from './machines.ts'
import { valueOf } from './outcome.ts'

export interface Ran {
  code: number
  out: string
  err: string
  bytes: Uint8Array
  yields: number
  progress: number
}

export interface Box {
  system: System
  machine: Machine
  caller: Caller
  /** Biggest array that any tool handed to a handle since the box was made. */
  biggest: { readBytes: number; writtenBytes: number; outBytes: number }
  env: Record<string, string>
  run(line: string | readonly string[], stdin?: string | Uint8Array): Ran
  /** Runs it up to its first pause, and stops it there. */
  stop(line: string): void
  put(path: string, content: string | Uint8Array, mode?: number): void
  get(path: string): Uint8Array
}

export const NOW = Date.UTC(2026, 5, 7, 8, 9, 10)

export function newBox(device: Daxdev = newDax(), { name = 'A', relaxed = true } = {}): Box {
  const random = new SeededRandom(7)
  const outside = { now: () => NOW, random: (target: Uint8Array<ArrayBuffer>) => random.fillBytes(target) }
  const machine = new Machine({ name, systemUuid: uuidOf(name), devices: [device], relaxed, rawDevices: relaxed }, outside)
  const system = new System(machine, { ...outside, hostname: name })
  const caller: Caller = { user: { uid: 0, gid: 0 }, umask: 0o022, cwd: '/tmp' }
  const biggest = { readBytes: 0, writtenBytes: 0, outBytes: 0 }
  const open = system.open.bind(system)
  system.open = (path, options, by) => {
    const opened = open(path, options, by)
    if (!opened.ok) return opened
    const handle = opened.value
    const { read, write } = handle
    return { ok: true, value: {
      ...handle,
      read: (offset, target) => {
        biggest.readBytes = Math.max(biggest.readBytes, target.length)
        return read(offset, target)
      },
      write: (offset, source) => {
        biggest.writtenBytes = Math.max(biggest.writtenBytes, source.length)
        return write(offset, source)
      },
    } }
  }
  const env: Record<string, string> = {}
  const start = (line: string | readonly string[], stdin: string | Uint8Array, ran: Ran, parts: Uint8Array[]): Task<number> => {
    const words = typeof line === 'string' ? line.split(' ') : line
    const program = tools[words[0] ?? '']
    if (!program) throw new Error(`no tool ${words[0]}`)
    return program(words, {
      system, caller,
      env: (key) => env[key],
      out: (text) => parts.push(bytesOfText(text)),
      outBytes: (bytes) => {
        biggest.outBytes = Math.max(biggest.outBytes, bytes.length)
        parts.push(bytes)
      },
      err: (text) => (ran.err += text),
      stdin: () => (typeof stdin === 'string' ? bytesOfText(stdin) : stdin),
      progress: () => ran.progress++,
    })
  }
  const box: Box = {
    system, machine, caller, biggest, env,
    run(line, stdin = '') {
      const ran: Ran = { code: 0, out: '', err: '', bytes: new Uint8Array(0), yields: 0, progress: 0 }
      const parts: Uint8Array[] = []
      const task = start(line, stdin, ran, parts)
      for (let step = task.next(); ; step = task.next()) {
        if (step.done) {
          ran.code = step.value
          break
        }
        ran.yields++
      }
      ran.bytes = concatenated(parts)
      ran.out = textOf(ran.bytes.subarray(0, 1024 * 1024))
      return ran
    },
    stop(line) {
      const task = start(line, '', { code: 0, out: '', err: '', bytes: new Uint8Array(0), yields: 0, progress: 0 }, [])
      if (task.next().done) throw new Error(`${line} ended before it paused`)
      task.return(130)
    },
    put(path, content, mode = 0o644) {
      const handle = valueOf(open(path, { write: true, create: mode, truncate: true }, caller))
      valueOf(handle.write(0, typeof content === 'string' ? bytesOfText(content) : content))
      handle.close()
    },
    get(path) {
      const handle = valueOf(open(path, { read: true }, caller))
      const bytes = new Uint8Array(handle.sizeBytes())
      if (bytes.length > 0) valueOf(handle.read(0, bytes))
      handle.close()
      return bytes
    },
  }
  return box
}

/** A box whose machine has formatted and mounted the device. */
export function newMountedBox(options: { generation?: 'first' | 'newer'; device?: Daxdev } = {}): Box {
  const box = newBox(options.device)
  valueOf(runNow(box.machine.mkfs(DAX, {})))
  box.run('mkdir -p /mnt/famfs')
  if (options.generation) valueOf(box.system.loadModule('famfs', { generation: options.generation }))
  valueOf(runNow(box.system.mountFamfs(DAX, MNT, { kind: 'v1' }, box.caller)))
  return box
}

/** A file of famfs with this content, made as famfs does it. */
export function famfsFile(box: Box, path: string, content: Uint8Array, mode = 0o644): void {
  valueOf(runNow(box.machine.creat(path, { sizeBytes: content.length, mode })))
  const fd = valueOf(box.machine.open(path, { write: true }, box.caller.user))
  valueOf(box.machine.write(fd, 0, content))
  box.machine.close(fd)
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
