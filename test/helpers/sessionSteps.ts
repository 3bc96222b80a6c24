// Mixed operations for tests of history: each is done through the session's own actions, as a person would do it, and may
// be refused like a person's. Everything that chance decides comes in.

import * as fc from 'fast-check'
import { KIB, MIB } from '../../src/core/base/align.ts'
import type { Session } from '../../src/playground/session.ts'
import { patternBytes } from './outcome.ts'

export interface Mixed {
  kind: string
  /** Which host, file and place, by counting round. */
  a: number
  b: number
  size: number
}

type Do = (session: Session, mixed: Mixed) => Promise<unknown>

const MNT = '/mnt/famfs'
const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }

const hostOf = (session: Session, { a }: Mixed): string => {
  const { hosts } = session.snapshot()
  return hosts[a % hosts.length]?.name ?? 'A'
}
const pathOf = (session: Session, { b }: Mixed): string => {
  const { files } = session.snapshot()
  return files[b % Math.max(1, files.length)]?.path ?? 'none'
}
const deviceOf = (session: Session, { a }: Mixed): number => a % session.snapshot().device.devices.length
const poisonAt = (session: Session, mixed: Mixed): number => {
  const { sizeBytes = 0 } = session.snapshot().device.devices[deviceOf(session, mixed)] ?? {}
  // Mostly where files are.
  return 64 * (((mixed.b % 4 === 0 ? 0 : (10 * MIB) / 64) + mixed.size) % (sizeBytes / 64))
}
const poolPlaceOf = (session: Session, mixed: Mixed): number => {
  const { baseBytes = 0 } = session.snapshot().device.devices[deviceOf(session, mixed)] ?? {}
  return baseBytes + 12 * MIB + mixed.size * 100
}
const masterOf = (session: Session): string => session.snapshot().hosts.find(({ role }) => role === 'master')?.name ?? 'A'
/** How someone mounts by hand. */
const WAYS = ['--nofuse', '--nofuse --kernel v1-abi42', '--fuse', '--fuse --kernel fuse-paged', '--fuse --kernel fuse-iomap', '--fuse --kernel program'] as const
const mountLine = ({ a, b }: Mixed): string => {
  const way = WAYS[b % WAYS.length] ?? ''
  const options = way.startsWith('--fuse') ? `${a % 3 === 1 ? ' -p -t 9' : ''}${a % 7 === 3 ? ' -u' : ''}` : ''
  return `famfs mount ${way}${options} /dev/dax0.0 ${MNT}`
}
const small = { deviceBytes: 24 * MIB, unitBytes: 4096, force: true }

async function line(session: Session, host: string, text: string): Promise<void> {
  const shell = await session.openShell(host)
  if (!shell.ok) return
  await shell.value.run(text, how)
  shell.value.close()
}

async function cancelledCopy(session: Session, { b }: Mixed): Promise<void> {
  const stop = session.subscribe(() => {
    const task = session.snapshot().tasks.find(({ doneCount }) => b % 2 === 0 || doneCount > 0)
    if (task) session.cancelTask(task.id)
  })
  await session.dropFiles(masterOf(session), [new File([patternBytes(5 * MIB, b)], `half${b % 3}`)])
  stop()
}

/** With how often each is done, in so many. */
const deeds: Record<string, [number, Do]> = {
  'new file': [6, (session, { b, size }) => session.newFile({ path: `f${b % 30}`, sizeBytes: 1 + size * 40, seed: b })],
  'new striped file': [2, (session, { b, size }) => session.newFile({ path: `s${b % 9}`, sizeBytes: 1 + size * 40, seed: b, striped: { stripCount: 2, chunkBytes: 2 * 1024 * 1024 } })],
  'new file unfilled': [2, (session, { b, size }) => session.newFile({ path: `u${b % 9}`, sizeBytes: 1 + size * 10 })],
  'new file by anyone': [1, (session, mixed) => session.newFile({ host: hostOf(session, mixed), path: `d${mixed.b % 4}/f${mixed.b % 30}`, sizeBytes: 5000, seed: 7 })],
  'new directory': [2, (session, { b }) => session.newDirectory({ path: b % 2 === 0 ? `d${b % 4}` : `d${b % 4}/e${b % 3}`, parents: b % 3 === 0 })],
  drop: [4, (session, { b, size }) => session.dropFiles(masterOf(session), [new File([patternBytes(1 + size * 30, b)], `drop${b % 12}`)])],
  'drop on anyone': [1, (session, mixed) => session.dropFiles(hostOf(session, mixed), [new File(['hello'], `small${mixed.b % 4}`)])],
  poke: [4, (session, mixed) => session.poke({ host: hostOf(session, mixed), path: pathOf(session, mixed), index: mixed.size % 64, cell: 'BigInt64', value: BigInt(mixed.b) * -3n })],
  'edit data': [3, (session, mixed) => session.edit({ host: hostOf(session, mixed), offsetBytes: 11 * MIB + mixed.size * 100, bytes: patternBytes(1 + (mixed.b % 9000), mixed.b) })],
  'edit log': [1, (session, mixed) => session.edit({ host: hostOf(session, mixed), offsetBytes: 2 * MIB + 4096 + (mixed.size % 4096), bytes: new Uint8Array([mixed.b & 255]) })],
  'edit anywhere': [2, (session, mixed) => session.edit({ host: hostOf(session, mixed), offsetBytes: poolPlaceOf(session, mixed), bytes: patternBytes(1 + (mixed.b % 5000), mixed.b) })],
  poison: [2, (session, mixed) => session.poison(deviceOf(session, mixed), poisonAt(session, mixed), 64 * (1 + (mixed.size % 200)))],
  'stop device': [1, (session, mixed) => session.stopDevice(deviceOf(session, mixed))],
  'start device': [1, (session, mixed) => session.startDevice(deviceOf(session, mixed))],
  'reconfigure device': [1, (session, mixed) => session.reconfigureDevice(deviceOf(session, mixed))],
  'clear poison': [2, (session, mixed) => session.clearPoison(deviceOf(session, mixed))],
  'detach device': [1, (session, mixed) => session.detachDevice(hostOf(session, mixed), deviceOf(session, mixed))],
  'attach device': [2, (session, mixed) => session.attachDevice(hostOf(session, mixed), deviceOf(session, mixed))],
  'shell poisons': [1, (session, mixed) => line(session, hostOf(session, mixed), `cxl inject-media-poison /dev/dax${deviceOf(session, mixed)}.0 --address ${poisonAt(session, mixed)} --length 640; cat ${MNT}/${pathOf(session, mixed)} | wc -c`)],
  'shell mends': [1, (session, mixed) => line(session, hostOf(session, mixed), `d=/dev/dax${deviceOf(session, mixed)}.0; daxctl enable-device $d; cxl clear-media-poison $d --address 0 --length ${16 * MIB}; umount ${MNT}; famfs mount /dev/dax0.0 ${MNT}`)],
  'shell remounts': [4, (session, mixed) => line(session, hostOf(session, mixed), `umount ${MNT}; ${mountLine(mixed)}`)],
  'shell reconfigures': [1, (session, mixed) => {
    const change = `daxctl reconfigure-device --force --mode=devdax /dev/dax${deviceOf(session, mixed)}.0`
    return line(session, hostOf(session, mixed), [`umount ${MNT}; ${change}; ${mountLine(mixed)}`, `famfs logplay ${MNT}; ${change}`, `umount ${MNT}; ${mountLine(mixed)}; ${change}`][mixed.size % 3] ?? '')
  }],
  'shell mounts between': [1, (session, mixed) => line(session, hostOf(session, mixed), `daxctl enable-device /dev/dax0.0; umount ${MNT}; ${mountLine(mixed)}; daxctl disable-device /dev/dax0.0`)],
  read: [5, (session, mixed) => session.sha256(hostOf(session, mixed), pathOf(session, mixed))],
  'edit superblock': [1, (session, mixed) => session.edit({ host: hostOf(session, mixed), offsetBytes: mixed.size % 130, bytes: new Uint8Array([mixed.b & 255]) })],
  'play log': [5, (session, mixed) => session.playLog(hostOf(session, mixed))],
  'add host': [2, (session) => session.addHost()],
  'remove host': [1, (session, mixed) => session.removeHost(hostOf(session, mixed))],
  'kill host': [2, (session, mixed) => session.killHost(hostOf(session, mixed))],
  'reboot host': [4, (session, mixed) => session.rebootHost(hostOf(session, mixed))],
  format: [1, (session, mixed) => session.format({ host: hostOf(session, mixed), force: true, ...(mixed.b % 2 === 0 ? { unitBytes: 4096 } : {}) })],
  'format refused': [1, (session, mixed) => session.format({ host: hostOf(session, mixed) })],
  'another device': [1, (session) => session.format({ ...small, deviceBytes: small.deviceBytes + 4 * KIB * (session.snapshot().history.stepCount + 1) })],
  'start over': [1, async (session) => {
    const deviceCount = session.snapshot().device.devices.length
    await session.startOver()
    // Looking at every byte of 256 MiB again and again would take the test's time.
    await session.format({ ...small, deviceCount })
  }],
  'shell looks': [2, (session, mixed) => line(session, hostOf(session, mixed), `ls -l ${MNT}; cat ${MNT}/f1 | wc -c; echo hello > /tmp/x`)],
  'shell creat': [4, (session, mixed) => line(session, masterOf(session), `famfs creat -s ${4 + (mixed.size % 90)}k -r -S ${mixed.b} ${MNT}/s${mixed.b % 20}`)],
  'shell cp': [2, (session, { b }) => line(session, masterOf(session), `seq ${b % 4000} > /tmp/x; famfs cp /tmp/x ${MNT}/c${b % 20} && famfs mkdir -p ${MNT}/d1/g${b % 4}`)],
  'shell fails': [2, (session, mixed) => line(session, hostOf(session, mixed), `famfs creat -s 10 ${MNT}/none/x; famfs creat -s 900g ${MNT}/y; false`)],
  'shell rm': [3, (session, mixed) => line(session, hostOf(session, mixed), `rm -f ${MNT}/${pathOf(session, mixed)}`)],
  'shell rmdir': [1, (session, mixed) => line(session, hostOf(session, mixed), `rm -rf ${MNT}/d${mixed.b % 4}`)],
  'shell logplay': [2, (session, mixed) => line(session, hostOf(session, mixed), `famfs logplay ${MNT}`)],
  'shell mounts': [2, (session, mixed) => line(session, hostOf(session, mixed), mixed.b % 2 === 0 ? `umount ${MNT}` : `famfs mount /dev/dax0.0 ${MNT}`)],
  'shell mkfs': [1, (session, mixed) => line(session, hostOf(session, mixed), `umount ${MNT}; mkfs.famfs --force /dev/dax0.0; famfs mount /dev/dax0.0 ${MNT}`)],
  'shell writes': [2, (session, mixed) => line(session, masterOf(session), `test -f ${MNT}/${pathOf(session, mixed)} && printf 'line %d' ${mixed.b} | dd of=${MNT}/${pathOf(session, mixed)} conv=notrunc`)],
  'cancelled copy': [3, cancelledCopy],
  'copy and kill': [1, (session, mixed) => Promise.all([cancelledCopy(session, { ...mixed, b: 1 }), session.killHost(masterOf(session))])],
  overlap: [4, (session, mixed) => Promise.all([
    session.newFile({ path: `o${mixed.b % 9}`, sizeBytes: 300_000, seed: mixed.a }),
    session.playLog(hostOf(session, mixed)),
    session.dropFiles(masterOf(session), [new File([patternBytes(100_000, mixed.b)], `p${mixed.b % 9}`)]),
    session.edit({ host: hostOf(session, mixed), offsetBytes: 11 * MIB + mixed.size, bytes: new Uint8Array(10) }),
  ])],
  'shell overlap': [2, (session, mixed) => Promise.all([
    line(session, masterOf(session), `for i in 1 2 3; do famfs creat -s 20k -r -S $i ${MNT}/l$i; done`),
    session.addHost(),
    session.poke({ host: masterOf(session), path: pathOf(session, mixed), index: 0, cell: 'Uint8', value: mixed.b & 255 }),
  ])],
}

export const anyMixed: fc.Arbitrary<Mixed> = fc.record({
  kind: fc.oneof(...Object.entries(deeds).map(([kind, [weight]]) => ({ weight, arbitrary: fc.constant(kind) }))),
  a: fc.nat(1000),
  b: fc.nat(100_000),
  size: fc.nat(4000),
})

/** Who only looks makes no step, and may find out that memory failed. */
export function onlyLooks({ kind }: Mixed): boolean {
  return kind === 'read'
}

/** Does it, and waits until it is recorded. */
export async function doMixed(session: Session, mixed: Mixed): Promise<void> {
  // On a device that an edit has broken most is refused: that isn't left so for long.
  if (!session.snapshot().device.filesystem && mixed.a % 3 === 0) await session.format(small)
  await recover(session, mixed)
  await deeds[mixed.kind]?.[1](session, mixed)
  await session.settled()
}

/** Where memory has failed most is refused, too. */
async function recover(session: Session, mixed: Mixed): Promise<void> {
  if (mixed.a % 3 !== 0) return
  for (const { devindex, health } of session.snapshot().device.devices) {
    if (health.isStopped) await session.startDevice(devindex)
    if (health.poison.length > 0) await session.clearPoison(devindex)
  }
  for (const { name, mountTrouble, files } of session.snapshot().hosts) {
    if (mountTrouble === undefined && files.every(({ fault }) => fault !== 'memory')) continue
    if (mixed.b % 2 === 0) await session.rebootHost(name)
    else await line(session, name, `umount ${MNT}; ${mountLine(mixed)}`)
    await session.settled()
  }
}

export function beginSmall(session: Session, deviceCount = 1): Promise<unknown> {
  return session.format({ ...small, deviceCount })
}
