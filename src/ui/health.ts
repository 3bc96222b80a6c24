// What the hardware says of a device, in a few words: the same on the map, in lists and for who only hears it.

import type { HealthView } from '../playground/types.ts'
import { plural, sizeText } from './format.ts'

/** That it was reconfigured once is history: what that cost a mount is said of the mount. */
export function isFailing({ poison, isStopped }: HealthView): boolean {
  return isStopped || poison.length > 0
}

/** Empty for a device that is as it should be. */
export function healthText({ poison, isStopped, configuration }: HealthView): string {
  const words = []
  if (isStopped) words.push('does not answer')
  if (configuration > 0) words.push(configuration === 1 ? 'reconfigured once' : `reconfigured ${plural(configuration, 'time')}`)
  const bytes = poison.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  if (bytes > 0) words.push(`${sizeText(bytes)} poisoned${poison.length > 1 ? ` in ${plural(poison.length, 'place')}` : ''}`)
  return words.join(', ')
}
