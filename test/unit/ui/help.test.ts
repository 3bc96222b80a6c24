// What the page says about famfs: short, and in the format's own names.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LogEntry } from '../../../src/core/omf/log.ts'
import { SUPERBLOCK_MAGIC } from '../../../src/core/omf/constants.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'
import { HELP, type HelpText } from '../../../src/ui/help.ts'

const format = readFileSync(new URL('../../../FORMAT.md', import.meta.url), 'utf8')
const topics: [string, HelpText][] = Object.entries(HELP)
const textOf = ({ says, term, means, where }: HelpText): string => `${says} ${term} ${means} ${where}`

describe.each(topics)('%s', (_, help) => {
  it('says two sentences, and each part is whole', () => {
    expect(help.says.match(/[^.]+\.(?= |$)/g)).toHaveLength(2)
    for (const part of [help.says, help.means, help.where]) expect(part).toMatch(/\.$/)
    expect(help.term).not.toBe('')
  })

  it('names only fields that the format has', () => {
    const names = textOf(help).match(/\b(?:ts|fm|fmap|ie|famfs_log)_\w+/g) ?? []
    expect(names.filter((name) => !format.includes(name))).toEqual([])
  })
})

it('numbers are the format’s', () => {
  const all = topics.map(([, help]) => textOf(help)).join(' ')
  expect(all).toContain(`the ${Superblock.sizeBytes} bytes`)
  expect(all).toContain(`${LogEntry.sizeBytes} bytes`)
  expect(all).toContain(`0x${SUPERBLOCK_MAGIC.toString(16)}`)
})

it('says plainly what famfs is not', () => {
  expect(HELP.famfs.says).toMatch(/^famfs shares data, it doesn’t store it/)
})
