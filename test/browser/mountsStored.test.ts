// How hosts are mounted is stored beside the image, in a real IndexedDB: the next session mounts them so. What is stored of
// it and can't be understood is left where it is, with every byte.

import { createStore, get, set, type UseStore } from 'idb-keyval'
import { expect, it, onTestFinished, vi } from 'vitest'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { valueOf } from '../helpers/outcome.ts'
import { picturesOf } from '../helpers/sessions.ts'

const patient = { timeout: 60_000 }
const engine = await chooseEngine()
const MNT = '/mnt/famfs'
let count = 0

const newName = (): string => `famfs-test-mounts-${Date.now()}-${count++}`

async function start(name: string): Promise<Session> {
  const session = new Session(engine, new ImageStore(name, true), 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  return session
}

/** @returns what it said, where it went well */
async function line(session: Session, host: string, text: string): Promise<string> {
  const shell = valueOf(await session.openShell(host))
  let said = ''
  const { exitCode } = valueOf(await shell.run(text, { columns: 200, signal: new AbortController().signal, onNote: (note) => void (note.kind === 'output' && (said += note.text)) }))
  shell.close()
  expect({ text, said, exitCode }).toEqual({ text, said, exitCode: 0 })
  await session.settled()
  return said
}

const savedByItself = (session: Session): Promise<void> => vi.waitFor(() => expect(session.snapshot().storage.state).toBe('saved'), { timeout: 10_000 })

interface Stored {
  hosts: { name: string; mount?: unknown }[]
}

async function manifestOf(db: UseStore): Promise<Stored> {
  const stored = await get<Stored>('manifest', db)
  if (!stored) throw new Error('nothing is stored')
  return stored
}

it('every host is mounted as it was: its kernel, its daemon’s place, options, and where', patient, async () => {
  const name = newName()
  const session = await start(name)
  valueOf(await session.addHost())
  valueOf(await session.addHost())
  await savedByItself(session)
  // Nothing of the device has changed since: what is saved now is how they are mounted.
  await line(session, 'B', `umount ${MNT}; famfs mount -p --kernel program --daemon worker /dev/dax0.0 ${MNT}`)
  await line(session, 'A', `umount ${MNT}; mkdir /tmp/a /tmp/shadow; famfs mount --fuse -u -t 5 -S /tmp/shadow /dev/dax0.0 /tmp/a`)
  await line(session, 'C', `umount ${MNT}; modprobe famfs generation=newer; famfs mount --kernel v1-abi42 /dev/dax0.0 ${MNT}`)
  await line(session, 'C', `umount ${MNT}`)
  await line(session, 'D', `umount ${MNT}; famfs mount --kernel fuse-iomap /dev/dax0.0 ${MNT}`)
  valueOf(await session.killHost('D'))
  await vi.waitFor(() => expect(session.snapshot().hosts[3]?.status).toBe('down'))
  await session.settled()
  await savedByItself(session)
  const [a, b] = picturesOf(session.snapshot())
  await session.dispose()

  const later = await start(name)
  expect(later.snapshot()).toMatchObject({
    storage: { state: 'saved' },
    hosts: [
      { kernel: 'fuse', daemon: 'beside', mountpoint: '/tmp/a', mountTrouble: undefined },
      { kernel: 'program', daemon: 'worker', mountpoint: MNT, mountTrouble: undefined },
      { kernel: 'v1-abi42', daemon: undefined, mountpoint: MNT, mountTrouble: undefined },
      { kernel: 'fuse-iomap', daemon: 'beside', mountpoint: MNT, mountTrouble: undefined },
    ],
  })
  expect(picturesOf(later.snapshot()).slice(0, 1)).toEqual([a])
  // To the hosts it was a power cycle: B has played the last entry, too.
  expect(picturesOf(later.snapshot())[1]).toEqual({ ...b, playedCount: 2, files: a?.files })
  expect(await line(later, 'A', 'grep dax /proc/mounts')).toBe('/dev/dax0.0 /tmp/a fuse rw,nosuid,nodev,noatime,user_id=0,group_id=0,default_permissions 0 0\n')
  expect(await line(later, 'A', 'ls -A /tmp/shadow/root')).toContain('notes.txt')
  expect(await line(later, 'B', 'grep dax /proc/mounts')).toBe(`/dev/dax0.0 ${MNT} fuse rw,nosuid,nodev,noatime,user_id=0,group_id=0,allow_other,kernel=program,daemon=worker 0 0\n`)
  expect(await line(later, 'C', 'cat /sys/module/famfs/parameters/generation')).toBe('newer\n')

  // And that is where the session begins: a step back from there comes back to it.
  valueOf(await later.newFile({ path: 'more', sizeBytes: 4096, seed: 1 }))
  valueOf(await later.stepTo(0))
  expect(later.snapshot().hosts.map(({ kernel, daemon, mountpoint }) => [kernel, daemon, mountpoint])).toEqual([['fuse', 'beside', '/tmp/a'], ['program', 'worker', MNT], ['v1-abi42', undefined, MNT], ['fuse-iomap', 'beside', MNT]])
  valueOf(await later.startOver())
  expect(later.snapshot().hosts.map(({ kernel, mountpoint }) => [kernel, mountpoint])).toEqual([['v1', MNT], ['v1', MNT]])
})

it('an older image says nothing of mounts, and its hosts mount as the page does', patient, async () => {
  const name = newName()
  const session = await start(name)
  await line(session, 'B', `umount ${MNT}; famfs mount --fuse /dev/dax0.0 ${MNT}`)
  await savedByItself(session)
  await session.dispose()
  const db = createStore(name, 'image')
  const stored = await manifestOf(db)
  expect(stored.hosts[1]).toMatchObject({ mount: { device: '/dev/dax0.0', mountpoint: MNT, kernel: 'fuse', daemon: 'beside' } })
  await set('manifest', { ...stored, hosts: stored.hosts.map(({ mount, ...host }) => (mount ? host : undefined)) }, db)

  const later = await start(name)
  expect(later.snapshot()).toMatchObject({ storage: { state: 'saved' }, hosts: [{ kernel: 'v1', mountpoint: MNT }, { kernel: 'v1', mountpoint: MNT }], files: [{ path: 'notes.txt' }, { path: 'tides.f64' }] })
})

const good = { device: '/dev/dax0.0', mountpoint: MNT }

it.each<[string, unknown]>([
  ['nothing', null],
  ['a word', 'fuse'],
  ['no place', { device: '/dev/dax0.0' }],
  ['a place that isn’t one', { ...good, mountpoint: 'mnt' }],
  ['a kernel that there isn’t', { ...good, kernel: 'constructor' }],
  ['a daemon nowhere', { ...good, kernel: 'fuse', daemon: 'elsewhere' }],
  ['an option of another kind', { ...good, kernel: 'fuse', recipe: { timeoutSeconds: '5' } }],
  ['words that aren’t', { ...good, recipe: { words: [1] } }],
])('a mount that is %s is refused, and nothing that is stored is lost', patient, async (_, mount) => {
  const name = newName()
  const session = await start(name)
  await savedByItself(session)
  await session.dispose()
  const db = createStore(name, 'image')
  const stored = await manifestOf(db)
  const bad = { ...stored, hosts: stored.hosts.map((host) => (host.name === 'B' ? { ...host, mount } : host)) }
  await set('manifest', bad, db)

  const later = await start(name)
  expect(later.snapshot()).toMatchObject({ storage: { state: 'off', sentence: expect.stringContaining('how host B was mounted is of another make') }, hosts: [{ name: 'A' }, { name: 'B' }] })
  valueOf(await later.newFile({ path: 'more', sizeBytes: 4096, seed: 1 }))
  valueOf(await later.save())
  expect(await manifestOf(db)).toEqual(bad)
  await later.dispose()
  await set('manifest', stored, db)
  expect((await start(name)).snapshot()).toMatchObject({ storage: { state: 'saved' }, files: [{ path: 'notes.txt' }, { path: 'tides.f64' }] })
})
