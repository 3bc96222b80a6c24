// One host's operating system: the tree of paths, and around it devices, modules, mounts, the log and the clock. All of it
// is in this host's memory and dies with the host; the bytes on the devices stay.

import { bytesOfText, textOf } from '../base/plain.ts'
import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { makeUuid, parseUuid } from '../base/uuid.ts'
import type { SandboxMaker } from '../kernel/program/sandbox.ts'
import { ROOT, type User } from '../kernel/user.ts'
import type { DaxMode } from '../mem/daxdev.ts'
import { DaxDevices } from './daxDevices.ts'
import { deviceBody } from './deviceFiles.ts'
import { type DaemonThread, startedThread, type StartThread } from './daemonThread.ts'
import { mountFuse } from './fuseMount.ts'
import { isStandalone, standaloneWay } from './kernels.ts'
import type { Body } from './handles.ts'
import type { Machine } from './machine.ts'
import { MODULE_OF, Modules } from './modules.ts'
import { V1_OPTIONS } from './mounts.ts'
import { recipeOf } from './mountRecipe.ts'
import { baseName, directoryOf, isWithin, joined, lexicalPath } from './pathText.ts'
import { PathTree } from './pathTree.ts'
import { PlainTools } from './plainTools.ts'
import { growRootTree, SYSTEM_UUID_PATH } from './rootTree.ts'
import type { Caller, DeviceStatus, FamfsMountOptions, Mounted, MountEntry } from './systemTypes.ts'
import type { MountStatus } from './types.ts'

export interface SystemOutside {
  /** Milliseconds since 1970. */
  now: () => number
  /** Fills the array, of at most 65,536 bytes, with random ones. */
  random: (target: Uint8Array<ArrayBuffer>) => void
  hostname: string
  kernelRelease?: string
  cpuCount?: number
  /** Where the kernel that runs programs runs them; without one there is no such kernel. */
  sandbox?: SandboxMaker
  /** How a daemon gets a thread of its own; without it there is none. */
  startThread?: StartThread
}

const DEFAULT_RELEASE = '6.14.0-famfs'
const MEMORY_BYTES = 4 * 1024 * 1024 * 1024
const LOG_LINES_MOST = 2000
/** With its line's end. */
const UUID_TEXT_BYTES = 37

export class System extends PathTree {
  readonly hostname: string
  readonly kernelRelease: string
  readonly cpuCount: number
  readonly #outside: SystemOutside
  #workplaces: () => string[] = () => []
  readonly #devices: DaxDevices
  readonly #modules: Modules
  readonly #log: string[] = []

  constructor(machine: Machine, outside: SystemOutside) {
    const { hostname, kernelRelease = DEFAULT_RELEASE, cpuCount = 1 } = outside
    super(machine, outside.now)
    this.hostname = hostname
    this.kernelRelease = kernelRelease
    this.cpuCount = cpuCount
    this.#outside = outside
    growRootTree(this.rootFs, {
      ...outside, kernelRelease, cpuCount,
      systemUuid: machine.systemUuid ?? makeUuid(outside.random),
      memoryBytes: () => MEMORY_BYTES + this.#devices.systemRamBytes(),
      mountTable: () => this.mountTable(),
      modules: () => this.#modules.list(),
    })
    machine.identifyBy(() => this.#systemUuid())
    this.#devices = new DaxDevices(machine, this.rootFs)
    this.#modules = new Modules(this.rootFs, (name) => machine.mounts().filter(({ kind }) => MODULE_OF[kind] === name).length)
  }

  /** Kernels before 6.15 let programs map a device in devdax mode; later ones want it in famfs mode, and mounted. */
  get rawAccess(): boolean {
    const [major = 0, minor = 0] = this.kernelRelease.split(/[.-]/).map(Number)
    return major < 6 || (major === 6 && minor < 15)
  }

  get sandbox(): SandboxMaker | undefined {
    return this.#outside.sandbox
  }

  override now(): number {
    return this.#outside.now()
  }

  random(target: Uint8Array<ArrayBuffer>): void {
    this.#outside.random(target)
  }

  /** What a login shell of root begins with. */
  environmentDefault(): Record<string, string> {
    return {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      USER: 'root',
      LOGNAME: 'root',
      SHELL: '/bin/bash',
      HOSTNAME: this.hostname,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
    }
  }

  log(line: string): void {
    this.#log.push(line)
    if (this.#log.length > LOG_LINES_MOST) this.#log.splice(0, this.#log.length - LOG_LINES_MOST)
  }

  systemLog(): string[] {
    return [...this.#log]
  }

  // devices, modules, mounts

  devices(): DeviceStatus[] {
    return this.#devices.list()
  }

  /** The device that a node stands for, by its numbers; links are followed. */
  deviceOf(path: string, caller: Caller): Result<string> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const { node } = found.value
    const name = node.kind === 'device' ? this.#devices.nameOf(node.rdev) : undefined
    if (name === undefined) return failLate('not_a_device', { path })
    // Its own node is gone with devdax mode, but someone may have made another.
    return this.#devices.modeOf(name) === 'system-ram' ? failLate('nobody_there', { path }) : ok(name)
  }

  /** To system-ram the device's bytes are lost. @param name as in devices() */
  setDaxMode(name: string, mode: DaxMode, user: User = ROOT): Task<Result<undefined>> {
    return this.#devices.setMode(name, mode, user)
  }

  /** What daxctl and cxl work on. */
  get memoryDevices(): DaxDevices {
    return this.#devices
  }

  modules(): string[] {
    return this.#modules.list().map(({ name }) => name)
  }

  /** famfs takes generation=first or generation=newer. */
  loadModule(name: string, parameters: Record<string, string> = {}): Result<undefined> {
    return this.#modules.load(name, parameters)
  }

  unloadModule(name: string): Result<undefined> {
    return this.#modules.unload(name)
  }

  mountTable(): MountEntry[] {
    const options = ['rw', 'relatime']
    const uncounted = { sizeBytes: undefined, usedBytes: undefined }
    const { usedBytes, limitBytes } = this.rootFs.budget
    return [
      { source: 'rootfs', target: '/', type: 'rootfs', options, sizeBytes: limitBytes, usedBytes },
      { source: 'devtmpfs', target: '/dev', type: 'devtmpfs', options, ...uncounted },
      { source: 'proc', target: '/proc', type: 'proc', options, ...uncounted },
      { source: 'sysfs', target: '/sys', type: 'sysfs', options, ...uncounted },
      ...this.machine.mounts().map((mount) => ({ source: mount.deviceName, target: mount.mountpoint, type: mount.kind === 'v1' ? 'famfs' : 'fuse', options: mount.options, ...uncounted })),
    ]
  }

  /** The famfs mount of a path that may not exist yet, found as the tools find it: by the meta files above it. */
  placeOf(path: string, caller: Caller): Result<{ mount: MountStatus; path: string }> {
    const nearest = this.#nearest(path, caller)
    if (!nearest.ok) return nearest
    const { existing } = nearest.value
    for (let above = existing; ; above = directoryOf(above)) {
      const found = ['.superblock', '.log'].some((name) => this.walker.at(joined(above, `.meta/${name}`)))
      const mount = found ? this.walker.mountOf(above) : undefined
      if (mount) return ok({ mount, path: nearest.value.path })
      if (found || above === '/') return fail('not_in_famfs', { path })
    }
  }

  /** Replay errors leave a v1 mount mounted, and stand in the report. */
  *mountFamfs(device: string, mountpoint: string, options: FamfsMountOptions, caller: Caller): Task<Result<Mounted>> {
    if (caller.user.uid !== 0) return fail('not_root', { what: 'mount' })
    const { kernel = 'fuse' } = options
    if (options.kind === 'v1' || options.daemon !== 'worker' || isStandalone(kernel)) return yield* this.#mountFamfs(device, mountpoint, options, caller)
    // Before anything is looked at: others may run until the thread is there.
    const thread = yield* startedThread(this.#outside.startThread, kernel)
    if (!thread.ok) return thread
    try {
      const mounted = yield* this.#mountFamfs(device, mountpoint, options, caller, thread.value)
      if (!mounted.ok) thread.value.end()
      return mounted
    } catch (error) {
      thread.value.end()
      throw error
    }
  }

  *#mountFamfs(device: string, mountpoint: string, options: FamfsMountOptions, caller: Caller, thread?: DaemonThread): Task<Result<Mounted>> {
    const name = this.deviceOf(device, caller)
    if (!name.ok) return name
    const place = this.#mountPlace(mountpoint, caller)
    if (!place.ok) return place
    const { kind, kernel = kind, allowRogue = false, words = [] } = options
    if (!this.#modules.has(MODULE_OF[kind])) return failLate('no_module', { name: MODULE_OF[kind] })
    const mode = this.#devices.modeOf(name.value)
    if (!this.rawAccess && mode !== 'famfs') return failLate('wrong_dax_mode', { device: name.value, mode, wanted: 'famfs' })
    if (kind === 'fuse') return yield* mountFuse(this, name.value, place.value, options, caller, thread)
    const { generation } = this.#modules
    const way = kernel === 'v1-abi42' ? standaloneWay(kernel) : undefined
    const report = yield* this.machine.mount(name.value, place.value, caller.user, { generation, allowRogue, umask: caller.umask, options: [...V1_OPTIONS, ...(way ? [`kernel=${kernel}`] : []), ...words], recipe: recipeOf(options, { generation }), ...(way ? { way } : {}) })
    return report.ok ? ok({ mountpoint: place.value, deviceName: name.value, kind, shadowPath: undefined, report: report.value }) : report
  }

  /** Directories that others than a caller are in: an unmount finds them busy. */
  occupiedBy(workplaces: () => string[]): void {
    this.#workplaces = workplaces
  }

  /** @param path a mount point, or a device that is mounted */
  umount(path: string, caller: Caller): Result<undefined> {
    const found = this.walker.find(path, caller, true)
    if (!found.ok) return found
    const device = this.deviceOf(path, caller)
    const mount = this.machine.mounts().find(({ mountpoint, deviceName }) => (device.ok ? deviceName === device.value : mountpoint === found.value.path))
    const mountpoint = mount?.mountpoint ?? found.value.path
    const { user, cwd } = caller
    // Whoever works in a directory of the mount holds it.
    if (user.uid === 0 && mount && [cwd, ...this.#workplaces()].some((place) => isWithin(place, mountpoint))) return fail('mount_busy', { path: mountpoint })
    return this.machine.umount(mountpoint, user)
  }

  /** As the tools read it; made when it is missing. */
  #systemUuid(): string | undefined {
    const node = this.rootFs.find(SYSTEM_UUID_PATH)
    if (!node) {
      const made = makeUuid(this.#outside.random)
      const directory = this.rootFs.ensureDirectory(directoryOf(SYSTEM_UUID_PATH))
      this.rootFs.addFile(directory, baseName(SYSTEM_UUID_PATH), { mode: 0o644, uid: 0, gid: 0 }).bytes.write(0, bytesOfText(`${made}\n`))
      return made
    }
    if (node.kind !== 'file') return undefined
    const text = new Uint8Array(UUID_TEXT_BYTES)
    const uuid = parseUuid(textOf(text.subarray(0, node.bytes.read(0, text))))
    return uuid.ok ? uuid.value : undefined
  }

  /** The part of a path that exists, canonical, and the whole path with it. */
  #nearest(path: string, caller: Caller): Result<{ existing: string; path: string }> {
    for (let tried = path.replace(/\/+$/, '') || path, rest = ''; ; ) {
      const found = this.walker.find(tried, caller, true)
      if (found.ok) return ok({ existing: found.value.path, path: lexicalPath(`${found.value.path}/${rest}`) })
      if (found.failure.errno !== 'ENOENT' && found.failure.errno !== 'ENOTDIR') return found
      if (tried === '.' || tried === '/') return found
      const slash = tried.lastIndexOf('/')
      rest = `${tried.slice(slash + 1)}/${rest}`
      tried = slash < 0 ? '.' : tried.slice(0, slash) || '/'
    }
  }

  protected override deviceBody(path: string, rdev: [number, number]): Result<Body> {
    const name = this.#devices.nameOf(rdev)
    return name === undefined ? deviceBody(path, rdev, this.#outside.random) : this.#devices.body(path, name)
  }

  #mountPlace(mountpoint: string, caller: Caller): Result<string> {
    const found = this.walker.find(mountpoint, caller, true)
    if (!found.ok) return found
    const { path, node, where } = found.value
    if (node.kind !== 'directory') return fail('not_a_directory', { path: mountpoint })
    if (where === 'famfs') return fail('mountpoint_busy', { path })
    return path === '/' || this.hasMount(path) ? failLate('path_busy', { path }) : ok(path)
  }
}

/** What rm or rmdir would do on a machine that has no system yet. */
export function removeOn(machine: Machine, path: string): Result<undefined> {
  return new PlainTools(machine).remove(path, ROOT)
}
