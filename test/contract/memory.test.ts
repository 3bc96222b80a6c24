// Each make of Memory keeps the contract. Only the coherent one is there yet.

import { coherentMemory } from '../../src/core/mem/memory.ts'
import { memoryContract } from './memory.contract.ts'
import { replayContract } from './replay.contract.ts'

memoryContract('coherent', coherentMemory)
replayContract('coherent', coherentMemory)
