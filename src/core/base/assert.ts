// An assert that fails is our own mistake, never the user's: it throws. Trouble that can be expected is a Result.

export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`broken assumption: ${sentence}`)
}

/** For the default branch of a switch that the type checker has proved complete. */
export function unreachable(value: never): never {
  throw new Error(`broken assumption: ${String(value)} was thought impossible`)
}
