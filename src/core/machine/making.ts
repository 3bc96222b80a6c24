// What only the master does, under the log lock: everything is checked before anything is made. The host that appends an
// entry knows it without playing it, and before it is written: what its kernel or its shadow tree can't take isn't logged.

import { assert } from '../base/assert.ts'
import { parentOf } from '../base/path.ts'
import type { SeededRandom } from '../base/random.ts'
import { shuffledIndices } from '../base/random.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { cloneFile, createDirectory, createFile } from '../fs/create.ts'
import { copyIn, type DataFile, type Source } from '../fs/data.ts'
import type { LogLock } from '../fs/volume.ts'
import type { FileBytes } from '../kernel/fileBytes.ts'
import type { FileInode } from '../kernel/mount.ts'
import { loggablePath } from '../log/path.ts'
import type { PlayedAs } from '../log/replay.ts'
import { missingLevels, type Mount, type Place } from './mounts.ts'
import type { Created, CreateSpec, MkdirOptions } from './types.ts'

const DEFAULT_FILE_MODE = 0o644
const DEFAULT_DIRECTORY_MODE = 0o755

interface Maker {
  bucketRandom: SeededRandom
  relaxed: boolean
}

export function createHere(maker: Maker, held: LogLock, place: Place, path: string, spec: CreateSpec): Result<Created> {
  const { mount, relpath } = place
  const parent = checkParent(mount, path, relpath)
  if (!parent.ok) return parent
  const { sizeBytes, mode = DEFAULT_FILE_MODE, uid = 0, gid = 0, interleave } = spec
  const bucketOrder = (count: number): number[] => shuffledIndices(count, maker.bucketRandom)
  const made = createFile(held, { path: relpath, sizeBytes, mode, uid, gid, interleave }, {
    bucketOrder,
    relaxed: maker.relaxed,
    learn: (file) => refusal(mount.target.addFile(file), path),
  })
  return made.ok ? ok({ inode: learned(mount, made.value), isNew: true }) : made
}

/** Creates and logs the file first, then its data. Over a file of the same size it writes in place. */
export function* copyHere(
  maker: Maker,
  held: LogLock,
  place: Place,
  path: string,
  source: Source,
  spec: Omit<CreateSpec, 'sizeBytes'>,
): Task<Result<Created>> {
  const { sizeBytes } = source
  const created = existing(place, path, sizeBytes) ?? createHere(maker, held, place, path, { ...spec, sizeBytes })
  if (!created.ok) return created
  const { kernel } = place.mount
  const access = kernel.access(created.value.inode)
  if (!access.ok) return access
  const copied = yield* copyIn(dataFileOf(access.value), source)
  return copied.ok ? created : copied
}

/** A file as data operations see it, on the same way as every access. */
export function dataFileOf(file: FileBytes): DataFile {
  const { path, devices, resolver } = file
  return { path, memories: devices, resolver, touch: (devindex, offsetBytes, lengthBytes) => (file.reach(devindex, offsetBytes, lengthBytes) ? undefined : file.failure) }
}

/** @returns the levels that were made, from the top, relative to the mount point */
export function mkdirHere(
  held: LogLock,
  { mount, relpath }: Place,
  path: string,
  options: MkdirOptions,
): Result<string[]> {
  const there = mount.kernel.lookup(relpath)
  if (there) return options.parents && there.kind === 'directory' ? ok([]) : fail('exists', { path })
  const fits = loggablePath(relpath)
  if (!fits.ok) return fits
  const levels = options.parents ? missingLevels(mount, relpath) : [relpath]
  const pathOf = (level: string): string => `${mount.mountpoint}/${level}`
  const top = levels[0] ?? relpath
  const parent = checkParent(mount, pathOf(top), top)
  if (!parent.ok) return parent
  const { slotCount } = held.layout
  // All levels or none: their slots are counted before the first is made.
  if (held.nextIndex + levels.length > slotCount) return fail('log_full', { slotCount })
  const { mode = DEFAULT_DIRECTORY_MODE, uid = 0, gid = 0, umask = 0 } = options
  for (const level of levels) {
    // The log has the full mode; the directory on this host is made as mkdir(2) makes it.
    const made = createDirectory(held, { path: level, mode, uid, gid }, (directory) => {
      const played = mount.target.addDirectory({ ...directory, mode: mode & ~umask })
      return refusal(played === 'error' && hasParent(mount, level) ? 'existed' : played, pathOf(level))
    })
    if (!made.ok) return made
    advance(mount, made.value.entryIndex)
  }
  return ok(levels)
}

export function cloneHere(
  held: LogLock,
  source: FileInode,
  { mount, relpath }: Place,
  target: string,
): Result<FileInode> {
  if (mount.kernel.lookup(relpath)) return fail('exists', { path: target })
  if (!source.map) return fail('no_file_map', { path: source.path })
  const made = cloneFile(held, { ...source, map: source.map }, relpath, (file) => refusal(mount.target.addFile(file), target))
  return made.ok ? ok(learned(mount, made.value)) : made
}

/** What one hold of the log lock offers: all of it under the same allocation cursor. */
export interface HeldLog {
  creat(path: string, spec: CreateSpec): Result<Created>
  cp(source: Source, path: string, spec?: Omit<CreateSpec, 'sizeBytes'>): Task<Result<Created>>
  /** @returns the levels that were made, from the top, relative to the mount point */
  mkdir(path: string, options?: MkdirOptions): Result<string[]>
}

/** @param newPlaceOf judges a path that may be logged */
export function heldLog(
  maker: Maker,
  held: LogLock,
  mount: Mount,
  placeOf: (path: string) => Result<Place>,
  newPlaceOf: (path: string) => Result<Place>,
): HeldLog {
  const here = (place: Result<Place>, path: string): Result<Place> => (place.ok && place.value.mount !== mount ? fail('not_in_famfs', { path }) : place)
  return {
    creat(path, spec) {
      const place = here(newPlaceOf(path), path)
      return place.ok ? existing(place.value, path, spec.sizeBytes) ?? createHere(maker, held, place.value, path, spec) : place
    },
    *cp(source, path, spec = {}) {
      const place = here(newPlaceOf(path), path)
      return place.ok ? yield* copyHere(maker, held, place.value, path, source, spec) : place
    },
    mkdir(path, options = {}) {
      // The mount point itself is a place too: with parents it is there already.
      const place = here(placeOf(path), path)
      return place.ok ? mkdirHere(held, place.value, path, options) : place
    },
  }
}

/** A file that is there already is good where its size is the wanted one. */
export function existing({ mount, relpath }: Place, path: string, sizeBytes: number): Result<Created, 'is_a_directory' | 'size_differs'> | undefined {
  const there = mount.kernel.lookup(relpath)
  if (!there) return undefined
  if (there.kind === 'directory') return fail('is_a_directory', { path })
  if (there.sizeBytes !== sizeBytes) return fail('size_differs', { path, sizeBytes: there.sizeBytes, wantedBytes: sizeBytes })
  return ok({ inode: there, isNew: false })
}

function checkParent(mount: Mount, path: string, relpath: string): Result<undefined, 'no_parent' | 'not_a_directory'> {
  const parent = mount.kernel.lookup(parentOf(relpath))
  if (!parent) return fail('no_parent', { path: parentOf(path) })
  return parent.kind === 'directory' ? ok() : fail('not_a_directory', { path: parentOf(path) })
}

/** Whether there is a directory for it where it is made: the shadow tree may have lost one that the kernel still knows. */
function hasParent({ options, kernel }: Mount, relpath: string): boolean {
  return (options.fuse?.source ?? kernel).lookup(parentOf(relpath))?.kind === 'directory'
}

/**
 * Why a host that has no such name, and has its directory, didn't take it. Where nothing says why, the shadow tree differs from
 * what it told: it has a file there that its daemon can't read, or someone removed the directory.
 */
function refusal(played: PlayedAs, path: string): { ok: false; failure: Failure } | undefined {
  if (played === 'made') return undefined
  if (typeof played === 'object') return { ok: false, failure: played }
  return played === 'existed' ? fail('exists', { path }) : fail('no_parent', { path: parentOf(path) })
}

function learned(mount: Mount, { path, entryIndex }: { path: string; entryIndex: number }): FileInode {
  advance(mount, entryIndex)
  const inode = mount.kernel.lookup(path)
  assert(inode?.kind === 'file', 'what was taken is there')
  return inode
}

export function advance(mount: Mount, entryIndex: number): void {
  if (mount.playedCount === entryIndex) mount.playedCount = entryIndex + 1
}
