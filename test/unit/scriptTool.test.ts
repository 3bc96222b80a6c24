// The tool `npm run script`: what it brings to the host, what it gives back, and what it refuses. Apart from the scripts that
// run in the test's own process: with their devices of 4 GiB still mapped, a system may refuse to start another one.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'famfs-scripts-')))
afterAll(() => rmSync(scratch, { recursive: true }))

describe('npm run script', () => {
  const write = (path: string, text: string, mode = 0o644): string => {
    writeFileSync(join(scratch, path), text)
    chmodSync(join(scratch, path), mode)
    return path
  }
  const tool = (...args: string[]) => {
    const tsx = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'test/tools/script.ts')]
    const { stdout, stderr, status, error } = spawnSync(process.execPath, [...tsx, ...args], { cwd: scratch, encoding: 'utf8', input: 'not for the script\n' })
    if (error) throw error
    return { stdout, stderr, status }
  }

  it('brings the script’s folder and others, and gives back output and exit code', () => {
    mkdirSync(join(scratch, 'a/lib'), { recursive: true })
    mkdirSync(join(scratch, 'data/deep'), { recursive: true })
    write('a/lib/say', '#!/bin/bash\necho "said $*"\n', 0o755)
    write('data/deep/bytes', 'x'.repeat(5000), 0o640)
    symlinkSync('deep/bytes', join(scratch, 'data/link'))
    write('a/main.sh', `
      echo "$0 in $PWD with $#: $1, $2"
      ./lib/say hello
      stat -c '%a %s' /opt/data/deep/bytes
      readlink /opt/data/link; cmp /opt/data/link /opt/data/deep/bytes && echo same
      cat; echo "device $(daxctl list | jq '.[0].size')"
      on B "hostname && echo 'a  line' | wc -c"
      echo 'to stderr' >&2
      exit 42
    `)
    const { stdout, stderr, status } = tool('--device', '256M', '--relaxed', '--dir', 'data:/opt/data', 'a/main.sh', '--', 'one', 'two words')
    const said = [`${scratch}/a/main.sh in ${scratch}/a with 2: one, two words`, 'said hello', '640 5000', 'deep/bytes', 'same', 'device 268435456', 'B', '8']
    expect({ stdout: stdout.trimEnd().split('\n'), stderr, status }).toEqual({ stdout: said, stderr: 'to stderr\n', status: 42 })
  })

  it('makes no host of what can’t be a name', () => {
    write('typo.sh', 'on "" hostname; echo $?; on "B hostname" hostname; echo $?')
    const { stdout, stderr } = tool('--device', '256M', '--relaxed', 'typo.sh')
    expect(stdout).toBe('2\n2\n')
    expect(stderr).toMatch(/“” is no name for a host\n.*\n.*“B hostname” is no name/)
  })

  it('models the kernel that is asked for', () => {
    write('kernel.sh', 'uname -r; mkfs.famfs /dev/dax0.0 2>&1 >/dev/null; echo $?; mkfs.famfs -M /dev/dax0.0 >/dev/null; echo $?; daxctl list | jq -r ".[0].mode"; famfs mount --nofuse /dev/dax0.0 /mnt/famfs; echo $?')
    const { stdout } = tool('--kernel', '6.17.0-famfs', 'kernel.sh')
    expect(stdout).toMatch(/^6\.17\.0-famfs\nmkfs\.famfs: .*famfs.*\n.*\n2\n0\nfamfs\n0\n$/)
    expect(tool('--kernel', 'new', 'kernel.sh')).toMatchObject({ status: 2, stderr: expect.stringContaining('--kernel takes a release') })
  })

  it('gives a host as many devices as are asked for, and other hosts other names for them', () => {
    write('several.sh', `
      daxctl list | jq -r '.[].size' | sort -n | tr '\\n' ' '
      mkfs.famfs /dev/dax0.0 /dev/dax1.0 /dev/dax2.0 > /dev/null && famfs mount --nofuse /dev/dax0.0 /mnt/famfs > /dev/null
      famfs creat -r -s 20000000 -S 5 -N 3 -B 3 /mnt/famfs/f > /dev/null; echo "made $?"
      famfs daxdev list /mnt/famfs | grep -o '/dev/dax[12]' | tr '\\n' ' '
      on B "famfs mount --nofuse /dev/dax0.0 /mnt/famfs > /dev/null; famfs verify -S 5 -f /mnt/famfs/f > /dev/null; echo verified $?; famfs daxdev list /mnt/famfs | grep -o '/dev/dax[12]' | tr '\\n' ' '"
    `)
    const { stdout, stderr, status } = tool('--device', '256M', '--device', '128M', '--device', '192M', '--relaxed', 'several.sh')
    expect({ stdout, stderr, status }).toEqual({
      stdout: '134217728 201326592 268435456 made 0\n/dev/dax1 /dev/dax2 verified 0\n/dev/dax2 /dev/dax1 ', stderr: '', status: 0,
    })
    expect(tool(...Array.from({ length: 9 }, () => ['--device', '16M']).flat(), 'several.sh')).toMatchObject({ status: 2, stderr: expect.stringContaining('8 devices') as string })
  })

  it('keeps to the real limits, unless relaxed', () => {
    write('mkfs.sh', 'mkfs.famfs "$@" /dev/dax0.0 > /dev/null\n')
    expect(tool('--device', '256M', 'mkfs.sh')).toMatchObject({ status: 2, stderr: expect.stringContaining('4294967296') as string })
    expect(tool('--device', '256M', '--relaxed', 'mkfs.sh')).toMatchObject({ status: 0, stderr: '' })
    expect(tool('mkfs.sh')).toMatchObject({ status: 0, stderr: '' })
    write('raw.sh', 'dd if=/dev/dax0.0 bs=4096 count=1 2> /dev/null | wc -c')
    expect([tool('raw.sh').stdout, tool('--relaxed', 'raw.sh').stdout]).toEqual(['0\n', '4096\n'])
  })

  it.each([
    [['missing.sh'], 'there is no script missing.sh'],
    [['.'], '. is not a file'],
    [[], 'no script is named'],
    [['x.sh', 'y'], 'what is for the script (y) goes behind --'],
    [['--device', '4X', 'x.sh'], '--device takes a size such as 256M or 4G, not “4X”'],
    [['--device', '0', 'x.sh'], '--device takes a size'],
    [['--mode', 'v2', 'x.sh'], '--mode takes standalone or fuse, not “v2”'],
    [['--dir', 'a', 'x.sh'], '--dir takes LOCAL:INSIDE'],
    [['--dir', 'nowhere:/x', 'x.sh'], '--dir: nowhere is not a folder'],
    [['--colour', 'x.sh'], '--colour'],
  ])('runs nothing with %j', (args, says) => {
    write('x.sh', 'echo ran')
    const { stdout, stderr, status } = tool(...args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toMatch(/^script: /)
    expect(stderr).toContain(says)
    expect(stderr).toMatch(/^usage: /m)
  })
})
