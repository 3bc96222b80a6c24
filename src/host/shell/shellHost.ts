// What all shells of one host share: its system, its programs, the turns of its event loop, and process numbers.

import type { Program } from '../../cli/program.ts'
import type { System } from '../../core/machine/system.ts'
import { Turns } from '../turns.ts'

/** Runs words on another host and answers with what they printed. */
export type OnHost = (host: string, words: readonly string[], given: { cwd: string; stdin: Uint8Array<ArrayBuffer>; signal: AbortSignal }) => Promise<{ stdout: string; stderr: string; exitCode: number }>

/** What leaves a shell while a line runs. */
export type ShellNote =
  | { kind: 'output'; stream: 'out' | 'err'; text: string }
  | { kind: 'busy'; label: string; doneBytes: number; totalBytes: number }
  | { kind: 'download'; name: string; blob: Blob }
  | { kind: 'clear' }

/** How long something runs before others are let in. */
const TURN_MS = 8
/** Messages that come without end keep Node from its timers: now and then a timer is waited for. */
const TIMER_MS = 50
const FIRST_PID = 1000

export class ShellHost {
  readonly system: System
  readonly programs: ReadonlyMap<string, Program>
  readonly onHost: OnHost | undefined
  readonly #turns = new Turns()
  #turnStart = 0
  #timerAt = 0
  #waiting = 0
  #nextPid = FIRST_PID

  constructor(system: System, programs: ReadonlyMap<string, Program>, onHost: OnHost | undefined) {
    this.system = system
    this.programs = programs
    this.onHost = onHost
  }

  newPid(): number {
    return this.#nextPid++
  }

  /** Lets others in, where it is their turn. */
  async turn(): Promise<void> {
    if (performance.now() - this.#turnStart < TURN_MS) return
    this.#waiting++
    const late = performance.now() - this.#timerAt > TIMER_MS
    await (late ? new Promise((resolve) => setTimeout(resolve, 0)) : this.#turns.take())
    this.#waiting--
    this.#turnStart = performance.now()
    if (late) this.#timerAt = this.#turnStart
  }

  /** Nobody runs: what keeps Node awake is closed. */
  rest(): void {
    if (this.#waiting === 0) this.#turns.close()
  }
}
