// A static host as e2e tests meet it: it serves one folder, under any path, with or without our headers, and nothing outside that folder.
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

export interface ServeOptions {
  /** Sent with every answer, errors included; none stands for a host that can't set headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where the folder appears, such as '/docs/famfs/'. */
  readonly base?: string
  /** 0, the default, takes a free port. */
  readonly port?: number
}

export interface Served {
  /** Ends with a slash. */
  readonly url: string
  readonly close: () => Promise<void>
}

export async function serve(folder: string, options: ServeOptions = {}): Promise<Served> {
  const base = options.base ?? '/'
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: Uint8Array | string): void => {
      response.writeHead(status, { ...options.headers, 'Content-Type': type }).end(body)
    }
    const missing = (): void => answer(404, 'text/plain', 'not found')
    const path = fileFor(request.url ?? '/', base)
    if (path === undefined) return missing()
    readFile(join(folder, path)).then((bytes) => answer(200, types[extname(path)] ?? 'application/octet-stream', bytes), missing)
  })
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  return { url: `http://localhost:${port}${base}`, close: () => close(server) }
}

/** The path inside the folder, or undefined when the request is outside the base or isn't a path at all. */
function fileFor(url: string, base: string): string | undefined {
  const path = decode(url.replace(/[?#].*$/, ''))
  if (!path?.startsWith(base)) return undefined
  // normalize resolves `..` against the root, so that no request climbs out of the folder.
  const inside = normalize(`/${path.slice(base.length)}`)
  return inside.endsWith('/') ? `${inside}index.html` : inside
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined // A stray % is a bad request, not our bug.
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
}

function close(server: Server): Promise<void> {
  // Browsers keep connections open, and close() would wait for them.
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
