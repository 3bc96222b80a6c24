// The devices of a session. They lie in one buffer, one behind the other, so that whoever looks at all of the memory looks at
// one thing: the page counts every byte from the pool's start. A host sees devices, and calls them as it likes: the first
// is /dev/dax0.0 everywhere, the others have other names from host to host, as on real machines.

import { daxdev, type Daxdev } from '../core/mem/daxdev.ts'
import { Health } from '../core/mem/health.ts'
import type { DeviceFacts, HealthState } from './acts.ts'
import { NAMES } from './names.ts'

export const DEVICES_MOST = 8

export interface PoolDevice extends DeviceFacts {
  /** Where it begins in the pool. */
  baseBytes: number
  /** Beside the memory, and shared as it is. */
  healthBuffer: SharedArrayBuffer | ArrayBuffer
  health: Health
}

export class Pool {
  readonly buffer: SharedArrayBuffer | ArrayBuffer
  readonly devices: readonly PoolDevice[]
  readonly sizeBytes: number

  /** @param buffer as large as all of them together, or empty while there is nothing yet */
  constructor(buffer: SharedArrayBuffer | ArrayBuffer, facts: readonly DeviceFacts[]) {
    this.buffer = buffer
    this.sizeBytes = sizeOf(facts)
    let nextBytes = 0
    this.devices = facts.map(({ uuid, sizeBytes }) => {
      const baseBytes = Math.min(nextBytes, buffer.byteLength)
      nextBytes += sizeBytes
      const { health } = daxdev({ name: '', uuid, buffer, baseBytes, sizeBytes })
      return { uuid, sizeBytes, baseBytes, healthBuffer: health, health: new Health(health) }
    })
  }

  /** Other memory has another. */
  get uuid(): string {
    return this.devices[0]?.uuid ?? ''
  }

  get facts(): DeviceFacts[] {
    return this.devices.map(({ uuid, sizeBytes }) => ({ uuid, sizeBytes }))
  }

  get health(): HealthState[] {
    return this.devices.map(({ health }) => ({ poison: health.poison, isStopped: health.isStopped, configuration: health.configuration }))
  }

  /** Moves with the health of any device. */
  get healthCount(): number {
    return this.devices.reduce((sum, { health }) => sum + health.changeCount, 0)
  }

  get isSound(): boolean {
    return this.devices.every(({ health }) => health.isSound)
  }

  /** A configuration never comes back: hosts that had mounted an earlier one have lost it. */
  setHealth(states: readonly HealthState[]): void {
    for (const [i, { health }] of this.devices.entries()) {
      const state = states[i]
      if (!state) continue
      if (JSON.stringify(state.poison) !== JSON.stringify(health.poison) || state.isStopped !== health.isStopped) {
        health.mend()
        for (const { offsetBytes, lengthBytes } of state.poison) health.addPoison(offsetBytes, lengthBytes)
        if (state.isStopped) health.stop()
      }
      while (health.configuration < state.configuration) health.reconfigure()
    }
  }

  /** As this host is given them. @param lacks places of those that it doesn't have */
  daxdevsOf(host: string, lacks: readonly number[]): Daxdev[] {
    const { buffer } = this
    return this.devices.flatMap(({ uuid, baseBytes, sizeBytes, healthBuffer }, place) =>
      lacks.includes(place) ? [] : [daxdev({ name: this.nameOn(host, place), uuid, buffer, baseBytes, sizeBytes, health: healthBuffer })])
  }

  /** As the page looks at them: it sees what is in the memory, in whatever state that is. */
  get seen(): Daxdev[] {
    const { buffer } = this
    return this.devices.map(({ uuid, baseBytes, sizeBytes }, place) => daxdev({ name: deviceName(place), uuid, buffer, baseBytes, sizeBytes }))
  }

  /** @param place of the device in the pool */
  nameOn(host: string, place: number): string {
    const others = this.devices.length - 1
    return deviceName(place === 0 ? 0 : 1 + ((place - 1 + turnOf(host)) % others))
  }

  placeOf(host: string, name: string): number | undefined {
    const place = this.devices.findIndex((_, i) => this.nameOn(host, i) === name)
    return place < 0 ? undefined : place
  }

  /** Names of all but the first, in the pool's order. */
  othersOn(host: string): string[] {
    return this.devices.slice(1).map((_, i) => this.nameOn(host, i + 1))
  }
}

export function sizeOf(facts: readonly DeviceFacts[]): number {
  return facts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

function deviceName(number: number): string {
  return number === 0 ? NAMES.device : `/dev/dax${number}.0`
}

/** By how much a host's names are turned round: A's are the pool's own, B's are one further. */
function turnOf(host: string): number {
  let turn = 0
  for (let i = 0; i < host.length; i++) turn += host.charCodeAt(i) - 65
  return Math.abs(turn)
}
