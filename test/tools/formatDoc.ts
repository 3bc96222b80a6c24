// npm run format-doc: writes FORMAT.md.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatDocument } from './format/document.ts'

writeFileSync(join(import.meta.dirname, '../../FORMAT.md'), formatDocument())
