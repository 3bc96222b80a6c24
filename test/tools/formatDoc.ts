// npm run format-doc: writes FORMAT.md.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatDocument } from './format/document.ts'

writeFileSync(join(fileURLToPath(new URL('../..', import.meta.url)), 'FORMAT.md'), formatDocument())
