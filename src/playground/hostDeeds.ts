// Actions of a session on its hosts: they come and go, and start again with the devices that they are given. Loaded when the
// first of them is asked for, or once the page has come to rest. Whoever calls them sees to it that they come one by one.

import { failLate } from '../core/base/late.ts'
import { ok, type Result } from '../core/base/result.ts'
import { mount } from './mounting.ts'
import { freeHostName, NAMES } from './names.ts'
import { startHost } from './ours.ts'
import type { Host } from './roster.ts'
import { lateSentences } from './lateSentences.ts'
import { capitalDevice, deviceWords, spokenOf } from './spoken.ts'
import { HOSTS_MOST } from './types.ts'
import type { World } from './world.ts'

export async function addHost(world: World): Promise<Result<string>> {
  const taken = world.roster.all().map((host) => host.name)
  if (taken.length >= HOSTS_MOST) return world.refuse(failLate('too_many_hosts', { limit: HOSTS_MOST }))
  const name = freeHostName(taken)
  const started = await world.operation(undefined, () => startHost(world, name))
  if (started.ok) world.saver.mark([])
  return started.ok ? ok(name) : started
}

export async function removeHost(world: World, name: string): Promise<Result<undefined>> {
  const host = world.roster.find(name)
  if (!host.ok) return world.refuse(host)
  if (world.roster.all().length === 1) return world.refuse(failLate('last_host'), name)
  return world.operation(undefined, () => {
    world.roster.remove(host.value)
    world.history.did({ act: 'remove', host: name })
    world.trace.add('host', lateSentences.hostRemoved(name), { host: name })
    world.saver.mark([])
    world.touch()
    return Promise.resolve(ok())
  })
}

export async function killHost(world: World, name: string): Promise<Result<undefined>> {
  while (world.history.isTravelling) await world.history.arrival()
  const host = world.roster.find(name)
  if (!host.ok) return world.refuse(host)
  host.value.handle?.kill()
  return ok()
}

export async function rebootHost(world: World, name: string): Promise<Result<undefined>> {
  const found = world.roster.find(name)
  return found.ok ? reboot(world, found.value) : world.refuse(found)
}

/** @param devindex as the pool numbers devices */
export function detachDevice(world: World, name: string, devindex: number): Promise<Result<undefined>> {
  return rebootWith(world, name, devindex, (lacks) => [...lacks, devindex].sort((a, b) => a - b))
}

export function attachDevice(world: World, name: string, devindex: number): Promise<Result<undefined>> {
  return rebootWith(world, name, devindex, (lacks) => lacks.filter((lacking) => lacking !== devindex))
}

async function rebootWith(world: World, name: string, devindex: number, change: (lacks: readonly number[]) => number[]): Promise<Result<undefined>> {
  const found = world.roster.find(name)
  if (!found.ok) return world.refuse(found)
  const { pool } = world
  if (!pool.devices[devindex]) return world.refuse(failLate('no_such_device', { devindex, count: pool.devices.length }), name)
  const device = deviceOn(world, name, devindex)
  if (devindex === 0) return world.refuse(failLate('primary_stays', { device: pool.nameOn(name, 0) }), name)
  const host = found.value
  const isHere = !host.lacks.includes(devindex)
  const lacks = change(host.lacks.filter((lacking) => lacking !== devindex))
  if (isHere === !lacks.includes(devindex)) return ok()
  host.lacks = lacks
  return reboot(world, host, isHere ? detached(name, device) : attached(name, device))
}

/** @param sentence why, where it isn't for its own sake */
function reboot(world: World, host: Host, sentence?: string): Promise<Result<undefined>> {
  return world.operation(undefined, async () => {
    if (sentence !== undefined) {
      world.trace.add('host', sentence, { host: host.name })
      world.saver.mark([])
    }
    host.isRebooting = true
    host.handle?.kill('it was rebooted')
    host.isRebooting = false
    const started = await world.roster.start(host, world.pool)
    if (!started.ok) return world.refuse(started, host.name)
    world.greet(host)
    await mountAsBefore(world, host)
    return ok()
  })
}

/** For a host that has just started: of the device that it had mounted, too, though that be another than what is shown. */
export async function mountAsBefore(world: World, host: Host): Promise<void> {
  const { mountedAs } = host
  const isElsewhere = mountedAs !== undefined && mountedAs.device !== NAMES.device
  if (isElsewhere) await mount(world, host, mountedAs)
  // What it had mounted may be no primary any more, or be gone: the one that is shown is there.
  if (world.media.filesystem && (!isElsewhere || host.mountTrouble !== undefined)) await mount(world, host)
}

/** As everybody knows it, and what that host calls it. */
function deviceOn(world: World, host: string, devindex: number): string {
  const device = spokenOf(world)[devindex]
  const there = world.pool.nameOn(host, devindex)
  const words = device ? deviceWords(device) : there
  return words === there ? there : `${words} (${there} there)`
}

function detached(host: string, device: string): string {
  return `${capitalDevice(device)} was taken from host ${host}, which starts again without it: files with bytes on it can’t be read there.`
}

function attached(host: string, device: string): string {
  return `Host ${host} has ${device} again and starts with it.`
}
