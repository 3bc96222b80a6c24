// Each kernel that asks a daemon keeps the contract where that is in a thread of its own, at the far end of a ring in shared
// memory, and is fed what it answers from: a part of each set, since the kernel is the same.

import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { RingLink } from '../../src/core/fuse/ring.ts'
import { wayApart } from '../../src/core/machine/daemonThread.ts'
import { isStandalone, kernelNames, type PullKernel } from '../../src/core/machine/kernels.ts'
import { defaultProgram } from '../../src/core/kernel/program/examples.ts'
import { startDaemon } from '../../src/host/daemon.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { startThreadOf } from '../helpers/threads.ts'
import { kernelErrorsContract } from './kernelErrors.contract.ts'
import { kernelContract, type KernelUnderTest, oneStripContract, severalPartsContract } from './kernels.contract.ts'

const EVERY = 5

let worker: Worker
/** Rings that are served: a thread that serves several waits for each of them in turn. */
let links: RingLink[] = []

function disconnect(): void {
  for (const link of links) link.end('its mount is used no more')
  links = []
}

function far(name: PullKernel): KernelUnderTest {
  return {
    name,
    every: EVERY,
    disconnect,
    connect(store) {
      const { link, cookies } = startDaemon(worker, name, { files: [], daxdevs: [], program: defaultProgram.source })
      links.push(link)
      return wayApart(name, { link, cookies, end: () => link.end('it was ended') }, store, { sandbox: makeSandbox })
    },
  }
}

beforeAll(async () => {
  worker = await startThreadOf('farDaemon.ts')
})
afterEach(disconnect)
afterAll(async () => void (await worker.terminate()))

describe.each(kernelNames.filter((name) => !isStandalone(name)))('%s with a daemon in a thread of its own', (name) => {
  const kernel = far(name)
  kernelContract(kernel)
  kernelErrorsContract(kernel)
  oneStripContract(kernel)
  severalPartsContract(kernel)
})
