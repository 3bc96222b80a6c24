// The hosts of a session. What a host knows is told by the host itself, with each of its replies; when it goes down all of
// that is gone, as it is for a real one.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Daxdev } from '../core/mem/daxdev.ts'
import type { MountStatus } from '../core/machine/types.ts'
import type { CallOptions, Driver, HostHandle } from '../host/driver.ts'
import type { CallName, Calls, HostNews, HostNode } from '../host/protocol.ts'
import type { MediaState } from './media.ts'
import { NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import type { HostFile, HostStatus, HostView } from './types.ts'

export class Host {
  readonly name: string
  readonly systemUuid: string
  status: HostStatus = 'starting'
  why: string | undefined
  mountTrouble: string | undefined
  handle: HostHandle | undefined
  mount: MountStatus | undefined
  files: HostFile[] = []
  /** A line of a shell has been running for a while. */
  atWork = false
  /** What is dropped first is logged first: left to the log lock alone, whoever looks first after it is free would win. */
  readonly copies = new OneByOne()
  #unseen: { paths: readonly (string | undefined)[]; from: number; list: string[] } = { paths: [], from: 0, list: [] }
  #removed: { paths: readonly (string | undefined)[]; files: readonly HostFile[]; list: string[] } = { paths: [], files: [], list: [] }

  constructor(name: string, systemUuid: string) {
    this.name = name
    this.systemUuid = systemUuid
  }

  /** Calls the host; whoever is down answers so. */
  call<K extends CallName>(name: K, given: Calls[K]['given'], options?: CallOptions): Promise<Result<Calls[K]['gives']>> {
    if (!this.handle) return Promise.resolve(fail('host_down', { name: this.name, why: this.why ?? 'it has not been started' }))
    return this.handle.call(name, given, options)
  }

  /** Where it has the file system, or would mount it. */
  get mountpoint(): string {
    return this.mount?.mountpoint ?? NAMES.mountpoint
  }

  hear(news: HostNews): void {
    this.mount = news.mount
    // Whoever mounted it, the page's own try is history.
    if (news.mount) this.mountTrouble = undefined
    const made = news.made.filter(isShown)
    if (news.reset) this.files = made
    else if (made.length > 0) this.files = [...this.files, ...made]
  }

  forget(why: string): void {
    this.status = 'down'
    this.why = why
    this.handle = undefined
    this.mount = undefined
    this.files = []
    this.atWork = false
  }

  view(media: MediaState): HostView {
    const { name, systemUuid, status, why, mount, mountTrouble, files } = this
    const { filesystem } = media
    const stale = mount !== undefined && mount.fsUuid !== filesystem?.uuid
    const playedCount = mount?.playedCount ?? 0
    const role = mount?.role ?? (filesystem === undefined ? 'none' : filesystem.ownerUuid === systemUuid ? 'master' : 'client')
    return {
      name,
      systemUuid,
      status,
      why,
      role,
      appending: this.atWork && role === 'master',
      mountpoint: mount?.mountpoint,
      mountTrouble,
      playedCount,
      entryCount: filesystem?.entryCount ?? 0,
      files,
      unseen: mount && !stale ? this.#unseenOf(media, playedCount) : [],
      removed: mount?.rogue && !stale ? this.#removedOf(media, playedCount) : [],
      stale,
    }
  }

  #unseenOf(media: MediaState, playedCount: number): string[] {
    if (this.#unseen.paths !== media.paths || this.#unseen.from !== playedCount) {
      const list = media.paths.slice(playedCount).filter((path) => path !== undefined)
      this.#unseen = { paths: media.paths, from: playedCount, list }
    }
    return this.#unseen.list
  }

  /** Logged and played, and not there any more under its name. */
  #removedOf({ paths }: MediaState, playedCount: number): string[] {
    const { files } = this
    if (this.#removed.paths !== paths || this.#removed.files !== files) {
      const here = new Set(files.map(({ path }) => path))
      const list = paths.slice(0, playedCount).filter((path) => path !== undefined && !here.has(path)) as string[]
      this.#removed = { paths, files, list: [...new Set(list)] }
    }
    return this.#removed.list
  }
}

export class Roster {
  readonly #driver: Driver
  readonly #changed: () => void
  readonly #wentDown: (host: Host, why: string) => void
  #hosts: Host[] = []

  constructor(driver: Driver, changed: () => void, wentDown: (host: Host, why: string) => void) {
    this.#driver = driver
    this.#changed = changed
    this.#wentDown = wentDown
  }

  all(): readonly Host[] {
    return this.#hosts
  }

  find(name: string): Result<Host, 'no_host'> {
    const host = this.#hosts.find((candidate) => candidate.name === name)
    return host ? ok(host) : fail('no_host', { name })
  }

  /** The host that owns the file system, or else the first that is up. */
  master(ownerUuid: string | undefined): Result<Host, 'no_host'> {
    const up = this.#hosts.filter((host) => host.status === 'up')
    const host = up.find((candidate) => candidate.systemUuid === ownerUuid) ?? up[0]
    return host ? ok(host) : fail('no_host', { name: 'that is up' })
  }

  async add(name: string, systemUuid: string, device: Daxdev): Promise<Result<Host, 'host_down' | 'host_exists'>> {
    if (this.find(name).ok) return fail('host_exists', { name })
    const host = new Host(name, systemUuid)
    this.#hosts = [...this.#hosts, host]
    const started = await this.start(host, device)
    return started.ok ? ok(host) : started
  }

  async start(host: Host, device: Daxdev): Promise<Result<undefined, 'host_down'>> {
    host.status = 'starting'
    host.why = undefined
    this.#changed()
    const spawned = await this.#driver.spawn({ name: host.name, systemUuid: host.systemUuid, devices: [device], relaxed: true })
    if (!spawned.ok) {
      host.forget(spawned.failure.says)
      this.#changed()
      return spawned
    }
    const handle = spawned.value
    if (!this.#hosts.includes(host)) {
      handle.kill('it was taken away')
      return fail('host_down', { name: host.name, why: 'it was taken away' })
    }
    host.handle = handle
    host.status = 'up'
    handle.listen({
      onNews: (news) => {
        host.hear(news)
        this.#changed()
      },
      onDown: (why) => {
        if (host.handle !== handle) return
        host.forget(why)
        this.#wentDown(host, why)
      },
    })
    this.#changed()
    return ok()
  }

  /** Takes a host away without a word: it is no failure. */
  remove(host: Host): void {
    this.#hosts = this.#hosts.filter((candidate) => candidate !== host)
    const { handle } = host
    host.handle = undefined
    handle?.kill('it was taken away')
    this.#changed()
  }

  removeAll(): void {
    for (const host of this.#hosts) this.remove(host)
  }
}

/** The meta files are in no log, and the page shows them as what they are: superblock and log. */
function isShown({ entryIndex, path }: HostNode): boolean {
  // The meta files are in every mount, and in no log.
  return entryIndex >= 0 || (path !== '.meta' && !path.startsWith('.meta/'))
}
