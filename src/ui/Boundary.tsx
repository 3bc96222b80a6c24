// Where a component breaks, the rest goes on. The page's own boundary saves the image before it says anything, and works
// without any context: whatever held the page together may be what broke.

import { Component, type ErrorInfo, type ReactNode } from 'react'
import type { Playground } from '../playground/types.ts'
import { lateModule } from './late.tsx'
import type { Saved } from './saved.ts'

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
  saved: Saved | undefined
}

const WHOLE: State = { broken: undefined, saved: undefined }
const Broken = lateModule(() => import('./Broken.tsx')).part(({ Broken: Part }) => Part, ({ what, message }) => <p role="alert">{`${what} stopped: ${message}`}</p>)

export class Boundary extends Component<Props, State> {
  override state: State = WHOLE

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: { message: messageOf(error), details: detailsOf(error) } }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { playground, isPage = false } = this.props
    if (isPage) void this.#save()
    this.setState({ broken: { message: messageOf(error), details: `${detailsOf(error)}\n${info.componentStack ?? ''}\n\n${sceneOf(playground)}` } })
  }

  override render(): ReactNode {
    const { broken, saved } = this.state
    const { playground, what, isPage = false, children } = this.props
    if (!broken) return children
    return <Broken playground={playground} what={what} isPage={isPage} {...broken} saved={saved} onAgain={() => this.setState(WHOLE)} />
  }

  /** Never rejects: a session that is broken, too, is told as such. */
  async #save(): Promise<void> {
    try {
      const result = await this.props.playground.save()
      this.setState({ saved: result.ok ? SAVED : notSaved(result.failure.says) })
    } catch (error) {
      this.setState({ saved: notSaved(messageOf(error)) })
    }
  }
}

const SAVED: Saved = { isSaved: true, says: 'The image is saved in this browser: nothing on the device is lost. Reload the page.' }

function notSaved(why: string): Saved {
  return { isSaved: false, says: `The image could not be saved: ${why}. Download what is on the device before you reload.` }
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
