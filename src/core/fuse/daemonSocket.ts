// The daemon's diagnostic endpoint: HTTP, one request and one answer (famfs-cli.md, section 16.2).

import type { ShadowDaemon } from './daemon.ts'

export interface DaemonState {
  daemon: ShadowDaemon
  pid: number
  /** syslog 0..7 */
  logLevel: number
}

const LOG_LEVEL_MOST = 7
const OK = '200 OK'

/** @param log the system log */
export function answerRequest(request: string, state: DaemonState, log: (line: string) => void): string {
  const [head = '', ...rest] = request.split('\r\n\r\n')
  const [method = '', target = ''] = (head.split('\r\n')[0] ?? '').split(' ')
  const path = target.split('?')[0]
  switch (path) {
    case '/icache_stats':
      return reply(OK, statsText(state.daemon))
    case '/icache_dump':
      for (const line of state.daemon.dump()) log(`famfs_fused: ${line}`)
      return reply(OK, 'icache dumped to the system log\n')
    case '/log_level':
      return logLevel(method, rest.join('\r\n\r\n'), state)
    case '/pid':
      return reply(OK, `pid: ${state.pid}\n`)
    case '/inodes':
      return reply(OK, 'inodes:\n  total: 0\n  cached: 0\n')
    default:
      return reply('404 Not Found', `there is no ${path}; there are /icache_stats /icache_dump /log_level /pid /inodes\n`)
  }
}

function logLevel(method: string, body: string, state: DaemonState): string {
  if (method === 'GET') return reply(OK, `${state.logLevel}\n`)
  if (method !== 'POST' && method !== 'PUT') return reply('405 Method Not Allowed', 'log_level knows GET, POST and PUT\n')
  const text = body.trim()
  const level = Number(text)
  // The reference answers 200 here too: whoever asks reads the sentence.
  if (!/^\d+$/.test(text) || level > LOG_LEVEL_MOST) return reply(OK, `failed: “${text}” is not a level; 0 to ${LOG_LEVEL_MOST} are\n`)
  state.logLevel = level
  return reply(OK, `log_level set to ${level}\n`)
}

function statsText({ counts }: ShadowDaemon): string {
  return `icache_stats:\n  search_count: ${counts.searchCount}\n  nodes_scanned: ${counts.scannedCount}\n  search_fail_ct: ${counts.failedCount}\n`
}

function reply(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${body}`
}
