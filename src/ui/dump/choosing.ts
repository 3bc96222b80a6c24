// The ways in for a dump: chosen, or dropped. What opens it is loaded with the first.

import { droppedOf } from '../dropped.ts'
import { mistakeOf, type Trouble } from '../trouble.ts'

type Tell = (mistake: Trouble) => void

/** The browser's own dialogue; for the button, and for the command of the same name. */
export function chooseDump(tell: Tell): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.hidden = true
  const done = (): void => input.remove()
  input.addEventListener('change', () => {
    done()
    open([...(input.files ?? [])], [], tell)
  })
  input.addEventListener('cancel', done)
  document.body.append(input)
  input.click()
}

/** What was dropped beside the lanes: looked at before the browser takes it back. */
export function openDropped(data: DataTransfer, tell: Tell): void {
  const { files, folders } = droppedOf(data)
  open(files, folders, tell)
}

function open(files: readonly File[], folders: readonly string[], tell: Tell): void {
  // What draws them comes along: else it could fail to come when there is something to draw.
  const loading = Promise.all([import('./dumps.ts'), import('./BesidePage.tsx')])
  loading.then(([{ dumps }]) => dumps.openGiven(files, folders)).catch((error: unknown) => tell(mistakeOf(error, () => open(files, folders, tell))))
}
