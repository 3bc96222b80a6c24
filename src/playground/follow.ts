// Acts that bring hosts from one state to another, for steps of which only the outcome is kept. They start and end, mount
// and unmount with the same kernel, daemon and options, play the log as far as it was played, remove what was removed on one
// host alone, and have met what they met of their devices. What else plain tools can do to one host's mount is not brought
// back: other names, sizes, owners and modes, files that no log knows, changes to a fuse mount's shadow tree. The device has
// no part in any of that, and its bytes are exact.

import { type Act, type CallAct, type HealthState, type HostState, isSameMount, mountGiven, recallActs, type RepeatableName } from './acts.ts'

export function followActs(known: readonly HostState[], now: readonly HostState[]): Act[] {
  const before = new Map(known.map((host) => [host.name, host]))
  const gone = known.filter(({ name, systemUuid }) => now.find((host) => host.name === name)?.systemUuid !== systemUuid)
  const acts: Act[] = gone.map(({ name }) => ({ act: 'remove', host: name }))
  for (const { name } of gone) before.delete(name)
  for (const host of now) acts.push(...actsOf(before.get(host.name), host))
  return acts
}

/**
 * What became of hosts came about before memory failed, or after it was mended: nobody mounts what doesn't answer, nor plays
 * its log. And before it was reconfigured: a mount that was made after says so itself.
 * @param before undefined where the devices are new
 */
export function withHealth(acts: readonly Act[], before: readonly HealthState[] | undefined, now: readonly HealthState[]): Act[] {
  const was = before ?? now.map((): HealthState => ({ poison: [], isStopped: false, configuration: 0 }))
  const sound = was.map(({ configuration }): HealthState => ({ poison: [], isStopped: false, configuration }))
  const [first, last] = [!isSame(was, sound) && acts.length > 0, !isSame(was, now)]
  return [...(first ? [{ act: 'health' as const, states: sound }] : []), ...acts, ...(first || last ? [{ act: 'health' as const, states: [...now] }] : [])]
}

function isSame(a: readonly HealthState[], b: readonly HealthState[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What is known afterwards: a host that is only starting is known as it was. */
export function knownAfter(known: readonly HostState[], now: readonly HostState[]): HostState[] {
  return now.flatMap((host) => (host.status === 'starting' ? known.filter(({ name }) => name === host.name) : [host]))
}

function actsOf(was: HostState | undefined, host: HostState): Act[] {
  const { name, status, mount, mountedAs: given } = host
  const isKnown = status === 'starting' || mount !== undefined || given === undefined || JSON.stringify(given) === JSON.stringify(was?.mountedAs)
  return [...lifeOf(was, host), ...(isKnown ? [] : [{ act: 'seat' as const, host: name, given }])]
}

function lifeOf(was: HostState | undefined, host: HostState): Act[] {
  const { name, systemUuid, lacks, status, why = 'it went down', lives } = host
  if (status === 'starting') return []
  const start: Act = { act: 'start', host: name, systemUuid, lacks }
  if (status === 'down') {
    if (was?.status === 'down' && was.why === host.why) return []
    return [...(was ? [] : [start]), { act: 'down', host: name, why }]
  }
  const isAnew = was?.lives !== lives
  return [...(isAnew ? [start] : []), ...mountActs(isAnew ? undefined : was, host)]
}

function mountActs(was: HostState | undefined, host: HostState): Act[] {
  const { name, mount, canPlay, removed, files } = host
  const before = was?.mount
  // Played from the first entry, a log that was damaged meanwhile counts fewer entries, and nothing is gone.
  const fewer = before !== undefined && mount !== undefined && mount.playedCount < before.playedCount
  const stays = before !== undefined && mount !== undefined && isSameMount(before, mount) && !(fewer && lostBetween(was as HostState, host).length > 0)
  const acts: Act[] = []
  if (before && !stays) acts.push(call(name, 'umount', { mountpoint: before.mountpoint }))
  if (!mount) return acts
  const { mountpoint, playedCount, daemon } = mount
  const playsAll = stays && canPlay && (fewer || cameBack(was as HostState, host))
  if (!stays) acts.push({ ...call(name, 'mount', mountGiven(mount)), entryCount: playedCount })
  else if (playsAll) acts.push({ ...call(name, 'logplay', { path: mountpoint, whole: true }), entryCount: playedCount })
  else if (canPlay && playedCount > before.playedCount) acts.push({ ...call(name, 'logplay', { path: mountpoint, fromIndex: before.playedCount }), entryCount: playedCount })
  // A master knows what it appends, even where its play has stopped at a damaged entry before.
  const known = new Set(stays ? was?.files.map(({ entryIndex }) => entryIndex) : [])
  const ahead = files === was?.files && stays ? [] : files.filter(({ entryIndex }) => entryIndex >= playedCount && !known.has(entryIndex))
  for (const { entryIndex } of ahead.sort((a, b) => a.entryIndex - b.entryIndex)) {
    acts.push({ ...call(name, 'logplay', { path: mountpoint, fromIndex: entryIndex }), entryCount: entryIndex + 1 })
  }
  const recalled = recallActs(host, stays ? before : undefined)
  // Nothing is removed from a mount with a daemon but by way of its shadow tree.
  if (daemon !== undefined) return [...acts, ...recalled]
  // Playing from the first entry brings back what was removed. What is inside of a directory goes before it.
  const toRemove = [...(playsAll || !stays ? removed : lostBetween(was as HostState, host))].sort().reverse()
  return [...acts, ...toRemove.map((path) => call(name, 'unlink', { path: `${mountpoint}/${path}` })), ...recalled]
}

/** Something that was removed here before is there again: the log was played from its first entry. */
function cameBack(was: HostState, { files }: HostState): boolean {
  if (was.files === files) return false
  const before = new Set(was.files.map(({ path }) => path))
  const playedCount = was.mount?.playedCount ?? 0
  return files.some(({ path, entryIndex }) => entryIndex >= 0 && entryIndex < playedCount && !before.has(path))
}

/** It was there, and is not; or it came and went meanwhile. */
function lostBetween(was: HostState, { files, removed }: HostState): string[] {
  if (was.files === files) return []
  const here = new Set(files.map(({ path }) => path))
  const lost = was.files.filter(({ path, entryIndex }) => entryIndex >= 0 && !here.has(path)).map(({ path }) => path)
  return [...new Set([...lost, ...removed.filter((path) => !was.removed.includes(path))])]
}

function call<K extends RepeatableName>(host: string, name: K, given: Extract<CallAct, { name: K }>['given']): CallAct {
  return { act: 'call', host, name, given, ok: true } as CallAct
}
