// What a file is that is no dump, in words: by the marks that other formats carry, else by how it begins. Nothing here
// decides whether something is a dump; it only says what was found in its place.

import { asciiText } from '../core/base/plain.ts'

interface Mark {
  at: number
  /** As text, or as hex after `0x`. */
  bytes: string
  is: string
}

/** More telling marks first: a disk with partitions may also hold what looks like a boot sector. */
const MARKS: readonly Mark[] = [
  { at: 0, bytes: '0xffd8ff', is: 'a JPEG picture' },
  { at: 0, bytes: '0x89504e470d0a1a0a', is: 'a PNG picture' },
  { at: 0, bytes: 'GIF8', is: 'a GIF picture' },
  { at: 8, bytes: 'WEBP', is: 'a WebP picture' },
  { at: 0, bytes: '%PDF-', is: 'a PDF document' },
  { at: 0, bytes: '0x504b0304', is: 'a ZIP archive: unpack it first' },
  { at: 0, bytes: '0xfd377a585a00', is: 'an xz archive: unpack it first' },
  { at: 0, bytes: '0x28b52ffd', is: 'a zstd archive: unpack it first' },
  { at: 0, bytes: 'BZh', is: 'a bzip2 archive: unpack it first' },
  { at: 0, bytes: '0x377abcaf271c', is: 'a 7z archive: unpack it first' },
  { at: 0, bytes: '0x04224d18', is: 'an LZ4 archive: unpack it first' },
  { at: 257, bytes: 'ustar', is: 'a tar archive: unpack it first' },
  { at: 0, bytes: 'ARROW1', is: 'an Arrow file' },
  { at: 0, bytes: 'PAR1', is: 'a Parquet file' },
  { at: 0, bytes: 'SQLite format 3', is: 'an SQLite database' },
  { at: 0, bytes: '0x0061736d', is: 'a WebAssembly module' },
  { at: 4, bytes: 'ftyp', is: 'a video' },
  { at: 0, bytes: '0x4d5a', is: 'a Windows program' },
  { at: 0, bytes: 'KDUMP', is: 'a crash dump of a kernel' },
  { at: 0, bytes: 'QFI\xfb', is: 'a qcow2 disk image' },
  { at: 0, bytes: 'KDMV', is: 'a VMDK disk image' },
  { at: 0, bytes: 'vhdxfile', is: 'a VHDX disk image' },
  { at: 0, bytes: 'XFSB', is: 'an XFS file system' },
  { at: 0, bytes: 'hsqs', is: 'a squashfs file system' },
  { at: 1024, bytes: '0x1020f5f2', is: 'an F2FS file system' },
  { at: 1080, bytes: '0x53ef', is: 'an ext2, ext3 or ext4 file system' },
  { at: 65_600, bytes: '_BHRfS_M', is: 'a Btrfs file system' },
  { at: 32_769, bytes: 'CD001', is: 'an ISO 9660 image of a CD or DVD' },
  { at: 4086, bytes: 'SWAPSPACE2', is: 'swap space' },
  { at: 0, bytes: 'LUKS\xba\xbe', is: 'an encrypted disk (LUKS)' },
  { at: 512, bytes: 'LABELONE', is: 'a physical volume of LVM' },
  { at: 3, bytes: 'NTFS    ', is: 'an NTFS file system' },
  { at: 3, bytes: 'EXFAT   ', is: 'an exFAT file system' },
  { at: 82, bytes: 'FAT32', is: 'a FAT file system' },
  { at: 54, bytes: 'FAT1', is: 'a FAT file system' },
  { at: 512, bytes: 'EFI PART', is: 'a disk with partitions (GPT)' },
  { at: 4096, bytes: 'NVDIMM_', is: 'a pmem namespace from its very start: what famfs sees of it begins later' },
  { at: 510, bytes: '0x55aa', is: 'a disk with a boot sector' },
]
const ELF_KINDS: Record<number, string> = { 1: 'an ELF object file', 2: 'a Linux program (ELF)', 3: 'a Linux program or library (ELF)', 4: 'an ELF core dump: the memory of a program, not of a device' }
const SHOWN_BYTES = 8
const TEXT_BYTES = 512

/** "is a PNG picture": what completes a sentence after the file's name. */
export function whatItIs(name: string, bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty'
  if (bytes.every((byte) => byte === 0)) return `holds nothing but zeros in its first ${bytes.length} bytes: nothing was ever formatted there`
  if (name.toLowerCase().endsWith('.famfs')) return 'is, by its name, an export of this playground'
  if (has(bytes, 0, '\x7fELF')) return `is ${ELF_KINDS[bytes[16] ?? 0] ?? 'an ELF file'}`
  const mark = MARKS.find(({ at, bytes: wanted }) => has(bytes, at, wanted))
  if (mark) return `is ${mark.is}`
  const text = textIn(bytes)
  if (text === undefined) return `begins with ${hexOf(bytes)}, which is no superblock: that begins with ff 82 b2 87`
  if (/^(file:|---\nfile:)/.test(text)) return 'is text, the shadow file of one famfs file'
  if (/^[0-9a-f]{6,}[: ] ?[0-9a-f]{2}/i.test(text)) return 'is a dump of bytes written as text: xxd -r makes bytes of it again'
  return `is text, and begins with “${firstWords(text)}”`
}

function has(bytes: Uint8Array, at: number, wanted: string): boolean {
  const codes = wanted.startsWith('0x') ? (wanted.slice(2).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)) : Array.from(wanted, (letter) => letter.charCodeAt(0))
  return codes.every((code, i) => bytes[at + i] === code)
}

/** The first of it, where all of that is text. */
function textIn(bytes: Uint8Array): string | undefined {
  const start = bytes.subarray(0, TEXT_BYTES)
  const isText = start.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
  return isText && start.some((byte) => byte < 0x80) ? asciiText(start.map((byte) => (byte < 0x7f ? byte : 0x3f))) : undefined
}

function firstWords(text: string): string {
  const line = text.trim().split(/[\r\n]/)[0] ?? ''
  return line.length > 40 ? `${line.slice(0, 40)}…` : line
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
