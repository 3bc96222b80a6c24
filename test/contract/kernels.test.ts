// Each kernel keeps the contract: those whose maps are pushed, and those that pull them from a daemon beside them.

import { describe } from 'vitest'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { connect, isStandalone, kernelNames } from '../../src/core/machine/kernels.ts'
import { kernelContract, type KernelUnderTest, oneStripContract } from './kernels.contract.ts'

const kernels: KernelUnderTest[] = kernelNames.map((name) => ({ name, connect: (store) => connect(name, store, { sandbox: makeSandbox }) }))

for (const kernel of kernels) kernelContract(kernel)

describe('lists and one strip each', () => {
  // An ioctl takes one interleaved extent.
  for (const kernel of kernels) if (!isStandalone(kernel.name)) oneStripContract(kernel)
})
