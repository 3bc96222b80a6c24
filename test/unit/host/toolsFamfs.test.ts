// Plain tools in famfs mounts: reading and writing in place works, everything else does what the module's generation or the
// daemon lets it do, and says so with advice (famfs-cli.md, sections 15 and 16). Big files go through in pieces.
import { beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { PIECE_BYTES, runNow } from '../../../src/core/base/task.ts'
import { prepare } from '../../../src/host/tools/table.ts'
import { DAX, MNT, newDax, run } from '../../helpers/machines.ts'
import { firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { type Box, famfsFile, newBox, newMountedBox } from '../../helpers/toolbox.ts'

const ADVICE = /\n {2}\w[^\n]*\.\n$/

beforeAll(prepare)

function fuseBox(): Box {
  const box = newBox()
  run(box.machine.mkfs(DAX, {}))
  box.run(`mkdir -p ${MNT}`)
  valueOf(runNow(box.system.mountFamfs(DAX, MNT, { kind: 'fuse' }, box.caller)))
  return box
}

describe('plain tools in every kind of famfs mount', () => {
  const kinds: [string, () => Box][] = [
    ['standalone, first generation', () => newMountedBox({ generation: 'first' })],
    ['standalone, newer', () => newMountedBox({ generation: 'newer' })],
    ['fuse', fuseBox],
  ]
  it.each(kinds)('read, compare, sum and write in place: %s', (_, make) => {
    const box = make()
    const content = patternBytes(2 * MIB + 777, 5)
    famfsFile(box, `${MNT}/f`, content, 0o640)
    box.put('/tmp/f', content)
    expect(firstDifference(box.run(`cat ${MNT}/f`).bytes, content)).toBe(-1)
    expect(box.run(`cmp ${MNT}/f f`)).toMatchObject({ code: 0, out: '', err: '' })
    expect(box.run(`sha256sum ${MNT}/f`).out.slice(0, 64)).toBe(box.run('sha256sum f').out.slice(0, 64))
    expect(box.run(`stat -c %s_%a_%U_%F ${MNT}/f`).out).toBe('2097929_640_root_regular file\n')
    expect(box.run(`ls -l ${MNT}`).out).toMatch(/^total 2049\n-rw-r----- 1 root root 2097929 .* f\n$/)
    expect(box.run(`ls ${MNT}/.meta`).out).toBe('')
    expect(box.run(`ls -A ${MNT}/.meta`).out).toBe('.log\n.superblock\n')
    expect(box.run(`hexdump -C -n 4 ${MNT}/.meta/.superblock`).out).toMatch(/^00000000 {2}ff 82 b2 87 /)

    expect(box.run(`dd if=/dev/zero of=${MNT}/f bs=4096 seek=1 count=2 conv=notrunc`)).toMatchObject({ code: 0, err: expect.stringMatching(/^2\+0 records in\n2\+0 records out\n8192 bytes/) })
    content.fill(0, 4096, 3 * 4096)
    expect(firstDifference(box.run(`cat ${MNT}/f`).bytes, content)).toBe(-1)
  })

  it.each(kinds)('stop at the end of a file, which never grows: %s', (_, make) => {
    const box = make()
    famfsFile(box, `${MNT}/f`, patternBytes(10_000, 5))
    const past = box.run(`dd if=/dev/zero of=${MNT}/f bs=4096 count=4 conv=notrunc status=noxfer`)
    expect(past).toMatchObject({ code: 1, err: expect.stringMatching(/^dd: error writing '\/mnt\/famfs\/f': No space left on device\n {2}famfs never makes a file longer/) })
    expect(past.err).toContain('2+1 records out\n')
    expect(box.get(`${MNT}/f`).every((byte) => byte === 0)).toBe(true)
    expect(box.run(`stat -c %s ${MNT}/f`).out).toBe('10000\n')
  })

  it.each(kinds)('answer permission questions and show how full it is: %s', (_, make) => {
    const box = make()
    famfsFile(box, `${MNT}/f`, patternBytes(100, 5), 0o600)
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run(`test -w ${MNT}/f`).code).toBe(1)
    expect(box.run(`cat ${MNT}/f`)).toMatchObject({ code: 1, err: expect.stringMatching(/^cat: \/mnt\/famfs\/f: Permission denied\n/) })
    box.caller.user = { uid: 0, gid: 0 }
    expect(box.run(`chmod 666 ${MNT}/f`).code).toBe(0)
    expect(box.run(`chown user:user ${MNT}/f`)).toMatchObject({ code: 0, err: '' })
    expect(box.run(`stat -c %a_%U_%g ${MNT}/f`).out).toBe('666_user_1000\n')
    expect(box.run(`df -k ${MNT}/f`).out).toMatch(/1K-blocks +Used Available Use% Mounted on\n\/dev\/dax0.0 +32768 12288 +20480 +38% \/mnt\/famfs\n/)
    expect(box.run(`stat -f -c %b_%a_%s ${MNT}`).out).toBe('8192_5120_4096\n')
  })
})

describe('plain tools on the first generation', () => {
  const first = (): Box => newMountedBox({ generation: 'first' })

  it('leave a stub where they copy or move into it, and keep the source', () => {
    const box = first()
    box.put('/tmp/a', 'hello')
    expect(box.run(`cp a ${MNT}/a`)).toMatchObject({ code: 1, err: expect.stringMatching(/^cp: error writing '\/mnt\/famfs\/a': Input\/output error\n {2}Only famfs creat and famfs cp/) })
    expect(box.run(`mv a ${MNT}/b`)).toMatchObject({ code: 1, err: expect.stringMatching(/^mv: error writing '\/mnt\/famfs\/b': Input\/output error\n/) })
    expect(box.run(`touch ${MNT}/c`).code).toBe(0)
    expect(box.run(`tee ${MNT}/d`, 'x')).toMatchObject({ code: 1, out: 'x', err: expect.stringMatching(ADVICE) })
    expect(box.run(`stat -c %s_%n ${MNT}/a ${MNT}/b ${MNT}/c ${MNT}/d`).out).toBe(`0_${MNT}/a\n0_${MNT}/b\n0_${MNT}/c\n0_${MNT}/d\n`)
    expect(box.run('ls /tmp').out).toBe('a\n')
    expect(box.run(`rm ${MNT}/a`).code).toBe(0)
  })

  it('break a file whose size they change, for good until the next mount', () => {
    const box = first()
    famfsFile(box, `${MNT}/f`, patternBytes(5000, 5))
    box.put('/tmp/bigger', patternBytes(6000, 1))
    expect(box.run(`truncate -s 2048 ${MNT}/f`).code).toBe(0)
    expect(box.run(`stat -c %s ${MNT}/f`).out).toBe('2048\n')
    expect(box.run(`cat ${MNT}/f`)).toMatchObject({ code: 1, err: expect.stringMatching(ADVICE) })
    expect(box.run(`truncate -s 5000 ${MNT}/f`).code).toBe(0)
    expect(box.run(`cat ${MNT}/f`)).toMatchObject({ code: 1, err: expect.stringMatching(/^cat: \/mnt\/famfs\/f: Input\/output error\n {2}/) })

    famfsFile(box, `${MNT}/g`, patternBytes(5000, 5))
    expect(box.run(`cp bigger ${MNT}/g`)).toMatchObject({ code: 1, err: expect.stringContaining(`cp: error writing '${MNT}/g'`) })
    expect(box.run(`stat -c %s ${MNT}/g`).out).toBe('0\n')
    expect(box.run(`umount ${MNT}`).code).toBe(0)
    expect(box.run(`mount -t famfs ${DAX} ${MNT}`)).toMatchObject({ code: 0, err: '' })
    expect(firstDifference(box.get(`${MNT}/g`), patternBytes(5000, 5))).toBe(-1)
  })

  it('remove and rename on this host alone', () => {
    const box = first()
    valueOf(runNow(box.machine.mkdir(`${MNT}/d`, {})))
    famfsFile(box, `${MNT}/d/f`, patternBytes(100, 5))
    famfsFile(box, `${MNT}/g`, patternBytes(100, 6))
    expect(box.run(`mv ${MNT}/g ${MNT}/d/h`)).toMatchObject({ code: 0, err: '' })
    expect(box.run(`rm -rv ${MNT}/d`)).toMatchObject({ code: 0, out: `removed '${MNT}/d/f'\nremoved '${MNT}/d/h'\nremoved directory '${MNT}/d'\n` })
    expect(box.run(`ls ${MNT}`).out).toBe('')
    expect(box.run(`df --output ${MNT}`).code).toBe(0)
  })

  it('copy out whole trees, with modes', () => {
    const box = first()
    valueOf(runNow(box.machine.mkdir(`${MNT}/d`, { mode: 0o750 })))
    famfsFile(box, `${MNT}/d/f`, patternBytes(70_000, 5), 0o604)
    expect(box.run(`cp -a ${MNT}/d /tmp/copy`)).toMatchObject({ code: 0, err: '' })
    expect(box.run('stat -c %a_%s copy copy/f').out).toMatch(/^750_\d+\n604_70000\n$/)
    expect(box.run(`cmp copy/f ${MNT}/d/f`).code).toBe(0)
  })
})

describe('plain tools on the newer generation', () => {
  it('may not remove, rename or change sizes, but may remove stubs', () => {
    const box = newMountedBox({ generation: 'newer' })
    valueOf(runNow(box.machine.mkdir(`${MNT}/d`, {})))
    famfsFile(box, `${MNT}/f`, patternBytes(5000, 5))
    const refused: [string, string][] = [
      [`rm ${MNT}/f`, `rm: cannot remove '${MNT}/f'`],
      [`rmdir ${MNT}/d`, `rmdir: failed to remove '${MNT}/d'`],
      [`mv ${MNT}/f ${MNT}/g`, `mv: cannot move '${MNT}/f' to '${MNT}/g'`],
      [`truncate -s 1 ${MNT}/f`, `truncate: failed to truncate '${MNT}/f' at 1 bytes`],
      [`cp /etc/passwd ${MNT}/f`, `cp: cannot create regular file '${MNT}/f'`],
      [`ln -s f ${MNT}/l`, `ln: failed to create symbolic link '${MNT}/l'`],
      [`ln ${MNT}/f ${MNT}/l`, `ln: failed to create hard link '${MNT}/l' => '${MNT}/f'`],
      [`mknod ${MNT}/n c 1 3`, `mknod: ${MNT}/n`],
    ]
    for (const [line, says] of refused) {
      const { code, err } = box.run(line)
      expect({ line, code, err }).toEqual({ line, code: 1, err: expect.stringContaining(`${says}: Operation not permitted\n`) })
      expect(err).toMatch(ADVICE)
    }
    expect(firstDifference(box.get(`${MNT}/f`), patternBytes(5000, 5))).toBe(-1)
    box.run(`touch ${MNT}/stub`)
    expect(box.run(`rm ${MNT}/stub`)).toMatchObject({ code: 0, err: '' })
  })
})

describe('plain tools on a fuse mount', () => {
  it('are refused all that would change names or sizes', () => {
    const box = fuseBox()
    famfsFile(box, `${MNT}/f`, patternBytes(5000, 5))
    box.put('/tmp/a', 'hello')
    const refused: [string, RegExp][] = [
      [`cp a ${MNT}/a`, /^cp: cannot create regular file '\/mnt\/famfs\/a': Operation not supported\n/],
      [`mv a ${MNT}/a`, /^mv: cannot create regular file '\/mnt\/famfs\/a': Operation not supported\n/],
      [`touch ${MNT}/a`, /^touch: cannot touch '\/mnt\/famfs\/a': Operation not supported\n/],
      [`mkdir ${MNT}/d`, /^mkdir: cannot create directory '\/mnt\/famfs\/d': Function not implemented\n/],
      [`rm ${MNT}/f`, /^rm: cannot remove '\/mnt\/famfs\/f': Function not implemented\n/],
      [`mv ${MNT}/f ${MNT}/g`, /^mv: cannot move '\/mnt\/famfs\/f' to '\/mnt\/famfs\/g': Function not implemented\n/],
      [`truncate -s 5000 ${MNT}/f`, /^truncate: failed to truncate '\/mnt\/famfs\/f' at 5000 bytes: Invalid argument\n/],
      [`cp a ${MNT}/f`, /^cp: cannot create regular file '\/mnt\/famfs\/f': Invalid argument\n/],
    ]
    for (const [line, says] of refused) {
      const { code, err } = box.run(line)
      expect({ line, code, err }).toEqual({ line, code: 1, err: expect.stringMatching(says) })
      expect(err).toMatch(ADVICE)
    }
    expect(box.run(`ls ${MNT}`).out).toBe('f\n')
    expect(firstDifference(box.get(`${MNT}/f`), patternBytes(5000, 5))).toBe(-1)
    expect(box.run(`touch -d @1000 ${MNT}/f`).code).toBe(0)
    expect(box.run(`stat -c %Y ${MNT}/f`).out).toBe('1000\n')
  })

  it('look behind it by attribute and socket', () => {
    const box = fuseBox()
    famfsFile(box, `${MNT}/f`, patternBytes(5000, 5))
    const shadow = box.run(`getfattr -n user.famfs.shadow --only-values ${MNT}/f`).out
    expect(shadow).toMatch(/^\/tmp\/famfs_shadow_/)
    expect(box.run(`getfattr -n user.famfs.shadow --absolute-names ${MNT}`).out).toBe(`# file: ${MNT}\nuser.famfs.shadow="${shadow}"\n\n`)
    const sock = box.machine.mounts()[0]?.shadowPath
    expect(box.run(`curl -s --unix-socket ${sock}/sock http://localhost/icache_stats`)).toMatchObject({ code: 0, out: expect.stringMatching(/^icache_stats:\n/) })
    expect(box.run(`curl -s -X POST -d 7 --unix-socket ${sock}/sock http://localhost/log_level`).code).toBe(0)
    expect(box.run(`curl -s --unix-socket ${sock}/sock http://localhost/log_level`).out).toMatch(/7/)
    expect(box.run(`curl -s -o /tmp/o -w %{http_code} --unix-socket ${sock}/sock http://localhost/nowhere`).out).toBe('404')
    expect(box.run(`curl -sf --unix-socket ${sock}/sock http://localhost/nowhere`)).toMatchObject({ code: 22, err: '' })
    expect(box.run(`curl --unix-socket /tmp/none http://localhost/pid`)).toMatchObject({ code: 7, err: expect.stringMatching(/^curl: \(7\) /) })
    expect(box.run('curl http://example.org/x')).toMatchObject({ code: 6, err: expect.stringMatching(/^curl: \(6\) Could not resolve host: example.org\n {2}The playground has no network/) })
  })
})

describe('big files', () => {
  const SIZE = 3 * PIECE_BYTES + 12_345

  const readers = ['cat $', 'cmp $ /tmp/big', 'cmp -s $ /tmp/big', 'sha256sum $', 'wc $', 'tail -c +2 $', 'head -c 12582912 $']
  const copiers = ['cp $ /tmp/copy', 'cp -p $ /tmp/copy', 'dd if=$ of=/tmp/copy bs=1G status=none', 'mv -v $ /tmp/copy', 'tee /tmp/copy']

  it.each([...readers, ...copiers])('go through in pieces, with progress and a pause after each: %s', (line) => {
    const box = newMountedBox({ device: newDax(64 * MIB) })
    const content = patternBytes(SIZE, 9)
    famfsFile(box, `${MNT}/big`, content)
    box.put(copiers.includes(line) ? '/tmp/copy' : '/tmp/big', content)
    box.run('truncate -s 7 /tmp/copy')
    const ran = box.run(line.replace('$', `${MNT}/big`), content)
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' })
    expect(ran.yields).toBeGreaterThanOrEqual(3)
    expect(ran.progress).toBeGreaterThanOrEqual(3)
    expect(Math.max(box.biggest.readBytes, box.biggest.writtenBytes, box.biggest.outBytes)).toBeLessThanOrEqual(PIECE_BYTES)
    expect(firstDifference(box.get(copiers.includes(line) ? '/tmp/copy' : '/tmp/big'), content)).toBe(-1)
  })

  it.each(['cat $', 'cmp $ $', 'cp $ /tmp/copy', 'dd if=$ of=/tmp/copy', 'sha256sum $', 'wc $', 'mv $ /tmp/copy', 'dd if=/dev/zero of=$ bs=16M conv=notrunc'])('leave nothing open when it is stopped half-way: %s', (line) => {
    const box = newMountedBox({ device: newDax(64 * MIB) })
    const content = patternBytes(SIZE, 9)
    famfsFile(box, `${MNT}/big`, content)
    box.stop(line.replaceAll('$', `${MNT}/big`))
    expect(box.run(`stat -c %s ${MNT}/big`).out).toBe(`${SIZE}\n`)
    expect(box.run(`umount ${MNT}`)).toMatchObject({ code: 0, err: '' })
  })

  it('are read only where head and tail look', () => {
    const box = newMountedBox({ device: newDax(64 * MIB) })
    famfsFile(box, `${MNT}/big`, patternBytes(SIZE, 9))
    for (const line of [`head -n 3 ${MNT}/big`, `tail -n 3 ${MNT}/big`, `tail -c 10 ${MNT}/big`, `head -c 10 ${MNT}/big`, `wc -c ${MNT}/big`, `hexdump -C -n 16 ${MNT}/big`, `xxd -l 16 -s 5000000 ${MNT}/big`]) {
      expect(box.run(line).code).toBe(0)
    }
    expect(box.biggest.readBytes).toBeLessThanOrEqual(64 * 1024)
  })
})
