// The last look at the device and what hosts show, as one view: made anew only when one of them has changed.

import type { Memory } from '../core/mem/memory.ts'
import { DeviceChecker, viewOf } from './problemCheck.ts'
import { hostKey, hostProblems } from './problemHosts.ts'
import { memoryProblems } from './problemMemory.ts'
import type { HostFile, HostView, PoolDeviceView, ProblemsView } from './types.ts'

export class ProblemDesk {
  readonly #changed: () => void
  readonly #checker = new DeviceChecker()
  #checking = false
  /** Somebody was told that a look is under way. */
  #saidSo = false
  #made: { key: string; files: readonly (readonly HostFile[])[]; check: unknown; view: ProblemsView } | undefined

  constructor(changed: () => void) {
    this.#changed = changed
  }

  async look(memory: Memory, others: readonly Memory[]): Promise<void> {
    this.#saidSo = false
    const isNews = await this.#checker.look(memory, () => {
      this.#checking = true
    }, others)
    this.#checking = false
    if (isNews || this.#saidSo) this.#changed()
  }

  /** Undefined before the first look has ended. */
  view(hosts: readonly HostView[], devices: readonly PoolDeviceView[]): ProblemsView | undefined {
    const { check } = this.#checker
    if (!check) return undefined
    if (this.#checking) this.#saidSo = true
    const states = devices.map(({ name, fsDevindex, health }) => [name, fsDevindex, health])
    const key = `${this.#checking}\n${JSON.stringify(states)}\n${hosts.map(hostKey).join('\n\n')}`
    const files = hosts.map((host) => host.files)
    const made = this.#made
    if (made && made.key === key && made.check === check && files.every((list, i) => list === made.files[i])) return made.view
    const primary = devices.find(({ fsDevindex }) => fsDevindex === 0)
    const view = viewOf(check, [...memoryProblems(devices, Math.max(0, ...hosts.map(({ entryCount }) => entryCount))), ...hostProblems(hosts, devices)], this.#checking, primary?.health.isStopped)
    this.#made = { key, files, check, view }
    return view
  }
}
