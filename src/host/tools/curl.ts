// curl and getfattr: the two ways to look behind a fuse mount. curl speaks to Unix sockets of this host and to nothing else:
// the playground has no network.

import { bytesOfText } from '../../core/base/plain.ts'
import { has, valueOf } from './getopt.ts'
import { writeFull } from './streams.ts'
import { type Call, quickTool } from './tool.ts'
import type { ToolIo } from './toolIo.ts'
import { mountOf } from './usage.ts'
import { isFamfsType } from './voice.ts'

const NO_HOST = 6
const NO_CONNECTION = 7
const HTTP_ERROR = 22
const WRITE_ERROR = 23

export const curl = quickTool({
  short: 'sSX:d:iIfo:w:H:vkL4m:',
  long: {
    silent: 's', 'show-error': 'S', request: 'X:', data: 'd:', 'data-raw': 'd:', 'data-binary': 'd:', 'data-ascii': 'd:', include: 'i', head: 'I', fail: 'f',
    output: 'o:', 'write-out': 'w:', header: 'H:', 'unix-socket': 'socket:', verbose: 'v', 'max-time': 'm:', location: 'L',
  },
  usageExit: 2,
  help: 'curl [-s] [-i] [-f] [-X METHOD] [-d BODY] [-o FILE] --unix-socket PATH http://localhost/PATH: asks the diagnostic endpoint of a fuse mount, whose socket is SHADOW/sock: /icache_stats, /icache_dump, /log_level, /pid. There is no network here.',
}, (call) => {
  const { given, io, misused } = call
  const [url] = given.operands
  if (url === undefined) return misused('no URL specified')
  const parsed = /^(?:http:\/\/)?([^/]+)(\/.*)?$/.exec(url)
  const host = parsed?.[1] ?? url
  const socket = valueOf(given, 'socket')
  if (socket === undefined || !parsed) {
    return complain(call, NO_HOST, `Could not resolve host: ${host}`, 'The playground has no network. Ask a daemon on this host: curl --unix-socket SHADOW/sock http://localhost/icache_stats.')
  }
  const bodies = given.options.filter(([key]) => key === 'd').map(([, text]) => text)
  const body = bodies.join('&')
  const method = valueOf(given, 'X') ?? (has(given, 'I') ? 'HEAD' : bodies.length > 0 ? 'POST' : 'GET')
  const headers = [`Host: ${host}`, 'User-Agent: curl/8.5.0', 'Accept: */*', ...given.options.filter(([key]) => key === 'H').map(([, line]) => line)]
  if (body !== '') headers.push(`Content-Length: ${bytesOfText(body).length}`, 'Content-Type: application/x-www-form-urlencoded')
  const request = `${method} ${parsed[2] ?? '/'} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`
  const asked = io.system.askSocket(socket, request, io.caller)
  if (!asked.ok) return complain(call, NO_CONNECTION, `Failed to connect to ${host} port 80 via ${socket}: nobody listens there`, 'The socket is there while its file system is mounted in fuse mode.')
  return show(call, asked.value)
})

function show(call: Call, response: string): number {
  const { given, io } = call
  const end = response.indexOf('\r\n\r\n')
  const head = end < 0 ? '' : response.slice(0, end + 4)
  const body = end < 0 ? response : response.slice(end + 4)
  const status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1] ?? 200)
  if (has(given, 'f') && status >= 400) return complain(call, HTTP_ERROR, `The requested URL returned error: ${status}`, '')
  const text = (has(given, 'i', 'I') ? head : '') + (has(given, 'I') ? '' : body)
  const exitCode = put(call, text)
  const extra = valueOf(given, 'w')
  if (extra !== undefined) io.out(extra.replace(/%\{(?:http_code|response_code)\}/g, String(status)).replaceAll('\\n', '\n'))
  return exitCode
}

function put(call: Call, text: string): number {
  const { given, io } = call
  const path = valueOf(given, 'o')
  if (path === undefined || path === '-') {
    io.out(text)
    return 0
  }
  const opened = io.open(path, { write: true, create: 0o666, truncate: true })
  const failure = opened.ok ? writeFull(opened.value, 0, bytesOfText(text)).failure : opened.failure
  if (opened.ok) opened.value.close()
  return failure ? complain(call, WRITE_ERROR, `Failure writing output to destination: ${path}`, failure.next) : 0
}

function complain({ given, voice }: Call, code: number, text: string, next: string): number {
  if (!has(given, 's') || has(given, 'S')) voice.say(`(${code}) ${text}`, next)
  return code
}

const SHADOW = 'user.famfs.shadow'

export const getfattr = quickTool({
  short: 'n:dm:he:R',
  long: { name: 'n:', dump: 'd', match: 'm:', 'only-values': 'values', 'absolute-names': 'absolute', 'no-dereference': 'h', encoding: 'e:' },
  needs: 1,
  help: `getfattr -n ${SHADOW} [--only-values] [--absolute-names] FILE...: shows where the shadow tree of a fuse mount is; nodes of other file systems have no attributes here.`,
}, ({ given, io, voice }) => {
  const name = valueOf(given, 'n')
  let exitCode = 0
  for (const path of given.operands) {
    const stat = io.system.stat(path, io.caller)
    if (!stat.ok) voice.fail(path, stat.failure)
    const value = stat.ok && (name === undefined || name === SHADOW) ? shadowOf(path, io) : undefined
    if (value !== undefined && (name !== undefined || has(given, 'd'))) {
      if (has(given, 'values')) io.out(value)
      else io.out(`# file: ${has(given, 'absolute') ? path : path.replace(/^\/+/, '')}\n${SHADOW}="${value}"\n\n`)
    } else if (name !== undefined || !stat.ok) {
      if (stat.ok) io.err(`${path}: ${name}: ${isFamfsType(typeOf(path, io)) ? 'No such attribute' : 'Operation not supported'}\n`)
      exitCode = 1
    }
  }
  return exitCode
})

function shadowOf(path: string, io: ToolIo): string | undefined {
  const target = targetOf(path, io)
  return io.system.machine.mounts().find(({ mountpoint }) => mountpoint === target)?.shadowPath
}

function typeOf(path: string, io: ToolIo): string {
  return mountOf(targetOf(path, io) ?? '/', io).type
}

/** The famfs mount that a node is in. */
function targetOf(path: string, { system, caller }: ToolIo): string | undefined {
  const stat = system.stat(path, caller)
  return stat.ok ? stat.value.mountpoint : undefined
}
