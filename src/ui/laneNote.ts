// Which failure of a host still stands: one that it met as it is mounted now, and not before everything was made anew.

import type { HostView, TraceEvent } from '../playground/types.ts'

/** The host's latest failure that is no history yet. @param upTo index of the last event that was put away */
export function noteOn({ name, seatedFrom }: Pick<HostView, 'name' | 'seatedFrom'>, trace: readonly TraceEvent[], upTo: number): TraceEvent | undefined {
  // What made everything anew: trouble from before it is no trouble any more.
  const turn = trace.findLast(({ kind }) => kind === 'history' || kind === 'format' || kind === 'page')?.index ?? -1
  return trace.findLast(({ failure, host, index }) => failure && host === name && index > Math.max(upTo, turn) && index >= seatedFrom)
}
