// What stands where a component broke: the sentence, what became of the image, and the ways on. Loaded when something breaks.

import './boundary.css'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Playground } from '../playground/types.ts'
import type { Saved } from './saved.ts'

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export function Broken({ playground, what, isPage, message, details, saved, onAgain }: {
  playground: Playground
  what: string
  isPage: boolean
  message: string
  details: string
  saved: Saved | undefined
  onAgain: () => void
}) {
  const place = useRef<HTMLElement>(null)
  const text = useRef<HTMLPreElement>(null)
  const [copied, setCopied] = useState('')
  const [taken, setTaken] = useState('')
  // What had the focus is gone with the rest.
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus()
  }, [])

  const sentence = `The mistake is ours: ${message.replace(/[.\s]*$/, '')}.`
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(`${what} stopped. ${sentence}\n\n${details}`)
      setCopied('The details are on the clipboard.')
    } catch {
      // The browser gives no clipboard here: the text is shown and selected, for its own keys.
      text.current?.closest('details')?.setAttribute('open', '')
      if (text.current) getSelection()?.selectAllChildren(text.current)
      setCopied('The browser keeps its clipboard to itself: the details are selected below, press Ctrl-C.')
    }
  }
  const take = async (): Promise<void> => {
    setTaken('Reading the device.')
    setTaken(await takenSentence(playground))
  }
  const Heading = isPage ? 'h1' : 'h2'
  const content: ReactNode = (
    <div className="broken-words">
      <Heading>{what} stopped</Heading>
      <div role="alert">
        <p><strong>{sentence}</strong></p>
        <p>{isPage ? (saved?.says ?? 'The image is being saved.') : 'The device and its hosts go on, and so does the rest of the page.'}</p>
      </div>
      <p className="broken-acts">
        <button type="button" className={isPage ? '' : 'primary'} onClick={onAgain}>Try again</button>
        {isPage && <button type="button" className="primary" onClick={() => location.reload()}>Reload</button>}
        <button type="button" onClick={() => void copy()}>Copy the details</button>
        {saved?.isSaved === false && <button type="button" onClick={() => void take()}>Download what is on the device</button>}
      </p>
      <p role="status">{[copied, taken].filter((said) => said !== '').join(' ')}</p>
      <details>
        <summary>Details</summary>
        <pre {...SCROLLS} ref={text} className="mono">{details}</pre>
      </details>
    </div>
  )
  const Region = isPage ? 'main' : 'section'
  return <Region ref={place} className="broken note" aria-label={`${what} stopped`} tabIndex={-1}>{content}</Region>
}

async function takenSentence(playground: Playground): Promise<string> {
  try {
    const [{ usedBytes }, { saveBlob }] = await Promise.all([import('./rescue.ts'), import('./taking.ts')])
    const result = await usedBytes(playground)
    if (!result.ok) return `That failed: ${result.failure.says}.`
    saveBlob(result.value.name, result.value.blob)
    return `${result.value.name} was given to the browser to keep: “Open a dump” reads it.`
  } catch (error) {
    return `That failed: ${error instanceof Error ? error.message : String(error)}.`
  }
}
