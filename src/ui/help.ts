// What each panel says about itself: two sentences, the term it is about, and where that stands in the format. One
// catalogue; a panel's head shows it, and the palette finds it.

import type { HelpTopic } from './helpTitles.ts'

export interface HelpText {
  /** Two sentences. */
  says: string
  /** The term, defined. */
  term: string
  means: string
  /** Where it is in the format, or that it is nowhere in it. */
  where: string
}

export const HELP = {
  famfs: {
    says: 'famfs shares data, it doesn’t store it: several hosts map the same memory, and the file system says where in it each file lies. What is in memory can be gone with the power, so keep no only copy there.',
    term: 'fabric-attached memory',
    means: 'memory that several hosts reach as one dax device, over CXL for instance; here it is a SharedArrayBuffer that several workers map.',
    where: 'From byte 0: the superblock, from 0x200000 the log, and after it file data in allocation units.',
  },
  hosts: {
    says: 'Each lane is a host with a memory of its own: it sees the files whose log entries it has played. The master is the host that formatted the device; it alone may create files and directories, while every host may map them.',
    term: 'role',
    means: 'master (fsck says Owner) is the host whose system UUID stands in the superblock; every other host is a client, and drops the write bits of all files, so that nobody overwrites shared data by accident.',
    where: 'ts_system_uuid in the superblock; what a host has played stands nowhere on the device.',
  },
  device: {
    says: 'The whole device from its first byte to its last: superblock, log, the units of each file in its colour, and what is free. Space is given to a file once, when it is created, and stays its own until the device is formatted again.',
    term: 'allocation unit',
    means: 'the least piece of space that a file can have: 2 MiB as the tools make it, or 4 KiB, which the format allows too.',
    where: 'ts_alloc_unit in the superblock; which units are used stands nowhere, it follows from the extents in the log.',
  },
  striping: {
    says: 'A plain file is one run of units; a striped one takes turns between several places, so that reading it keeps several devices or channels busy at once. Chunk 0 is in the first strip, chunk 1 in the second, and after the last strip it goes on with the first.',
    term: 'strip, chunk, stripe',
    means: 'a strip is one run of units, each in another part (bucket) of the device; a chunk is what lies in one strip before the next one’s turn; a stripe is one chunk of each strip.',
    where: 'fmap_ext_type 1 in the file’s log entry, then ie_nstrips, ie_chunk_size and up to 16 strips.',
  },
  devices: {
    says: 'One file system may span up to 8 devices here: the primary has superblock and log, and the others hold file data, so that a striped file keeps all of them busy at once. Hosts may call a device by different names and find it by its UUID; one that a host doesn’t have costs it the files on that device, and nothing else.',
    term: 'secondary device',
    means: 'a device that the log names: its first 2 MiB hold a superblock of its own, and the rest is allocation units like any others.',
    where: 'ts_dev_uuid in each secondary’s superblock; an entry that adds a device for each in the log, and se_devindex in every extent.',
  },
  poison: {
    says: 'Memory can go bad while it is used: the device marks the lines, and whoever touches them gets an error in place of bytes. With the famfs module the whole mount then answers ENODEV; with famfs over FUSE the file answers EHWPOISON once and EIO from then on, and other files go on.',
    term: 'poison',
    means: 'lines of 64 bytes that the memory knows to be damaged; cleared they are zeros, and a mount that met them has to be made anew.',
    where: 'Nowhere in the format: the hardware keeps the list, and the bytes stay as they are until it is cleared.',
  },
  stopped: {
    says: 'A device that doesn’t answer, or that was reconfigured, is lost to every mount that has it, from the first touch on. When it answers again, mounts that saw it fail stay as they are: unmount and mount, which always works.',
    term: 'reconfigured device',
    means: 'the same memory under another configuration: to a mount that was made before, it is a device that it doesn’t know.',
    where: 'Nowhere in the format; daxctl disable-device, enable-device and reconfigure-device do it.',
  },
  inspector: {
    says: 'The bytes of the device beside what they mean: choose a field and its bytes are marked, choose a byte and its field is. Checksums are computed as you look, so that a changed byte they cover shows at once.',
    term: 'superblock',
    means: 'the 200 bytes that say that this is famfs, whose it is, where the log is and how long, and how large a unit.',
    where: 'Byte 0 of the device; mkfs writes its magic, 0x87b282ff, last.',
  },
  mmap: {
    says: 'A file as a host has mapped it: these are the bytes of the device in file order, with no copy between. Whoever has mapped it on another host sees a value the moment it is written; where caches aren’t coherent, once it is flushed there and read afresh here.',
    term: 'file map',
    means: 'the extents, or strips, that lead from an offset in the file to a place on the device.',
    where: 'fm_fmap in the file’s log entry.',
  },
  log: {
    says: 'One entry for each file and directory, in the order the master made them; entries are only ever added. Playing it makes the files appear that a host hasn’t yet, and the marks show how far each host has come.',
    term: 'log entry',
    means: '544 bytes: a sequence number, what it makes, and for a file its path, size, mode, owner and file map, closed by a checksum.',
    where: 'After the log header, which stands at ts_log_offset; famfs_log_next_index in the header counts them.',
  },
  removing: {
    says: 'There is no removing: rm takes a file away on one host alone, its space stays its own, and playing the log brings it back. Only formatting the device makes room again, and then of everything.',
    term: 'append-only',
    means: 'entries are added and never changed, so that a host that comes late plays the same log as everybody.',
    where: 'Entry type 2 (delete) has a number in the format, and is never written.',
  },
  trace: {
    says: 'What happened, in order, and why; the log is on the device, the trace is only on this page. Step back and the device is byte for byte what it was, step forth and it happens again.',
    term: 'step',
    means: 'one thing that was done: a file made, a log played, a line in a terminal.',
    where: 'Nowhere in the format: famfs keeps no history.',
  },
  problems: {
    says: 'What fsck finds on the device and what is odd on a host, looked at again after every change. fsck reads superblock and log alone, and repairs nothing.',
    term: 'fsck',
    means: 'the check that superblock, log header and every entry are whole, and that no unit belongs to two files; its exit code counts the units that do.',
    where: 'ts_crc, famfs_log_crc and famfs_log_entry_crc, and the sequence number of each entry.',
  },
  terminal: {
    says: 'A shell of that host, as root, with bash, the famfs tools and the plain ones. The famfs commands are the real ones’: options, output and exit codes.',
    term: 'logplay',
    means: 'famfs logplay, with any path in the mount, makes the files of the log that this host hasn’t; it never removes or changes one.',
    where: 'Nowhere in the format: the tools read and write the device, and keep nothing of their own on it.',
  },
  dump: {
    says: 'The first megabytes of a real device, opened to be looked at: everything but file data is in them. Nothing is changed, here or there, and nothing leaves this browser.',
    term: 'metadata only',
    means: 'superblock and log are here, so files, maps and checks are; the bytes of the files are not.',
    where: 'The superblock’s region takes 2 MiB, the log as much as ts_log_len says, usually 8 MiB.',
  },
} as const satisfies Record<HelpTopic, HelpText>
