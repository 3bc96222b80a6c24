// What a shell user sees when memory fails: cxl and daxctl that make it fail, the errno of each tool that reads, and the end
// by SIGBUS of those that map.
import { beforeAll, describe, expect, it } from 'vitest'
import { Health } from '../../../src/core/mem/health.ts'
import { prepare } from '../../../src/host/tools/table.ts'
import { DAX, MNT, newDax } from '../../helpers/machines.ts'
import { newShell, type TestShell } from '../../helpers/shells.ts'
import { newBox, newMountedBox } from '../../helpers/toolbox.ts'

beforeAll(prepare)

/** Where the first file's data are. */
const AT = 0xa00000

describe('cxl', () => {
  it('lists devices, and their poison where it is asked for', () => {
    const box = newBox()
    const plain = { memdev: 'mem0', chardev: 'dax0.0', uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), ram_size: 33554432 }
    expect(JSON.parse(box.run('cxl list').out)).toEqual([plain])
    expect(JSON.parse(box.run('cxl list --media-errors').out)).toEqual([{ ...plain, media_errors: [] }])
    expect(box.run(`cxl inject-media-poison ${DAX} --address 0x1000`)).toMatchObject({ code: 0, out: 'poison injected at mem0:0x1000, 64 bytes\n', err: '' })
    expect(box.run('cxl inject-media-poison mem0 -a 4k -l 4096')).toMatchObject({ code: 0 })
    expect(JSON.parse(box.run('cxl list -L -m dax0.0').out)).toEqual([{ ...plain, media_errors: [{ offset: 4096, length: 4096, source: 'Injected' }] }])
    expect(box.run('cxl clear-media-poison dax0.0 --address 0x1000 --length 4096')).toMatchObject({ code: 0, out: 'poison cleared at mem0:0x1000, 4096 bytes: 64 lines are zeros now\n' })
    expect(box.run('cxl clear-media-poison dax0.0 --address 0x1000')).toMatchObject({ code: 0, out: 'poison cleared at mem0:0x1000, 64 bytes: none of it was poisoned\n' })
    expect(JSON.parse(box.run('cxl list -L -m mem0').out)).toEqual([{ ...plain, media_errors: [] }])
    expect(JSON.parse(box.run('cxl list -m mem7').out)).toEqual([])
  })

  it('refuses what is no range of lines on a device, and everyone but root', () => {
    const box = newBox()
    const wrong: [string, string][] = [
      ['cxl', 'a command is missing'], ['cxl create-region', 'is not a command here'], ['cxl inject-media-poison dax0.0', 'an address is missing'],
      ['cxl inject-media-poison -a 0', 'one device is wanted'], ['cxl inject-media-poison dax0.0 -a soon', "'soon' is no number of bytes"],
      ['cxl inject-media-poison dax0.0 -a 0 -l much', "'much' is no number of bytes"], ['cxl clear-media-poison dax9.0 -a 0', 'no such device'],
      ['cxl inject-media-poison dax0.0 -a 10485761', 'Give a multiple of 64: 10485760 is the nearest'], ['cxl inject-media-poison dax0.0 -a 0x3f', '0x40 is the nearest'], ['cxl inject-media-poison dax0.0 -a 0 -l 1', '64 is the nearest'], ['cxl inject-media-poison dax0.0 -a 33554432', 'there is no byte 33554432: the device has bytes 0 to 33554431'],
      ['cxl clear-media-poison dax0.0 -a 0x20000000', 'the device has bytes 0 to 0x1ffffff\n  Give an address below 0x2000000.'], ['cxl inject-media-poison dax0.0 -a 0 -l 0', 'Give a length of 64 or more'],
      ['cxl inject-media-poison dax0.0 -a 0x1ffffc0 -l 128', 'go beyond the device: its last byte is 0x1ffffff\n  Give a length of 64 or less.'],
    ]
    for (const [line, says] of wrong) expect({ line, ...box.run(line) }).toMatchObject({ line, code: 1, out: '', err: expect.stringContaining(says) })
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run('cxl inject-media-poison dax0.0 -a 0').err).toContain('only root')
    for (const name of ['cxl', 'daxctl']) expect(box.run(`${name} --help`).out.trimEnd().split('\n').map((line) => line.startsWith(`${name} `))).toEqual([true, true, true])
  })
})

describe('daxctl', () => {
  it('stops and starts a device', () => {
    const device = newDax()
    const box = newBox(device)
    const health = new Health(device.health)
    expect(box.run('daxctl disable-device dax0.0')).toMatchObject({ code: 0, out: '', err: 'disabled 1 device\n' })
    expect(health.isStopped).toBe(true)
    expect(JSON.parse(box.run('daxctl list').out)).toEqual([{ chardev: 'dax0.0', size: 33554432, target_node: 1, align: 2097152, mode: 'devdax', state: 'disabled' }])
    expect(box.run(`hexdump -n 16 ${DAX}`)).toMatchObject({ code: 1, err: expect.stringContaining('Input/output error') })
    expect(box.run('daxctl reconfigure-device -m famfs dax0.0')).toMatchObject({ code: 1, err: expect.stringContaining('Input/output error') })
    expect(box.run('daxctl enable-device all')).toMatchObject({ code: 0, err: 'enabled 1 device\n' })
    expect(health.isStopped).toBe(false)
    expect(box.run('daxctl enable-device')).toMatchObject({ code: 1, err: expect.stringContaining('a device is missing') })
    expect(box.run('daxctl disable-device dax7.0')).toMatchObject({ code: 1, err: expect.stringContaining('no such device') })
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run('daxctl disable-device dax0.0')).toMatchObject({ code: 1, err: expect.stringContaining('Operation not permitted') })
  })

  it('switches a mounted device where it is forced; it still unmounts', () => {
    const box = newMountedBox()
    expect(box.run('daxctl reconfigure-device -m famfs dax0.0')).toMatchObject({ code: 1, err: expect.stringContaining('Device or resource busy') })
    expect(box.run('daxctl reconfigure-device -m famfs --force dax0.0')).toMatchObject({ code: 0 })
    expect(box.run(`cat ${MNT}/.meta/.superblock`)).toMatchObject({ code: 1, err: expect.stringContaining('No such device') })
    expect(box.run(`umount ${MNT}`)).toMatchObject({ code: 0 })
  })
})

async function newFs(kind: 'fuse' | 'nofuse'): Promise<TestShell> {
  const shell = await newShell()
  const made = await shell.run(`mkfs.famfs ${DAX} && mkdir -p ${MNT} && famfs mount --${kind} ${DAX} ${MNT} && famfs creat -r -S 1 -s 8192 ${MNT}/f && famfs creat -r -S 2 -s 8192 ${MNT}/g`)
  expect({ err: made.err, exitCode: made.exitCode }).toMatchObject({ exitCode: 0 })
  return shell
}

describe('tools on a fuse mount', () => {
  it('that read: poisoned memory first, then an input/output error; other files of the device alike', async () => {
    const { run } = await newFs('fuse')
    await run(`cxl inject-media-poison dax0.0 -a ${AT}`)
    expect(await run(`cat ${MNT}/f`)).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('Memory page has hardware error') })
    for (const line of [`cat ${MNT}/f`, `od ${MNT}/f`, `cp ${MNT}/f /tmp/copy`, `dd if=${MNT}/f of=/tmp/copy`, `sha256sum ${MNT}/f`]) {
      expect({ line, ...(await run(line)) }).toMatchObject({ line, exitCode: 1, err: expect.stringContaining('Input/output error') })
    }
    expect(await run(`od ${MNT}/g`)).toMatchObject({ exitCode: 1, err: expect.stringContaining('Memory page has hardware error') })
    expect(await run(`ls -l ${MNT}/f`)).toMatchObject({ exitCode: 0 })
    expect(await run(`umount ${MNT}`)).toMatchObject({ exitCode: 0 })
  })

  it('that map: a first byte that fails is not readable, a later one is a bus error', async () => {
    const { run } = await newFs('fuse')
    await run(`cxl inject-media-poison dax0.0 -a ${AT + 4096}`)
    expect(await run(`famfs verify -S 1 -f ${MNT}/f`)).toMatchObject({ exitCode: 135, out: '', err: 'Bus error (core dumped)\n' })
    expect(await run('dmesg | tail -n 1')).toMatchObject({ out: expect.stringContaining('killed by SIGBUS') })
    expect(await run(`famfs verify -S 1 -f ${MNT}/f; echo status $?`)).toMatchObject({ out: 'status 1\n', err: expect.stringMatching(/marked bad/) })
    expect(await run(`famfs verify -S 2 -f ${MNT}/g`)).toMatchObject({ exitCode: 1, err: expect.stringMatching(/g is not readable: .*\n {2}\S/) })
    expect(await run(`umount ${MNT}`)).toMatchObject({ exitCode: 0 })
  })

  it('famfs cp, which stores through a mapping: the file is logged, the copy ends by a bus error, and the lock is let go', async () => {
    const { run } = await newFs('fuse')
    await run(`cxl inject-media-poison dax0.0 -a ${AT + 4 * 1024 * 1024}`)
    expect(await run(`famfs cp /etc/hostname ${MNT}/h`)).toMatchObject({ exitCode: 135, err: 'Bus error (core dumped)\n' })
    expect(await run(`ls ${MNT} && umount ${MNT} && famfs mount ${DAX} ${MNT} && famfs mkdir ${MNT}/d`)).toMatchObject({ exitCode: 0, out: expect.stringContaining('h\n') })
  })

  it('of famfs: nothing is made, and each says why', async () => {
    const { run } = await newFs('fuse')
    await run('daxctl disable-device dax0.0')
    for (const line of [`famfs creat -s 4096 ${MNT}/new`, `famfs mkdir ${MNT}/d`, `famfs cp /etc/hostname ${MNT}/h`, `famfs logplay ${MNT}`, `famfs fsck ${MNT}`, `famfs chkread ${MNT}/f`, `famfs flush ${MNT}/f`]) {
      expect({ line, ...(await run(line)) }).toMatchObject({ line, exitCode: 1, err: expect.stringMatching(/does not answer|marked bad/) })
    }
    expect(await run(`famfs check ${MNT}; ls ${MNT}`)).toMatchObject({ out: expect.stringContaining('f\ng\n') })
    expect(await run(`umount ${MNT}`)).toMatchObject({ exitCode: 0 })
    for (const line of [`famfs mount ${DAX} ${MNT}`, `famfs fsck ${DAX}`, `mkfs.famfs --force ${DAX}`, `mkfs.famfs --kill --force ${DAX}`]) {
      expect({ line, ...(await run(line)) }).toMatchObject({ line, exitCode: expect.any(Number), err: expect.stringContaining('does not answer') })
      expect((await run(line)).exitCode).toBeGreaterThan(0)
    }
    expect(await run(`daxctl enable-device dax0.0 && famfs mount ${DAX} ${MNT} && famfs verify -S 1 -f ${MNT}/f`)).toMatchObject({ exitCode: 0 })
  })
})

describe('tools on a standalone mount', () => {
  it('say that there is no such device, for every file, until it is unmounted', async () => {
    const { run } = await newFs('nofuse')
    await run(`cxl inject-media-poison dax0.0 -a ${AT}`)
    expect(await run(`cat ${MNT}/g > /tmp/g`)).toMatchObject({ exitCode: 0, err: '' })
    for (const line of [`cat ${MNT}/f`, `cat ${MNT}/g`, `cp ${MNT}/g /tmp/copy`, `od ${MNT}/.meta/.superblock`]) {
      expect({ line, ...(await run(line)) }).toMatchObject({ line, exitCode: 1, err: expect.stringContaining('No such device') })
    }
    expect(await run(`famfs creat -s 4096 ${MNT}/new`)).toMatchObject({ exitCode: 1, err: expect.stringContaining('reported poisoned memory') })
    expect(await run(`umount ${MNT} && cxl clear-media-poison dax0.0 -a ${AT} && famfs mount ${DAX} ${MNT} && cat ${MNT}/f | wc -c`)).toMatchObject({ exitCode: 0 })
    // What was in that line is lost.
    expect(await run(`cmp -n 64 ${MNT}/f /dev/zero`)).toMatchObject({ exitCode: 0 })
    expect(await run(`famfs verify -S 1 -f ${MNT}/f`)).toMatchObject({ exitCode: 1 })
  })

  it('that map are ended by a later byte, whatever else they had to do', async () => {
    const { run } = await newFs('nofuse')
    await run(`cxl inject-media-poison dax0.0 -a ${AT + 4096}`)
    expect(await run(`famfs verify -m ${MNT}/f,1 -m ${MNT}/g,2; echo $?`)).toMatchObject({ out: expect.stringMatching(/135\n$/), err: 'Bus error (core dumped)\n' })
    expect(await run(`umount ${MNT}`)).toMatchObject({ exitCode: 0 })
  })
})

it('Tab offers the commands and devices of cxl and daxctl', async () => {
  const { shells } = await newShell()
  const offered = (line: string): string[] => shells.complete(1, line, line.length).candidates
  expect(offered('cxl in')).toEqual(['inject-media-poison'])
  expect(offered('daxctl ')).toEqual(['disable-device', 'enable-device', 'list', 'reconfigure-device'])
  expect(offered('sudo cxl clear-media-poison da')).toEqual(['dax0.0'])
  expect(offered('cxl')).toEqual(['cxl'])
})
