// Opens dumps beside the scene, and closes them. Nothing open is ever replaced: what opens is added, and what can't be opened
// leaves a sentence. What reads a dump is loaded with the first one.

import type { Result } from '../../core/base/result.ts'
import type { Playground } from '../../playground/types.ts'
import { countText, listText, sentence } from '../format.ts'
import { mistakeOf, type Trouble } from '../trouble.ts'
import { beside, type Beside, type DumpHandle, type DumpsState } from './beside.ts'

type Open = (files: readonly File[]) => Promise<Result<Playground>>

/** So many notes show, with so many sentences each: nobody reads more at once. */
const NOTES_MOST = 3
const TROUBLES_MOST = 50

export class Dumps {
  readonly #open: Open
  readonly #beside: Beside
  #lastId = 0

  constructor(open: Open, list: Beside) {
    this.#open = open
    this.#beside = list
  }

  /** One image, the two meta files together, or several images, each a dump of its own. Never rejects. */
  readonly openFiles = async (files: readonly File[]): Promise<void> => {
    const [first] = files
    if (!first) return
    if (files.length !== 2) {
      for (const file of files) await this.#add([file])
      return
    }
    const paired = await this.#try(files)
    // Two that are no pair may be two dumps, or be refused each for a reason of its own.
    if (paired.ok || paired.trouble.reason !== 'not_a_dump') return this.#settle(files, paired)
    for (const file of files) await this.#add([file])
  }

  /** What was chosen, or dropped beside the lanes. */
  readonly openGiven = (files: readonly File[], folders: readonly string[]): Promise<void> => {
    if (folders.length > 0) this.#trouble({ says: `${listText([...folders])} can’t be opened: a dump is a file, and that is a folder`, next: 'Drop the image in it, or .meta/.superblock and .meta/.log together.' })
    return this.openFiles(files)
  }

  readonly close = (id: number): void => {
    const gone = this.#beside.state().list.find((dump) => dump.id === id)
    if (!gone) return
    void gone.playground?.dispose()
    const { activeId } = this.#beside.state()
    this.#set({ list: this.#beside.state().list.filter((dump) => dump.id !== id), activeId: activeId === id ? undefined : activeId, told: `${gone.name} is closed.` })
  }

  readonly dismiss = (ids: readonly number[]): void => this.#set({ troubles: this.#beside.state().troubles.filter(({ id }) => !ids.includes(id)) })

  async #add(files: readonly File[]): Promise<void> {
    this.#settle(files, await this.#try(files))
  }

  async #try(files: readonly File[]): Promise<Outcome> {
    const name = namesOf(files)
    this.#set({ opening: [...this.#beside.state().opening, name], told: `Opening ${name}.` })
    try {
      const opened = await this.#open(files)
      return opened.ok ? opened : { ok: false, trouble: opened.failure }
    } catch (error) {
      return { ok: false, trouble: mistakeOf(error) }
    } finally {
      const at = this.#beside.state().opening.indexOf(name)
      this.#set({ opening: this.#beside.state().opening.toSpliced(at, 1) })
    }
  }

  #settle(files: readonly File[], outcome: Outcome): void {
    if (!outcome.ok) return this.#trouble(outcome.trouble)
    const { dump } = outcome.value.snapshot()
    this.add({ name: dump?.name ?? namesOf(files), playground: outcome.value }, dump?.verdict)
  }

  /** Shows it. */
  readonly add = (what: Omit<DumpHandle, 'id'>, says = ''): void => {
    const handle = { ...what, id: this.#nextId() }
    this.#set({ list: [...this.#beside.state().list, handle], activeId: handle.id, told: `${handle.name} is open. ${says}` })
  }

  #trouble(trouble: Trouble): void {
    // The same once more is the newest, and no second one.
    const others = this.#beside.state().troubles.filter((known) => known.trouble.says !== trouble.says || known.trouble.next !== trouble.next)
    this.#set({ troubles: [...others, { id: this.#nextId(), trouble }].slice(-TROUBLES_MOST) })
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  #set(change: Partial<DumpsState>): void {
    this.#beside.set(change)
  }
}

type Outcome = { ok: true; value: Playground } | { ok: false; trouble: Trouble & { reason?: string } }

export const dumps = new Dumps(async (files) => (await import('../../playground/dump.ts')).openDump(files), beside)

export interface TroubleNote {
  ids: readonly number[]
  says: string
  next: string
}

/** Troubles with the same advice are one note; the newest ones are told, and how many more there are. */
export function notesOf(troubles: DumpsState['troubles']): { notes: TroubleNote[]; moreCount: number } {
  const advices = [...new Set(troubles.map(({ trouble }) => trouble.next))]
  const notes = advices.map((next): TroubleNote => {
    const group = troubles.filter(({ trouble }) => trouble.next === next)
    const told = group.slice(-NOTES_MOST).map(({ trouble }) => sentence(trouble.says))
    if (group.length > told.length) told.push(`And ${countText(group.length - told.length)} more.`)
    return { ids: group.map(({ id }) => id), says: told.join(' '), next }
  })
  return { notes: notes.slice(-NOTES_MOST), moreCount: Math.max(0, notes.length - NOTES_MOST) }
}

function namesOf(files: readonly File[]): string {
  return listText(files.map(({ name }) => name))
}
