// Hosts in the calling thread, which take turns: for tools and tests, and where memory can't be shared with workers. What
// crosses is cloned as it would be on the way to a worker, so that nothing leaks by accident.

import { ok, type Result } from '../core/base/result.ts'
import { type Driver, HostHandle } from './driver.ts'
import { HostServer } from './hostServer.ts'
import type { HostSpec } from './protocol.ts'

export const inlineDriver: Driver = {
  kind: 'inline',
  spawn(spec: HostSpec): Promise<Result<HostHandle, 'host_down'>> {
    const server = new HostServer()
    const wire = {
      call: async (message: Parameters<HostServer['call']>[0]) => structuredClone(await server.call(structuredClone(message))),
      cancel: (callId: number) => server.cancel(callId),
      ping: () => server.ping(),
    }
    const handle = new HostHandle(spec, { wire, close: () => server.stop() })
    server.boot(spec, (callId, progress) => handle.progressed(callId, progress))
    return Promise.resolve(ok(handle))
  },
}
