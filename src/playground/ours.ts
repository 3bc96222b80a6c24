// What the actions of a session have in common, beside the world: paths as they were typed, and files as a host has them.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Calls } from '../host/protocol.ts'
import { mount } from './mounting.ts'
import { NAMES } from './names.ts'
import type { Pool } from './pool.ts'
import { Host } from './roster.ts'
import type { FormatOptions, HostFile } from './types.ts'
import { newUuid, type World } from './world.ts'

/** Paths may be typed with or without the mount point. */
export function relative(path: string, mountpoint: string): string {
  const inMount = path.startsWith(`${mountpoint}/`) ? path.slice(mountpoint.length) : path
  return inMount.replace(/^\/+/, '')
}

/** A file as a host has it, whether or not its bytes can be reached. */
export function fileOn(world: World, hostName: string, path: string): Result<HostFile> {
  const host = world.roster.find(hostName)
  if (!host.ok) return host
  const file = host.value.shown.find((node) => node.path === path && node.kind === 'file')
  return file ? ok(file) : fail('no_such_path', { path })
}

export async function readableOn(world: World, hostName: string, path: string): Promise<Result<HostFile>> {
  const host = world.roster.find(hostName)
  const file = fileOn(world, hostName, path)
  const failure = host.ok && file.ok ? await host.value.troubleOf(file.value) : undefined
  return failure ? { ok: false, failure } : file
}

/** A new host, mounted if there is something to mount. */
export async function startHost(world: World, name: string): Promise<Result<undefined>> {
  const host = new Host(name, newUuid())
  const added = await world.roster.add(host, world.pool)
  if (!added.ok) return world.refuse(added, name)
  world.greet(host)
  if (world.media.filesystem) await mount(world, host)
  return ok()
}

/** All devices there are, by the names that the host has for them; nothing about it is left to chance. */
export function mkfsGiven(pool: Pool, host: string, { force = false, logLengthBytes, unitBytes }: FormatOptions): Calls['mkfs']['given'] {
  const secondaries = pool.othersOn(host)
  return {
    device: NAMES.device,
    ...(secondaries.length > 0 ? { secondaries } : {}),
    force,
    ...(logLengthBytes === undefined ? {} : { logLengthBytes }),
    ...(unitBytes === undefined ? {} : { unitBytes }),
    uuids: [newUuid(), ...pool.devices.map(newUuid)],
  }
}
