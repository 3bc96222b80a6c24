// Paths relative to a mount point: normalized, they have no empty, "." or ".." part. Tree and kernel find a file by the
// same spelling, however it was logged.

const ODD_PART = /^\.{0,2}$|^\.{0,2}\/|\/\.{0,2}(\/|$)/

/** Resolves ".", ".." and empty parts; undefined where the path leaves the mount. '' is the mount point itself. */
export function normalizedPath(path: string): string | undefined {
  if (!ODD_PART.test(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** @param path normalized */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
