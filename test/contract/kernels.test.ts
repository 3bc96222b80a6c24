// Each kernel keeps the contract: those whose maps are pushed, and those that pull them from a daemon beside them.

import { describe } from 'vitest'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { connect, isStandalone, kernelNames } from '../../src/core/machine/kernels.ts'
import { kernelErrorsContract } from './kernelErrors.contract.ts'
import { kernelContract, type KernelUnderTest, oneStripContract, severalPartsContract } from './kernels.contract.ts'

const kernels: KernelUnderTest[] = kernelNames.map((name) => ({ name, connect: (store) => connect(name, store, { sandbox: makeSandbox }) }))

for (const kernel of kernels) {
  kernelContract(kernel)
  kernelErrorsContract(kernel)
}

// An ioctl takes one interleaved extent.
const inMessages = kernels.filter(({ name }) => !isStandalone(name))

describe('lists and one strip each', () => {
  for (const kernel of inMessages) oneStripContract(kernel)
})

describe('several interleaved extents', () => {
  for (const kernel of inMessages) severalPartsContract(kernel)
})
