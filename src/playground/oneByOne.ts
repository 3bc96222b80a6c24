// Work that is done one after the other, in the order it was asked for, however each ends.

export class OneByOne {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work)
    // Whoever asked sees how it ended; the next in line only waits for it.
    const ended = (): undefined => undefined
    this.#last = run.then(ended, ended)
    return run
  }
}
