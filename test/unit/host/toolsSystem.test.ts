// Tools around the file system: the mount table, mounting, devices, modules. Scripts parse what these print, so it is theirs
// letter for letter: findmnt's columns, daxctl's JSON, exit codes 1 and 32.
import { beforeAll, describe, expect, it } from 'vitest'
import { prepare } from '../../../src/host/tools/table.ts'
import { DAX, MNT, newDax, run } from '../../helpers/machines.ts'
import { patternBytes, valueOf } from '../../helpers/outcome.ts'
import { famfsFile, newBox, newMountedBox } from '../../helpers/toolbox.ts'

beforeAll(prepare)

describe('findmnt', () => {
  it('finds by type, source, target and mount point, and exits with 1 where there is nothing', () => {
    const box = newMountedBox()
    famfsFile(box, `${MNT}/f`, patternBytes(10, 1))
    const found: [string, string][] = [
      ['findmnt -rn -t famfs -o TARGET', `${MNT}\n`],
      [`findmnt -rn -S ${DAX} -o TARGET,FSTYPE`, `${MNT} famfs\n`],
      [`findmnt -n --target ${MNT}/f --output source`, `${DAX}\n`],
      ['findmnt -n -T /tmp -o TARGET', '/\n'],
      [`findmnt -nrM ${MNT} -o OPTIONS`, 'rw,nosuid,nodev,noexec,noatime\n'],
      [`findmnt -rno TARGET ${DAX}`, `${MNT}\n`],
      [`findmnt -rno SOURCE ${MNT}`, `${DAX}\n`],
      [`findmnt -rno SOURCE ${DAX} ${MNT}`, `${DAX}\n`],
      [`findmnt -t famfs,proc -rno TARGET`, `/proc\n${MNT}\n`],
      [`findmnt -P -o TARGET,FSTYPE ${MNT}`, `TARGET="${MNT}" FSTYPE="famfs"\n`],
      [`findmnt -bno SIZE,USE% ${MNT}`, '33554432 38%\n'],
      [`findmnt ${MNT}`, `TARGET     SOURCE      FSTYPE OPTIONS\n${MNT} ${DAX} famfs  rw,nosuid,nodev,noexec,noatime\n`],
    ]
    for (const [line, out] of found) expect({ line, ...box.run(line) }).toMatchObject({ line, code: 0, out, err: '' })
    expect(JSON.parse(box.run(`findmnt -J -o TARGET ${MNT}`).out)).toEqual({ filesystems: [{ target: MNT }] })
    expect(box.run('findmnt').out).toContain(`└─${MNT} ${DAX} famfs`)
    for (const line of ['findmnt -t ext4', 'findmnt -S /dev/sda', 'findmnt -T /nowhere/at/all', `findmnt -t nofamfs ${MNT}`, `findmnt -M ${MNT}/f`]) {
      expect({ line, ...box.run(line) }).toMatchObject({ line, code: 1, out: '', err: '' })
    }
    expect(box.run('findmnt -o NAME')).toMatchObject({ code: 1, err: 'findmnt: unknown column: NAME\n' })
  })
})

describe('mountpoint', () => {
  it('answers by its exit code', () => {
    const box = newMountedBox()
    const asked: [string, number, string][] = [
      [`mountpoint ${MNT}`, 0, `${MNT} is a mountpoint\n`], [`mountpoint -q ${MNT}`, 0, ''], [`mountpoint ${MNT}/.meta`, 32, `${MNT}/.meta is not a mountpoint\n`],
      ['mountpoint -q /tmp', 32, ''], ['mountpoint /proc/.', 0, '/proc/. is a mountpoint\n'], ['mountpoint -q /nowhere', 1, ''],
    ]
    for (const [line, code, out] of asked) expect({ line, ...box.run(line) }).toMatchObject({ line, code, out })
    expect(box.run('mountpoint /nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('No such file or directory') })
  })
})

describe('mount and umount', () => {
  it('the standalone module answers to both of its names', () => {
    const box = newBox()
    expect(box.run('modprobe -r famfsv1')).toMatchObject({ code: 0 })
    expect(box.run('lsmod').out).not.toContain('famfs')
    expect(box.run('modprobe famfsv1')).toMatchObject({ code: 0 })
    expect(box.run('lsmod').out).toMatch(/^famfs /m)
  })

  it('mount a famfs standalone, show it, and unmount it by directory or device', () => {
    const box = newMountedBox()
    expect(box.run('mount -t famfs').out).toBe(`${DAX} on ${MNT} type famfs (rw,nosuid,nodev,noexec,noatime)\n`)
    expect(box.run(`mount -o remount,rw ${MNT}`)).toMatchObject({ code: 0, err: '' })
    expect(box.run(`mount -t famfs ${DAX} /media`)).toMatchObject({ code: 32, err: expect.stringContaining(`mount: /media: ${DAX} already mounted on ${MNT}.\n`) })
    expect(box.run(`umount -v ${MNT}/`)).toMatchObject({ code: 0, out: `umount: ${MNT} unmounted\n` })
    expect(box.run(`umount ${MNT}`)).toMatchObject({ code: 32, err: `umount: ${MNT}: not mounted.\n` })
    expect(box.run(`mount -t famfs -o noatime,seclabel ${DAX} ${MNT}`)).toMatchObject({ code: 0, err: '' })
    expect(box.run(`findmnt -no OPTIONS ${MNT}`).out).toContain('seclabel')
    expect(box.run(`umount ${DAX}`)).toMatchObject({ code: 0, err: '' })
    expect(box.run('umount -a -t famfs')).toMatchObject({ code: 0, err: '' })
    expect(box.run('mount -t famfs').out).toBe('')
  })

  it('say what is wrong, with 32, and 1 for those who may not', () => {
    const box = newBox()
    const wrong: [string, number, RegExp][] = [
      [`mount -t famfs ${DAX} /media`, 32, /^mount: \/media: wrong fs type, bad option, bad superblock on \/dev\/dax0.0/],
      [`mount -t famfs ${DAX} /nowhere`, 32, /^mount: \/nowhere: mount point does not exist\./],
      ['mount -t famfs /dev/dax9.9 /media', 32, /^mount: \/media: special device \/dev\/dax9.9 does not exist\./],
      [`mount -t famfs ${DAX} /etc/passwd`, 32, /^mount: \/etc\/passwd: mount point is not a directory\./],
      ['mount -t ext4 /dev/dax0.0 /media', 32, /^mount: \/media: unknown filesystem type 'ext4'\./],
      ['mount --bind /tmp /media', 32, /bind mounts are not done here/],
      ['mount -o remount /media', 32, /^mount: \/media: mount point not mounted or bad option\./],
      ['mount /media', 1, /^mount: \/media: can't find in \/etc\/fstab\./],
      ['umount /nowhere', 32, /^umount: \/nowhere: no mount point specified\.\n$/],
      ['umount', 1, /^umount: bad usage\n/],
    ]
    for (const [line, code, err] of wrong) expect({ line, ...box.run(line) }).toMatchObject({ line, code, out: '', err: expect.stringMatching(err) })
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run(`mount -t famfs ${DAX} /media`)).toMatchObject({ code: 1, err: expect.stringMatching(/must be superuser to use mount\.\n {2}Run it with sudo\.\n/) })
    expect(box.run('umount /media').err).toMatch(/must be superuser to unmount\.\n {2}Run it with sudo\./)
  })

  it('leave alone what is in use', () => {
    const box = newMountedBox()
    famfsFile(box, `${MNT}/f`, patternBytes(10, 1))
    const open = valueOf(box.system.open(`${MNT}/f`, { read: true }, box.caller))
    expect(box.run(`umount ${MNT}`)).toMatchObject({ code: 32, err: expect.stringContaining(`umount: ${MNT}: target is busy.\n`) })
    open.close()
    expect(box.run(`umount ${MNT}`)).toMatchObject({ code: 0, err: '' })
  })

  it('let plain tools do more on the newer module where allow_rogue says so', () => {
    const box = newMountedBox({ generation: 'newer' })
    famfsFile(box, `${MNT}/f`, patternBytes(10, 1))
    expect(box.run(`rm ${MNT}/f`).code).toBe(1)
    expect(box.run(`umount ${MNT}`).code).toBe(0)
    expect(box.run(`mount -t famfs -o allow_rogue ${DAX} ${MNT}`)).toMatchObject({ code: 0, err: '' })
    expect(box.run(`rm ${MNT}/f`)).toMatchObject({ code: 0, err: '' })
  })
})

describe('daxctl', () => {
  it('lists devices as JSON', () => {
    const box = newBox()
    const device = { chardev: 'dax0.0', size: 33554432, target_node: 1, align: 2097152, mode: 'devdax' }
    expect(JSON.parse(box.run('daxctl list').out)).toEqual([device])
    expect(JSON.parse(box.run('daxctl list -d dax0.0').out)).toEqual([device])
    expect(JSON.parse(box.run('daxctl list -DR -d dax1.0').out)).toEqual([])
    expect(JSON.parse(box.run('daxctl list -u').out)).toEqual({ ...device, size: '32.00 MiB (33.55 MB)', align: '2.00 MiB (2.10 MB)' })
    expect(box.run('daxctl list').out).toContain('"chardev":"dax0.0",\n')
  })

  it('switches a device and, to system-ram, warns and zeroes it', () => {
    const device = newDax()
    const box = newBox(device)
    run(box.machine.mkfs(DAX, {}))
    const shown = (text: string): unknown => (JSON.parse(text) as { mode: string }).mode
    const refused = box.run('daxctl reconfigure-device --human --mode=system-ram dax0.0')
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/there is a famfs on it.*\n {2}If that is meant: .*--force.*\nreconfigured 0 devices\n$/) })
    expect(shown(box.run('daxctl reconfigure-device --human --mode=famfs --force /dev/dax0.0').out)).toBe('famfs')
    const taken = box.run('daxctl reconfigure-device -u -m system-ram -f dax0.0')
    expect(taken).toMatchObject({ code: 0, err: expect.stringMatching(/^daxctl: dax0.0: warning: this memory is shared with other hosts\. .*zeroes.*\nreconfigured 1 device\n$/) })
    expect(shown(taken.out)).toBe('system-ram')
    expect(box.run('test -e /dev/dax0.0').code).toBe(1)
    expect(box.run('daxctl reconfigure-device --human --mode=devdax --force dax0.0')).toMatchObject({ code: 0 })
    expect(box.run(`hexdump -n 16 ${DAX}`).out).toMatch(/^0000000 (0000 ?){8}\n/)
  })

  it('refuses a mounted device, unknown modes, devices and commands, and everyone but root', () => {
    const box = newMountedBox()
    expect(box.run('daxctl reconfigure-device -m famfs dax0.0')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Device or resource busy') })
    expect(box.run('daxctl reconfigure-device -m fsdax dax0.0').err).toMatch(/unknown mode 'fsdax'\n {2}Give --mode=devdax, /)
    expect(box.run('daxctl reconfigure-device -m famfs dax7.0')).toMatchObject({ code: 1, err: expect.stringContaining('dax7.0: no such device\n') })
    expect(box.run('daxctl reconfigure-device -m famfs').code).toBe(1)
    expect(box.run('daxctl').code).toBe(1)
    expect(box.run('daxctl online-memory dax0.0').code).toBe(1)
    box.run(`umount ${MNT}`)
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run('daxctl reconfigure-device -m famfs -f dax0.0')).toMatchObject({ code: 1, err: expect.stringContaining('Operation not permitted') })
  })
})

describe('modules and the system log', () => {
  it('load, choose a generation, unload', () => {
    const box = newBox()
    expect(box.run('lsmod').out).toMatch(/^Module +Size +Used by\n[^]*^famfs +65536 +0$/m)
    expect(box.run('modprobe -r famfs')).toMatchObject({ code: 0, err: '' })
    expect(box.run('lsmod').out).not.toMatch(/^famfs /m)
    expect(box.run('modprobe -r famfs')).toMatchObject({ code: 1, err: 'modprobe: FATAL: Module famfs is not currently loaded.\n' })
    expect(box.run('modprobe famfs generation=newer')).toMatchObject({ code: 0, err: '' })
    expect(box.run('cat /sys/module/famfs/parameters/generation').out).toBe('newer\n')
    expect(box.run('modprobe famfs generation=third')).toMatchObject({ code: 1, err: expect.stringContaining("ERROR: could not insert 'famfs': generation=third") })
    expect(box.run('modprobe -a dax fuse').code).toBe(0)
    expect(box.run('modprobe nosuch')).toMatchObject({ code: 1, err: 'modprobe: FATAL: Module nosuch not found in directory /lib/modules/6.14.0-famfs\n' })
    expect(box.run('rmmod famfs').code).toBe(0)
    expect(box.run('insmod ./kmod/famfs.ko').code).toBe(0)
    expect(box.run('modprobe').code).toBe(1)
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run('modprobe famfs')).toMatchObject({ code: 1, err: expect.stringContaining('Operation not permitted\n  Run it with sudo.\n') })
  })

  it('keep what a mount uses', () => {
    const box = newMountedBox()
    expect(box.run('rmmod famfs')).toMatchObject({ code: 1, err: 'rmmod: ERROR: Module famfs is in use\n  Unmount first.\n' })
    expect(box.run('modprobe famfs generation=newer').code).toBe(1)
    expect(box.run('lsmod').out).toMatch(/^famfs +65536 +1$/m)
  })

  it('show the system log', () => {
    const box = newBox()
    box.system.log('famfs: one')
    box.system.log('famfs: two')
    expect(box.run('dmesg').out).toContain('famfs: one\nfamfs: two\n')
  })
})

describe('the device', () => {
  it('is only mapped, unless the host is relaxed, and the message says what can be read', () => {
    const box = newBox(newDax(), { relaxed: false })
    expect(box.run(`cat ${DAX}`)).toMatchObject({ code: 1, err: expect.stringMatching(/^cat: \/dev\/dax0.0: Invalid argument\n {2}.*\.meta\/\.superblock.*\.log/) })
    expect(box.run(`dd if=/dev/zero of=${DAX} count=1 status=none`)).toMatchObject({ code: 1, err: expect.stringContaining(`dd: error writing '${DAX}': Invalid argument\n`) })
    expect(newBox().run(`head -c 3 ${DAX}`).bytes).toHaveLength(3)
    expect(box.run(`stat -c %F_%t_%T_%A ${DAX}`).out).toBe('character special file_fc_0_crw-------\n')
    expect(box.run(`[ -c ${DAX} ]`).code).toBe(0)
    expect(box.run(`[ -b ${DAX} ]`).code).toBe(1)
  })
})
