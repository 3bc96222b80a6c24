// Takes a file out of the page, as the host reads it.

import { Download } from 'lucide-react'
import { useMessageStore } from './messages.ts'
import { useAction, usePlayground } from './session.tsx'

export function TakeButton({ host, path, isBare = false }: {
  host: string
  path: string
  /** Only the picture, where there is no room for the word. */
  isBare?: boolean
}) {
  const playground = usePlayground()
  const messages = useMessageStore()
  const taking = useAction()
  const take = (): void => void taking.go(async () => {
    const { takeOut } = await import('./taking.ts')
    return takeOut(playground, messages, host, path)
  })
  const name = `Download ${path} as ${host} reads it`
  return (
    <button type="button" className={isBare ? 'icon take' : 'take'} aria-label={name} title={name} aria-disabled={taking.busy} onClick={take}>
      <Download aria-hidden /> {!isBare && 'Download'}
    </button>
  )
}
