// Which file to look at: a list while one can read it; beyond that, typing finds the file, and only a few are ever offered.

import { useId, useState } from 'react'

const LIST_MOST = 100
const OFFER_MOST = 50

interface Props {
  id: string
  path: string
  /** The keys are the paths, in log order. */
  known: ReadonlyMap<string, unknown>
  onChoose: (path: string) => void
}

export function FileChoice({ id, path, known, onChoose }: Props) {
  if (known.size > LIST_MOST) return <FileSearch id={id} path={path} known={known} onChoose={onChoose} />
  return (
    <select id={id} className="mono" value={path} onChange={(event) => onChoose(event.target.value)}>
      {!known.has(path) && <option value={path}>{path}</option>}
      {[...known.keys()].map((each) => <option key={each} value={each}>{each}</option>)}
    </select>
  )
}

function FileSearch({ id, path, known, onChoose }: Props) {
  // What is being typed, until it is left.
  const [typed, setTyped] = useState<string>()
  const listId = useId()
  const offered = offersFor(typed ?? '', known)
  return (
    <>
      <input id={id} className="mono" list={listId} value={typed ?? path} size={24} spellCheck={false} autoCapitalize="off" aria-invalid={offered.length === 0}
        aria-describedby={offered.length === 0 ? `${listId}-none` : undefined}
        onFocus={(event) => event.target.select()} onBlur={() => setTyped(undefined)}
        onChange={(event) => {
          setTyped(event.target.value)
          if (known.has(event.target.value)) onChoose(event.target.value)
        }} />
      <datalist id={listId}>{offered.map((each) => <option key={each} value={each}>{each}</option>)}</datalist>
      {offered.length === 0 && <small id={`${listId}-none`} className="wrong" role="status">No path has this in it.</small>}
    </>
  )
}

function offersFor(text: string, known: ReadonlyMap<string, unknown>): string[] {
  const offered: string[] = []
  for (const path of known.keys()) {
    if (!path.includes(text)) continue
    offered.push(path)
    if (offered.length === OFFER_MOST) break
  }
  return offered
}
