// A fuse mount of a reference image shows what the module's mount shows: every name that is listed can be looked up, and has
// the same kind, mode, owner and size. The one difference is the reference's own: the module's replay applies an owner only
// where neither of its ids is 0.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runNow } from '../../src/core/base/task.ts'
import { Machine } from '../../src/core/machine/machine.ts'
import type { System } from '../../src/core/machine/system.ts'
import type { NodeStat } from '../../src/core/machine/systemTypes.ts'
import { newSystem, rootAt } from '../helpers/systems.ts'
import { uuidOf } from '../helpers/machines.ts'
import { valueOf } from '../helpers/outcome.ts'
import { type ImageFacts, parseFacts, recipeOfFacts } from '../tools/golden/facts.ts'
import { writeImage } from '../tools/golden/write.ts'

const { images } = parseFacts(readFileSync(new URL('facts.json', import.meta.url), 'utf8'))
const MNT = '/mnt/famfs'
const ROOT = rootAt('/')

interface Shown {
  /** Why the image can't be mounted. */
  reason?: string
  errorCount?: number
  /** By path, for all that is listed: its facts, or why it can't be looked up. */
  names: Map<string, unknown>
}

function shownBy(kind: 'v1' | 'fuse', image: ImageFacts): Shown {
  const { device } = writeImage(recipeOfFacts(image))
  const outside = { random: (target: Uint8Array<ArrayBuffer>) => void target.fill(7), now: () => 0 }
  const system = newSystem(new Machine({ name: 'A', systemUuid: uuidOf('A'), devices: [device], relaxed: true }, outside))
  system.rootFs.ensureDirectory(MNT)
  const names = new Map<string, unknown>()
  const mounted = runNow(system.mountFamfs(device.name, MNT, { kind, timeoutSeconds: 0 }, ROOT))
  if (!mounted.ok) return { reason: mounted.failure.reason, names }
  list(system, MNT, names)
  return { errorCount: mounted.value.report.fileErrors, names }
}

function list(system: System, directory: string, names: Map<string, unknown>): void {
  for (const { name } of valueOf(system.readdir(directory, ROOT))) {
    const path = `${directory}/${name}`
    const stat = system.stat(path, ROOT)
    names.set(path, stat.ok ? factsOf(stat.value) : stat.failure.reason)
    if (stat.ok && stat.value.kind === 'directory') list(system, path, names)
  }
}

function factsOf({ kind, mode, uid, gid, sizeBytes }: NodeStat): Pick<NodeStat, 'kind' | 'mode' | 'uid' | 'gid' | 'sizeBytes'> {
  const isApplied = uid !== 0 && gid !== 0
  return { kind, mode, uid: isApplied ? uid : 0, gid: isApplied ? gid : 0, sizeBytes }
}

describe('mounted by fuse and by the module', () => {
  it.each(images.map((image) => [image.name, image] as const))('%s', (_, image) => {
    expect(shownBy('fuse', image)).toEqual(shownBy('v1', image))
  })

  it('shows owners with ids behind the largest signed number', () => {
    const owners = images.filter(({ name }) => name === 'modes-owners').map((image) => shownBy('fuse', image).names.get(`${MNT}/nobody32`))
    expect(owners).toMatchObject([{ kind: 'file', uid: 4_294_967_294 }])
  })
})
