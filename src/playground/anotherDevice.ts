// Formatting a device of another size: a new device takes the old one's place, and every host starts anew on it. It is made
// and formatted before anything is given up, so that a refusal changes nothing. Loaded when it is first asked for.

import { failLate } from '../core/base/late.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import type { Daxdev } from '../core/mem/daxdev.ts'
import { ALLOC_UNIT_BYTES } from '../core/omf/constants.ts'
import type { Act } from './acts.ts'
import type { Operation } from './history.ts'
import { NAMES } from './names.ts'
import { Host } from './roster.ts'
import { commands, sentences } from './sentences.ts'
import type { FormatOptions } from './types.ts'
import { newUuid, type World } from './world.ts'

interface Made {
  device: Daxdev
  hosts: Host[]
  host: Host
  acts: Act[]
}

export function formatAnother(world: World, deviceBytes: number, options: FormatOptions): Promise<Result<undefined>> {
  return world.operation(undefined, async (operation) => {
    const made = await make(world, deviceBytes, options)
    if (!made.ok) return world.refuse(made, options.host, commands.mkfs(options))
    await putInPlace(world, made.value, options, operation)
    return ok()
  })
}

async function make(world: World, deviceBytes: number, options: FormatOptions): Promise<Result<Made>> {
  const formatting = options.host === undefined ? world.roster.master(world.media.filesystem?.ownerUuid) : world.roster.find(options.host)
  if (!formatting.ok) return formatting
  const refused = refusal(world, formatting.value, options)
  if (refused) return refused
  if (!Number.isSafeInteger(deviceBytes) || deviceBytes <= 0) return fail('bad_size', { sizeBytes: deviceBytes })
  const unit = options.unitBytes ?? ALLOC_UNIT_BYTES
  if (deviceBytes % unit !== 0) return failLate('odd_device', { sizeBytes: deviceBytes, unitBytes: unit })
  const device = world.newDevice(deviceBytes, newUuid())
  if (!device.ok) return device
  const hosts = world.roster.all().map(({ name, systemUuid }) => new Host(name, systemUuid))
  await Promise.all(hosts.map((host) => world.roster.boot(host, device.value)))
  const host = hosts.find(({ name }) => name === formatting.value.name) as Host
  const { logLengthBytes, unitBytes } = options
  const sizes = { ...(logLengthBytes === undefined ? {} : { logLengthBytes }), ...(unitBytes === undefined ? {} : { unitBytes }) }
  const given = { device: NAMES.device, ...sizes, uuids: [newUuid(), newUuid()] as const }
  const formatted = await host.call('mkfs', given)
  if (!formatted.ok) {
    for (const { handle } of hosts) handle?.kill('its device was not taken')
    return formatted
  }
  const { uuid, sizeBytes } = device.value
  const starts = hosts.flatMap(({ name, systemUuid, status, why = '' }): Act[] => [
    { act: 'start', host: name, systemUuid },
    ...(status === 'down' ? [{ act: 'down' as const, host: name, why }] : []),
  ])
  const acts: Act[] = [{ act: 'device', uuid, sizeBytes }, ...starts, { act: 'call', host: host.name, name: 'mkfs', given, ok: true }]
  return ok({ device: device.value, hosts, host, acts })
}

/** As mkfs would say it of the device that goes. */
function refusal({ media }: World, { systemUuid }: Host, { force = false }: FormatOptions): ReturnType<typeof fail<'owned_by_other' | 'already_formatted'>> | undefined {
  if (force || !media.filesystem) return undefined
  const { ownerUuid } = media.filesystem
  return ownerUuid === systemUuid ? fail('already_formatted') : fail('owned_by_other', { owner: ownerUuid })
}

async function putInPlace(world: World, { device, hosts, host, acts }: Made, options: FormatOptions, operation: Operation): Promise<void> {
  operation.replaces = true
  world.adopt(device, hosts)
  world.saver.replace()
  for (const act of acts) world.history.did(act)
  world.trace.add('page', sentences.anotherDevice(device.sizeBytes))
  world.formatted(host, options)
  for (const each of hosts) if (each.status === 'up') await world.mount(each)
}
