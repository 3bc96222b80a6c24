// After memory failed, or where no file system can be seen: what the guide says, and what it offers to press. It comes with
// the first of these.

import { clearWords, startWords } from '../playground/heals.ts'
import type { Snapshot } from '../playground/types.ts'
import { listText, sentence } from './format.ts'
import { type MemoryAdvice, memoryAdvice } from './memoryGuide.ts'
import { type Offer, undoOffer } from './offer.ts'

export interface MemoryNews {
  says: string
  offers: Offer[]
}

/** Undefined while there is one file system, all devices are well, and no host has lost a file to one. */
export function memoryNews(snapshot: Snapshot): MemoryNews | undefined {
  if (!snapshot.device.filesystem) return { says: awayText(snapshot) ?? lostText(snapshot), offers: [] }
  const advice = memoryAdvice(snapshot)
  if (advice) return { says: advice.says, offers: offersOf(advice, snapshot) }
  // Whoever uses the one that is shown may have something else to do.
  const says = snapshot.hosts.every(({ status, elsewhere }) => status !== 'up' || elsewhere !== undefined) ? awayText(snapshot) : undefined
  return says === undefined ? undefined : { says, offers: [] }
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

/** Hosts that use another file system than the one that is shown. */
function awayText({ device, hosts }: Snapshot): string | undefined {
  const away = hosts.filter((host) => host.elsewhere !== undefined)
  if (away.length === 0) return undefined
  const primaries = [...new Set(away.map(({ elsewhere }) => elsewhere))].map((primary) => {
    const there = away.filter(({ elsewhere }) => elsewhere === primary)
    return `${listText(there.map(({ name }) => name))} ${there.length === 1 ? 'has' : 'have'} the file system of ${primary} mounted`
  })
  return `${primaries.join(', ')}: lanes and terminals have it. Log, map and Problems show only one whose primary is ${device.name}.`
}

/** No file system can be seen: hosts that have one mounted go on with what they know. */
function lostText({ device, hosts }: Snapshot): string {
  const stranded = hosts.filter((host) => host.stranded).map(({ name }) => name)
  const says = sentence(device.trouble?.says ?? device.verdict)
  if (stranded.length === 0) return `${says} Format the device.`
  return `${says} ${listText(stranded, stranded.length)} still ${stranded.length === 1 ? 'reaches' : 'reach'} the files that ${stranded.length === 1 ? 'it knows' : 'they know'}, and can play nothing. Step back, or Format the device.`
}
