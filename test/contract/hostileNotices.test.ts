// A daemon that says anything unasked: between accesses, inside of its answers, of files that the kernel knows and others.
// Whatever it pushes, takes back, tells or uploads, no byte that is no file's is read or stored, and with a good daemon the
// same mount works.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../../src/core/base/plain.ts'
import type { Extent } from '../../src/core/fmap/fmap.ts'
import { DEVINDEX, LENGTH, newAnswer, OFFSET } from '../../src/core/fmap/resolve.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import { encodeIomapEntries, encodeIomapInval, IOMAP_MAPPED, newIomapEntries } from '../../src/core/fuse/iomapMessages.ts'
import { encodeTable } from '../../src/core/fuse/programMessages.ts'
import type { Handlers, Notice, Opcode } from '../../src/core/fuse/wire.ts'
import { MappedFile } from '../../src/core/kernel/mappedFile.ts'
import { OpenFile } from '../../src/core/kernel/openFile.ts'
import { defaultProgram } from '../../src/core/kernel/program/examples.ts'
import { kernelRuns, printCount } from '../counts.ts'
import { expectGoodAgain, inodeOf, newTrial, piece, RESERVING, secretsLostOf, type Trial } from '../helpers/hostileDaemon.ts'
import { SECRET } from '../helpers/kernels.ts'
import { valueOf } from '../helpers/outcome.ts'

const UNIT = RESERVING.unitBytes
const UNITS = RESERVING.deviceBytes / UNIT
const GOOD: WideMap = { kind: 'simple', sizeBytes: 3 * UNIT - 5, columns: columnsOf([piece(0, 3), piece(1, 5), piece(2, 7)]) }

interface Said {
  notice: Notice
  bytes: Uint8Array
  /** Of the file, of another one, of none. */
  about: 'f' | 'beside' | 'none'
}

// Superblock and log, the good places and those beside them, the device's end.
const unit = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 7) }, { weight: 1, arbitrary: fc.integer({ min: UNITS - 2, max: UNITS + 1 }) })
const place = fc.tuple(fc.constantFrom(0, 0, 1, 2, 99), unit, fc.integer({ min: 1, max: 3 })).map(([devindex, first, count]) => piece(devindex, first, count))
const about = fc.constantFrom<Said['about']>('f', 'f', 'f', 'f', 'beside', 'none')
const anyBytes = fc.uint8Array({ maxLength: 120 })

function entriesOf(cookie: number, all: readonly [fileUnit: number, at: Extent][]): Uint8Array {
  const entries = newIomapEntries(all.length)
  entries.count = all.length
  entries.types.fill(IOMAP_MAPPED)
  entries.cookies.fill(cookie)
  for (const [i, [fileUnit, { devindex, offsetBytes, lengthBytes }]] of all.entries()) {
    entries.fileOffsets[i] = fileUnit * UNIT
    entries.devindices[i] = devindex
    entries.offsets[i] = offsetBytes
    entries.lengths[i] = lengthBytes
  }
  return encodeIomapEntries(entries)
}

const upsert = fc.tuple(fc.nat({ max: 2 }), fc.array(fc.tuple(fc.nat({ max: 3 }), place), { minLength: 1, maxLength: 3 })).map(([cookie, all]) => entriesOf(cookie, all.toSorted(([a], [b]) => a - b)))
const inval = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })).map(([first, count]) => encodeIomapInval({ fileOffsetBytes: first * UNIT, lengthBytes: count * UNIT }))

const inOrder = (a: Extent, b: Extent): number => a.devindex - b.devindex || a.offsetBytes - b.offsetBytes
const spans: fc.Arbitrary<Extent[]> = fc.oneof(
  fc.constant<Extent[]>([piece(0, 3), piece(1, 5), piece(2, 7)]),
  fc.array(place, { maxLength: 3 }).map((all) => all.toSorted(inOrder)),
  fc.array(place, { maxLength: 3 }),
)
const cells = fc.array(fc.oneof(fc.nat({ max: 3 }), unit.map((count) => count * UNIT)), { maxLength: 12 }).map((all) => new Uint8Array(BigUint64Array.from(all, BigInt).buffer))
// The last of them is behind the good places, as ranges must be.
const superblock = fc.constantFrom(0, 3).map((devindex) => piece(devindex, 0))
const table = fc.oneof(
  fc.record({ firstCell: fc.nat({ max: 12 }), firstSpan: fc.constantFrom(0, 0, 1, 2, 3, 3, 4, 6), spans, cells }).map((part) => encodeTable(part)),
  // One more than the three that are good.
  superblock.map((at) => encodeTable({ firstCell: 0, firstSpan: 3, spans: [at], cells: new Uint8Array(0) })),
)
const answering = ({ devindex, offsetBytes }: Extent): string => `setup { }\nresolve { answer(${devindex}, ${offsetBytes} + offset % ${UNIT}, 1, 0) }`
const source = fc.oneof(
  fc.constant(defaultProgram.source),
  place.map(answering),
  fc.nat({ max: 11 }).map((cell) => `setup { file[0] = table[${cell}] }\nresolve { answer(offset % 3, file[0] + offset % ${UNIT}, ${UNIT} - offset % ${UNIT}, 0) }`),
  fc.constant('setup { }'),
).map(bytesOfText)
const firstSource = fc.oneof(source, superblock.map((at) => bytesOfText(answering(at))))

const said = (notice: Notice, bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Said> => fc.record({ notice: fc.constant(notice), bytes: fc.oneof({ weight: 9, arbitrary: bytes }, { weight: 1, arbitrary: anyBytes }), about })
const iomapNotices = fc.oneof(said('UPSERT', upsert), said('UPSERT', upsert), said('INVAL', inval), said('TABLE', table))
const programNotices = fc.oneof({ weight: 8, arbitrary: said('TABLE', table) }, { weight: 1, arbitrary: said('PROGRAM', source) }, { weight: 1, arbitrary: said('UPSERT', upsert) })

const IOMAP_OPCODES: readonly Opcode[] = ['IOMAP_BEGIN', 'IOMAP_BEGIN', 'GET_DAXDEV']
const PROGRAM_OPCODES: readonly Opcode[] = ['OPEN', 'INIT']
const ACTS = ['read', 'read', 'write', 'mapped', 'mapped', 'open', 'forget'] as const

interface Step {
  before: Said[]
  /** While such a question is answered. */
  inside: Said[]
  opcode: Opcode
  isRefused: boolean
  /** The daemon's own word for what it told, where it keeps one. */
  isMoved: boolean
  act: (typeof ACTS)[number]
}

const stepOf = (notices: fc.Arbitrary<Said>, opcodes: readonly Opcode[]): fc.Arbitrary<Step> =>
  fc.record({ before: fc.array(notices, { maxLength: 2 }), inside: fc.array(notices, { maxLength: 2 }), opcode: fc.constantFrom(...opcodes), isRefused: fc.boolean(), isMoved: fc.boolean(), act: fc.constantFrom(...ACTS) })

class Liar {
  heardCount = 0
  refusedCount = 0
  readonly #trial: Trial

  constructor(trial: Trial) {
    this.#trial = trial
  }

  say(all: readonly Said[]): void {
    const { on, notify } = this.#trial
    for (const each of all) {
      const errno = notify(each.notice, each.about === 'none' ? 99 : inodeOf(on, each.about).ino, each.bytes)
      if (errno === 0) this.heardCount++
      else this.refusedCount++
    }
  }

  answers({ inside, opcode: asked, isRefused }: Step): (good: Handlers) => Handlers {
    return (good) => Object.fromEntries(Object.entries(good).map(([opcode, handler]) => [opcode, (node: number, request: Uint8Array) => {
      const answered = handler(node, request)
      if (opcode === asked) this.say(inside)
      return isRefused && opcode !== 'INIT' ? { errno: 5, bytes: new Uint8Array(0) } : answered
    }]))
  }
}

interface Outcome {
  ok: boolean
  /** Something that is no file's was handed out. */
  isOutside: boolean
}

function outcomeOf({ on }: Trial, mapped: () => MappedFile | undefined, act: Step['act']): Outcome {
  const inode = inodeOf(on, 'f')
  const bytes = new Uint8Array(inode.sizeBytes)
  switch (act) {
    case 'read': {
      const { ok } = new OpenFile(on.mount, inode, { read: true }).read(0, bytes)
      return { ok, isOutside: bytes.includes(SECRET) }
    }
    case 'write':
      return { ok: new OpenFile(on.mount, inode, { write: true }).write(0, bytes.fill(0x11)).ok, isOutside: false }
    case 'mapped': {
      const file = mapped()
      const { ok } = file?.copyTo(bytes) ?? { ok: false }
      return { ok: file?.setUint8(UNIT, 0x22).ok === true && ok, isOutside: bytes.includes(SECRET) }
    }
    case 'open': {
      // Two names of one inode, to the kernel that is asked.
      const opened = on.mount.way.open({ node: inode.ino, path: 'again', sizeBytes: inode.sizeBytes })
      const answer = newAnswer()
      return { ok: opened.ok, isOutside: [0, UNIT, 2 * UNIT].some((at) => opened.ok && opened.value.resolve(at, answer) && !isOfFiles(answer)) }
    }
    case 'forget':
      on.mount.way.forget(inode.ino)
      return { ok: true, isOutside: false }
    default:
      return act satisfies never
  }
}

function isOfFiles(answer: Float64Array): boolean {
  const [devindex = -1, offsetBytes = -1, lengthBytes = 0] = [answer[DEVINDEX], answer[OFFSET], answer[LENGTH]]
  return devindex >= 0 && devindex < RESERVING.deviceCount && offsetBytes >= 2 * UNIT && offsetBytes + lengthBytes <= RESERVING.deviceBytes
}

describe.each([
  ['fuse-iomap', iomapNotices, IOMAP_OPCODES, undefined],
  ['fuse-iomap', iomapNotices, IOMAP_OPCODES, 1],
  ['fuse-iomap-shared', iomapNotices, IOMAP_OPCODES, undefined],
  ['program', programNotices, PROGRAM_OPCODES, undefined],
] as const)('%s', (kernel, notices, opcodes, cacheCapBytes) => {
  it(`reaches no byte that is no file’s, whatever is said unasked${cacheCapBytes === undefined ? '' : ', with room for one mapping'}`, () => {
    const counts = { heard: 0, refused: 0, done: 0, failed: 0 }
    const property = fc.property(fc.array(stepOf(notices, opcodes), { minLength: 1, maxLength: 12 }), firstSource, fc.nat({ max: UNIT }), (steps, program, aheadBytes) => {
      const trial = newTrial(kernel, RESERVING, { isAloneAtFirst: true, aheadBytes, ...(cacheCapBytes === undefined ? {} : { cacheCapBytes }) })
      const { on, rig } = trial
      valueOf(on.add('f', GOOD))
      valueOf(on.add('beside', { kind: 'simple', sizeBytes: UNIT, columns: columnsOf([piece(3, 9)]) }))
      trial.notify('PROGRAM', 0, program)
      let held: MappedFile | undefined
      const mapped = (): MappedFile | undefined => {
        const access = held ? undefined : on.mount.access(inodeOf(on, 'f'))
        if (access?.ok) held = new MappedFile('f', access.value, true)
        return held
      }
      const liar = new Liar(trial)
      for (const step of steps) {
        if (step.isMoved) Atomics.add(trial.cookies, inodeOf(on, 'f').ino % trial.cookies.length, 1)
        liar.say(step.before)
        trial.listen(liar.answers(step))
        const { ok, isOutside } = outcomeOf(trial, mapped, step.act)
        if (ok) counts.done++
        else counts.failed++
        expect([isOutside, secretsLostOf(rig)]).toEqual([false, 0])
      }
      counts.heard += liar.heardCount
      counts.refused += liar.refusedCount
      trial.notify('PROGRAM', 0, bytesOfText(defaultProgram.source))
      expectGoodAgain(trial, 'f', GOOD, true)
    })
    fc.assert(property, { numRuns: kernelRuns.notices })
    printCount(`${kernel}: notices that were taken and refused, accesses that were and weren’t`, Object.values(counts).join(', '))
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(kernelRuns.notices / 4)
  })
})

it.each(['fuse', 'fuse-paged', 'fuse-unrolled'] as const)('%s hears none', (kernel) => {
  const trial = newTrial(kernel, RESERVING)
  valueOf(trial.on.add('f', GOOD))
  const { ino } = inodeOf(trial.on, 'f')
  valueOf(new OpenFile(trial.on.mount, inodeOf(trial.on, 'f'), { read: true }).read(0, new Uint8Array(1)))
  expect(trial.notify('UPSERT', ino, entriesOf(0, [[0, piece(0, 0)]]))).toBe(19)
  expectGoodAgain(trial, 'f', GOOD, false)
})
