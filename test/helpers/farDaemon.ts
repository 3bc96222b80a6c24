// A daemon's own thread where threads are Node's: it serves what it is sent, as the page's daemon workers do.

import { parentPort } from 'node:worker_threads'
import type { DaemonTask } from '../../src/host/daemon.ts'
import { serveDaemon } from '../../src/host/daemonServe.ts'

parentPort?.on('message', (task: DaemonTask) => void serveDaemon(task))
parentPort?.postMessage('ready')
