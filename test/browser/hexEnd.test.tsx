// The last row of a device whose size isn't whole rows: cells end where the device ends, and only whole values are shown.

import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { HexRow, ValueRow } from '../../src/ui/inspector/HexRows.tsx'

async function columnsOf(row: ReactNode): Promise<{ columns: number[]; width: number }> {
  const root = document.createElement('div')
  document.body.append(root)
  const rendering = createRoot(root)
  onTestFinished(() => {
    rendering.unmount()
    root.remove()
  })
  rendering.render(row)
  await vi.waitUntil(() => root.querySelector('.hex-row'))
  const cells = root.querySelectorAll<HTMLElement>('[role=gridcell]')
  return { columns: Array.from(cells, (cell) => Number(cell.dataset['col'])), width: root.querySelectorAll('.byte, .beside').length }
}

const shown = { row: 9, content: '\x01\x02\x03\x04\x05\x06\x07', current: -1, marked: '', hovered: '', placed: '' }

it('has a cell for each byte that is there, and room for the others', async () => {
  expect(await columnsOf(<HexRow {...shown} columns={8} present={7} digit="" withText />)).toEqual({ columns: [0, 1, 2, 3, 4, 5, 6], width: 8 })
  expect((await columnsOf(<HexRow {...shown} columns={8} present={8} digit="" withText={false} />)).columns).toHaveLength(8)
})

it('has a cell for each value that is there in full', async () => {
  expect(await columnsOf(<ValueRow {...shown} columns={8} present={7} cell="Int16" />)).toEqual({ columns: [0, 2, 4], width: 4 })
  expect(await columnsOf(<ValueRow {...shown} columns={8} present={7} cell="Float64" />)).toEqual({ columns: [], width: 1 })
})
