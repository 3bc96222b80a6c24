// What stands in for Node's own modules where there is no Node: packages that ask for one get ours, in every build for browsers.

import { fileURLToPath } from 'node:url'

export const browserAlias = [{ find: 'node:zlib', replacement: fileURLToPath(new URL('../../src/host/shell/zlib.ts', import.meta.url)) }]
