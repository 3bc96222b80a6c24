// Rules about who reaches whom. Every rule returns whole sentences that name the file.
import { posix } from 'node:path'
import { allowanceOf, mayImportPackage, mayImportRoom, roomOf } from './rooms.ts'
import type { Import, Source } from './source.ts'

export function importProblems(source: Source): string[] {
  const room = roomOf(source.path)
  if (!room) return [`${source.path} is in no room: give it one in test/helpers/tidy/rooms.ts`]
  return source.imports.flatMap((each) => {
    const problem = shapeProblem(source.path, each)
    if (problem !== undefined) return [problem]
    return isAllowed(source.path, each) ? [] : [`${source.path} may not import ${each.path ?? each.specifier}; ${allowanceOf(room)}`]
  })
}

function isAllowed(from: string, { path, specifier, typeOnly }: Import): boolean {
  const room = roomOf(from)
  if (!room) return false
  if (path === undefined) return mayImportPackage(room, packageOf(specifier))
  // What is in no room, such as a file outside src, belongs to nobody in src.
  const target = roomOf(path)
  return target !== undefined && mayImportRoom(room, target, typeOnly)
}

function shapeProblem(from: string, { path, specifier, kind }: Import): string | undefined {
  if (path === undefined) return undefined
  if (posix.extname(path) === '') return `${from} imports ${specifier}: write its extension`
  // Workers' files are type-checked with workers' globals, everything else without.
  const isWorker = path.endsWith('.worker.ts')
  if (kind === 'url' && /\.tsx?$/.test(path) && !isWorker) return `${from} starts ${path}: a file that runs as a worker is named *.worker.ts`
  if (kind !== 'url' && isWorker && !specifier.includes('?')) return `${from} imports ${path}: a worker's own file is only reached by new URL`
  return undefined
}

/** `react-dom/client` is a file of react-dom; `@a/b/c` of @a/b. */
export function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Packages that are used without being named in package.json, and so came by accident. */
export function undeclaredProblems(source: Source, declared: ReadonlySet<string>): string[] {
  const used = source.imports.filter(({ path, specifier }) => path === undefined && !specifier.startsWith('node:') && specifier !== '(computed)')
  return used
    .filter(({ specifier }) => !declared.has(packageOf(specifier)))
    .map(({ specifier }) => `${source.path} imports ${packageOf(specifier)}, which package.json doesn't name`)
}

/** Each cycle once, from its first file in alphabetical order. A worker's address is no import. */
export function cycleProblems(sources: readonly Source[]): string[] {
  const edges = new Map<string, readonly string[]>()
  for (const { path, imports } of sources) {
    edges.set(path, imports.flatMap((each) => (each.kind === 'url' || each.path === undefined ? [] : [each.path])))
  }
  const done = new Set<string>()
  const problems: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path)
    if (from !== -1) problems.push(`cycle: ${[...trail.slice(from), path].join(' -> ')}`)
    if (from !== -1 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of [...edges.keys()].sort()) visit(path, [])
  return problems
}
