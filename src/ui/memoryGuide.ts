// What to make of memory that failed, in the guide's one sentence or two: what happened, and what to try.

import type { HostView, PoolDeviceView, Snapshot } from '../playground/types.ts'
import { listText } from './format.ts'

const SHOWN = 2

/** Undefined while all devices are well and no host has lost a file to one. */
export function memoryText({ device: { devices }, hosts, files }: Snapshot): string | undefined {
  const hit = listText(files.filter(({ fault }) => fault !== undefined).map(({ path }) => path), SHOWN)
  const bad = devices.find(({ health }) => health.isStopped || health.poison.length > 0)
  const lost = lostMount(hosts, bad)
  if (bad) {
    const says = bad.health.isStopped ? `${nameOf(bad, devices)} does not answer` : `Memory of ${nameOf(bad, devices)} is poisoned`
    const under = hit === '' ? ', and no file lies there' : ` under ${hit}`
    const next = lost ? `${lost.name} has met it: other files of its mount may be gone, too, until it is mounted again` : hit === '' ? 'the next file may get it' : 'read it on a host and see the error, then read another file'
    return `${says}${under}: ${next}. Step back, or mend it under Devices, and mount again.`
  }
  if (lost) return `${lost.name} saw memory fail, and its mount stays broken although the memory is well: umount and mount it in its terminal, or reboot ${lost.name}.`
  const without = hosts.find(({ lacks, files: seen }) => lacks.length > 0 && seen.some(({ fault }) => fault === 'missing'))
  return without && `${without.name} runs without device ${without.lacks.join(' and ')}: files on it are errors there (ENODEV), all others go on. Give it back in the menu of ${without.name}.`
}

/** A host whose files are gone although their memory is well. */
export function lostMount(hosts: readonly HostView[], bad?: PoolDeviceView): HostView | undefined {
  if (bad?.health.isStopped) return undefined
  const isOn = ({ poison }: PoolDeviceView['health'], at: number, length: number): boolean => poison.some(({ offsetBytes, lengthBytes }) => offsetBytes < at + length && at < offsetBytes + lengthBytes)
  return hosts.find(({ files }) => files.some(({ fault, extents }) => fault === 'memory' && !(bad && extents.some(({ offsetBytes, lengthBytes }) => isOn(bad.health, offsetBytes, lengthBytes)))))
}

function nameOf({ devindex, name }: PoolDeviceView, devices: readonly PoolDeviceView[]): string {
  return devices.length > 1 ? `device ${devindex}` : name
}
