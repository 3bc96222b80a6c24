// The page stands before the session does: until it opens, this stand-in answers with an empty snapshot, and whatever
// is asked of it waits for the real one. The first scene appears whole, so that nothing moves while it is set up; trouble on
// the way shows at once. Nothing here knows a file system.

import type { Playground, Snapshot } from '../playground/types.ts'

const before: Snapshot = {
  version: 0,
  deviceVersion: 0,
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

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => (real && isWhole(real.snapshot()) ? real.snapshot() : shown),
    peek: async (...of) => (await arrived).peek(...of),
    format: async (...of) => (await arrived).format(...of),
    newFile: async (...of) => (await arrived).newFile(...of),
    newDirectory: async (...of) => (await arrived).newDirectory(...of),
    dropFiles: async (...of) => (await arrived).dropFiles(...of),
    playLog: async (...of) => (await arrived).playLog(...of),
    addHost: async (...of) => (await arrived).addHost(...of),
    removeHost: async (...of) => (await arrived).removeHost(...of),
    killHost: async (...of) => (await arrived).killHost(...of),
    rebootHost: async (...of) => (await arrived).rebootHost(...of),
    poke: async (...of) => (await arrived).poke(...of),
    edit: async (...of) => (await arrived).edit(...of),
    search: async (...of) => (await arrived).search(...of),
    findEntries: async (...of) => (await arrived).findEntries(...of),
    takeFile: async (...of) => (await arrived).takeFile(...of),
    stepTo: async (...of) => (await arrived).stepTo(...of),
    sha256: async (...of) => (await arrived).sha256(...of),
    poison: async (...of) => (await arrived).poison(...of),
    stopDevice: async (...of) => (await arrived).stopDevice(...of),
    startDevice: async (...of) => (await arrived).startDevice(...of),
    reconfigureDevice: async (...of) => (await arrived).reconfigureDevice(...of),
    clearPoison: async (...of) => (await arrived).clearPoison(...of),
    detachDevice: async (...of) => (await arrived).detachDevice(...of),
    attachDevice: async (...of) => (await arrived).attachDevice(...of),
    cancelTask: (id) => real?.cancelTask(id),
    openShell: async (...of) => (await arrived).openShell(...of),
    save: async (...of) => (await arrived).save(...of),
    startOver: async (...of) => (await arrived).startOver(...of),
    dispose: async (...of) => (await arrived).dispose(...of),
  }
}

function isWhole({ ready, trace }: Snapshot): boolean {
  return ready || trace.some(({ failure }) => failure !== undefined)
}
