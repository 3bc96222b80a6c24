// Host B of the row cross_worker_visible: it waits for the log, plays it, opens the new file, and notes when.

import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import { DEVICE, MOUNT, newMachine, warmUp } from './hosts.ts'

const READY = 0
const SEEN_COUNT = 1
const PING = 2
const PONG = 3

interface Task {
  device: Daxdev
  words: Int32Array
  notedAt: Float64Array
}

globalThis.onmessage = (message: MessageEvent<Task>): void => {
  const { device, words, notedAt } = message.data
  warmUp(true)
  const host = newMachine('B', device)
  must(runNow(host.mount(DEVICE, MOUNT)))
  Atomics.store(words, READY, 1)
  for (let count = 1; ; count++) {
    while (Atomics.load(words, PING) !== count) Atomics.wait(words, PING, count - 1)
    notedAt[0] = performance.timeOrigin + performance.now()
    Atomics.store(words, PONG, count)
    while (!must(host.watch(MOUNT, 10_000)));
    must(runNow(host.logplay(MOUNT)))
    const fd = must(host.open(`${MOUNT}/f${count}`, { read: true }, { uid: 0, gid: 0 }))
    notedAt[0] = performance.timeOrigin + performance.now()
    Atomics.store(words, SEEN_COUNT, count)
    must(host.close(fd))
  }
}
