// Paths as the tools print them: what the user typed, joined and split by text alone. Links are the system's business.

import type { Caller } from '../../core/machine/systemTypes.ts'

/** Without "." and "..", links not looked at. */
export function absolutePath(path: string, caller: Caller): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${caller.cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

export function joined(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`
}

/** The last part; "/" has itself. */
export function baseName(path: string): string {
  const bare = withoutSlashes(path)
  return bare.slice(bare.lastIndexOf('/') + 1) || '/'
}

/** The directory it is in: "." for a name alone. */
export function directoryName(path: string): string {
  const bare = withoutSlashes(path)
  const slash = bare.lastIndexOf('/')
  return slash < 0 ? '.' : withoutSlashes(bare.slice(0, slash)) || '/'
}

export function withoutSlashes(path: string): string {
  return path.replace(/(?<=.)\/+$/, '')
}
