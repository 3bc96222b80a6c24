// A daemon beside its kernel: requests and notices are function calls, of bytes all the same. Whoever watches a link sees
// copies of what went over it, and when, by a clock that is handed in.

import { errnos } from '../base/errno.ts'
import type { Answered, DaemonLink, Handlers, Notify, Seen } from './wire.ts'

/** Who sees messages. */
export interface Watcher {
  see(seen: Seen): void
  /** A request is sent: what is seen until it is answered happens inside of it. */
  begin?(): void
  nowUs(): number
}

export interface DirectLink {
  /** The kernel's end. */
  link: DaemonLink
  /** The daemon's end: 0, or a positive errno where nobody hears it, or the kernel refuses. */
  notify: Notify
}

const [ENODEV] = errnos.ENODEV
const [ENOSYS] = errnos.ENOSYS
const NOTHING = new Uint8Array(0)

/** @param handlers looked at when a request comes: a daemon may get them after its link, which it sends notices by */
export function directLink(handlers: () => Handlers): DirectLink {
  let hearer: Notify | undefined
  return {
    link: {
      call: (opcode, node, request) => handlers()[opcode]?.(node, request) ?? refusal(ENOSYS),
      forget: (node) => void handlers().FORGET?.(node, NOTHING),
      hear: (notify) => void (hearer = notify),
      // A notice that is a function call never waits.
      poll: () => undefined,
    },
    notify: (notice, node, bytes) => hearer?.(notice, node, bytes) ?? ENODEV,
  }
}

/** The same link, where someone sees what goes over it. */
export function watchedLink(link: DaemonLink, { see, begin, nowUs }: Watcher): DaemonLink {
  return {
    get failed() {
      return link.failed
    },
    call(opcode, node, request) {
      const asked = request.slice()
      begin?.()
      const sentUs = nowUs()
      const answered = link.call(opcode, node, request)
      const answeredUs = nowUs()
      see({ from: 'kernel', name: opcode, node, request: asked, answer: { errno: answered.errno, bytes: answered.bytes.slice() }, sentUs, answeredUs })
      return answered
    },
    forget(node) {
      const sentUs = nowUs()
      link.forget(node)
      see({ from: 'kernel', name: 'FORGET', node, request: NOTHING, answer: undefined, sentUs, answeredUs: nowUs() })
    },
    hear(notify) {
      link.hear((notice, node, bytes) => {
        const request = bytes.slice()
        const sentUs = nowUs()
        const errno = notify(notice, node, bytes)
        see({ from: 'daemon', name: notice, node, request, answer: undefined, sentUs, answeredUs: nowUs() })
        return errno
      })
    },
    poll: () => link.poll(),
  }
}

export function answer(bytes: Uint8Array): Answered {
  return { errno: 0, bytes }
}

/** @param errno positive */
export function refusal(errno: number): Answered {
  return { errno, bytes: NOTHING }
}
