// The way to another step: from the last device that was put in place, or from where the session began, all acts are done
// again. What is shown stays until the other state is there, whole and as it was the first time; else it stays for good.

import { failLate } from '../core/base/late.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import type { Act } from './acts.ts'
import { ChangeFinder } from './changes.ts'
import { followActs, withHealth } from './follow.ts'
import type { History, Step } from './history.ts'
import { MediaReader } from './media.ts'
import { newMemory } from './newMemory.ts'
import { Replay } from './replay.ts'
import { sealerOf } from './sealer.ts'
import { lateSentences } from './lateSentences.ts'
import type { Extent } from './types.ts'
import type { World } from './world.ts'

type Reached = Result<{ replay: Replay; finder: ChangeFinder; written: Extent[] }>

export async function travel(world: World, wanted: number): Promise<Result<undefined>> {
  if (Number.isNaN(wanted) || wanted === world.history.position) return ok()
  const done = await world.history.travel(async () => {
    world.touch()
    await world.endTasks('the session goes to another step')
    return await travelTo(world, Math.max(0, Math.min(world.history.steps.length, Math.trunc(wanted))))
  })
  world.touch()
  return done.ok ? ok() : world.refuse(done)
}

async function travelTo(world: World, position: number): Promise<Result<undefined>> {
  const { history } = world
  const from = history.position
  if (position === from) return ok()
  await history.keepBase()
  history.leave()
  const sealer = sealerOf(world)
  history.keepSum(from, await sealer.sum())
  const reached = await reach(world, position)
  if (!reached.ok) return reached
  const { replay, finder, written } = reached.value
  const steps = history.steps.slice(Math.min(from, position), Math.max(from, position))
  if (steps.some(({ acts }) => acts.some(isMemory))) world.saver.another(written)
  world.adopt(replay.pool, replay.hosts)
  sealer.adopt(finder)
  history.arrived(position)
  world.saver.mark(steps.flatMap(({ touched }) => touched))
  world.trace.addTravel(lateSentences.travelled(position, history.steps.length, history.view.back))
  return ok()
}

/** Nobody sees anything of it, however it ends. */
async function reach(world: World, position: number): Promise<Reached> {
  const { history } = world
  const start = startOf(history, position)
  const makers = { boot: world.roster.boot.bind(world.roster) }
  const [first, ...rest] = start.acts
  if (first?.act !== 'devices') return fail('page_failed', { what: 'a history begins with a device' })
  const pool = await newMemory(world, first.devices)
  if (!pool.ok) return pool
  const replay = new Replay(pool.value, makers)
  const steps = history.steps.slice(start.doneCount, position)
  replay.startAhead([...rest, ...steps.flatMap(({ acts }) => acts)])
  let arrived = false
  try {
    const outcome = await doAgain(replay, rest, history.steps[start.doneCount - 1], steps, start.doneCount)
    const written = [...start.touched, ...steps.flatMap(({ touched }) => touched)]
    const checked = outcome.ok ? await check(replay, written, history, position) : outcome
    arrived = checked.ok
    return checked.ok ? ok({ replay, finder: checked.value, written }) : checked
  } finally {
    if (!arrived) await replay.end()
  }
}

/** The latest place before a position from which nothing earlier is needed: a device, new and empty. */
function startOf(history: History, position: number): { acts: Act[]; touched: Extent[]; doneCount: number } {
  for (let i = position - 1; i >= 0; i--) {
    const { acts, touched } = history.steps[i] as Step
    const at = acts.findLastIndex(isMemory)
    if (at >= 0) return { acts: acts.slice(at), touched, doneCount: i + 1 }
  }
  const { known, pages, acts } = history.base
  const memory: Act = { act: 'devices', devices: known.devices }
  const bytes: Act[] = pages ? [{ act: 'pages', pages }] : []
  return { acts: [memory, ...bytes, ...withHealth(followActs([], known.hosts), undefined, known.health), ...acts], touched: pages?.runs ?? [], doneCount: 0 }
}

/** @param first the step that `acts` belong to, if they are of a step */
async function doAgain(replay: Replay, acts: readonly Act[], first: Step | undefined, steps: readonly Step[], doneCount: number): Promise<Result<undefined>> {
  const reader = new MediaReader(replay.pool.seen)
  const rounds = [{ acts, step: first }, ...steps.map((step) => ({ acts: step.acts, step }))]
  for (const [i, round] of rounds.entries()) {
    const number = doneCount + i
    for (const act of round.acts) {
      const done = await replay.do(act)
      if (!done.ok) return failLate('travel_failed', { step: number, why: done.failure.says })
    }
    const { filesystem } = reader.read()
    const wanted = round.step?.leaves
    const entryCount = filesystem?.entryCount ?? 0
    if (wanted && (wanted.fsUuid !== filesystem?.uuid || wanted.entryCount !== entryCount)) {
      return failLate('travel_differs', { step: number, what: `the log counts ${entryCount} entries instead of ${wanted.entryCount}, or the file system is another` })
    }
    if (wanted && wanted.health !== JSON.stringify(replay.pool.health)) return failLate('travel_differs', { step: number, what: 'the devices are in another state' })
  }
  return ok()
}

async function check(replay: Replay, touched: readonly Extent[], history: History, position: number): Promise<Result<ChangeFinder>> {
  const { buffer } = replay.pool
  const finder = new ChangeFinder()
  finder.expect(buffer, touched)
  await finder.learn(buffer, () => true)
  const [wanted, sum] = [history.sumAt(position), finder.sum(buffer)]
  if (wanted !== undefined && wanted !== sum) return failLate('travel_differs', { step: position, what: 'some bytes of the device are others' })
  history.keepSum(position, sum)
  return ok(finder)
}

function isMemory(act: Act): boolean {
  return act.act === 'devices'
}
