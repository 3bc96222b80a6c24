// A lab with made-up numbers and real messages, for tests of what shows them: nothing here is measured.

import { ok } from '../../src/core/base/result.ts'
import { FMAP_VERSION, FmapExtent, FmapHeader, FmapInterleaved, FmapProbe } from '../../src/core/fuse/messages.ts'
import type { Amplification, Lab, LabCurve, LabKernel, LabMessage, LabRun, LabSetup, LabSide } from '../../src/playground/lab/types.ts'
import { kernelMemory } from '../../src/sim/lab/memory.ts'
import { KERNELS } from '../../src/ui/lab/cards.ts'
import { setupOf } from './lab.ts'

export function fmapReply(extentCount: number, sized = false): Uint8Array {
  const wholeBytes = FmapHeader.sizeBytes + extentCount * FmapExtent.sizeBytes
  const bytes = new Uint8Array(wholeBytes)
  FmapHeader.encodeAt({ file_type: 0, fmap_version: FMAP_VERSION, ext_type: 0, nextents: extentCount, fmap_bytes: sized ? wholeBytes : 0, file_size: BigInt(extentCount * 4096) }, bytes)
  for (let i = 0; i < extentCount; i++) {
    FmapExtent.encodeAt({ se_devindex: 0, se_offset: BigInt(0x20_0000 + i * 8192), se_len: 4096n }, bytes, FmapHeader.sizeBytes + i * FmapExtent.sizeBytes)
  }
  return bytes
}

export function stripedReply(stripCount: number): Uint8Array {
  const bytes = new Uint8Array(FmapHeader.sizeBytes + FmapInterleaved.sizeBytes + stripCount * FmapExtent.sizeBytes)
  FmapHeader.encodeAt({ file_type: 0, fmap_version: FMAP_VERSION, ext_type: 1, nextents: 1, fmap_bytes: 0, file_size: 65_536n }, bytes)
  FmapInterleaved.encodeAt({ ie_nstrips: stripCount, ie_chunk_size: 4096, ie_nbytes: 65_536n }, bytes, FmapHeader.sizeBytes)
  for (let i = 0; i < stripCount; i++) FmapExtent.encodeAt({ se_devindex: i, se_offset: 0x20_0000n, se_len: 65_536n }, bytes, FmapHeader.sizeBytes + FmapInterleaved.sizeBytes + i * FmapExtent.sizeBytes)
  return bytes
}

export function messageOf(change: Partial<LabMessage> = {}): LabMessage {
  return { from: 'kernel', name: 'GET_FMAP', node: 2, request: new Uint8Array(0), answer: { errno: 0, bytes: fmapReply(3) }, sentUs: 10, answeredUs: 25, ...change }
}

export function sideOf(kernel: LabKernel, change: Partial<LabSide> = {}): LabSide {
  const messages = change.messages ?? [messageOf()]
  return {
    kernel, failure: undefined, failedCount: 0, messages, messageCount: messages.length, roundTripCount: messages.length, waitedUs: 15, copiedBytes: 104, residentBytes: 200, residentMostBytes: 400,
    resolveCount: 1000, servedCount: 990, nsPerResolve: 12.5, openUs: 18, checksum: 7, ...change,
  }
}

const answers = (kernel: LabKernel, { extentCount }: LabSetup): LabMessage[] => {
  if (kernel === 'v1') return Array.from({ length: 5 }, (_, i) => messageOf({ from: 'tools', name: 'MAP_CREATE_V2', node: i, request: fmapReply(2), answer: { errno: 0, bytes: new Uint8Array(0) }, sentUs: i * 4, answeredUs: i * 4 + 3 }))
  if (kernel === 'fuse-unrolled') {
    const probe = (bufferBytes: number) => FmapProbe.encode({ buffer_bytes: bufferBytes })
    const whole = fmapReply(Math.min(extentCount, 2000), true)
    return [messageOf({ request: probe(32), answer: { errno: 0, bytes: whole.slice(0, 32) } }), messageOf({ request: probe(whole.length), answer: { errno: 0, bytes: whole }, sentUs: 30, answeredUs: 80 })]
  }
  return Array.from({ length: 12 }, (_, i) => messageOf({ node: 2 + i, answer: i === 3 ? { errno: 7, bytes: new Uint8Array(0) } : { errno: 0, bytes: i % 2 ? stripedReply(4) : fmapReply(3) }, sentUs: i * 20, answeredUs: i * 20 + 12 }))
}

function runOf(setup: LabSetup = setupOf()): LabRun {
  const sides = setup.kernels.map((kernel, i) => {
    const failure = setup.program?.includes('loop') && kernel === 'program' ? { reason: 'program_failed' as const, errno: 'EIO' as const, says: 'the program that finds the bytes of file0 failed: out of fuel', next: 'Correct the program; the mount and other files go on.' } : undefined
    return sideOf(kernel, { messages: answers(kernel, setup), failure, failedCount: failure ? setup.accessCount : 0, nsPerResolve: 12.5 * (i + 1) ** 3, residentBytes: 3000 * (i + 1), residentMostBytes: 5000 })
  })
  const [left = sideOf('v1'), right = sideOf('fuse')] = sides
  return {
    setup, daemon: setup.daemon, daemonWhy: undefined, sides: [left, right], agrees: true,
    conclusion: [`${left.kernel} asked ${left.roundTripCount} times and ${right.kernel} ${right.roundTripCount} times for the same files.`, 'Both read the same bytes from what they then held.'],
  }
}

export function curveOf(kernel: LabKernel): LabCurve {
  const most = kernel === 'fuse' ? 10 : 1_000_000
  const counts = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].filter((count) => count <= most)
  const grows = kernel !== 'program' && kernel !== 'fuse-unrolled'
  const points = counts.map((extentCount) => ({ extentCount, nsPerResolve: grows ? 9 + extentCount ** 0.6 : 11, residentBytes: 64 + 24 * extentCount, roundTripCount: 1 + Math.ceil(extentCount / 1000), openUs: 12 + extentCount / 10 }))
  return { kernel, points, endsBecause: kernel === 'fuse' ? { reason: 'map_limit', errno: 'E2BIG', says: 'the fuse kernel takes no such map for file0: 100 extents', next: 'Use another kernel.' } : undefined }
}

export const EXAMPLES: Lab['examples'] = [
  { name: 'interleave', says: 'Finds a byte of a striped file.', source: 'resolve {\n  let chunk = offset / 4096\n  return chunk\n}\n', fails: false },
  { name: 'endless loop', says: 'Runs out of fuel.', source: 'resolve {\n  loop forever\n}\n', fails: true },
]

/** Answers at once. */
export function madeUpLab(): Lab & { ran: LabSetup[]; closed: () => boolean } {
  const ran: LabSetup[] = []
  let isClosed = false
  return {
    ran,
    closed: () => isClosed,
    examples: EXAMPLES,
    limits: KERNELS.map((kernel) => ({ kernel, takes: kernel === 'fuse' ? '32 extents, 32 strips' : 'any map', errno: kernel === 'fuse' ? 'E2BIG' : undefined })),
    memory: kernelMemory,
    daemons: ['beside', 'worker'],
    daemonWhy: undefined,
    run: (setup) => {
      ran.push(setup)
      return Promise.resolve(ok(runOf(setup)))
    },
    curve: (kernel) => Promise.resolve(ok(curveOf(kernel))),
    amplification: ({ pattern, accessCount, accessBytes }) => Promise.resolve(ok<Amplification>({
      pattern, accessCount, askedBytes: accessCount * accessBytes, lineBytes: 64, lineMovedBytes: accessCount * accessBytes * 1.5, lineTouchCount: 2 * accessCount, lineHitCount: 3, lineCacheBytes: 32_768, pageBytes: 4096, pageMovedBytes: accessCount * 4096, pageCacheBytes: 1_048_576,
      readAheadBytes: 0, pageTouchCount: accessCount, pageHitCount: 17,
    })),
    compile: (source) => Promise.resolve(source.includes('?') ? { line: 2, column: 7, says: 'a name or a number is missing', next: 'Write one.' } : undefined),
    cancel: () => undefined,
    close: () => {
      isClosed = true
    },
  }
}
