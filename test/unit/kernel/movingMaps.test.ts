// A server that takes a file's bytes back while they are used: what is copied in goes to where they are, not to where they
// were when the source was read; and one that does it at every look fails the file, for each way to its bytes.

import { describe, expect, it } from 'vitest'
import type { Result } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { columnsOf, type WideMap } from '../../../src/core/fmap/wide.ts'
import { copyIn, type DataFile, fillSeeded, scan, type Source } from '../../../src/core/fs/data.ts'
import { answerDaxdev } from '../../../src/core/fuse/daemonFmap.ts'
import { IomapDaemon } from '../../../src/core/fuse/daemonIomap.ts'
import { directLink } from '../../../src/core/fuse/directLink.ts'
import type { DaemonLink } from '../../../src/core/fuse/wire.ts'
import { MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import { OpenFile } from '../../../src/core/kernel/openFile.ts'
import { iomapWay } from '../../../src/core/kernel/ways/iomap.ts'
import { dataFileOf } from '../../../src/core/machine/making.ts'
import { LONG, mounted, newRig, open, poolOffset } from '../../helpers/kernels.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'

/** More than one copy of 64 KiB, and no whole number of them. */
const SIZE = 200_000
const PIECE_BYTES = 200_064
const mapAt = (devindex: number, offsetBytes: number): WideMap => ({ kind: 'simple', sizeBytes: SIZE, columns: columnsOf([{ devindex, offsetBytes, lengthBytes: PIECE_BYTES }]) })
const HERE = mapAt(0, 640)
const THERE = mapAt(1, 64_000)

function newScene(isShared: boolean) {
  const rig = newRig(LONG)
  let map = HERE
  let onPoll: (() => void) | undefined
  let pollCount = 0
  const store = { map: () => map, daxdev: rig.nameOf }
  const cookies = isShared ? new Int32Array(new SharedArrayBuffer(64)) : undefined
  const { link, notify } = directLink(() => ({ IOMAP_BEGIN: (node, request) => daemon.begin(node, request), GET_DAXDEV: answerDaxdev(store) }))
  const daemon = new IomapDaemon(store, notify, { cookies })
  const polling: DaemonLink = {
    ...link,
    poll() {
      pollCount++
      // Without an end of its own, the test ends it.
      if (pollCount > 10_000) throw new Error('it looks for ever')
      onPoll?.()
      link.poll()
    },
  }
  const on = mounted(rig, () => iomapWay(polling, { cookies }))
  const inode = valueOf(on.add('f', map))
  const moveTo = (to: WideMap): void => {
    map = to
    daemon.invalidate(inode.ino, 0, SIZE)
  }
  return {
    file: valueOf(open(on, 'f')),
    opened: new OpenFile(on.mount, inode, { read: true, write: true }),
    moveTo,
    /** At each so many looks, from one of them on. */
    moveAtPolls(every: number, phase: number) {
      pollCount = phase
      onPoll = () => {
        if (pollCount % every === 0) moveTo(map === HERE ? THERE : HERE)
      }
    },
    stay: () => void (onPoll = undefined),
    bytesOf: (devindex: number, offsetBytes: number) => rig.pool.slice(poolOffset(LONG, devindex, offsetBytes), poolOffset(LONG, devindex, offsetBytes) + SIZE),
  }
}

const data = patternBytes(SIZE, 3)

/** @param act with each read, before a byte is given */
function sourceThat(act: (readCount: number) => void, givenBytes = SIZE): Source {
  let readCount = 0
  return {
    sizeBytes: SIZE,
    read(offsetBytes, target) {
      act(++readCount)
      const part = data.subarray(offsetBytes, Math.min(givenBytes, offsetBytes + target.length))
      target.set(part)
      return part.length
    },
  }
}

describe.each([['the kernel', false], ['the server', true]] as const)('cookies kept by %s', (_, isShared) => {
  it('what is copied in goes where the file is, though it moves while the source is read', () => {
    const scene = newScene(isShared)
    const before = scene.bytesOf(0, 640)
    let lastPartBytes = 0
    const source = sourceThat((readCount) => {
      if (readCount === 1) scene.moveTo(THERE)
    })
    const watched: Source = { ...source, read: (at, target) => (lastPartBytes = source.read(at, target)) }
    valueOf(runNow(copyIn(dataFileOf(scene.file), watched)))
    expect(firstDifference(scene.bytesOf(0, 640), before)).toBe(-1)
    expect(firstDifference(scene.bytesOf(1, 64_000), data)).toBe(-1)
    expect(lastPartBytes).toBe(SIZE % (64 * 1024))
  })

  it.each([0, 1, 65_536, 131_072, SIZE - 1])('a source that ends at %i is stored as far as it goes', (givenBytes) => {
    const scene = newScene(isShared)
    const before = scene.bytesOf(0, 640)
    const failure = failureOf(runNow(copyIn(dataFileOf(scene.file), sourceThat(() => undefined, givenBytes))), 'source_short')
    expect(failure.says).toContain(`after ${givenBytes} of ${SIZE} bytes`)
    const after = scene.bytesOf(0, 640)
    expect(firstDifference(after.subarray(0, givenBytes), data.subarray(0, givenBytes))).toBe(-1)
    expect(firstDifference(after.subarray(givenBytes), before.subarray(givenBytes))).toBe(-1)
  })
})

describe('a file that moves at every look', () => {
  const ways: Record<string, (scene: ReturnType<typeof newScene>, file: DataFile) => Result<unknown>> = {
    write: ({ opened }) => opened.write(10, data.subarray(0, 100)),
    'write through a mapping': ({ file }) => new MappedFile('f', file, true).write(10, data.subarray(0, 100)),
    setInt32: ({ file }) => new MappedFile('f', file, true).setInt32(12, 7),
    copyIn: (_, file) => runNow(copyIn(file, sourceThat(() => undefined))),
    fillSeeded: (_, file) => runNow(fillSeeded(file, 7)),
    scan: (_, file) => runNow(scan(file, () => undefined)),
  }

  it.each(Object.entries(ways))('%s: EIO in the end, and good again once it stays', (_, act) => {
    let failedCount = 0
    for (const every of [1, 2, 3, 4, 5]) {
      for (let phase = 0; phase < every; phase++) {
        const scene = newScene(false)
        scene.moveAtPolls(every, phase)
        const outcome = act(scene, dataFileOf(scene.file))
        // Where it moves seldom enough, its bytes are reached.
        const said = outcome.ok ? 'ok' : `${outcome.failure.errno} ${outcome.failure.reason}`
        expect(said).toMatch(/^(ok|EIO (keeps_moving|daemon_failed))$/)
        if (said.endsWith('keeps_moving')) failedCount++
        scene.stay()
        valueOf(act(scene, dataFileOf(scene.file)))
      }
    }
    expect(failedCount).toBeGreaterThan(0)
  })
})
