// A host's worker whose daemons can be made to die, as a browser's own worker dies that has no memory left: it stops in the
// middle of whatever it does, and whoever started it hears of an error.

import { expose } from 'comlink'
import { HostServer } from '../../src/host/hostServer.ts'

const started: Worker[] = []

globalThis.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options)
    started.push(this)
  }
}

const words = new BroadcastChannel('daemons')
words.onmessage = ({ data }: MessageEvent<string>) => {
  if (data !== 'die') return
  const worker = started.at(-1)
  worker?.terminate()
  worker?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }))
  words.postMessage('dead')
}

expose(new HostServer())
