// How a command runs, whether it was chosen or its keys were pressed: never while it can't be used, never on a scene that
// is out of sight, and nothing it throws is lost. What fails by the session's own rules is in the trace already.

import { beside } from '../dump/beside.ts'
import { mistakeOf } from '../trouble.ts'
import type { Command, CommandContext } from './command.ts'
import { isOfScene } from './commands.ts'

/** A page of its own has sliders and fields to set back: a scene that is out of sight takes no key there. The palette says first what it does. */
export function hasKeys(command: Command): boolean {
  const { activeId, list } = beside.state()
  return !isOfScene(command) || list.find(({ id }) => id === activeId)?.page === undefined
}

/** @returns why it can't be used now, in one sentence; undefined where it ran */
export async function perform(command: Command, context: CommandContext): Promise<string | undefined> {
  const why = command.when(context.playground.snapshot())
  if (why !== undefined) return why
  if (isOfScene(command) && beside.state().activeId !== undefined) beside.show(undefined)
  try {
    await command.run(context)
  } catch (error) {
    context.look.set({ mistake: mistakeOf(error, () => void perform(command, context)) })
  }
  return undefined
}
