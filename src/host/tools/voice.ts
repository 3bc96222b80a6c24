// How plain tools speak of trouble: `TOOL: WHAT: ERRNO TEXT` as the GNU tools do, and under it, indented, what to do next where
// that is worth a line. The same advice isn't given twice in a row.

import { failures } from '../../core/base/failure.ts'
import type { Failure } from '../../core/base/result.ts'
import { absolutePath } from './paths.ts'
import type { ToolIo } from './toolIo.ts'

export interface Voice {
  readonly name: string
  /** `TOOL: TEXT` */
  say(text: string, next?: string): void
  /** `TOOL: WHAT: ERRNO TEXT`, and advice. @param path what it is about, when `what` says more than that */
  fail(what: string, failure: Failure, path?: string): void
}

export function voiceOf(name: string, io: ToolIo): Voice {
  let lastAdvice = ''
  const say = (text: string, next = ''): void => {
    io.err(`${name}: ${text}\n`)
    if (next !== '' && next !== lastAdvice) io.err(`  ${next}\n`)
    lastAdvice = next
  }
  return {
    name,
    say,
    fail: (what, failure, path = what) => say(`${what}: ${errnoText(failure)}`, adviceOf(failure, path, io)),
  }
}

/** Errors that every shell user knows are explained only where famfs gives them another sense. */
const PLAIN = new Set<Failure['errno']>(['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EACCES', 'EBADF'])

function adviceOf(failure: Failure, path: string, { system, caller }: ToolIo): string {
  if (!PLAIN.has(failure.errno)) return failure.next
  const absolute = absolutePath(path, caller)
  const inFamfs = system.mountTable().some(({ target, type }) =>
    isFamfsType(type) && (absolute === target || absolute.startsWith(`${target}/`)))
  if (!inFamfs) return ''
  return failure.reason === 'not_found' ? failures.no_such_path.next({ path }) : failure.next
}

export function isFamfsType(type: string): boolean {
  return type === 'famfs' || type === 'fuse'
}

const TEXTS: Readonly<Record<string, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  EIO: 'Input/output error',
  ENXIO: 'No such device or address',
  EBADF: 'Bad file descriptor',
  ENOMEM: 'Cannot allocate memory',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EXDEV: 'Invalid cross-device link',
  ENODEV: 'No such device',
  ENOTBLK: 'Block device required',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ENOTTY: 'Inappropriate ioctl for device',
  EFBIG: 'File too large',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EMLINK: 'Too many links',
  ENAMETOOLONG: 'File name too long',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENODATA: 'No data available',
  ECANCELED: 'Operation canceled',
  ESTALE: 'Stale file handle',
  EUCLEAN: 'Structure needs cleaning',
  EHOSTDOWN: 'Host is down',
  ENOTSUP: 'Operation not supported',
  ENOSYS: 'Function not implemented',
  ECONNREFUSED: 'Connection refused',
}

export function errnoText({ errno, says }: Failure): string {
  return TEXTS[errno] ?? says
}
