// The test server shows its folder under its path with its headers, and nothing else.
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { isolationHeaders } from '../../helpers/headers.ts'
import { serve } from '../../helpers/serve.ts'

const folder = fileURLToPath(new URL('../../../public', import.meta.url))

it('serves a folder under a path', async () => {
  const served = await serve(folder, { base: '/docs/famfs/', headers: isolationHeaders })
  const get = (path: string): Promise<Response> => fetch(new URL(path, served.url))
  const icon = await get('favicon.svg?x=1')
  expect(icon.status).toBe(200)
  expect(icon.headers.get('content-type')).toBe('image/svg+xml')
  for (const [name, value] of Object.entries(isolationHeaders)) expect(icon.headers.get(name)).toBe(value)
  for (const path of ['/favicon.svg', 'none.js', '..%2f..%2fpackage.json', '..%2fpackage.json', '%', '%00']) {
    const missing = await get(path)
    expect([path, missing.status]).toEqual([path, 404])
    expect(missing.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  }
  await served.close()
  await expect(get('favicon.svg')).rejects.toThrow('fetch failed')
})
