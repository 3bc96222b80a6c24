// Kernel modules of one host. Which of them are loaded decides what can be mounted; famfs comes in two generations, and
// only while nothing is mounted with it can the other one be taken.

import { failLate } from '../base/late.ts'
import { ok, type Result } from '../base/result.ts'
import type { RootFs } from './rootFs.ts'
import { addGenerated } from './rootTree.ts'
import type { Generation, MountKind } from './types.ts'

const KNOWN = ['dax', 'device_dax', 'famfs', 'fsdev_dax', 'fuse', 'kmem'] as const
const AT_BOOT = ['dax', 'device_dax', 'kmem', 'fsdev_dax', 'fuse', 'famfs'] as const

/** The standalone module's other name, which scripts around it use. */
const OTHER_NAMES: Record<string, string> = { famfsv1: 'famfs' }

type ModuleName = (typeof KNOWN)[number]

export const MODULE_OF: Record<MountKind, ModuleName> = { v1: 'famfs', fuse: 'fuse' }

export class Modules {
  readonly #rootFs: RootFs
  readonly #userCount: (name: string) => number
  readonly #loaded = new Set<ModuleName>()
  #generation: Generation = 'first'

  /** @param userCount mounts that a module stands behind */
  constructor(rootFs: RootFs, userCount: (name: string) => number) {
    this.#rootFs = rootFs
    this.#userCount = userCount
    rootFs.ensureDirectory('/sys/module')
    for (const name of AT_BOOT) this.#add(name)
  }

  get generation(): Generation {
    return this.#generation
  }

  list(): { name: string; userCount: number }[] {
    return [...this.#loaded].map((name) => ({ name, userCount: this.#userCount(name) }))
  }

  has(name: string): boolean {
    return (this.#loaded as Set<string>).has(name)
  }

  /** Loading what is loaded changes nothing, but for famfs's generation. */
  load(given: string, parameters: Record<string, string> = {}): Result<undefined> {
    const name = OTHER_NAMES[given] ?? given
    if (!isKnown(name)) return failLate('no_module', { name })
    const generation = name === 'famfs' ? parameters['generation'] : undefined
    if (generation !== undefined && generation !== 'first' && generation !== 'newer') return failLate('bad_parameter', { text: `generation=${generation}`, what: 'it is first or newer' })
    if (generation !== undefined && generation !== this.#generation) {
      if (this.#userCount(name) > 0) return failLate('module_busy', { name })
      this.#generation = generation
    }
    if (!this.#loaded.has(name)) this.#add(name)
    return ok()
  }

  unload(given: string): Result<undefined> {
    const name = OTHER_NAMES[given] ?? given
    if (!isKnown(name) || !this.#loaded.has(name)) return failLate('no_module', { name })
    if (this.#userCount(name) > 0) return failLate('module_busy', { name })
    this.#loaded.delete(name)
    this.#rootFs.removeTree(this.#rootFs.ensureDirectory('/sys/module'), name)
    return ok()
  }

  #add(name: ModuleName): void {
    this.#loaded.add(name)
    this.#rootFs.ensureDirectory(`/sys/module/${name}/parameters`)
    addGenerated(this.#rootFs, `/sys/module/${name}/refcnt`, () => `${this.#userCount(name)}\n`)
    if (name === 'famfs') addGenerated(this.#rootFs, `/sys/module/${name}/parameters/generation`, () => `${this.#generation}\n`)
  }
}

function isKnown(name: string): name is ModuleName {
  return (KNOWN as readonly string[]).includes(name)
}
