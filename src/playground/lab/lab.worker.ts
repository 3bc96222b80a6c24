// The lab's own thread: one job after the other, each to its end. It may block, so a kernel in it can wait for a daemon in
// another worker.

import type { KernelOptions, PullKernel } from '../../core/machine/kernels.ts'
import { endRing } from '../../core/fuse/ring.ts'
import { feedMoved, feedProgram } from '../../core/fuse/storeFeed.ts'
import { startDaemon } from '../../host/daemon.ts'
import { deviceName, type LabFiles } from '../../sim/lab/files.ts'
import type { FarDaemon } from '../../sim/lab/sideKernel.ts'
import { type LabAsk, type LabBoot, type LabWord, outsideOf, taskOf } from './jobs.ts'

let booted: LabBoot | undefined

globalThis.onmessage = ({ data }: MessageEvent<LabBoot | LabAsk>): void => {
  if ('job' in data) return answer(data)
  booted = data
  say({ word: 'ready' })
}

function answer({ id, job }: LabAsk): void {
  const port = booted?.daemon
  const far = port && ((kernel: PullKernel, made: LabFiles, given: Pick<KernelOptions, 'program' | 'aheadBytes'>) => farDaemon(port, kernel, made, given))
  try {
    const task = taskOf(job, outsideOf({ far, daemonWhy: booted?.daemonWhy }))
    for (;;) {
      const step = task.next()
      if (step.done) return say({ word: 'answer', id, answer: step.value })
      say({ word: 'progress', id, progress: step.value })
    }
  } catch (error) {
    say({ word: 'mistake', id, says: error instanceof Error ? error.message : String(error) })
  }
}

function farDaemon(port: MessagePort, kernel: PullKernel, { files, deviceBytes }: LabFiles, given: Pick<KernelOptions, 'program' | 'aheadBytes'>): FarDaemon {
  const store = { files: files.map(({ node, map }) => ({ node, map })), daxdevs: deviceBytes.map((_, devindex) => deviceName(devindex)), ...given }
  const { ring, link, cookies } = startDaemon(port, kernel, store)
  say({ word: 'ring', ring })
  const tell: FarDaemon['tell'] = { moved: (node, map) => feedMoved(link, node, map), upload: (source) => feedProgram(link, source) }
  return { link, shared: { cookies }, tell, end: () => endRing(ring) }
}

function say(word: LabWord): void {
  globalThis.postMessage(word)
}
