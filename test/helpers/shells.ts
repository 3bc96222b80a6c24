// Shells for tests: one on a fresh host with one device, which says what a line printed and how it ended.

import { MIB } from '../../src/core/base/align.ts'
import { System } from '../../src/core/machine/system.ts'
import type { ShellNote } from '../../src/host/shell/shellHost.ts'
import { Shells } from '../../src/host/shell/shells.ts'
import { newDax, newMachine } from './machines.ts'

export interface Said {
  out: string
  err: string
  exitCode: number
  ended: boolean
  prompt: string
  notes: ShellNote[]
}

export interface TestShell {
  system: System
  shells: Shells
  run(line: string, signal?: AbortSignal, onNote?: (note: ShellNote) => void): Promise<Said>
  /** What bash prints for a script of its own, with what it says on stderr behind it. */
  script(text: string): Promise<string>
}

export async function newShell(deviceBytes = 64 * MIB): Promise<TestShell> {
  const machine = newMachine('A', newDax(deviceBytes))
  let milliseconds = 1_790_000_000_000
  const random = (target: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(target)
  const system = new System(machine, { now: () => ++milliseconds, random, hostname: 'A' })
  const shells = await Shells.open(system, undefined)
  const run = async (line: string, signal = new AbortController().signal, onNote?: (note: ShellNote) => void): Promise<Said> => {
    const notes: ShellNote[] = []
    const { exitCode, ended, prompt } = await shells.run({ shell: 1, line, columns: 80 }, signal, (note) => {
      notes.push(note)
      onNote?.(note)
    })
    return { out: textOf(notes, 'out'), err: textOf(notes, 'err'), exitCode, ended, prompt, notes }
  }
  const script = async (text: string): Promise<string> => {
    const { out, err, exitCode } = await run(`bash -c ${quote(text)}`)
    return `${out}${err}${exitCode === 0 ? '' : `=${exitCode}`}`
  }
  return { system, shells, run, script }
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function textOf(notes: readonly ShellNote[], stream: 'out' | 'err'): string {
  return notes.map((note) => (note.kind === 'output' && note.stream === stream ? note.text : '')).join('')
}
