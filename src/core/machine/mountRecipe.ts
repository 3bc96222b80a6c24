// What makes another mount like one that is there: of what it was asked for only what isn't usual, so that two that were
// asked for in other words and are alike have the same recipe.

import type { FamfsMountOptions } from './systemTypes.ts'
import type { Generation, MountRecipe } from './types.ts'

export const YEAR_SECONDS = 365 * 24 * 3600

/** @param shadowPath where its shadow tree is, whatever was typed */
export function recipeOf(options: FamfsMountOptions, { generation = 'first', shadowPath }: { generation?: Generation; shadowPath?: string }): MountRecipe | undefined {
  const { allowRogue = false, allowOther = true, defaultPermissions = true, timeoutSeconds = YEAR_SECONDS, shadow, asIs = false, words = [] } = options
  const recipe: MountRecipe = {
    ...(allowRogue ? { allowRogue } : {}),
    ...(allowOther ? {} : { allowOther }),
    ...(defaultPermissions ? {} : { defaultPermissions }),
    ...(timeoutSeconds === YEAR_SECONDS ? {} : { timeoutSeconds }),
    // A tree that was there before the mount is whoever's made it, and no replay writes there.
    ...(shadow === undefined || shadowPath === undefined || asIs ? {} : { shadow: shadowPath }),
    ...(words.length === 0 ? {} : { words }),
    ...(generation === 'first' ? {} : { generation }),
  }
  return Object.keys(recipe).length === 0 ? undefined : recipe
}
