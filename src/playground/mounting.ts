// How the page mounts on a host, and tells what came of it: with the kernel, daemon and options that the host had last, since
// no change of device or memory is meant to be another experiment.

import { fail } from '../core/base/result.ts'
import type { ReplaySummary } from '../host/protocol.ts'
import type { MountGiven } from './acts.ts'
import { NAMES } from './names.ts'
import { type Host, troubleOf } from './roster.ts'
import { commands, sentences } from './sentences.ts'
import type { World } from './world.ts'

/** @param given of the file system that is shown, as it was, unless something else is given */
export async function mount(world: World, host: Host, given: MountGiven = { mountpoint: NAMES.mountpoint, ...host.mountedAs, device: NAMES.device }): Promise<void> {
  const command = await commandOf(world, given)
  const mounted = await host.call('mount', given)
  if (!mounted.ok) {
    host.mountTrouble = troubleOf(mounted.failure)
    world.refuse(mounted, host.name, command)
    return
  }
  host.mountTrouble = undefined
  world.happened('mount', host, sentences.mounted(host.name, host.mount?.role ?? 'client', mounted.value.entriesPlayed), command)
  tellTroubles(world, host, mounted.value)
}

export function tellTroubles(world: World, host: Host, summary: ReplaySummary): void {
  const { stopped, errorCount, troubles } = summary
  const command = commands.logplay(host.mountpoint)
  if (stopped) world.trace.fail(stopped, host.name, command)
  if (errorCount > 0) world.trace.fail(fail('replay_errors', { count: errorCount, first: troubles[0] ?? 'not told' }).failure, host.name, command)
  world.touch()
}

/** Words that only what is unusual needs are loaded for it; without them it is mounted all the same. */
async function commandOf(world: World, given: MountGiven): Promise<string | undefined> {
  const { device, mountpoint, kernel, recipe } = given
  if (!kernel && !recipe && mountpoint === NAMES.mountpoint) return commands.mount(device)
  try {
    return (await import('./mountCommand.ts')).mountCommand(given)
  } catch (error) {
    world.stumbled(error)
    return undefined
  }
}
