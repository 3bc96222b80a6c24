// A Memory that writes down every call and can lose power: after a given number of writes the next one lands in part or
// not at all, and PowerCut is thrown. Everything else is the memory that it wraps.

import type { Memory } from '../../src/core/mem/memory.ts'

export interface Call {
  what: 'write' | 'store64' | 'flush' | 'invalidate'
  offsetBytes: number
  lengthBytes: number
}

/** Nobody in src may catch it: power doesn't come back for a catch block. */
export class PowerCut extends Error {}

export interface Recording {
  memory: Memory
  calls: Call[]
  writeCount: () => number
}

/**
 * @param writesBeforeCut writes and stores that still happen; none is lost where this is missing
 * @param tornBytes how much of the write after them lands; a store of one word lands whole or not at all
 * @param power what several devices share that lose it together: the writes of all of them
 */
export function recording(inner: Memory, writesBeforeCut = Number.POSITIVE_INFINITY, tornBytes = 0, power = { writeCount: 0 }): Recording {
  const calls: Call[] = []
  const count = (call: Call): void => {
    calls.push(call)
    if (call.what !== 'write' && call.what !== 'store64') return
    if (power.writeCount >= writesBeforeCut) throw new PowerCut('the power is gone')
    power.writeCount++
  }
  const memory: Memory = {
    ...inner,
    write(offsetBytes, bytes) {
      if (power.writeCount >= writesBeforeCut && bytes.length > 8) inner.write(offsetBytes, bytes.subarray(0, tornBytes))
      count({ what: 'write', offsetBytes, lengthBytes: bytes.length })
      inner.write(offsetBytes, bytes)
    },
    store64(offsetBytes, value) {
      count({ what: 'store64', offsetBytes, lengthBytes: 8 })
      inner.store64(offsetBytes, value)
    },
    flush(offsetBytes, lengthBytes) {
      count({ what: 'flush', offsetBytes, lengthBytes })
      inner.flush(offsetBytes, lengthBytes)
    },
    invalidate(offsetBytes, lengthBytes) {
      count({ what: 'invalidate', offsetBytes, lengthBytes })
      inner.invalidate(offsetBytes, lengthBytes)
    },
  }
  return { memory, calls, writeCount: () => power.writeCount }
}

/** Writes that no later flush covers. */
export function unflushed(calls: Call[]): Call[] {
  return calls.filter((call, i) => {
    if (call.what !== 'write' && call.what !== 'store64') return false
    const end = call.offsetBytes + call.lengthBytes
    return !calls.slice(i + 1).some((later) => later.what === 'flush' && later.offsetBytes <= call.offsetBytes && later.offsetBytes + later.lengthBytes >= end)
  })
}

/** Runs until it ends or the power goes. @returns whether it came to its end */
export function untilCut(work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof PowerCut) return false
    throw error
  }
}
