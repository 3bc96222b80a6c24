// Paths as text. A canonical path is absolute, has no ".", "..", empty part or slash at its end, and leads through no link.

export const NAME_BYTES_MOST = 255
export const PATH_BYTES_MOST = 4095

/** @param path canonical */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** @param path canonical */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** @param directory canonical */
export function joined(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

/** Whether a canonical path is at a directory, or below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === '/' || path.startsWith(`${directory}/`)
}

export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

/** Resolves "." and ".." by the text alone: for what doesn't exist. */
export function lexicalPath(path: string): string {
  const parts: string[] = []
  for (const part of partsOf(path)) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

export function isOffset(offsetBytes: number): boolean {
  return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0
}
