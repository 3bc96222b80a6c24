// Where a component breaks, the rest goes on. The page's own boundary saves the image before it says anything, and works
// without any context: whatever held the page together may be what broke.

import './boundary.css'
import { Component, type ErrorInfo, type ReactNode } from 'react'
import type { Result } from '../core/base/result.ts'
import type { Playground } from '../playground/types.ts'

interface Props {
  playground: Playground
  /** What breaks, as a sentence begins: "This page", "The log". */
  what: string
  /** The whole page: the image is saved first. A broken panel leaves the session at work, and that saves by itself. */
  isPage?: boolean
  children: ReactNode
}

interface State {
  broken: { message: string; details: string } | undefined
  /** What became of the image, in one sentence; undefined until it is known. */
  saved: { isSaved: boolean; says: string } | undefined
  copied: string
  taken: string
}

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }
const WHOLE: State = { broken: undefined, saved: undefined, copied: '', taken: '' }

export class Boundary extends Component<Props, State> {
  override state: State = WHOLE
  #place: HTMLElement | null = null
  #details: HTMLPreElement | null = null

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: { message: error instanceof Error ? error.message : String(error), details: detailsOf(error) } }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { playground, isPage = false } = this.props
    if (isPage) void this.#save()
    this.setState((state) => ({ broken: state.broken && { ...state.broken, details: `${detailsOf(error)}\n${info.componentStack ?? ''}\n\n${sceneOf(playground)}` } }))
    // What had the focus is gone with the rest.
    if (document.activeElement === document.body) this.#place?.focus()
  }

  override render(): ReactNode {
    const { broken, saved, copied, taken } = this.state
    const { what, isPage = false, children } = this.props
    if (!broken) return children
    const sentence = `The mistake is ours: ${broken.message.replace(/[.\s]*$/, '')}.`
    const Region = isPage ? 'main' : 'section'
    const Heading = isPage ? 'h1' : 'h2'
    return (
      <Region ref={(element) => { this.#place = element }} className="broken note" aria-label={`${what} stopped`} tabIndex={-1}>
        <div className="broken-words">
          <Heading>{what} stopped</Heading>
          <div role="alert">
            <p><strong>{sentence}</strong></p>
            <p>{isPage ? (saved?.says ?? 'The image is being saved.') : 'The device and its hosts go on, and so does the rest of the page.'}</p>
          </div>
          <p className="broken-acts">
            <button type="button" className={isPage ? '' : 'primary'} onClick={() => this.setState(WHOLE)}>Try again</button>
            {isPage && <button type="button" className="primary" onClick={() => location.reload()}>Reload</button>}
            <button type="button" onClick={() => void this.#copy(sentence, broken.details)}>Copy the details</button>
            {saved?.isSaved === false && <button type="button" onClick={() => void this.#take()}>Download what is on the device</button>}
          </p>
          <p role="status">{[copied, taken].filter((text) => text !== '').join(' ')}</p>
          <details>
            <summary>Details</summary>
            <pre {...SCROLLS} ref={(element) => { this.#details = element }} className="mono">{broken.details}</pre>
          </details>
        </div>
      </Region>
    )
  }

  async #save(): Promise<void> {
    const { playground } = this.props
    this.setState({ saved: await savedSentence(() => playground.save()) })
  }

  async #copy(sentence: string, details: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(`${this.props.what} stopped. ${sentence}\n\n${details}`)
      this.setState({ copied: 'The details are on the clipboard.' })
    } catch {
      // The browser gives no clipboard here: the text is shown and selected, for its own keys.
      this.#details?.closest('details')?.setAttribute('open', '')
      if (this.#details) getSelection()?.selectAllChildren(this.#details)
      this.setState({ copied: 'The browser keeps its clipboard to itself: the details are selected below, press Ctrl-C.' })
    }
  }

  async #take(): Promise<void> {
    this.setState({ taken: 'Reading the device.' })
    try {
      // Not before it is needed.
      const [{ usedBytes }, { saveBlob }] = await Promise.all([import('./rescue.ts'), import('./taking.ts')])
      const result = await usedBytes(this.props.playground)
      if (!result.ok) return this.setState({ taken: `That failed: ${result.failure.says}.` })
      saveBlob(result.value.name, result.value.blob)
      this.setState({ taken: `${result.value.name} was given to the browser to keep: “Open a dump” reads it.` })
    } catch (error) {
      this.setState({ taken: `That failed: ${messageOf(error)}.` })
    }
  }
}

/** Never rejects: a session that is broken, too, is told as such. */
async function savedSentence(save: () => Promise<Result<unknown>>): Promise<NonNullable<State['saved']>> {
  try {
    const result = await save()
    if (result.ok) return { isSaved: true, says: 'The image is saved in this browser: nothing on the device is lost. Reload the page.' }
    return { isSaved: false, says: `The image could not be saved: ${result.failure.says}. Download what is on the device before you reload.` }
  } catch (error) {
    return { isSaved: false, says: `The image could not be saved: ${messageOf(error)}. Download what is on the device before you reload.` }
  }
}

function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What the session was in, for whoever reads the details. */
function sceneOf(playground: Playground): string {
  try {
    const { version, engine, device, hosts, files, trace } = playground.snapshot()
    const last = trace.slice(-10).map(({ index, sentence }) => `${index} ${sentence}`)
    return [`engine ${engine.kind}, snapshot ${version}, ${device.sizeBytes} bytes: ${device.verdict}`, `${hosts.length} hosts, ${files.length} files`, ...last, navigator.userAgent].join('\n')
  } catch (error) {
    return `The session has no snapshot: ${messageOf(error)}`
  }
}
