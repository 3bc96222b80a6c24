// Why things are as they are, for whoever asks of an event in the trace.

import type { TraceKind } from './types.ts'

/** Why an event of that kind is as it is: the rule of famfs behind it. Trouble has its advice instead. */
export const causes: Record<TraceKind, string | undefined> = {
  page: undefined,
  host: 'What a host knows of a file system lives in its own memory; only the device is shared.',
  format: 'mkfs writes the superblock’s magic last, so that a device is either no famfs or a whole one. Whoever formats is the master.',
  mount: 'Mounting plays the log from its first entry: a host knows no file that it hasn’t played.',
  create: 'Space is allocated once, by the master: it appends an entry, flushes it, and only then counts it in the log header.',
  copy: 'The master allocates and logs the file first, then writes its bytes in place through its mapping and flushes them.',
  mkdir: 'A directory is a log entry and nothing else; it takes no space.',
  logplay: 'Nobody tells a host about new files: each reads the log from where it stopped, and only when it is asked to.',
  map: undefined,
  write: 'A mapping is the memory itself: no copy, no page cache, no message.',
  read: 'A mapping is the memory itself: every host that maps the file reads the same bytes.',
  edit: 'The device is plain memory to every host: checksums tell that something is wrong, and nothing keeps anyone from writing.',
  memory: 'Nobody is told of it: a host learns that memory has failed when it touches it, and hosts that never do go on.',
  shell: undefined,
  history: undefined,
  storage: undefined,
  failure: undefined,
}
