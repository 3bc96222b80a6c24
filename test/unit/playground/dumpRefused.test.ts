// What is no dump is refused with a sentence that says what it is, what was expected, and how to make one.

import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../../../src/core/base/plain.ts'
import type { Failure } from '../../../src/core/base/result.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { openDump } from '../../../src/playground/dump.ts'
import { metaFiles, secondaryDevice, soundImage, zipped } from '../../helpers/dumps.ts'

const sound = soundImage()

async function refusal(...files: File[]): Promise<Failure> {
  const outcome = await openDump(files)
  if (outcome.ok) throw new Error('it was opened')
  return outcome.failure
}

function fileOf(bytes: Uint8Array<ArrayBuffer>, name = 'some.file'): File {
  return new File([bytes], name)
}

/** `mark` at `at`, among bytes that are no text and no zeros. */
function marked(at: number, mark: string, sizeBytes = 70_000): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes).fill(0x81)
  for (let i = 0; i < mark.length; i++) bytes[at + i] = mark.charCodeAt(i)
  return bytes
}

describe('what it is', () => {
  it.each([
    ['is empty', new Uint8Array(0)],
    ['holds nothing but zeros in its first 5000 bytes: nothing was ever formatted there', new Uint8Array(5000)],
    ['is a JPEG picture', marked(0, '\xff\xd8\xff\xe0')],
    ['is a PNG picture', marked(0, '\x89PNG\r\n\x1a\n')],
    ['is a PDF document', marked(0, '%PDF-1.7')],
    ['is a ZIP archive: unpack it first', marked(0, 'PK\x03\x04')],
    ['is an xz archive: unpack it first', marked(0, '\xfd7zXZ\x00')],
    ['is a zstd archive: unpack it first', marked(0, '\x28\xb5\x2f\xfd')],
    ['is a tar archive: unpack it first', marked(257, 'ustar')],
    ['is an ext2, ext3 or ext4 file system', marked(1080, '\x53\xef')],
    ['is an XFS file system', marked(0, 'XFSB')],
    ['is a Btrfs file system', marked(65_600, '_BHRfS_M')],
    ['is an ISO 9660 image of a CD or DVD', marked(32_769, 'CD001')],
    ['is a disk with partitions (GPT)', marked(512, 'EFI PART')],
    ['is a disk with a boot sector', marked(510, '\x55\xaa')],
    ['is a qcow2 disk image', marked(0, 'QFI\xfb')],
    ['is an ELF core dump: the memory of a program, not of a device', marked(0, '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0')],
    ['is a Linux program or library (ELF)', marked(0, '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0')],
    ['is text, and begins with “Dear famfs, this is a letter and not a d…”', bytesOfText('Dear famfs, this is a letter and not a dump of a device\nBest wishes')],
    ['is text, the shadow file of one famfs file', bytesOfText('---\nfile:\n  path: x\n')],
    ['is a dump of bytes written as text: xxd -r makes bytes of it again', bytesOfText('00000000: ff82 b287 0000 0000 3000 0000 0000 0000  ........0.......\n')],
    ['begins with 81 81 81 81 81 81 81 81, which is no superblock: that begins with ff 82 b2 87', marked(0, '')],
    ['is gzip, and what is in it is a PNG picture', zipped(marked(0, '\x89PNG\r\n\x1a\n'))],
    ['is gzip, and what is in it is text, and begins with “hello”', zipped(bytesOfText('hello'))],
    ['is gzip that gives nothing', zipped(new Uint8Array(0))],
    ['is gzip that gives nothing: it ends too early', zipped(sound).slice(0, 5)],
  ])('%s', async (what, bytes) => {
    const failure = await refusal(fileOf(bytes))
    expect(failure).toMatchObject({ reason: 'not_a_dump', errno: 'EINVAL', says: `some.file ${what}` })
    expect(failure.next).toMatch(/^Expected is the start of a famfs device, raw or gzip: superblock and log, usually 10 MiB\. From a pmem device: dd if=\/dev\/pmem0 of=dump\.img bs=1M count=10\. A devdax device can’t be read by dd: copy MOUNTPOINT\/\.meta\/\.superblock and MOUNTPOINT\/\.meta\/\.log/)
  })

  it('an export of the playground, by its name', async () => {
    expect((await refusal(fileOf(zipped(bytesOfText('{"manifest":1}')), 'mine.famfs'))).says).toBe('mine.famfs is gzip, and what is in it is, by its name, an export of this playground')
  })

  it('nothing, and too much', async () => {
    expect((await refusal()).says).toBe('The choice holds no file')
    expect((await refusal(...['a', 'b', 'c'].map((name) => fileOf(sound, name)))).says).toBe('3 files are more than one dump')
  })

  it('what can’t be read', async () => {
    const file = fileOf(sound, 'gone.img')
    file.slice = () => {
      throw new DOMException('A requested file could not be found.', 'NotFoundError')
    }
    const failure = await refusal(file)
    expect(failure).toMatchObject({ reason: 'dump_unreadable', errno: 'EIO', says: 'gone.img can\'t be read: A requested file could not be found.' })
  })
})

describe('half of it', () => {
  const [superblock, log] = metaFiles(sound, ['sb', 'lg'])

  it.each([
    [[superblock], /^sb is a superblock without its log, which begins at byte 2097152: it is what a mount shows as \.meta\/\.superblock$/, /^Open it together with \.meta\/\.log of the same mount, or dump more of the device\. From a pmem device: dd .* count=10\./],
    [[log], /^lg is a log without its superblock: it is what a mount shows as \.meta\/\.log$/, /^Open it together with \.meta\/\.superblock of the same mount\.$/],
    [[fileOf(sound.slice(0, 4096))], /^some\.file is a superblock without its log/, /\.meta\/\.log/],
    [[fileOf(sound.slice(0, LOG_OFFSET_BYTES + 40))], /^some\.file is a superblock without its log/, /\.meta\/\.log/],
    [[fileOf(sound.slice(0, 150))], /^some\.file ends inside the superblock, after 150 bytes$/, /\.meta\/\.log/],
    [[fileOf(zipped(sound.slice(0, 4096)))], /^some\.file is a superblock without its log/, /\.meta\/\.log/],
    [[fileOf(secondaryDevice())], /^some\.file begins with the superblock of a secondary device, [-0-9a-f]{36} of the file system [-0-9a-f]{36}: that has no log$/, /^Open a dump of the primary device/],
    [[fileOf(secondaryDevice().slice(0, 4096))], /^some\.file begins with the superblock of a secondary device/, /^Open a dump of the primary device/],
  ])('%#', async (files, says, next) => {
    const failure = await refusal(...files)
    expect(failure).toMatchObject({ reason: 'not_a_dump', errno: 'EINVAL' })
    expect(failure.says).toMatch(says)
    expect(failure.next).toMatch(next)
  })

  it.each([
    [superblock, superblock, 'sb and sb don’t belong together: the one is a superblock, the other is a superblock'],
    [log, log, 'lg and lg don’t belong together: the one is a log, the other is a log'],
    [fileOf(sound, 'a'), fileOf(bytesOfText('hi'), 'b'), 'a and b don’t belong together: the one is a dump by itself, the other is text, and begins with “hi”'],
    [log, fileOf(new Uint8Array(100), 'z'), 'lg and z don’t belong together: the one is a log, the other holds nothing but zeros in its first 100 bytes: nothing was ever formatted there'],
  ])('two that are no pair %#', async (one, other, says) => {
    expect(await refusal(one, other)).toMatchObject({ reason: 'not_a_dump', says, next: expect.stringMatching(/^Open \.meta\/\.superblock and \.meta\/\.log of the same mount together/) as string })
  })
})
