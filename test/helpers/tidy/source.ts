// One file as the rules see it. It is really parsed (Vite's own parser), so that no text in a string or a comment is taken for code.
import { posix } from 'node:path'
import { parseSync } from 'vite'

export interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

export type ImportKind = 'import' | 'dynamic' | 'url'

export interface Import {
  /** As written. */
  readonly specifier: string
  /** A path in the repository, or undefined for a package. */
  readonly path: string | undefined
  readonly typeOnly: boolean
  readonly kind: ImportKind
}

export interface Source {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly body: readonly Node[]
  readonly nodes: readonly Node[]
  readonly comments: readonly string[]
  readonly imports: readonly Import[]
}

export function readSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text)
  const first = errors[0]
  if (first) throw new Error(`${path} can't be parsed: ${first.message}`)
  const nodes = [...nodesOf(program)]
  return {
    path,
    text,
    lines: text.trimEnd().split('\n'),
    body: program.body as unknown as readonly Node[],
    nodes,
    comments: comments.map((comment) => comment.value),
    imports: nodes.flatMap((node) => importsOf(path, node)),
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** `name` of an identifier, else undefined. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : undefined
}

/** `crypto.subtle.digest` as ['crypto', 'subtle', 'digest']; empty for anything that isn't a chain of plain names. */
export function chainOf(value: unknown): readonly string[] {
  if (!isNode(value)) return []
  const name = nameOf(value)
  if (name !== undefined) return [name]
  if (value.type === 'ChainExpression') return chainOf(value['expression'])
  if (value.type !== 'MemberExpression' || value['computed'] === true) return []
  const object = chainOf(value['object'])
  const property = nameOf(value['property'])
  return object.length === 0 || property === undefined ? [] : [...object, property]
}

export function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined
}

export function listOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesOf(each)
    return
  }
  if (!isNode(value)) return
  yield value
  for (const each of Object.values(value)) yield* nodesOf(each)
}

function importsOf(from: string, node: Node): Import[] {
  const found = specifierOf(node)
  if (found === undefined) return []
  return [{ ...found, path: pathOf(from, found.specifier) }]
}

function specifierOf(node: Node): Omit<Import, 'path'> | undefined {
  const source = stringOf(node['source'])
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return source === undefined ? undefined : { specifier: source, typeOnly: isTypeOnly(node), kind: 'import' }
    case 'ImportExpression':
      return { specifier: source ?? '(computed)', typeOnly: false, kind: 'dynamic' }
    case 'TSImportType':
      return source === undefined ? undefined : { specifier: source, typeOnly: true, kind: 'import' }
    case 'NewExpression':
      return urlOf(node)
    default:
      return undefined
  }
}

/** `new URL('./x.worker.ts', import.meta.url)`: how workers and assets are reached. */
function urlOf(node: Node): Omit<Import, 'path'> | undefined {
  const [target, base] = listOf(node['arguments'])
  const specifier = stringOf(target)
  const isModuleUrl = isNode(base) && base.type === 'MemberExpression' && isNode(base['object']) && base['object'].type === 'MetaProperty'
  if (nameOf(node['callee']) !== 'URL' || specifier === undefined || !isModuleUrl) return undefined
  // Without a leading dot it is still relative to the module.
  return { specifier: /^[./]/.test(specifier) ? specifier : `./${specifier}`, typeOnly: false, kind: 'url' }
}

function isTypeOnly(node: Node): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true
  const names = listOf(node['specifiers'])
  return names.length > 0 && names.every((name) => name['importKind'] === 'type' || name['exportKind'] === 'type')
}

function pathOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return posix.join(posix.dirname(from), specifier.replace(/[?#].*$/, ''))
}
