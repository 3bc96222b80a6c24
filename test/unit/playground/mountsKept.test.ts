// How a host is mounted is its own, whatever is done around it: kernel, daemon, place and options come back with steps, with
// a reboot, with other files on the same devices and with other devices. And the command that is shown does the same.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Session } from '../../../src/playground/session.ts'
import type { HostView } from '../../../src/playground/types.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { nodeSession, picturesOf } from '../../helpers/sessions.ts'
import { run, three } from '../../helpers/threeDevices.ts'

const MNT = '/mnt/famfs'
const hostOf = (session: Session, name: string): HostView | undefined => session.snapshot().hosts.find((host) => host.name === name)
const shownCommand = (session: Session, name: string): string => session.snapshot().trace.findLast(({ kind, host }) => kind === 'mount' && host === name)?.command ?? 'none'

interface Way {
  line: string
  shows: Partial<HostView>
  /** Of its row in /proc/mounts: beyond device and place. */
  row: string
  /** As it is shown where the page mounts so. */
  command: string
  /** What else is good there. */
  also?: string
}

const V1 = 'famfs rw,nosuid,nodev,noexec,noatime'
const FUSE = 'fuse rw,nosuid,nodev,noatime,user_id=0,group_id=0'
const USUAL = ',default_permissions,allow_other'
const ways: Way[] = [
  { line: `famfs mount --nofuse /dev/dax0.0 ${MNT}`, shows: { kernel: 'v1' }, row: V1, command: 'sudo famfs mount --nofuse /dev/dax0.0 /mnt/famfs' },
  { line: `famfs mount --nofuse --kernel v1-abi42 /dev/dax0.0 ${MNT}`, shows: { kernel: 'v1-abi42' }, row: `${V1},kernel=v1-abi42`, command: 'sudo famfs mount --kernel v1-abi42 /dev/dax0.0 /mnt/famfs' },
  { line: `famfs mount --fuse -t 3 /dev/dax0.0 ${MNT}`, shows: { kernel: 'fuse', daemon: 'beside' }, row: FUSE + USUAL, command: 'sudo famfs mount --fuse --timeout 3 /dev/dax0.0 /mnt/famfs' },
  { line: `famfs mount --fuse -u -p /dev/dax0.0 ${MNT}`, shows: { kernel: 'fuse' }, row: FUSE, command: 'sudo famfs mount --fuse --nouseraccess --nodefaultperm /dev/dax0.0 /mnt/famfs' },
  { line: `mkdir -p /tmp/it; famfs mount --kernel program -c never -S /tmp/it /dev/dax0.0 ${MNT}`, shows: { kernel: 'program' }, row: `${FUSE}${USUAL},kernel=program`, also: 'test -e /tmp/it/root/.meta/.superblock', command: 'sudo rm -rf /tmp/it/root && sudo mkdir -p /tmp/it && sudo famfs mount --kernel program --timeout 0 --shadow /tmp/it /dev/dax0.0 /mnt/famfs' },
  { line: 'mkdir -p "/tmp/a place"; famfs mount --kernel fuse-paged -p /dev/dax0.0 "/tmp/a place"', shows: { kernel: 'fuse-paged', mountpoint: '/tmp/a place' }, row: `${FUSE},allow_other,kernel=fuse-paged`, command: "sudo mkdir -p '/tmp/a place' && sudo famfs mount --kernel fuse-paged --nodefaultperm /dev/dax0.0 '/tmp/a place'" },
  { line: `modprobe famfs generation=newer; mount -t famfs -o allow_rogue,data=fast /dev/dax0.0 ${MNT}`, shows: { kernel: 'v1' }, row: `${V1},allow_rogue,data=fast`, also: `grep -qx newer /sys/module/famfs/parameters/generation && touch ${MNT}/rogue && rm ${MNT}/rogue`, command: 'sudo modprobe famfs generation=newer && sudo mount -t famfs -o allow_rogue,data=fast /dev/dax0.0 /mnt/famfs' },
]

/** That the host's own table says so, and that it gave the mount what it was asked for. */
async function expectMounted(session: Session, name: string, { shows, row, line, also = 'true' }: Way): Promise<void> {
  const place = shows.mountpoint ?? MNT
  expect(hostOf(session, name)).toMatchObject({ mountpoint: MNT, mountTrouble: undefined, ...shows })
  const text = `/dev/dax0.0 ${place.replaceAll(' ', '\\\\040')} ${row} 0 0`
  expect({ line, found: await run(session, name, `grep -qxF '${text.replaceAll('\\\\', '\\')}' /proc/mounts || { cat /proc/mounts; false; }`) }).toEqual({ line, found: 0 })
  expect({ also, exit: await run(session, name, also) }).toEqual({ also, exit: 0 })
}

describe.each(ways)('$line', (way) => {
  it('is mounted so again by steps, by a reboot and by each format, and so does the command that is shown', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    valueOf(await session.newFile({ path: 'one', sizeBytes: 4096, seed: 1 }))
    const { position } = session.snapshot().history
    expect(await run(session, 'B', `umount ${MNT}; ${way.line}`)).toBe(0)
    const pictures = picturesOf(session.snapshot())
    valueOf(await session.stepTo(position))
    valueOf(await session.stepTo(position + 1))
    expect(picturesOf(session.snapshot())).toEqual(pictures)
    await expectMounted(session, 'B', way)

    valueOf(await session.rebootHost('B'))
    await expectMounted(session, 'B', way)
    const { shows: { mountpoint = MNT }, command } = way
    expect(shownCommand(session, 'B')).toBe(command)
    expect(await run(session, 'B', `umount '${mountpoint}' && ${command}`)).toBe(0)
    await expectMounted(session, 'B', way)

    valueOf(await session.format({ force: true }))
    await expectMounted(session, 'B', way)
    expect(hostOf(session, 'A')).toMatchObject({ kernel: 'v1', mountpoint: MNT })
    valueOf(await session.format({ force: true, deviceBytes: 20 * MIB, deviceCount: 2 }))
    await expectMounted(session, 'B', way)
    const formatted = picturesOf(session.snapshot())
    valueOf(await session.stepTo(0))
    valueOf(await session.stepTo(99))
    expect(picturesOf(session.snapshot())).toEqual(formatted)
    await expectMounted(session, 'B', way)
  })
})

describe('a host that has nothing mounted', () => {
  it('knows in every step how it was mounted: unmounted by hand, or with the plug pulled', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    expect(await run(session, 'B', `umount ${MNT}; famfs mount --fuse -p --kernel fuse-iomap /dev/dax0.0 ${MNT}`)).toBe(0)
    expect(await run(session, 'B', `umount ${MNT}`)).toBe(0)
    expect(await run(session, 'A', `umount ${MNT}; famfs mount --fuse -u --kernel program /dev/dax0.0 ${MNT}`)).toBe(0)
    valueOf(await session.killHost('A'))
    await vi.waitFor(() => expect(hostOf(session, 'A')?.status).toBe('down'))
    await session.settled()
    const { position } = session.snapshot().history
    for (const at of [0, position]) valueOf(await session.stepTo(at))
    valueOf(await session.format({ force: true, host: 'B' }))
    expect(hostOf(session, 'B')).toMatchObject({ kernel: 'fuse-iomap', options: expect.not.arrayContaining(['default_permissions']) })
    valueOf(await session.rebootHost('A'))
    expect(hostOf(session, 'A')).toMatchObject({ kernel: 'program', options: expect.not.arrayContaining(['allow_other']) })
  })

  it('says why it could not be mounted as it was, and says so in that step again', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    expect(await run(session, 'B', `umount ${MNT}; mkdir /tmp/m; famfs mount --nofuse /dev/dax0.0 /tmp/m`)).toBe(0)
    expect(await run(session, 'B', 'umount /tmp/m && rmdir /tmp/m && echo > /tmp/m')).toBe(0)
    valueOf(await session.format({ force: true, host: 'A' }))
    const { position } = session.snapshot().history
    const said = hostOf(session, 'B')
    expect(said).toMatchObject({ mountpoint: undefined, mountTrouble: expect.stringMatching(/\/tmp\/m.*directory.*\. \S/) })
    for (const at of [position - 1, position]) valueOf(await session.stepTo(at))
    expect(hostOf(session, 'B')?.mountTrouble).toBe(said?.mountTrouble)
    valueOf(await session.rebootHost('B'))
    expect(hostOf(session, 'B')).toMatchObject({ mountpoint: '/tmp/m', kernel: 'v1', mountTrouble: undefined })
    failureOf(await session.format({ host: 'A' }), 'already_formatted')
  })
})

it('a standalone mount at a place that a root file system doesn’t have is there for its shell after a reboot', async () => {
  const { session } = await nodeSession()
  onTestFinished(() => session.dispose())
  expect(await run(session, 'B', `umount ${MNT}; mkdir -p /tmp/one/two; famfs mount --nofuse /dev/dax0.0 /tmp/one/two`)).toBe(0)
  valueOf(await session.rebootHost('B'))
  expect(hostOf(session, 'B')).toMatchObject({ mountpoint: '/tmp/one/two', kernel: 'v1', files: [{ path: 'notes.txt' }, { path: 'tides.f64' }] })
  expect(await run(session, 'B', 'cd /tmp/one/two && test -f notes.txt && famfs check /tmp/one/two')).toBe(0)
})

it('a mount point that someone removed is made again when the page mounts there', async () => {
  const { session } = await nodeSession()
  onTestFinished(() => session.dispose())
  expect(await run(session, 'B', `umount ${MNT}; rmdir ${MNT}`)).toBe(0)
  valueOf(await session.format({ force: true, host: 'A' }))
  expect(hostOf(session, 'B')).toMatchObject({ mountpoint: MNT, mountTrouble: undefined })
  expect(await run(session, 'B', `test -f ${MNT}/.meta/.log`)).toBe(0)
})
