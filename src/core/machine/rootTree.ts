// What a freshly booted host has in its root file system: directories, users, plain devices, and the files that the
// kernel makes up when they are read.

import { bytesOfText } from '../base/plain.ts'
import { makeUuid } from '../base/uuid.ts'
import { PLAIN_DEVICES } from './deviceFiles.ts'
import { cpuInfoText, fileSystemsText, memInfoText, moduleText, mountInfoText, mountsText, uptimeText, versionText } from './kernelText.ts'
import { directoryOf, baseName } from './pathText.ts'
import type { GeneratedNode, RootFs } from './rootFs.ts'
import type { MountEntry } from './systemTypes.ts'

/** What the kernel's files tell, asked when they are read. */
/** Who the host is. The tools look into it each time; whoever changes it changes roles. */
export const SYSTEM_UUID_PATH = '/opt/famfs/system_uuid'

interface KernelFacts {
  hostname: string
  kernelRelease: string
  cpuCount: number
  systemUuid: string
  now: () => number
  random: (target: Uint8Array<ArrayBuffer>) => void
  memoryBytes: () => number
  mountTable: () => MountEntry[]
  modules: () => { name: string; userCount: number }[]
}

const DIRECTORIES: readonly [path: string, mode: number][] = [
  ['/dev/shm', 0o1777], ['/etc', 0o755], ['/home', 0o755], ['/media', 0o755], ['/mnt/famfs', 0o755], ['/opt/famfs', 0o755], ['/root', 0o700],
  ['/run', 0o755], ['/srv', 0o755], ['/tmp', 0o1777], ['/usr/bin', 0o755], ['/usr/sbin', 0o755], ['/usr/lib', 0o755], ['/usr/local/bin', 0o755],
  ['/usr/local/sbin', 0o755], ['/usr/share', 0o755], ['/var/log', 0o755], ['/var/tmp', 0o1777],
]

const LINKS: readonly [path: string, target: string][] = [
  ['/bin', 'usr/bin'], ['/sbin', 'usr/sbin'], ['/lib', 'usr/lib'], ['/etc/mtab', '../proc/self/mounts'], ['/proc/mounts', 'self/mounts'], ['/var/run', '../run'],
]

const USER_ID = 1000
const USER_NAME = 'user'
const PASSWD = `root:x:0:0:root:/root:/bin/bash
${USER_NAME}:x:${USER_ID}:${USER_ID}:${USER_NAME}:/home/${USER_NAME}:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`
const GROUP = `root:x:0:
${USER_NAME}:x:${USER_ID}:
nogroup:x:65534:
`

export function growRootTree(rootFs: RootFs, facts: KernelFacts): void {
  const owner = { uid: 0, gid: 0, mode: 0o755 }
  for (const fsType of ['proc', 'sysfs'] as const) rootFs.addDirectory(rootFs.root, fsType === 'proc' ? 'proc' : 'sys', { ...owner, mode: 0o555 }, fsType)
  rootFs.addDirectory(rootFs.root, 'dev', owner, 'devtmpfs')
  for (const [path, mode] of DIRECTORIES) rootFs.ensureDirectory(path).mode = mode
  rootFs.addDirectory(rootFs.ensureDirectory('/home'), USER_NAME, { mode: 0o755, uid: USER_ID, gid: USER_ID })

  const dev = rootFs.ensureDirectory('/dev')
  for (const { name, rdev, mode } of PLAIN_DEVICES) rootFs.addDevice(dev, name, rdev, { uid: 0, gid: 0, mode })
  for (const [path, text] of Object.entries(storedFiles(facts))) addText(rootFs, path, text)
  for (const [path, text] of Object.entries(generatedFiles(rootFs, facts))) addGenerated(rootFs, path, text)
  // There is no page cache whose dropping would show.
  addGenerated(rootFs, '/proc/sys/vm/drop_caches', () => '0\n', () => ({ ok: true, value: undefined }))
  for (const [path, target] of LINKS) rootFs.addSymlink(rootFs.ensureDirectory(directoryOf(path)), baseName(path), () => target)
}

export function addGenerated(rootFs: RootFs, path: string, text: () => string, put?: GeneratedNode['put']): void {
  rootFs.addGenerated(rootFs.ensureDirectory(directoryOf(path)), baseName(path), text, put)
}

function storedFiles({ hostname, systemUuid }: KernelFacts): Record<string, string> {
  return {
    '/etc/passwd': PASSWD,
    '/etc/group': GROUP,
    '/etc/hostname': `${hostname}\n`,
    '/etc/hosts': `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`,
    '/etc/os-release': 'NAME="famfs playground"\nID=famfs-playground\nPRETTY_NAME="famfs playground"\n',
    '/etc/shells': '/bin/bash\n',
    [SYSTEM_UUID_PATH]: `${systemUuid}\n`,
  }
}

function generatedFiles(rootFs: RootFs, facts: KernelFacts): Record<string, () => string> {
  const bootedMs = facts.now()
  const bootId = makeUuid(facts.random)
  const mounts = (): string => mountsText(facts.mountTable())
  return {
    '/proc/cmdline': () => 'BOOT_IMAGE=/vmlinuz console=ttyS0\n',
    '/proc/cpuinfo': () => cpuInfoText(facts.cpuCount),
    '/proc/filesystems': () => fileSystemsText(facts.modules().map(({ name }) => name)),
    '/proc/loadavg': () => '0.00 0.00 0.00 1/1 1\n',
    '/proc/meminfo': () => memInfoText(facts.memoryBytes(), rootFs.budget.usedBytes),
    '/proc/modules': () => moduleText(facts.modules()),
    '/proc/self/mountinfo': () => mountInfoText(facts.mountTable()),
    '/proc/self/mounts': mounts,
    '/proc/sys/kernel/hostname': () => `${facts.hostname}\n`,
    '/proc/sys/kernel/osrelease': () => `${facts.kernelRelease}\n`,
    '/proc/sys/kernel/random/boot_id': () => `${bootId}\n`,
    '/proc/sys/kernel/random/uuid': () => `${makeUuid(facts.random)}\n`,
    '/proc/uptime': () => uptimeText(facts.now() - bootedMs),
    '/proc/version': () => versionText(facts.kernelRelease),
    '/sys/devices/system/cpu/online': () => (facts.cpuCount === 1 ? '0\n' : `0-${facts.cpuCount - 1}\n`),
  }
}

function addText(rootFs: RootFs, path: string, text: string): void {
  const file = rootFs.addFile(rootFs.ensureDirectory(directoryOf(path)), baseName(path), { mode: 0o644, uid: 0, gid: 0 })
  file.bytes.write(0, bytesOfText(text))
}
