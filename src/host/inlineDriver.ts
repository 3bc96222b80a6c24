// Hosts in the calling thread, which take turns: for tools and tests, and where memory can't be shared with workers. What
// crosses is cloned as it would be on the way to a worker, so that nothing leaks by accident.

import { ok, type Result } from '../core/base/result.ts'
import { type Driver, HostHandle } from './driver.ts'
import { HostServer } from './hostServer.ts'
import type { HostSpec } from './protocol.ts'
import type { OnHost } from './shell/shellHost.ts'

export const inlineDriver: Driver = inlineDriverWith()

/** @param options.onHost how `on HOST CMD...` in a shell reaches other hosts; without it, it says that it can't */
export function inlineDriverWith({ onHost }: { onHost?: OnHost } = {}): Driver {
  return { kind: 'inline', spawn: (spec) => spawn(spec, onHost) }
}

function spawn(spec: HostSpec, onHost: OnHost | undefined): Promise<Result<HostHandle, 'host_down'>> {
  const server = new HostServer(onHost)
  const wire = {
    call: async (message: Parameters<HostServer['call']>[0]) => structuredClone(await server.call(structuredClone(message))),
    cancel: (callId: number) => server.cancel(callId),
    ping: () => server.ping(),
  }
  const handle = new HostHandle(spec, { wire, close: () => server.stop() })
  server.boot(spec, (callId, progress) => handle.progressed(callId, progress), (callId, note) => handle.noted(callId, structuredClone(note)))
  return Promise.resolve(ok(handle))
}
