// Rules about what stands in a file. Every rule returns whole sentences that name the file.
import { type Node, type Source, chainOf, isNode, listOf, nameOf, stringOf } from './source.ts'

const maxLines = 450
const gate = 'src/core/base/plain.ts'

export function codeProblems(source: Source): string[] {
  const says = [...openingProblems(source), ...lengthProblems(source), ...barrelProblems(source), ...silencingProblems(source)]
  if (source.path.startsWith('src/')) says.push(...gateProblems(source))
  if (/^src\/(core|cli|sim)\//.test(source.path)) says.push(...outsideProblems(source))
  return unique(says.map((text) => `${source.path} ${text}`))
}

/** For test files: nothing may keep a test from running, or others from running beside it. */
export function testProblems(source: Source): string[] {
  const says = source.nodes.flatMap((node) => {
    const [first, ...rest] = node.type === 'MemberExpression' ? chainOf(node) : []
    if (first === undefined || !/^(it|test|describe|suite|bench)$/.test(first)) return []
    return rest.filter((word) => /^(skip|only|todo)$/.test(word)).map((word) => `uses ${first}.${word}: a test runs or goes`)
  })
  return unique([...silencingProblems(source), ...says].map((text) => `${source.path} ${text}`))
}

function openingProblems({ lines }: Source): string[] {
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#!')) ?? ''
  return /^\s*(\/\/(?!\/)|\/\*)/.test(first) ? [] : ["doesn't open with a comment on what must stay true in it"]
}

function lengthProblems({ lines }: Source): string[] {
  return lines.length <= maxLines ? [] : [`has ${lines.length} lines, more than ${maxLines}: it probably has two rooms in it`]
}

function barrelProblems({ path, body }: Source): string[] {
  if (path.startsWith('src/lib/')) return []
  if (/(^|\/)index\.[a-z]+$/.test(path)) return ['is called index: barrel files are for src/lib only']
  const reexports = body.filter((node) => node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && !isNode(node['declaration'])))
  const nothingElse = body.every((node) => node.type === 'ImportDeclaration' || reexports.includes(node))
  return reexports.length > 0 && nothingElse ? ['only re-exports: barrel files are for src/lib only'] : []
}

function silencingProblems({ nodes, comments }: Source): string[] {
  const says = comments.flatMap((text) => /@ts-(ignore|expect-error|nocheck)/.exec(text)?.[0] ?? []).map((word) => `uses ${word}: fix the type instead`)
  if (nodes.some((node) => node.type === 'TSAnyKeyword')) says.push('uses any: say what it is, or unknown')
  return says
}

/** core, cli and sim are deterministic: time, chance and the page come in through `Outside`. */
function outsideProblems({ nodes }: Source): string[] {
  const own = declaredNames(nodes)
  return nodes.flatMap((node) => {
    const called = node.type === 'NewExpression' || node.type === 'CallExpression' ? nameOf(node['callee']) : undefined
    if (called === 'Date') return ['uses Date: take time from Outside']
    const [object, property] = node.type === 'MemberExpression' ? chainOf(node) : []
    // A window of the log, say, is a fine name for a variable.
    if (object === undefined || own.has(object)) return []
    if (object === 'Math' && property === 'random') return ['uses Math.random: take chance from Outside or a seed']
    if (object === 'Date' || object === 'performance') return [`uses ${object}.${property}: take time from Outside`]
    return /^(window|document|navigator|globalThis|self)$/.test(object) ? [`uses ${object}.${property}: take it from Outside`] : []
  })
}

/** Variables, parameters and imports, anywhere in the file. */
function declaredNames(nodes: readonly Node[]): Set<string> {
  const bindings = nodes.flatMap((node) => {
    if (node.type === 'VariableDeclarator') return listOf([node['id']])
    return node.type === 'ImportSpecifier' ? listOf([node['local']]) : listOf(node['params'])
  })
  return new Set(bindings.flatMap((binding) => nameOf(binding) ?? []))
}

/** APIs that refuse shared views or silently corrupt them get a copy from `toPlain`, visibly at the call. */
function gateProblems({ path, nodes }: Source): string[] {
  // A declaration file declares and does nothing.
  if (path === gate || path.endsWith('.d.ts')) return []
  return nodes.flatMap((node) => {
    if (/^TextDecoder(Stream)?$/.test(nameOf(node) ?? '')) return [`uses ${nameOf(node)}: only ${gate} may, others use its textOf`]
    if (node.type === 'MemberExpression' && nameOf(node['property']) === 'encodeInto') return [`uses encodeInto: only ${gate} may`]
    if (node.type === 'NewExpression') return contentProblems(node)
    return node.type === 'CallExpression' ? cryptoProblems(node) : []
  })
}

function contentProblems(node: Node): string[] {
  const name = nameOf(node['callee']) ?? ''
  const [content] = listOf(node['arguments'])
  if (!/^(Blob|File|Response)$/.test(name) || content === undefined) return []
  if (isPlainList(content)) return []
  const parts = content.type === 'ArrayExpression' ? listOf(content['elements']) : [content]
  return parts.every(isPlain) ? [] : [`gives ${name} something else than toPlain(...) or text written in place`]
}

function cryptoProblems(node: Node): string[] {
  const chain = chainOf(node['callee'])
  const [first, second] = listOf(node['arguments'])
  const method = chain.at(-1)
  if (chain.includes('subtle') && !(method === 'digest' && isPlain(second))) return ['may call crypto.subtle only as digest(name, toPlain(...))']
  // Random values go *into* the view: a copy made by toPlain would lose them.
  if (method === 'getRandomValues' && first?.type !== 'NewExpression') return ['may call getRandomValues only with an array made in place']
  return []
}

/** `list.map(toPlain)`. */
function isPlainList(node: Node): boolean {
  const [mapper] = listOf(node['arguments'])
  return node.type === 'CallExpression' && chainOf(node['callee']).at(-1) === 'map' && nameOf(mapper) === 'toPlain'
}

/** A call of toPlain, or text that can be seen to be text. */
function isPlain(node: Node | undefined): boolean {
  if (node === undefined) return false
  if (node.type === 'TemplateLiteral' || stringOf(node) !== undefined || (node.type === 'Literal' && node['value'] === null)) return true
  return node.type === 'CallExpression' && nameOf(node['callee']) === 'toPlain'
}

/** One file says each thing once. */
function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
