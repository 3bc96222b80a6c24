// The hosts of a session. What a host knows is told by the host itself, with each of its replies; when it goes down all of
// that is gone, as it is for a real one.

import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { MountStatus } from '../core/machine/types.ts'
import { lackWords } from '../core/base/lack.ts'
import type { CallOptions, Driver, HostHandle } from '../host/driver.ts'
import type { CallName, Calls, HostNews, HostNode } from '../host/protocol.ts'
import { type Act, type CallAct, type HostState, isRepeatable, mountGiven, type MountedState, type MountGiven } from './acts.ts'
import type { MediaState } from './media.ts'
import { faultsOnHost, lostOnHost, outdatedOnHost } from './memoryFaults.ts'
import { NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import { located, type Placed, placesOf } from './places.ts'
import type { Pool } from './pool.ts'
import type { HostFile, HostStatus, HostView } from './types.ts'

export class Host {
  readonly name: string
  readonly systemUuid: string
  status: HostStatus = 'starting'
  why: string | undefined
  mountTrouble: string | undefined
  handle: HostHandle | undefined
  mount: MountStatus | undefined
  /** What it had mounted last, in this life or the one before: what makes such a mount again. */
  mountedAs: MountGiven | undefined
  files: HostFile[] = []
  /** Devices that it doesn't have, by their place. */
  lacks: readonly number[]
  /** The memory that it was started with. */
  pool: Pool | undefined
  /** A line of a shell has been running for a while. */
  atWork = false
  /** How often it has been started. */
  lives = 0
  /** Its mount was changed by hand, in ways that no act brings back: what is done on it is kept as bytes. */
  handmade = false
  isRebooting = false
  /** Told what it did, if that can be done again. */
  onAct: ((act: Act) => void) | undefined
  /** What is dropped first is logged first: left to the log lock alone, whoever looks first after it is free would win. */
  readonly copies = new OneByOne()
  #mountCount = 0
  /** Its present boot and mount, and the first event after they began. */
  #seat = ''
  #seatedFrom = 0
  /** As it told them, in its own words for devices. */
  #nodes: HostNode[] = []
  #places: readonly Placed[] = []
  #unseen: { paths: readonly (string | undefined)[]; from: number; list: string[] } = { paths: [], from: 0, list: [] }
  #removed: { paths: readonly (string | undefined)[]; files: readonly HostFile[]; list: string[] } = { paths: [], files: [], list: [] }

  constructor(name: string, systemUuid: string, lacks: readonly number[] = []) {
    this.name = name
    this.systemUuid = systemUuid
    this.lacks = lacks
  }

  /** Calls the host; whoever is down answers so. */
  async call<K extends CallName>(name: K, given: Calls[K]['given'], options?: CallOptions): Promise<Result<Calls[K]['gives']>> {
    if (!this.handle) return fail('host_down', { name: this.name, why: this.why ?? 'it has not been started' })
    const done = await this.handle.call(name, given, options)
    if (name === 'mount') this.handmade = false
    // A mount that is refused says so on its host, and that is a state like others.
    const counts = done.ok || (name === 'mount' && this.handle !== undefined && done.failure.reason !== 'host_failed')
    const trouble = done.ok ? {} : { trouble: troubleOf(done.failure) }
    if (isRepeatable(name) && counts) this.onAct?.({ act: 'call', host: this.name, name, given, ok: done.ok, ...trouble } as CallAct)
    return done
  }

  /** Where it has the file system, or would mount it. */
  get mountpoint(): string {
    return this.mount?.mountpoint ?? NAMES.mountpoint
  }

  hear(news: HostNews): void {
    this.mount = news.mount
    this.#mountCount = news.mountCount
    // Whoever mounted it, the page's own try is history.
    if (news.mount) this.mountTrouble = undefined
    if (news.mount) this.mountedAs = mountGiven(news.mount)
    const places = this.pool ? placesOf(this.pool, this.name, news.devices, news.mount?.fsUuid) : []
    const isMoved = places.length !== this.#places.length || places.some(({ at, name }, i) => at !== this.#places[i]?.at || name !== this.#places[i]?.name)
    this.#places = places
    const made = news.made.filter(isShown)
    if (news.reset) this.#nodes = made
    else if (made.length > 0) this.#nodes = [...this.#nodes, ...made]
    if (news.reset || isMoved) this.files = this.#nodes.map((node) => this.see(node))
    else if (made.length > 0) this.files = [...this.files, ...made.map((node) => this.see(node))]
  }

  /** @param nextEvent what is told from then on is of the mount that it has now */
  seated(nextEvent: number): void {
    const seat = `${this.lives} ${this.status} ${this.#mountCount} ${this.mount?.mountpoint}`
    if (seat === this.#seat) return
    this.#seat = seat
    this.#seatedFrom = nextEvent
  }

  /** With places as the page counts them: from the start of the pool. */
  see(node: HostNode): HostFile {
    return located(node, this.#places)
  }

  /** As they show: with what became of the memory behind them. */
  get shown(): HostFile[] {
    return this.pool ? faultsOnHost(this.files, this.pool, this.#places) : this.files
  }

  /** Why it can't reach a file's bytes, where that is for the sake of a device. */
  async troubleOf(file: HostFile): Promise<Failure | undefined> {
    const { fault } = file
    if (fault !== 'memory' && fault !== 'failing' && fault !== 'missing') return undefined
    const [nodes, places, kernel] = [this.#nodes, this.#places, this.mount?.kernel]
    const { unreachable } = await import('./unreachable.ts')
    return unreachable(file, nodes, places, kernel)
  }

  forget(why: string): void {
    this.status = 'down'
    this.why = why
    this.handle = undefined
    this.mount = undefined
    this.#places = []
    this.files = []
    this.#nodes = []
    this.atWork = false
  }

  state(media: MediaState): HostState {
    const { name, systemUuid, lacks, status, why, lives, mount, mountedAs } = this
    const mounted = mount && this.#mounted(mount)
    const canPlay = mount !== undefined && mount.fsUuid === media.filesystem?.uuid
    const removed = canPlay && mount.rogue ? this.#removedOf(media, mount.playedCount) : []
    return { name, systemUuid, lacks, status, why, lives, mount: mounted, mountedAs, canPlay, removed, files: this.files }
  }

  #mounted({ deviceName, mountpoint, fsUuid, playedCount, kernel, daemon, recipe }: MountStatus): MountedState {
    const met = this.#places.flatMap(({ devindex, configuration, failed, endsMount }) => [{ devindex, configuration, failed, endsMount }])
    return { deviceName, mountpoint, fsUuid, playedCount, kernel, daemon, recipe, mountCount: this.#mountCount, met }
  }

  view(media: MediaState): HostView {
    const { name, systemUuid, lacks, status, why, mount, mountTrouble, shown } = this
    const { filesystem } = media
    // The page looks at the first device: of a file system whose primary is another one it knows only what the host tells.
    const elsewhere = mount && mount.deviceName !== NAMES.device ? mount.deviceName : undefined
    const isHere = mount !== undefined && elsewhere === undefined
    const stranded = isHere && filesystem === undefined
    const stale = isHere && filesystem !== undefined && mount.fsUuid !== filesystem.uuid
    const knowsLog = isHere && !stale && !stranded
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
      entryCount: elsewhere === undefined ? filesystem?.entryCount ?? 0 : playedCount,
      elsewhere,
      seatedFrom: this.#seatedFrom,
      kernel: mount?.kernel,
      daemon: mount?.daemon,
      options: mount?.options,
      memoryErrno: mount && (mount.kernel.startsWith('v1') ? 'ENODEV' : 'EHWPOISON, EIO'),
      lost: this.pool ? lostOnHost(this.pool, this.#places) : [],
      outdated: this.pool && outdatedOnHost(this.pool, this.#places),
      refused: this.#places.flatMap(({ devindex, refusal }) => (refusal ? [`device ${devindex}: ${lackWords(refusal)}`] : [])),
      files: shown,
      lacks,
      unseen: knowsLog ? this.#unseenOf(media, playedCount) : [],
      removed: knowsLog && mount.rogue ? this.#removedOf(media, playedCount) : [],
      stale,
      stranded,
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
  readonly #did: (act: Act) => void
  #hosts: Host[] = []
  #ended = false

  /** @param did told what hosts do that can be done again */
  constructor(driver: Driver, changed: () => void, wentDown: (host: Host, why: string) => void, did: (act: Act) => void) {
    this.#driver = driver
    this.#changed = changed
    this.#wentDown = wentDown
    this.#did = did
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

  async add(host: Host, pool: Pool): Promise<Result<undefined, 'host_down' | 'host_exists'>> {
    const { name } = host
    if (this.find(name).ok) return fail('host_exists', { name })
    this.#hosts = [...this.#hosts, host]
    return await this.start(host, pool)
  }

  async start(host: Host, pool: Pool): Promise<Result<undefined, 'host_down'>> {
    const { name, systemUuid, lacks } = host
    host.status = 'starting'
    host.why = undefined
    host.onAct = this.#did
    this.#changed()
    const started = await this.boot(host, pool)
    if (!this.#hosts.includes(host)) {
      host.handle?.kill('it was taken away')
      return fail('host_down', { name, why: 'it was taken away' })
    }
    this.#did({ act: 'start', host: name, systemUuid, lacks })
    if (!started.ok) this.#did({ act: 'down', host: name, why: host.why ?? '' })
    this.#changed()
    return started
  }

  /** Gives a host its life. It needn't be on the list yet, and then nobody hears of it. */
  async boot(host: Host, pool: Pool): Promise<Result<undefined, 'host_down'>> {
    const { name, systemUuid, lacks } = host
    host.pool = pool
    const spawned = await this.#driver.spawn({ name, systemUuid, devices: pool.daxdevsOf(name, lacks), relaxed: true })
    if (!spawned.ok) {
      host.forget(spawned.failure.says)
      return spawned
    }
    const handle = spawned.value
    if (this.#ended) {
      const why = 'the session has ended'
      handle.kill(why)
      host.forget(why)
      return fail('host_down', { name, why })
    }
    host.handle = handle
    host.status = 'up'
    host.why = undefined
    host.lives++
    host.handmade = false
    const isListed = (): boolean => this.#hosts.includes(host)
    handle.listen({
      onNews: (news) => {
        host.hear(news)
        if (isListed()) this.#changed()
      },
      onDown: (why) => {
        if (host.handle !== handle) return
        host.forget(why)
        if (isListed()) this.#wentDown(host, why)
      },
    })
    return ok()
  }

  /** Other hosts, which run already, in place of those that were there. */
  replaceAll(hosts: readonly Host[]): void {
    this.removeAll()
    this.#hosts = [...hosts]
    for (const host of hosts) host.onAct = this.#did
    if (this.#ended) this.removeAll()
    this.#changed()
  }

  /** Takes a host away without a word: it is no failure. */
  remove(host: Host): void {
    this.#hosts = this.#hosts.filter((candidate) => candidate !== host)
    const { handle } = host
    host.handle = undefined
    handle?.kill('it was taken away')
    this.#changed()
  }

  /** There are no hosts any more, nor will there be. */
  end(): void {
    this.#ended = true
    this.removeAll()
  }

  removeAll(): void {
    for (const host of this.#hosts) this.remove(host)
  }
}

/** As its lane says it. */
export function troubleOf({ says, next }: Failure): string {
  return `${says}. ${next}`
}

/** The meta files are in no log, and the page shows them as what they are: superblock and log. */
function isShown({ entryIndex, path }: HostNode): boolean {
  // The meta files are in every mount, and in no log.
  return entryIndex >= 0 || (path !== '.meta' && !path.startsWith('.meta/'))
}
