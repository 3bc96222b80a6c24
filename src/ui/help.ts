// What each panel says about itself: two sentences, the term it is about, and where that stands in the format. One
// catalogue; a panel's head shows it, and the palette finds it.

export interface HelpText {
  title: string
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
    title: 'famfs',
    says: 'famfs shares data, it doesn’t store it: several hosts map the same memory, and the file system says where in it each file lies. When the memory loses power everything is gone, so nothing here is a place to keep the only copy of anything.',
    term: 'fabric-attached memory',
    means: 'memory that several hosts reach over CXL as a dax device; here it is a SharedArrayBuffer that several workers map.',
    where: 'The superblock at byte 0 is followed by the log at 0x200000 and by file data in allocation units.',
  },
  hosts: {
    title: 'Hosts',
    says: 'Each lane is a host with memory of its own: it sees the files whose log entries it has played, and no others. One of them, the master, formatted the device and alone may create files.',
    term: 'role',
    means: 'master is the host whose system UUID stands in the superblock; every other host is a client, and its files have no write bits.',
    where: 'ts_system_uuid in the superblock; what a host has played stands nowhere on the device.',
  },
  device: {
    title: 'Device map',
    says: 'The whole device from its first byte to its last, one cell for each allocation unit or more. Space is given to a file once, when it is created, and never taken back.',
    term: 'allocation unit',
    means: 'the least space that a file can have: 2 MiB as a rule, or 4 KiB.',
    where: 'ts_alloc_unit in the superblock; which units are used stands nowhere, it follows from the extents in the log.',
  },
  inspector: {
    title: 'Inspector',
    says: 'The bytes of the device beside what they mean: choose a field and its bytes are marked, choose a byte and its field is. Checksums are computed as you look, so a byte that is changed shows at once.',
    term: 'superblock',
    means: 'the 200 bytes that say that this is famfs, whose it is, how long the log is and how large a unit.',
    where: 'Byte 0 of the device; its magic 0x87b282ff is written last.',
  },
  mmap: {
    title: 'mmap of a file',
    says: 'A file as a host has mapped it: these are the bytes of the device, in file order, with no copy between. Whoever maps the same file on another host sees a value the moment it is written.',
    term: 'file map',
    means: 'the extents or strips that lead from an offset in a file to a place on the device.',
    where: 'fm_fmap in the file’s log entry.',
  },
  log: {
    title: 'Log',
    says: 'All metadata there is: one entry for each file and directory, in the order of their making, only ever added to. A host plays it from where it stopped; the letters show who has played which entry.',
    term: 'log entry',
    means: '544 bytes with a sequence number, a path, size, mode, owner and file map, closed by a checksum.',
    where: 'After the log header, at ts_log_offset; famfs_log_next_index in the header counts them.',
  },
  trace: {
    title: 'Trace',
    says: 'What happened, in order, and why; the log is on the device, the trace is only in this page. Step back and the device is byte for byte what it was, step forth and it happens again.',
    term: 'step',
    means: 'one thing that was done: a file made, a log played, a line in a terminal.',
    where: 'Nowhere in the format: famfs keeps no history.',
  },
  problems: {
    title: 'Problems',
    says: 'What fsck finds on the device and what is odd on a host, looked at again after every change. fsck reads superblock and log alone, and repairs nothing.',
    term: 'fsck',
    means: 'the check that superblock, log header and every entry are whole and that no two files share a unit.',
    where: 'ts_crc, famfs_log_crc and famfs_log_entry_crc, and the sequence number of each entry.',
  },
  terminal: {
    title: 'Terminal',
    says: 'A shell of that host, with bash, the famfs tools and the plain ones. What you type here works on a real host too.',
    term: 'logplay',
    means: 'famfs logplay reads the log from where this host stopped and makes its files appear.',
    where: 'Nowhere in the format: tools read and write the device.',
  },
  dump: {
    title: 'Dump',
    says: 'The first megabytes of a real device, opened to be looked at: everything but file data is in them. Nothing is changed, here or there, and nothing leaves this browser.',
    term: 'metadata only',
    means: 'superblock and log are here, so files, map and checks are; the bytes of the files are not.',
    where: 'The superblock takes 2 MiB, the log as much as ts_log_len says, usually 8 MiB.',
  },
} as const satisfies Record<string, HelpText>

export type HelpTopic = keyof typeof HELP
