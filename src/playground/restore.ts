// What was stored comes back: devices with all their bytes, what the hardware says of them, and the hosts, each mounted as
// it was. To them it is a power cycle. What can't be understood is left where it is, and nothing of it is shown.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { ImageStore } from '../store/imageStore.ts'
import type { ImageFacts } from '../store/manifest.ts'
import { mountAsBefore } from './hostDeeds.ts'
import { Host } from './roster.ts'
import { storedMount } from './storedMount.ts'
import type { World } from './world.ts'

export async function restore(world: World, store: ImageStore, facts: ImageFacts): Promise<Result<undefined>> {
  const hosts = hostsOf(facts)
  if (!hosts.ok) return hosts
  const made = world.newPool(facts.devices ?? [facts.device])
  if (!made.ok) return made
  const pool = made.value
  const loaded = await store.load(pool.buffer)
  if (!loaded.ok) return loaded
  pool.setHealth((facts.devices ?? []).map(({ poison, isStopped }) => ({ poison, isStopped, configuration: 0 })))
  world.use(pool)
  // What changes from here on is to be saved.
  if (world.saver.mayChange) world.saver.isStored()
  const operation = world.history.begin(undefined)
  try {
    for (const host of hosts.value) await start(world, host)
  } finally {
    world.history.drop(operation)
  }
  world.history.beginHere(false)
  world.trace.add('storage', restored(world.media.files.length))
  return ok()
}

function hostsOf({ hosts }: ImageFacts): Result<Host[], 'stored_image_damaged'> {
  const made: Host[] = []
  for (const { name, systemUuid, lacks, mount } of hosts) {
    const host = new Host(name, systemUuid, lacks)
    // Older images have none, and their hosts mount as the page does.
    host.mountedAs = mount === undefined ? undefined : storedMount(mount)
    if (mount !== undefined && !host.mountedAs) return fail('stored_image_damaged', { what: `how host ${name} was mounted is of another make` })
    made.push(host)
  }
  return ok(made)
}

async function start(world: World, host: Host): Promise<void> {
  const added = await world.roster.add(host, world.pool)
  if (!added.ok) {
    world.refuse(added, host.name)
    return
  }
  world.greet(host)
  await mountAsBefore(world, host)
}

function restored(fileCount: number): string {
  return `The stored image is back with ${fileCount === 1 ? '1 file' : `${fileCount} files`}. To the hosts a reload is a power cycle: they mount as they were mounted, and play the log again.`
}
