// Formatting devices of another size, or more or fewer of them: new ones take the place of the old, and every host starts
// anew on them. They are made and formatted before anything is given up, so that a refusal changes nothing. Loaded when it is
// first asked for.

import { failLate } from '../core/base/late.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import { ALLOC_UNIT_BYTES } from '../core/omf/constants.ts'
import type { Act } from './acts.ts'
import type { Operation } from './history.ts'
import { mount } from './mounting.ts'
import { newMemory } from './newMemory.ts'
import { NAMES } from './names.ts'
import { mkfsGiven } from './ours.ts'
import { DEVICES_MOST, type Pool } from './pool.ts'
import { Host } from './roster.ts'
import { lateSentences } from './lateSentences.ts'
import { commands } from './sentences.ts'
import type { FormatOptions } from './types.ts'
import { newUuid, type World } from './world.ts'

interface Wanted {
  deviceBytes: number
  deviceCount: number
}

interface Made {
  pool: Pool
  hosts: Host[]
  host: Host
  acts: Act[]
}

export function formatAnother(world: World, wanted: Wanted, options: FormatOptions): Promise<Result<undefined>> {
  return world.operation(undefined, async (operation) => {
    const made = await make(world, wanted, options)
    if (!made.ok) return world.refuse(made, options.host, commands.mkfs(options))
    await putInPlace(world, made.value, options, operation)
    return ok()
  })
}

async function make(world: World, { deviceBytes, deviceCount }: Wanted, options: FormatOptions): Promise<Result<Made>> {
  const formatting = options.host === undefined ? world.roster.master(world.media.filesystem?.ownerUuid) : world.roster.find(options.host)
  if (!formatting.ok) return formatting
  const refused = refusal(world, formatting.value, options)
  if (refused) return refused
  if (!Number.isInteger(deviceCount) || deviceCount < 1 || deviceCount > DEVICES_MOST) return failLate('bad_device_count', { count: deviceCount, limit: DEVICES_MOST })
  if (!Number.isSafeInteger(deviceBytes) || deviceBytes <= 0) return fail('bad_size', { sizeBytes: deviceBytes })
  const unit = options.unitBytes ?? ALLOC_UNIT_BYTES
  if (deviceBytes % unit !== 0) return failLate('odd_device', { sizeBytes: deviceBytes, unitBytes: unit })
  const pool = await newMemory(world, Array.from({ length: deviceCount }, () => ({ uuid: newUuid(), sizeBytes: deviceBytes })))
  if (!pool.ok) return pool
  const hosts = world.roster.all().map(anew)
  await Promise.all(hosts.map((host) => world.roster.boot(host, pool.value)))
  const host = hosts.find(({ name }) => name === formatting.value.name) as Host
  const given = { ...mkfsGiven(pool.value, host.name, options), force: false }
  const formatted = await host.call('mkfs', given)
  if (!formatted.ok) {
    for (const { handle } of hosts) handle?.kill('its device was not taken')
    return formatted
  }
  const starts = hosts.flatMap(({ name, systemUuid, status, why = '' }): Act[] => [
    { act: 'start', host: name, systemUuid, lacks: [] },
    ...(status === 'down' ? [{ act: 'down' as const, host: name, why }] : []),
  ])
  const acts: Act[] = [{ act: 'devices', devices: pool.value.facts }, ...starts, { act: 'call', host: host.name, name: 'mkfs', given, ok: true }]
  return ok({ pool: pool.value, hosts, host, acts })
}

/** Without anything but what it is, and how it was mounted. */
function anew({ name, systemUuid, mountedAs }: Host): Host {
  const host = new Host(name, systemUuid)
  host.mountedAs = mountedAs
  return host
}

/** As mkfs would say it of the device that goes. */
function refusal({ media }: World, { systemUuid }: Host, { force = false }: FormatOptions): ReturnType<typeof fail<'owned_by_other' | 'already_formatted'>> | undefined {
  if (force || !media.filesystem) return undefined
  const { ownerUuid } = media.filesystem
  return ownerUuid === systemUuid ? fail('already_formatted', { device: NAMES.device }) : fail('owned_by_other', { device: NAMES.device, owner: ownerUuid })
}

async function putInPlace(world: World, { pool, hosts, host, acts }: Made, options: FormatOptions, operation: Operation): Promise<void> {
  operation.replaces = true
  world.adopt(pool, hosts)
  world.saver.replace()
  for (const act of acts) world.history.did(act)
  world.trace.add('page', lateSentences.anotherDevice(pool.devices[0]?.sizeBytes ?? 0, pool.devices.length))
  world.formatted(host, options)
  for (const each of hosts) if (each.status === 'up') await mount(world, each)
}
