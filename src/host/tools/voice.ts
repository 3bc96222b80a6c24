// How plain tools speak of trouble: `TOOL: WHAT: ERRNO TEXT` as the GNU tools do, and under it, indented, what to do next where
// that is worth a line. The same advice isn't given twice in a row.

import { errnoText as textOf } from '../../core/base/errno.ts'
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

export function errnoText({ errno }: Failure): string {
  return textOf(errno)
}
