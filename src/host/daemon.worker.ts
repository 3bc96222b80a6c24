// A daemon's own thread: it serves rings from the maps that come with them, or over them, until they end.

import type { DaemonTask } from './daemon.ts'
import { serveDaemon } from './daemonServe.ts'

globalThis.onmessage = ({ data: port }: MessageEvent<MessagePort>): void => {
  port.onmessage = ({ data }: MessageEvent<DaemonTask>) => void serveDaemon(data)
}
