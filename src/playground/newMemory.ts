// Memory for other devices than those that are shown. Devices that were shown before may still have theirs: workers that
// ended give it back a moment later, so it is asked for a few times.

import type { DeviceFacts } from './acts.ts'
import type { World } from './world.ts'

const TRIES = 6
const PAUSE_MS = 250

export async function newMemory(world: World, devices: readonly DeviceFacts[]): Promise<ReturnType<World['newPool']>> {
  for (let triesLeft = TRIES; ; triesLeft--) {
    const made = world.newPool(devices)
    if (made.ok || triesLeft === 1) return made
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
