// Paths relative to a mount point: normalized, they have no empty, "." or ".." part. Tree and kernel find a file by the
// same spelling, however it was logged.

const SLASH = 47
const DOT = 46

/** Resolves ".", ".." and empty parts; undefined where the path leaves the mount. '' is the mount point itself. */
export function normalizedPath(path: string): string | undefined {
  if (!hasOddPart(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** Asked of each path of a log, and most have none. */
function hasOddPart(path: string): boolean {
  let start = 0
  let dotCount = 0
  for (let i = 0; i <= path.length; i++) {
    const code = i < path.length ? path.charCodeAt(i) : SLASH
    if (code === DOT) dotCount++
    if (code !== SLASH) continue
    // Nothing else is in a part of two letters at most.
    if (dotCount <= 2 && i - start === dotCount) return true
    start = i + 1
    dotCount = 0
  }
  return false
}

/** @param path normalized */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
