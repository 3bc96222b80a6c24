// A session as one picture: what the page is given of it.

import type { History } from './history.ts'
import type { MediaState } from './media.ts'
import { faultsOnMedia, poisonOf } from './memoryFaults.ts'
import type { Pool } from './pool.ts'
import type { Roster } from './roster.ts'
import type { Saver } from './saver.ts'
import { spokenOf } from './spoken.ts'
import type { Tasks } from './tasks.ts'
import type { Trace } from './trace.ts'
import type { DeviceView, EngineView, HostView, PoolDeviceView, ProblemsView, Snapshot } from './types.ts'

/** As much of a session as shows. */
interface Scene {
  readonly media: MediaState
  readonly pool: Pool
  readonly roster: Roster
  readonly tasks: Tasks
  readonly trace: Trace
  readonly saver: Saver
  readonly history: History
  readonly ready: boolean
}

export function snapshotOf(scene: Scene, counts: Pick<Snapshot, 'version' | 'deviceVersion'>, engine: EngineView, problems: (hosts: HostView[], devices: PoolDeviceView[]) => ProblemsView): Snapshot {
  const { media, pool, roster, tasks, trace, saver, history, ready } = scene
  const hosts = roster.all().map((host) => host.view(media))
  const device = deviceOf(scene)
  return {
    ...counts,
    bytesVersion: saver.markCount,
    engine,
    device,
    files: faultsOnMedia(media.files, pool),
    hosts,
    trace: trace.events,
    tasks: tasks.views,
    storage: saver.view,
    history: history.view,
    problems: problems(hosts, device.devices),
    dump: undefined,
    ready,
  }
}

function deviceOf(scene: Scene): DeviceView {
  const { media: { filesystem, verdict, failure }, pool, roster } = scene
  const ownerName = roster.all().find((host) => host.systemUuid === filesystem?.ownerUuid)?.name
  const devices = devicesOf(scene)
  return { name: devices[0]?.name ?? '', sizeBytes: pool.sizeBytes, devices, verdict, trouble: failure, filesystem: filesystem && { ...filesystem, ownerName } }
}

function devicesOf(scene: Scene): PoolDeviceView[] {
  const { media, pool } = scene
  const spoken = spokenOf(scene)
  return pool.devices.map((device, devindex) => {
    const { uuid, baseBytes, sizeBytes, health: { isStopped, configuration } } = device
    const { name = '', fsDevindex } = spoken[devindex] ?? {}
    const { bitmap: { usedCount = 0, unitCount = 0 } = {}, entryIndex } = media.devices[fsDevindex ?? -1] ?? {}
    return {
      name,
      devindex,
      baseBytes,
      sizeBytes,
      uuid,
      fsDevindex,
      entryIndex,
      usedUnitCount: usedCount,
      unitCount,
      health: { poison: poisonOf(device), isStopped, configuration },
    }
  })
}
