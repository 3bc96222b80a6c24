// The bench page: groups of rows, run one at a time by the tool that opened it.

import type { BenchRow } from './measure.ts'
import { groups } from './rows.ts'

declare global {
  interface Window {
    famfsBench?: { run: (index: number) => Promise<BenchRow[]> }
  }
}

window.famfsBench = {
  run: (index) => {
    const group = groups[index]
    if (!group) throw new Error(`there is no group ${index}`)
    return group.run()
  },
}
