// Rules about the repository as a whole: it builds the same anywhere, and knows nothing of the machine that it was written on.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const skipped = new Set(['.git', '.vitest', 'coverage', 'dist', 'node_modules', 'test-results'])
const binary = /\.(png|jpg|ico|woff2?|wasm|gz|img|bin|famfs|arrow)$/
/** Folders whose tests a project of vitest.config.ts runs. */
const testFolders = /^test\/(unit|contract|golden|sim|conformance|e2e|browser)\//

/** Paths from the root of the repository, with forward slashes, without what is made or installed. */
export function filesOf(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesOf(root, path)
    return entry.isFile() ? [path] : []
  })
}

export function isText(path: string): boolean {
  return !binary.test(path)
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx|mts|mjs|js)$/.test(path)
}

export function textOfFile(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Someone's folders mean nothing elsewhere; the simulated hosts' own (/mnt/famfs, /tmp, /opt/famfs, /dev) do. */
export function machineProblems(path: string, text: string): string[] {
  const found = text.matchAll(/(?<![\w.~$}>*/-])\/(?:home|root|Users|work|workspace|mnt|media|srv)\/[\w.-]+/g)
  // /mnt/badmpt is a mount point that a scenario wants to be missing.
  const foreign = [...found].map(([place]) => place).filter((place) => !place.startsWith('/mnt/famfs') && place !== '/mnt/badmpt')
  const windows = [...text.matchAll(/\b[A-Z]:\\+Users\\+\w+/g)].map(([place]) => place)
  return [...new Set([...foreign, ...windows])].map((place) => `${path} names ${place}, a place on someone's machine`)
}

export function registryProblems(path: string, text: string): string[] {
  const found = text.match(/\bregistry\.[\w-]+\.\w+|\bnpmjs\.(?:org|com)\b|^(?:@[\w-]+:)?registry\s*=/m)
  return found ? [`${path} names a package registry (${found[0]}): which one to use is the machine's business`] : []
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly overrides?: unknown
}

export function versionProblems(text: string): string[] {
  const manifest = JSON.parse(text) as Manifest
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json asks for ${name} ${version}: pin one exact version`)
}

export function declaredPackages(text: string): Set<string> {
  const manifest = JSON.parse(text) as Manifest
  return new Set([...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {})])
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>
}

/**
 * npm leaves a package for another system out of the lock when the registry at hand lacks it, and then npm ci refuses the lock.
 * The cure: an entry for it, as the ones beside it, with version, os and cpu but without integrity.
 */
export function lockProblems(text: string): string[] {
  const { packages } = JSON.parse(text) as Lock
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
      .map((name) => `package-lock.json has no entry for ${name}, which ${path} names: npm ci would refuse it`),
  )
  if (text.includes('"resolved"')) missing.push('package-lock.json holds "resolved" addresses: install with the settings of .npmrc')
  return missing
}

/** A test outside the projects' folders would never run, and nobody would notice. */
export function projectProblems(path: string): string[] {
  if (!/\.test\.[cm]?[jt]sx?$/.test(path) || path === 'test/tidy.test.ts') return []
  const runs = testFolders.test(path) && (path.endsWith('.test.ts') || (path.startsWith('test/browser/') && path.endsWith('.test.tsx')))
  return runs ? [] : [`${path} is run by no project of vitest.config.ts`]
}
