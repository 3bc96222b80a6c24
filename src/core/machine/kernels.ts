// Which kernels there are, and each with its daemon: what the daemon answers, the kernel's way to maps over a link, and both
// beside each other. Kernel and daemon know each other by messages alone: this is the only place that knows both.

import { assert } from '../base/assert.ts'
import { errnos } from '../base/errno.ts'
import { answerDaxdev, answerFmap, answerProbe } from '../fuse/daemonFmap.ts'
import { IomapDaemon } from '../fuse/daemonIomap.ts'
import { pagedFmap } from '../fuse/daemonPaged.ts'
import { programDaemon } from '../fuse/daemonProgram.ts'
import { answer, directLink, refusal, watchedLink, type Watcher } from '../fuse/directLink.ts'
import { abi43 } from '../fuse/ioctlMap.ts'
import { abi42 } from '../fuse/ioctlMap42.ts'
import type { DaemonLink, Handlers, MapStore, Notify } from '../fuse/wire.ts'
import { limits } from '../kernel/limits.ts'
import { defaultProgram } from '../kernel/program/examples.ts'
import type { SandboxMaker } from '../kernel/program/sandbox.ts'
import { isStandalone, type KernelName, type StandaloneKernel, type WayMaker } from '../kernel/way.ts'
import { fuseWay } from '../kernel/ways/fuse.ts'
import { AHEAD_BYTES, iomapWay } from '../kernel/ways/iomap.ts'
import { pagedWay } from '../kernel/ways/paged.ts'
import { programWay } from '../kernel/ways/program.ts'
import { unrolledWay } from '../kernel/ways/unrolled.ts'
import { type Around, v1Way } from '../kernel/ways/v1.ts'

/** Kernels with a daemon. */
export type PullKernel = Exclude<KernelName, StandaloneKernel>

export interface KernelOptions {
  /** What a kernel that drops maps may keep of them. */
  cacheCapBytes?: number
  /** What a miss of a mapping cache looks ahead. */
  aheadBytes?: number | undefined
  /** Words of memory that server and kernel share, for the kernel whose server keeps the cookies. */
  cookies?: Int32Array
  /** For the kernel that must know again what it was told: nobody else knows what comes. */
  random?: ((target: Uint8Array<ArrayBuffer>) => void) | undefined
  /** Where the kernel that runs programs runs them: that one needs it. */
  sandbox?: SandboxMaker | undefined
  /** Its program, which the daemon uploads; the usual one unless said otherwise. */
  program?: string | undefined
}

/** A daemon: what it answers, and what it can tell its kernel unasked, where there is anything. */
export interface Served {
  handlers: Handlers
  /** The store has another map for a file: whatever the kernel holds of the one before is void. */
  moved?(node: number): void
  /** Another program from now on. */
  upload?(source: string): void
}

interface ConnectOptions extends KernelOptions {
  watcher?: Watcher | undefined
}

const COOKIE_COUNT = 1024
const EMPTY = new Uint8Array(0)

export const kernelNames = Object.keys(limits) as KernelName[]

export function isKernelName(text: string): text is KernelName {
  return Object.hasOwn(limits, text)
}

export { isStandalone } from '../kernel/way.ts'

/** A kernel and its daemon in one thread. Each mount gets one of its own. */
export function connect(kernel: KernelName, store: MapStore, options: ConnectOptions = {}): WayMaker {
  return isStandalone(kernel) ? standaloneWay(kernel, options.watcher) : connectServed(kernel, store, options).maker
}

/** The same, for whoever makes the daemon tell something. */
export function connectServed(kernel: PullKernel, store: MapStore, { watcher, ...given }: ConnectOptions = {}): { maker: WayMaker; served: Served } {
  const options = { cookies: new Int32Array(COOKIE_COUNT), ...given }
  const { link, notify } = directLink(() => served.handlers)
  const served = servedBy(kernel, store, notify, options)
  return { maker: wayOver(kernel, watcher ? watchedLink(link, watcher) : link, options), served }
}

/** The module, which tools talk to by ioctl. */
export function standaloneWay(kernel: StandaloneKernel, watcher?: Watcher): WayMaker {
  return v1Way(kernel, kernel === 'v1' ? abi43 : abi42, watcher && watching(watcher))
}

/** The daemon of a kernel. */
export function servedBy(kernel: PullKernel, store: MapStore, notify: Notify, { cookies, program = defaultProgram.source, aheadBytes = AHEAD_BYTES }: KernelOptions = {}): Served {
  const GET_DAXDEV = answerDaxdev(store)
  switch (kernel) {
    case 'fuse':
      return { handlers: { GET_FMAP: answerFmap(store), GET_DAXDEV } }
    case 'fuse-unrolled':
      return { handlers: { GET_FMAP: answerProbe(store), GET_DAXDEV } }
    case 'fuse-paged':
      return { handlers: { GET_FMAP: pagedFmap(store), GET_DAXDEV } }
    case 'fuse-iomap':
    case 'fuse-iomap-shared': {
      const isShared = kernel === 'fuse-iomap-shared'
      const daemon = new IomapDaemon(store, notify, isShared ? { cookies } : {})
      const moved = (node: number): void => {
        const errno = daemon.invalidate(node, 0, store.map(node)?.sizeBytes ?? 0)
        // Its beginning is pushed at once, as far as a miss would look ahead; who only looks at cookies is told nothing.
        if (errno === 0 && !isShared) daemon.upsert(node, 0, aheadBytes)
      }
      return { handlers: { IOMAP_BEGIN: (node, request) => daemon.begin(node, request), GET_DAXDEV }, moved }
    }
    case 'program': {
      const daemon = programDaemon(store, notify, program)
      return { handlers: daemon.handlers, moved: (node) => void daemon.refill(node), upload: (source) => void daemon.upload(source) }
    }
    default:
      return kernel satisfies never
  }
}

/** The kernel's side, wherever its daemon is. */
export function wayOver(kernel: PullKernel, link: DaemonLink, { cacheCapBytes, aheadBytes, cookies, random, sandbox, program }: KernelOptions = {}): WayMaker {
  const cap = cacheCapBytes === undefined ? {} : { cacheCapBytes }
  const cache = aheadBytes === undefined ? cap : { ...cap, aheadBytes }
  switch (kernel) {
    case 'fuse':
      return fuseWay(link)
    case 'fuse-unrolled':
      return unrolledWay(link)
    case 'fuse-paged':
      return pagedWay(link, { ...cap, random })
    case 'fuse-iomap':
      return iomapWay(link, cache)
    case 'fuse-iomap-shared':
      return iomapWay(link, { ...cache, cookies })
    case 'program':
      assert(sandbox, 'programs run in a sandbox that is handed in')
      return programWay(link, { sandbox, source: program })
    default:
      return kernel satisfies never
  }
}

/** Ioctls as messages that are seen: from the tools, and answered with an errno alone. */
function watching({ see, nowUs }: Watcher): Around {
  return (name, node, bytes, act) => {
    const request = bytes.slice()
    const sentUs = nowUs()
    const failure = act()
    const answered = failure ? refusal(errnos[failure.errno][0]) : answer(EMPTY)
    see({ from: 'tools', name, node, request, answer: answered, sentUs, answeredUs: nowUs() })
    return failure
  }
}
