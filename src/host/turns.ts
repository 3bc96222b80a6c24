// Turns of the event loop: messages that have come in are answered before whoever takes one goes on. Taking a turn opens
// nothing once the channel is there; an open channel keeps Node from ending, so it is closed when nobody runs.

export class Turns {
  #channel: MessageChannel | undefined
  readonly #takers: (() => void)[] = []

  take(): Promise<void> {
    const { port2 } = (this.#channel ??= this.#open())
    return new Promise((resolve) => {
      this.#takers.push(resolve)
      port2.postMessage(undefined)
    })
  }

  /** Call when nobody waits for a turn; the next one opens it again. */
  close(): void {
    this.#channel?.port1.close()
    this.#channel = undefined
  }

  #open(): MessageChannel {
    const channel = new MessageChannel()
    // One message for each taker, and both in order.
    channel.port1.onmessage = () => this.#takers.shift()?.()
    return channel
  }
}
