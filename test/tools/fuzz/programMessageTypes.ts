// Messages of a kernel that runs programs: answers and notices that it gets, and requests that its server gets. Whatever
// cells and programs say, what is answered lies inside of the ranges that came with the file's table.

import { bytesOfText, textOf } from '../../../src/core/base/plain.ts'
import type { Result } from '../../../src/core/base/result.ts'
import type { Extent } from '../../../src/core/fmap/fmap.ts'
import { BEFORE, DEVINDEX, LENGTH, newAnswer, OFFSET, type Resolver } from '../../../src/core/fmap/resolve.ts'
import { type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import { programDaemon } from '../../../src/core/fuse/daemonProgram.ts'
import { answer, directLink } from '../../../src/core/fuse/directLink.ts'
import { decodeInitReply, decodeOpenReply, decodeTable, encodeInit, encodeInitReply, encodeOpen, encodeOpenReply, ProgramDaxdev, ProgramInitReply, ProgramOpenReply, ProgramTable } from '../../../src/core/fuse/programMessages.ts'
import type { Handler, Handlers, MapStore, Notify } from '../../../src/core/fuse/wire.ts'
import { programExamples } from '../../../src/core/kernel/program/examples.ts'
import { parseProgram } from '../../../src/core/kernel/program/parse.ts'
import { programWay } from '../../../src/core/kernel/ways/program.ts'
import type { RunningProgram, Sandbox } from '../../../src/core/kernel/program/sandbox.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import type { Chance } from './chance.ts'
import { Broken } from './exercise.ts'
import { requestType } from './mapMessageTypes.ts'
import { someFmap, someWide } from './messageMaps.ts'
import { type MessageType, nameOf, newContext, NODE } from './messageType.ts'

const SPAN_BYTES = 24
const CELL_BYTES = 8
const PROBES = 12
const FUEL = 20_000
const LOADED_MOST = 100
const STORED = wideOf({ kind: 'interleaved', sizeBytes: 100_000, chunkBytes: 4096, strips: [{ devindex: 0, offsetBytes: 0, lengthBytes: 53_248 }, { devindex: 1, offsetBytes: 4096, lengthBytes: 53_248 }] })

/** Examples that find a striped file's bytes. */
const FITTING = programExamples.filter(({ name }) => name === 'both kinds' || name === 'interleave')
const INTERLEAVE = FITTING.find(({ name }) => name === 'interleave')?.source

// One for all: each input's kernel is gone before the next, and programs keep nothing of their own.
const shared = makeSandbox()
const loaded = new Map<string, RunningProgram>()
const sandbox: Sandbox = {
  get buffer() {
    return shared.buffer
  },
  grow: (pageCount) => shared.grow(pageCount),
  load(module) {
    const key = module.join(' ')
    const running = loaded.get(key) ?? shared.load(module)
    if (loaded.size < LOADED_MOST) loaded.set(key, running)
    return running
  },
}

const storeOf = (map: WideMap): MapStore => ({ map: (node) => (node === NODE ? map : undefined), daxdev: (devindex) => (devindex < 3 ? nameOf(devindex) : undefined) })

/** A server's sound notice that fills the table for this map. */
function tableOf(map: WideMap): Uint8Array<ArrayBuffer> {
  let sent = new Uint8Array(0)
  const { refill } = programDaemon(storeOf(map), (_, __, bytes) => {
    sent = bytes.slice()
    return 0
  })
  refill(NODE)
  return sent
}

/** A kernel whose server sends and answers so. @param source of its own program, where a shorter one does */
function judged(map: WideMap, bend: (sound: Handlers, notify: Notify) => Handlers, chance: Chance, source?: string): string {
  let spans: readonly Extent[] = []
  const { link, notify } = directLink(() => handlers)
  const noting: Notify = (notice, node, bytes) => {
    const part = notice === 'TABLE' ? decodeTable(bytes) : undefined
    const errno = notify(notice, node, bytes)
    if (errno === 0 && part && 'spans' in part && part.spans.length > 0) spans = part.firstSpan === 0 ? part.spans : [...spans, ...part.spans]
    return errno
  }
  const handlers: Handlers = bend(programDaemon(storeOf(map), noting).handlers, noting)
  const way = programWay(link, { sandbox: () => sandbox, source, fuel: FUEL }).make(newContext())
  return outcomeOf(way.open({ node: NODE, path: 'f', sizeBytes: map.sizeBytes }), spans, chance)
}

function outcomeOf(opened: Result<Resolver>, spans: readonly Extent[], chance: Chance): string {
  if (!opened.ok) return opened.failure.reason
  const resolver = opened.value
  const { sizeBytes } = resolver
  const places = newAnswer()
  for (const beyond of [-1, sizeBytes, 0.5, Number.NaN]) if (resolver.resolve(beyond, places)) throw new Broken(`byte ${beyond} of ${sizeBytes} has a place`)
  for (let i = 0; i < PROBES; i++) {
    const at = i === 0 ? sizeBytes - 1 : chance.below(sizeBytes)
    if (!resolver.resolve(at, places)) {
      if (resolver.trouble) return `opened, then ${resolver.trouble.reason}`
      throw new Broken(`byte ${at} of ${sizeBytes} has no place, and nothing says why`)
    }
    const [devindex, offset, length, before] = [places[DEVINDEX], places[OFFSET], places[LENGTH], places[BEFORE]] as [number, number, number, number]
    const isInFile = before >= 0 && before <= at && length >= 1 && at + length <= sizeBytes
    if (!isInFile || !areIn(spans, devindex, offset - before, offset + length)) throw new Broken(`byte ${at} of ${sizeBytes}: ${length} bytes at ${offset} of device ${devindex} are no place of this file`)
  }
  return 'accepted'
}

/** Whether all of these bytes were told, be it by several ranges one behind the other. */
function areIn(spans: readonly Extent[], devindex: number, startBytes: number, endBytes: number): boolean {
  let nextBytes = startBytes
  while (nextBytes < endBytes) {
    const span = spans.find((each) => each.devindex === devindex && each.offsetBytes <= nextBytes && nextBytes < each.offsetBytes + each.lengthBytes)
    if (!span) return false
    nextBytes = span.offsetBytes + span.lengthBytes
  }
  return true
}

const initReply: MessageType = {
  name: 'INIT, answer',
  make: () => ({ bytes: encodeInitReply([0, 1].map((devindex) => ({ devindex, name: nameOf(devindex) }))), sizeBytes: 4096 }),
  mend(bytes) {
    const count = Math.floor(Math.max(0, bytes.length - ProgramInitReply.sizeBytes) / ProgramDaxdev.sizeBytes)
    const whole = new Uint8Array(ProgramInitReply.sizeBytes + count * ProgramDaxdev.sizeBytes)
    whole.set(bytes.subarray(0, whole.length))
    whole.set(ProgramInitReply.encode({ abi: 1, ndevs: count }))
    return whole
  },
  isForm: (bytes) => 'devices' in decodeInitReply(bytes),
  judge: (bytes, _, chance) => judged(STORED, (sound) => ({ ...sound, INIT: () => answer(bytes) }), chance, INTERLEAVE),
}

const openReply: MessageType = {
  name: 'OPEN, answer',
  make: () => ({ bytes: encodeOpenReply({ sizeBytes: STORED.sizeBytes, firstCell: 0, cellCount: tableCellsOf(STORED) }), sizeBytes: STORED.sizeBytes }),
  mend(bytes, { sizeBytes }) {
    const whole = new Uint8Array(ProgramOpenReply.sizeBytes)
    whole.set(bytes.subarray(0, whole.length))
    whole.set(ProgramOpenReply.encode({ ...ProgramOpenReply.decode(whole), file_size: BigInt(sizeBytes) }))
    return whole
  },
  isForm: (bytes) => 'sizeBytes' in decodeOpenReply(bytes),
  judge(bytes, _, chance) {
    const bent = ({ OPEN, ...sound }: Handlers): Handlers => ({ ...sound, OPEN: instead(OPEN, bytes) })
    return judged(STORED, bent, chance, INTERLEAVE)
  },
}

/** The table is filled all the same. */
function instead(handler: Handler | undefined, bytes: Uint8Array): Handler {
  return (node, request) => {
    const answered = handler?.(node, request)
    return answered?.errno === 0 ? answer(bytes) : (answered ?? answer(bytes))
  }
}

function tableCellsOf(map: WideMap): number {
  return ProgramTable.decode(tableOf(map)).ncells
}

const table: MessageType = {
  name: 'TABLE',
  make(chance) {
    const map = chance.oneIn(3) ? someWide(chance) : wideOf(someFmap(chance))
    return { bytes: tableOf(map), sizeBytes: map.sizeBytes }
  },
  mend(bytes, sound) {
    const { nspans } = ProgramTable.decode(sound.bytes)
    const spanBytes = nspans * SPAN_BYTES
    const cellCount = Math.max(0, Math.floor((bytes.length - ProgramTable.sizeBytes - spanBytes) / CELL_BYTES))
    const whole = new Uint8Array(ProgramTable.sizeBytes + spanBytes + cellCount * CELL_BYTES)
    whole.set(bytes.subarray(0, whole.length))
    whole.set(ProgramTable.encode({ first_cell: 0, ncells: cellCount, nspans, first_span: 0 }))
    return whole
  },
  isForm: (bytes) => 'cells' in decodeTable(bytes),
  judge(bytes, { sizeBytes, bytes: soundBytes }, chance) {
    const cellCount = ProgramTable.decode(soundBytes).ncells
    const bent = (sound: Handlers, notify: Notify): Handlers => ({
      ...sound,
      OPEN: (node) => ({ errno: notify('TABLE', node, bytes), bytes: encodeOpenReply({ sizeBytes, firstCell: 0, cellCount }) }),
    })
    return judged({ kind: 'simple', sizeBytes, columns: { count: 0, devindices: new Uint32Array(0), offsets: new Float64Array(0), lengths: new Float64Array(0) } }, bent, chance)
  },
}

const TOKENS = /[a-z_]+|0x[0-9a-f]+|[0-9]+|[-+*/%<>=!&|^]+/gi
const OPERATORS = ['+', '-', '*', '/', '%', '<<', '>>', '<', '==', '&', '|', '^', '&&', '||']
const NUMBERS = ['0', '1', '2', '3', '7', '4096', '0x7fffffffffffffff', '9007199254740992']

/** Other numbers and operators: most such sources compile. */
function bentSource(chance: Chance, source: string): string {
  return source.replaceAll(TOKENS, (token) => {
    if (!chance.oneIn(12)) return token
    if (/^[0-9]/.test(token)) return chance.pick(NUMBERS)
    if (token === 'size' || token === 'offset') return chance.pick(['size', '1'])
    return token !== '=' && OPERATORS.includes(token) ? chance.pick(OPERATORS) : token
  })
}

const program: MessageType = {
  name: 'PROGRAM',
  make: (chance) => ({ bytes: bytesOfText(chance.pick(FITTING).source), sizeBytes: STORED.sizeBytes }),
  mend: (_, { bytes }, chance) => bytesOfText(bentSource(chance, chance.oneIn(3) ? chance.pick(programExamples).source : textOf(bytes))),
  isForm: (bytes) => 'program' in parseProgram(textOf(bytes)),
  judge(bytes, _, chance) {
    const bent = (sound: Handlers, notify: Notify): Handlers => ({
      ...sound,
      INIT(node, request) {
        notify('PROGRAM', 0, bytes)
        return sound.INIT?.(node, request) ?? answer(bytes)
      },
    })
    return judged(STORED, bent, chance)
  },
}

const { handlers: served } = programDaemon(storeOf(STORED), () => 0)

export const programMessageTypes: readonly MessageType[] = [
  initReply,
  openReply,
  table,
  program,
  requestType('INIT, request', encodeInit(), servedBy('INIT'), (reply) => 'devices' in decodeInitReply(reply)),
  requestType('OPEN, request', encodeOpen(), servedBy('OPEN'), (reply) => 'sizeBytes' in decodeOpenReply(reply)),
]

function servedBy(opcode: 'INIT' | 'OPEN'): Handler {
  return (node, request) => served[opcode]?.(node, request) ?? { errno: 38, bytes: request }
}
