// One person at one shell: what is typed goes to the editor, whole lines go to the shell one after the other, and what the
// shell says goes to the screen. While a line runs, keys wait, but for Ctrl-C. When the shell ends the terminal says why,
// and goes on with a new one as soon as the host is up.

import { fail, type Result } from '../../core/base/result.ts'
import type { HostView, Playground, Shell, ShellNote } from '../../playground/types.ts'
import { sentence } from '../format.ts'
import { type Completion, LineEditor, type Request } from './editor.ts'
import type { History } from './history.ts'
import { type Key, keysOf, typedOf } from './keys.ts'
import type { Screen } from './screen.ts'
import { alarming, colouredPrompt, columnsOf, leafOf, quiet } from './text.ts'

export interface SessionParts {
  playground: Playground
  host: string
  screen: Screen
  history: History
  /** The shell was left: `exit`, or Ctrl-D. */
  onLeft: () => void
  onFile: (name: string, blob: Blob) => void
}

export class TerminalSession {
  readonly #parts: SessionParts
  readonly #editor: LineEditor
  readonly #queue: Key[] = []
  readonly #unsubscribe: () => void
  #shell: Shell | undefined
  #prompt = ''
  /** Set while something is under way; keys wait. */
  #busy = true
  #stop: AbortController | undefined
  #shellCount = 0
  #opening = false
  /** What the host was mounted and started as when it refused a shell: until that changes it would refuse again. */
  #refusedAt: number | undefined
  #rebooted = false
  #over = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#editor = new LineEditor(parts.history.lines)
    this.#unsubscribe = parts.playground.subscribe(() => void this.#goOn())
    void this.#goOn()
  }

  /** What the terminal was given by keys or paste. */
  type(data: string): void {
    const keys = keysOf(data)
    if (!this.#shell && !this.#opening) {
      // Nobody is there to read them; but one closes the terminal, and one asks again.
      if (keys.some((key) => isPress(key, 'ctrl-d'))) return this.#leave()
      if (!keys.some((key) => isPress(key, 'enter'))) return
      this.#refusedAt = undefined
      void this.#goOn()
      return
    }
    for (const key of keys) this.#queue.push(...(key.kind === 'paste' ? typedOf(key.text) : [key]))
    const stops = this.#queue.findLastIndex((key) => isPress(key, 'ctrl-c'))
    if (stops >= 0 && this.#stop) {
      // What was typed ahead of it, and the rest of a paste, is for nobody any more.
      this.#queue.splice(0, stops + 1)
      this.#stop.abort()
      this.#parts.screen.print('^C')
    }
    void this.#work()
  }

  async drop(files: readonly File[]): Promise<void> {
    const { screen } = this.#parts
    for (const file of files) {
      const put = await this.#ask((shell) => shell.put(file))
      screen.say(put.ok ? quiet(`${file.name} → ${put.value.path}`) : troubleText(put))
    }
  }

  async download(path: string): Promise<void> {
    const taken = await this.#ask((shell) => shell.take(path))
    if (taken.ok) this.#parts.onFile(taken.value.name, taken.value.blob)
    else this.#parts.screen.say(troubleText(taken))
  }

  clear(): void {
    this.#parts.screen.clear()
  }

  dispose(): void {
    this.#over = true
    this.#unsubscribe()
    this.#stop?.abort()
    this.#shell?.close()
  }

  /** A shell where there is none, if the host is there to run it. */
  async #goOn(): Promise<void> {
    const { playground, host, screen } = this.#parts
    const view = this.#view()
    if (this.#over || this.#shell || this.#opening || view?.status !== 'up' || view.seatedFrom === this.#refusedAt) return
    this.#opening = true
    const opened = await playground.openShell(host)
    this.#opening = false
    if (!opened.ok) {
      this.#refusedAt = view.seatedFrom
      if (!this.#over) screen.say(troubleText(opened))
      return
    }
    const shell = opened.value
    if (this.#over) return shell.close()
    this.#shell = shell
    this.#shellCount++
    void shell.ended.then((why) => this.#lost(shell, why))
    if (this.#shellCount === 1) screen.say(quiet(`Try: ${HINTS[view.role]}`))
    else screen.say(quiet(this.#rebooted ? `A new shell. What ${host} had in its own file system is gone with its memory; the device kept its bytes.` : 'A new shell.'))
    this.#rebooted = false
    await this.#run('')
    void this.#work()
  }

  #lost(shell: Shell, why: string): void {
    if (this.#shell !== shell || this.#over) return
    this.#shell = undefined
    this.#stop = undefined
    this.#busy = true
    this.#rebooted = this.#view()?.status !== 'up'
    this.#queue.length = 0
    this.#parts.screen.busy(undefined)
    this.#parts.screen.finishLine()
    this.#parts.screen.say(alarming(`${sentence(why)} This shell has ended.`))
    this.#editor.reset()
    void this.#goOn()
  }

  async #work(): Promise<void> {
    while (!this.#busy && !this.#over) {
      const key = this.#queue.shift()
      if (!key) return
      const request = this.#editor.press(key)
      if (request) await this.#answer(request)
      else this.#show()
    }
  }

  async #answer(request: Request): Promise<void> {
    const { screen, history } = this.#parts
    switch (request.kind) {
      case 'run':
        this.#show()
        screen.finishLine()
        history.add(request.line)
        this.#editor.reset()
        return request.line.trim() === '' ? this.#show() : this.#run(request.line)
      case 'complete':
        return this.#complete(request.again)
      case 'abandon':
        this.#show()
        screen.finishLine('^C')
        this.#editor.reset()
        return this.#show()
      case 'close':
        screen.print('exit\n')
        await this.#run('exit')
        return this.#leave()
      case 'clear':
        return screen.clear()
      default:
        return undefined
    }
  }

  #show(): void {
    if (this.#busy || !this.#shell) return
    const { text, cursor, searching } = this.#editor
    this.#parts.screen.edit({ prompt: searching ?? colouredPrompt(this.#prompt), text, cursor })
  }

  async #run(line: string): Promise<void> {
    const shell = this.#shell
    if (!shell) return
    const { screen } = this.#parts
    const stop = new AbortController()
    this.#stop = stop
    this.#busy = true
    const done = await shell.run(line, { columns: screen.columns, signal: stop.signal, onNote: (note) => this.#hear(shell, note) })
    // Its end was told already, and another shell may be at work here.
    if (this.#shell !== shell || this.#over) return
    this.#stop = undefined
    this.#busy = false
    screen.busy(undefined)
    if (stop.signal.aborted) screen.print('\n')
    if (done.ok) this.#prompt = done.value.prompt
    else if (done.failure.reason !== 'cancelled') screen.say(troubleText(done))
    if (done.ok && done.value.ended) return this.#leave()
    this.#show()
  }

  #hear(shell: Shell, note: ShellNote): void {
    if (this.#shell !== shell || this.#over) return
    const { screen, onFile } = this.#parts
    if (note.kind === 'output') screen.print(note.text)
    else if (note.kind === 'busy') screen.busy(note)
    else if (note.kind === 'clear') screen.clear()
    else onFile(note.name, note.blob)
  }

  async #complete(again: boolean): Promise<void> {
    const { text, cursor } = this.#editor
    const asked = this.#shell
    this.#busy = true
    const found = await this.#ask((shell) => shell.complete(text, cursor))
    // It has ended, and nothing is ready for keys before the next one is.
    if (this.#shell !== asked || this.#over) return
    this.#busy = false
    const completion: Completion = found.ok ? found.value : { start: cursor, candidates: [] }
    const changed = this.#editor.complete(completion)
    if (!changed && again && completion.candidates.length > 1) {
      const names = completion.candidates.map(leafOf).toSorted()
      this.#parts.screen.finishLine()
      this.#parts.screen.say(columnsOf(names, this.#parts.screen.columns))
    }
    this.#show()
  }

  #leave(): void {
    if (this.#over) return
    this.#over = true
    this.#parts.onLeft()
  }

  #view(): HostView | undefined {
    const { playground, host } = this.#parts
    return playground.snapshot().hosts.find((candidate) => candidate.name === host)
  }

  #ask<T>(work: (shell: Shell) => Promise<Result<T>>): Promise<Result<T>> {
    const { host } = this.#parts
    return this.#shell ? work(this.#shell) : Promise.resolve(fail('host_down', { name: host, why: 'it has no shell now' }))
  }
}

function isPress(key: Key, name: string): boolean {
  return key.kind === 'press' && key.name === name
}

const HINTS = {
  master: 'ls -l /mnt/famfs · famfs creat -s 1m /mnt/famfs/mine · help',
  client: 'sudo famfs logplay /mnt/famfs · ls -l /mnt/famfs · help',
  none: 'mkfs.famfs /dev/dax0.0 · famfs mount /dev/dax0.0 /mnt/famfs · help',
}

function troubleText(failed: Result<unknown> & { ok: false }): string {
  return alarming(`${sentence(failed.failure.says)} ${sentence(failed.failure.next)}`)
}
