// What the GNU comparison can't hold because it depends on clock, users or terminal: long listings, colours, columns, names
// with odd letters, owners by name, and permissions of people who aren't root.
import { beforeAll, describe, expect, it } from 'vitest'
import { sizeOf } from '../../../src/host/tools/numbers.ts'
import { prepare } from '../../../src/host/tools/table.ts'
import { type Box, newBox } from '../../helpers/toolbox.ts'

beforeAll(prepare)

/** A folder with one of each kind. */
function kinds(): Box {
  const box = newBox()
  box.run('mkdir k')
  box.caller.cwd = '/tmp/k'
  box.put('file', 'x'.repeat(2000))
  box.put('run me', '', 0o755)
  box.run('mkdir dir')
  box.run('ln -s file link')
  box.run('mknod dev c 1 3')
  box.run('touch -d @86400 old')
  return box
}

describe('ls', () => {
  it('shows kinds, owners, sizes and times in columns', () => {
    const box = kinds()
    box.run('chown user:1000 file')
    expect(box.run('ls -l').out).toBe([
      'total 2',
      'crw-r--r-- 1 root root 1, 3 Jun  7 08:09 dev',
      'drwxr-xr-x 2 root root 4096 Jun  7 08:09 dir',
      '-rw-r--r-- 1 user user 2000 Jun  7 08:09 file',
      'lrwxrwxrwx 1 root root    4 Jun  7 08:09 link -> file',
      '-rw-r--r-- 1 root root    0 Jan  2  1970 old',
      '-rwxr-xr-x 1 root root    0 Jun  7 08:09 run me',
      '',
    ].join('\n'))
    expect(box.run('ls -ln file').out).toMatch(/^-rw-r--r-- 1 1000 1000 2000 /)
    expect(box.run('ls -lh file').out).toContain(' 2.0K ')
    expect(box.run('ls -tr').out.split('\n')[0]).toBe('old')
    expect(box.run('ls -F').out).toBe('dev\ndir/\nfile\nlink@\nold\nrun me*\n')
    expect(box.run('ls -i file').out).toMatch(/^\d+ file\n$/)
    expect(box.run('ls -ld dir').out).toMatch(/^drwxr-xr-x .* dir\n$/)
    expect(box.run('ls -a').out).toMatch(/^\.\n\.\.\ndev\n/)
  })

  it('fills the width in columns, with colours and quotes for people', () => {
    const box = kinds()
    box.env['COLUMNS'] = '16'
    expect(box.run('ls -C').out).toBe("dev   link\ndir   old\nfile  'run me'\n")
    expect(box.run('ls --color=always').out).toBe("\u001b[1;33mdev\u001b[0m\n\u001b[1;34mdir\u001b[0m\nfile\n\u001b[1;36mlink\u001b[0m\nold\n\u001b[1;32m'run me'\u001b[0m\n")
    expect(box.run('ls --color=auto').out).not.toContain('\u001b')
    box.put('a\nb\u001b[31m', '')
    expect(box.run('ls').out).toContain('a?b?[31m\n')
  })
})

describe('owners and permissions', () => {
  it('are by the name in /etc/passwd, and only root gives files away', () => {
    const box = kinds()
    expect(box.run('chown -R user: /tmp/k')).toMatchObject({ code: 0, err: '' })
    expect(box.run('stat -c %U:%G_%n dir file').out).toBe('user:user_dir\nuser:user_file\n')
    expect(box.run('chown 0:0 file').code).toBe(0)
    expect(box.run('chgrp user file').code).toBe(0)
    expect(box.run('stat -c %u_%G file').out).toBe('0_user\n')
    box.caller.user = { uid: 1000, gid: 1000 }
    expect(box.run('chown user file')).toMatchObject({ code: 1, err: expect.stringContaining("chown: changing ownership of 'file': Operation not permitted\n") })
    expect(box.run('chmod 777 file')).toMatchObject({ code: 1, err: expect.stringContaining("chmod: changing permissions of 'file': Operation not permitted\n") })
    expect(box.run('test -w file').code).toBe(1)
    expect(box.run('test -r file').code).toBe(0)
    expect(box.run('mkdir /etc/x')).toMatchObject({ code: 1, err: "mkdir: cannot create directory '/etc/x': Permission denied\n" })
    expect(box.run('rm -rf /etc/passwd')).toMatchObject({ code: 1, err: "rm: cannot remove '/etc/passwd': Permission denied\n" })
    expect(box.run('ls /root')).toMatchObject({ code: 2, err: "ls: cannot open directory '/root': Permission denied\n" })
  })

  it('are kept by cp -p, and made by the umask else', () => {
    const box = kinds()
    box.run('chmod 666 file')
    box.run('chown 1000:1000 file')
    box.run('touch -d @5000 file')
    box.run('cp file plain')
    box.run('cp -p file kept')
    expect(box.run('stat -c %a_%u_%Y plain kept').out).toBe('644_0_1780819750\n666_1000_5000\n')
  })
})

describe('devices', () => {
  it('are read and written by dd, head and cat', () => {
    const box = newBox()
    expect(box.run('head -c 5 /dev/zero').bytes).toEqual(new Uint8Array(5))
    expect(box.run('dd if=/dev/urandom of=r bs=1k count=3 status=none').code).toBe(0)
    expect(new Set(box.get('/tmp/r')).size).toBeGreaterThan(100)
    expect(box.run('cp r /dev/null')).toMatchObject({ code: 0, err: '' })
    expect(box.run('dd if=r of=/dev/full status=none')).toMatchObject({ code: 1, err: expect.stringContaining("dd: error writing '/dev/full': No space left on device\n") })
    expect(box.run('cat /proc/mounts').out).toContain('rootfs / rootfs')
    expect(box.run('cp /proc/mounts m').code).toBe(0)
    expect(box.run('cmp m /proc/mounts')).toMatchObject({ code: 0, out: '', err: '' })
  })

  it('copy back what a dump says', () => {
    const box = newBox()
    box.put('/tmp/b', Uint8Array.from({ length: 300 }, (_, i) => i & 255))
    for (const options of ['', '-p ', '-g 1 -c 7 ', '-u ']) {
      box.put('/tmp/dump', box.run(`xxd ${options}b`.trim()).out)
      box.run(`xxd -r ${options.startsWith('-p') ? '-p ' : ''}dump back`)
      expect({ options, ...box.run('cmp b back') }).toMatchObject({ options, code: 0, out: '' })
      box.run('rm back')
    }
    expect(box.run('cat b').bytes).toEqual(box.get('/tmp/b'))
  })
})

describe('sizes', () => {
  it.each([
    ['0', 0], ['512', 512], ['4k', 4096], ['4K', 4096], ['2M', 2097152], ['1G', 1073741824], ['1kB', 1000], ['3KiB', 3072], ['2b', 1024], ['0x10', 16],
    ['', undefined], ['k', undefined], ['-1', undefined], ['1.5M', undefined], ['9999P', undefined], ['4kk', undefined],
  ])('%s', (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes)
  })
})
