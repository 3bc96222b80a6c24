// FORMAT.md says what the tables say, today.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { formatDocument } from '../../tools/format/document.ts'

it('FORMAT.md is not stale: npm run format-doc writes it', () => {
  const kept = readFileSync(new URL('../../../FORMAT.md', import.meta.url), 'utf8')
  expect(kept).toBe(formatDocument())
})

it('names every field of the media', () => {
  const text = formatDocument()
  for (const name of ['ts_magic', 'dd_daxdev', 'famfs_log_next_index', 'fm_relpath', 'fmap_nextents', 'ie_strips', 'md_relpath', 'dd_index', 'se_len']) {
    expect(text).toContain(`\`${name}\``)
  }
})
