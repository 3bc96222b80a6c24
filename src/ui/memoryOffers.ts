// After memory failed: what the guide says, and what it offers to press. It comes with the first failure.

import { clearWords, startWords } from '../playground/spoken.ts'
import type { Snapshot } from '../playground/types.ts'
import { type MemoryAdvice, memoryAdvice } from './memoryGuide.ts'
import { type Offer, undoOffer } from './offer.ts'

export interface MemoryNews {
  says: string
  offers: Offer[]
}

/** Undefined while all devices are well and no host has lost a file to one. */
export function memoryNews(snapshot: Snapshot): MemoryNews | undefined {
  const advice = memoryAdvice(snapshot)
  return advice && { says: advice.says, offers: offersOf(advice, snapshot) }
}

/** To heal it, to mount again or to meet it, and the way back; what else there is stands in the list of devices. */
function offersOf({ remount, read, bad, heal, undoes }: MemoryAdvice, snapshot: Snapshot): Offer[] {
  const offers: Offer[] = []
  if (bad && heal === 'start') offers.push({ label: startWords(bad), run: (playground) => playground.startDevice(bad.devindex) })
  if (bad && heal === 'clear') offers.push({ label: clearWords(bad), run: (playground) => playground.clearPoison(bad.devindex) })
  if (remount !== undefined) offers.push({ label: `Reboot ${remount}`, run: (playground) => playground.rebootHost(remount) })
  else if (read) offers.push({ label: `Read ${read.path} on ${read.host}`, run: (playground) => playground.sha256(read.host, read.path) })
  if (undoes !== undefined) return [...offers, undoOffer(snapshot, `Undo: ${undoes}`)]
  return bad ? [...offers, { label: 'Devices', run: (_, look) => look.set({ sheet: 'device list' }) }] : offers
}
