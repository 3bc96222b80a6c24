// How devices are spoken of, and which one is meant. A device of the file system has one number, its index there: what log,
// tools and extents call it. One that is in none has no number, and goes by its name on the first host. Pages and sentences
// turn a device into words here, and words into a device, and nowhere else.

import type { MediaState } from './media.ts'
import type { Pool } from './pool.ts'
import type { Roster } from './roster.ts'
import type { PoolDeviceView } from './types.ts'

export type Spoken = Pick<PoolDeviceView, 'name' | 'fsDevindex'>

/** "device 2", or "/dev/dax3.0". */
export function deviceWords({ name, fsDevindex }: Spoken): string {
  return fsDevindex === undefined ? name : `device ${fsDevindex}`
}

/** The same; one that is alone goes by its name. */
export function deviceAmong(device: Spoken, { length }: readonly Spoken[]): string {
  return length > 1 ? deviceWords(device) : device.name
}

/** Where a sentence begins. */
export function capitalDevice(words: string): string {
  return words.replace(/^device/, 'Device')
}

/** As it stands before the colon of an address: "2", or "dax3.0". */
export function deviceKey({ name, fsDevindex }: Spoken): string {
  return fsDevindex === undefined ? name.replace('/dev/', '') : String(fsDevindex)
}

/** "device 2", "devices 3, 0 and 1", "device 2 and /dev/dax3.0". */
export function devicesWords(devices: readonly Spoken[]): string {
  const numbers = devices.flatMap(({ fsDevindex }) => (fsDevindex === undefined ? [] : [String(fsDevindex)]))
  const names = devices.flatMap(({ name, fsDevindex }) => (fsDevindex === undefined ? [name] : []))
  const [first, ...more] = numbers
  return listed(first === undefined ? names : [`${more.length > 0 ? 'devices' : 'device'} ${first}`, ...more, ...names])
}

/** @param text what deviceKey says, or a name, with its folder or without */
export function deviceMeant<D extends Spoken>(devices: readonly D[], text: string): D | undefined {
  const asked = text.trim()
  if (/^\d+$/.test(asked)) return devices.find(({ fsDevindex }) => fsDevindex === Number(asked))
  return devices.find(({ name }) => name === asked || name === `/dev/${asked}`)
}

/** A session's devices, by their place. */
export function spokenOf({ pool, media, roster }: { pool: Pool; media: MediaState; roster: Roster }): (Spoken & { baseBytes: number })[] {
  const caller = roster.all()[0]?.name ?? 'A'
  return pool.devices.map(({ baseBytes }, place) => {
    const index = media.devices.findIndex(({ memory }) => memory?.device.baseBytes === baseBytes)
    return { name: pool.nameOn(caller, place), fsDevindex: index < 0 ? undefined : index, baseBytes }
  })
}

/** The device that the byte is on. */
export function deviceUnder<D extends { baseBytes: number }>(devices: readonly D[], offsetBytes: number): D | undefined {
  return devices.findLast(({ baseBytes }) => baseBytes <= offsetBytes)
}

/** "a, b and 3 more". */
export function listed(words: readonly string[], most = words.length): string {
  const shown = words.length > most ? [...words.slice(0, most - 1), `${(words.length - most + 1).toLocaleString('en')} more`] : words
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
