// What to make of memory that failed, in the guide's one sentence or two: what happened, and what to try.

import type { HostView, PoolDeviceView, Snapshot } from '../playground/types.ts'
import { listText } from './format.ts'

const SHOWN = 2

/** Undefined while all devices are well and no host has lost a file to one. */
export function memoryText({ device: { devices }, hosts, files }: Snapshot): string | undefined {
  const hit = listText(files.filter(({ fault }) => fault !== undefined).map(({ path }) => path), SHOWN)
  const bad = badDevice(devices)
  const lost = lostMount(hosts, bad)
  if (bad) {
    const name = nameOf(bad, devices)
    if (bad.health.isStopped) {
      const others = devices.length > 1 ? ' Try a file that lies elsewhere.' : ''
      return `${name.replace('device', 'Device')} does not answer: ${hit === '' ? 'no file lies on it yet' : `nobody reaches ${hit}`}.${others} Step back, or let it answer again under Devices, and mount again.`
    }
    if (lost) return `${lost.name} met the poison on ${name}, and its mount is broken for more than ${hit}: mount it again, and the others are back. Step back, or re-initialise ${name} under Devices, to heal ${hit}.`
    if (hit === '') return `Memory of ${name} is poisoned where no file lies: the next file may get it. Step back, or re-initialise ${name} under Devices.`
    return `Memory of ${name} is poisoned under ${hit}: read it on a host and see the error, then read another file. Step back, or re-initialise ${name} under Devices and mount again.`
  }
  if (lost) return `${lost.name} saw memory fail, and its mount stays broken although the memory is well: umount and mount it in its terminal, or reboot ${lost.name}.`
  const without = hosts.find(({ lacks, files: seen }) => lacks.length > 0 && seen.some(({ fault }) => fault === 'missing'))
  return without && `${without.name} runs without device ${without.lacks.join(' and ')}: files on it are errors there (ENODEV), all others go on. Give it back in the menu of ${without.name}.`
}

/** The one to speak of: a device that doesn't answer comes before poison. */
export function badDevice(devices: readonly PoolDeviceView[]): PoolDeviceView | undefined {
  return devices.find(({ health }) => health.isStopped) ?? devices.find(({ health }) => health.poison.length > 0)
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
