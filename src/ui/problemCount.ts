// How many things are wrong, for the tab that leads to them. Notes are no trouble: they don't count.

import { useSnapshot } from './session.tsx'

export function useProblemCount(): number {
  const { problems } = useSnapshot()
  return problems.list.filter(({ severity }) => severity !== 'note').length
}
