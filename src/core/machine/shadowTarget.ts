// Replay into a shadow tree: one YAML file for each file of the log, one directory for each directory, in the host's own
// file system. What is there is left as it is, and what can't be written whole isn't there: else the next replay would leave it so.

import { normalizedPath } from '../base/path.ts'
import { bytesOfText, textOf } from '../base/plain.ts'
import { ok, type Result } from '../base/result.ts'
import { logFileMetaOf } from '../fmap/fmap.ts'
import { shadowYaml } from '../fs/shadowYaml.ts'
import { parseShadowYaml } from '../fuse/daemonYaml.ts'
import type { Played, PlayedAs, PlayedDirectory, PlayedFile, ReplayTarget } from '../log/replay.ts'
import type { Caller, Handle, Paths } from './systemTypes.ts'

export interface ShadowTarget {
  target: ReplayTarget
  /** How many YAML files were compared with their log entries, and the paths of those that are other. */
  checked(): { checkedCount: number; differences: readonly string[] }
}

/** @param root the directory that stands for the mount point; it exists */
export function shadowTarget(paths: Paths, root: string, caller: Caller, check = false): ShadowTarget {
  let checkedCount = 0
  const differences: string[] = []
  const compare = (path: string, file: PlayedFile): void => {
    checkedCount++
    if (!saysSo(readText(paths, path, caller), file)) differences.push(path)
  }
  const target: ReplayTarget = {
    addFile(file) {
      const path = pathIn(root, file.path)
      if (path === undefined) return 'error'
      const yaml = shadowYaml(logFileMetaOf(file))
      const played = addFile(paths, path, yaml, caller)
      if (check && (played === 'made' || played === 'existed')) compare(path, file)
      return played
    },
    addDirectory: (directory) => addDirectory(paths, root, directory, caller),
  }
  return { target, checked: () => ({ checkedCount, differences }) }
}

/** Whether the daemon would read the log's entry out of that text, however it is spelled. */
function saysSo(text: string | undefined, { path, mode, uid, gid, map }: PlayedFile): boolean {
  const parsed = text === undefined ? undefined : parseShadowYaml(text, path)
  if (!parsed?.ok) return false
  const { value } = parsed
  return value.path === path && value.mode === mode && value.uid === uid && value.gid === gid && JSON.stringify(value.map) === JSON.stringify(map)
}

function addFile(paths: Paths, path: string, yaml: string, caller: Caller): PlayedAs {
  const there = paths.lstat(path, caller)
  if (there.ok) return there.value.kind === 'directory' ? 'error' : 'existed'
  const opened = paths.open(path, { write: true, create: 0o644, exclusive: true }, caller)
  if (!opened.ok) return 'error'
  const written = writeWhole(paths, path, opened.value, yaml, caller)
  return written.ok ? 'made' : written.failure
}

/** Closes it, too. A file that can't take the text is removed. */
export function writeWhole(paths: Paths, path: string, file: Handle, text: string, caller: Caller): Result<undefined> {
  const written = file.write(0, bytesOfText(text))
  file.close()
  if (written.ok) return ok()
  paths.unlink(path, caller)
  return written
}

function addDirectory(paths: Paths, root: string, directory: PlayedDirectory, caller: Caller): Played {
  const path = pathIn(root, directory.path)
  if (path === undefined) return 'error'
  const there = paths.lstat(path, caller)
  if (there.ok) return there.value.kind === 'directory' ? 'existed' : 'error'
  const { mode, uid, gid } = directory
  if (!paths.mkdir(path, mode, caller).ok) return 'error'
  if (uid !== 0 && gid !== 0) paths.chown(path, uid, gid, caller)
  return 'made'
}

function pathIn(root: string, relpath: PlayedFile['path']): string | undefined {
  const normalized = normalizedPath(relpath)
  return normalized === undefined || normalized === '' ? undefined : `${root}/${normalized}`
}

function readText(paths: Paths, path: string, caller: Caller): string | undefined {
  const opened = paths.open(path, { read: true }, caller)
  if (!opened.ok) return undefined
  const bytes = new Uint8Array(opened.value.sizeBytes())
  const read = opened.value.read(0, bytes)
  opened.value.close()
  return read.ok ? textOf(bytes.subarray(0, read.value)) : undefined
}
