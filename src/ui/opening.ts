// The page stands before the session does: until it opens, this stand-in answers with an empty snapshot, and whatever
// is asked of it waits for the real one. The first scene appears whole, so that nothing moves while it is set up; trouble on
// the way shows at once. Nothing here knows a file system.

import type { Playground, Snapshot } from '../playground/types.ts'

const before: Snapshot = {
  version: 0,
  deviceVersion: 0,
  bytesVersion: 0,
  engine: { kind: 'parallel', sentence: 'The hosts are starting.' },
  device: { name: '/dev/dax0.0', sizeBytes: 0, devices: [], filesystem: undefined, verdict: 'The first scene is being set up.', trouble: undefined },
  files: [],
  hosts: [],
  trace: [],
  tasks: [],
  storage: { state: 'saving', sentence: 'The stored image is being looked for.' },
  history: { position: 0, stepCount: 0, back: undefined, forward: undefined, travelling: false },
  problems: { list: [], count: 0, checking: false, sentence: 'Nothing has been checked yet.' },
  dump: undefined,
  ready: false,
}

/** What waits for the session; the type of what is made here says whether one is missing. */
const ASKED = [
  'peek', 'format', 'newFile', 'newDirectory', 'dropFiles', 'playLog', 'addHost', 'removeHost', 'killHost', 'rebootHost', 'poke', 'edit', 'search', 'findEntries',
  'takeFile', 'stepTo', 'sha256', 'poison', 'stopDevice', 'startDevice', 'reconfigureDevice', 'clearPoison', 'detachDevice', 'attachDevice', 'openShell', 'save',
  'startOver', 'dispose',
] as const satisfies readonly (keyof Playground)[]
type Asked = (typeof ASKED)[number]

export function whileOpening(opening: Promise<Playground>): Playground {
  const listeners = new Set<() => void>()
  let shown = before
  let real: Playground | undefined
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const arrived = opening.then((playground) => {
    real = playground
    playground.subscribe(tell)
    tell()
    return playground
  })
  arrived.catch((error: unknown) => {
    const what = error instanceof Error ? error.message : String(error)
    shown = { ...before, device: { ...before.device, verdict: `The session could not start: ${what}. Reload the page.` } }
    tell()
  })
  const asked = Object.fromEntries(ASKED.map((name) => [name, async (...of: never[]) => ((await arrived)[name] as (...of: never[]) => unknown)(...of)])) as unknown as Pick<Playground, Asked>

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => (real && isWhole(real.snapshot()) ? real.snapshot() : shown),
    ...asked,
    cancelTask: (id) => real?.cancelTask(id),
  }
}

function isWhole({ ready, trace }: Snapshot): boolean {
  return ready || trace.some(({ failure }) => failure !== undefined)
}
