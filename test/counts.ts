// How often things run, once for all tests. A test that runs one of these prints how often, so that a number can't
// quietly become small.

/** Inputs per kind in npm test; by hand: npm run fuzz -- --kind image --runs 100000 --seed 1. */
export const fuzzRuns = { image: 4000, entry: 8000 }
/** Inputs per type of message; by hand: npm run fuzz -- --kind message --runs 100000 --seed 1. */
export const messageFuzzRuns = 2000
/** Inputs that are opened as dumps: each costs a look at everything. */
export const dumpFuzzRuns = 500
export const fuzzSeed = 20_260_101

/** Runs per property of fast-check, by how much one run costs. */
export const propertyRuns = { cheap: 2000, usual: 400, dear: 100 }

/** Least power-cut points that must have been tried: fewer would mean that the writes aren't all seen. */
export const powerCutsLeast = { mkfsFresh: 4, mkfsOverOld: 130, operations: 30, mkfsSeveral: 22, devadd: 13 }

/** Golden images, with or without the images themselves. */
export const goldenImages = 22

/** Kept texts that libyaml 0.2.5 itself wrote. */
export const yamlVectorsLeast = 200

/** Scenarios of test/conformance, their steps (a repeated one counts once), and both over the modes. */
export const conformance = { scenarios: 30, fileSteps: 682, runs: 48, steps: 1080 }

/** Undo and redo: mixed sessions, each with its devices and operations, and how often it then goes somewhere else. A seed that once failed stays. */
export const history = {
  sessions: [
    { deviceCount: 1, operations: 200, seed: 20_261_121 },
    { deviceCount: 3, operations: 100, seed: 20_261_121 },
    { deviceCount: 3, operations: 230, seed: 2 },
  ],
  journeys: 40,
}

/** Per kernel: maps by chance, places at which a long map is asked, lies of a daemon, and mounts on which it says anything unasked. */
export const kernelRuns = { maps: 60, places: 300, lies: 100, notices: 400 }

export function printCount(what: string, count: number | string): void {
  process.stdout.write(`${what}: ${count}\n`)
}
