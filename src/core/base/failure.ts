// Every way that things go wrong which is not our own bug, once: errno for the shell, a sentence and advice for people.
// `says` has no final stop, so that it can stand in a longer line; `next` is a sentence of its own.

export type Errno =
  | 'EPERM' | 'ENOENT' | 'EIO' | 'ENXIO' | 'EBADF' | 'ENOMEM' | 'EACCES' | 'EBUSY' | 'EEXIST' | 'ENODEV' | 'ENOTDIR'
  | 'EISDIR' | 'EINVAL' | 'EFBIG' | 'ENOSPC' | 'EROFS' | 'ENAMETOOLONG' | 'ECANCELED' | 'ESTALE' | 'EUCLEAN' | 'EHOSTDOWN'
  | 'ENOTSUP'

interface Row<D> {
  errno: Errno
  says: (details: D) => string
  next: (details: D) => string
}

/** A row without details, or with details of type D. */
function row<D = undefined>(errno: Errno, says: (d: D) => string, next: string | ((d: D) => string)): Row<D> {
  return { errno, says, next: typeof next === 'string' ? () => next : next }
}

const FORMAT = 'Format the device: mkfs.famfs DEVICE.'

export const failures = {
  // what the bytes on the media say
  not_famfs: row<{ magic: bigint }>('EINVAL',
    (d) => `there is no famfs superblock here: ts_magic is 0x${d.magic.toString(16)}, not 0x87b282ff`, FORMAT),
  other_version: row<{ version: bigint }>('EINVAL',
    (d) => `the superblock has version ${d.version}, and only 48 is understood`,
    'Use the famfs that made it, or format again: mkfs.famfs --force DEVICE.'),
  superblock_crc: row('EUCLEAN', () => 'the superblock is damaged: its checksum does not match its bytes',
    'Restore the superblock from a copy, or format again: mkfs.famfs --force DEVICE.'),
  bad_alloc_unit: row<{ unit: bigint }>('EUCLEAN',
    (d) => `the allocation unit is ${d.unit} bytes; only 4096 and 2097152 exist`,
    'Format again: mkfs.famfs --force DEVICE.'),
  bad_geometry: row<{ what: string }>('EUCLEAN', (d) => `the superblock describes an impossible layout: ${d.what}`,
    'Check that the whole device is here; else format again: mkfs.famfs --force DEVICE.'),
  log_magic: row<{ magic: bigint }>('EUCLEAN',
    (d) => `the log header is damaged: its magic is 0x${d.magic.toString(16)}, not 0xbadcafef00d`,
    'Run fsck for the rest of the picture; then format again: mkfs.famfs --force DEVICE.'),
  log_crc: row('EUCLEAN', () => 'the log header is damaged: its checksum does not match its bytes',
    'Run fsck for the rest of the picture; then format again: mkfs.famfs --force DEVICE.'),
  log_counters: row<{ nextSeqnum: bigint; nextIndex: bigint; slotCount: number }>('EUCLEAN',
    (d) => `the log header counts wrongly: next_seqnum ${d.nextSeqnum}, next_index ${d.nextIndex}, ${d.slotCount} slots`,
    'Only the owner repairs it: run any famfs command that appends on the owner.'),
  bad_log_entry: row<{ index: number; what: string }>('EUCLEAN',
    (d) => `log entry ${d.index} is damaged (${d.what}); nothing after it was played`,
    'Look at the entry in the log view. If only this host sees it so, flush on the owner and play the log again.'),
  replay_errors: row<{ count: number; first: string }>('EUCLEAN',
    (d) => `${d.count} errors in playing the log; the first: ${d.first}`,
    'What could be made is there. Look at the entries in the log view, and run fsck.'),
  other_filesystem: row('ESTALE', () => 'the device was formatted again since this host mounted it',
    'Unmount on this host and mount again.'),
  log_shrank: row<{ played: number; count: number }>('ESTALE',
    (d) => `this host has played ${d.played} log entries, but the log now counts ${d.count}`,
    'Unmount on this host and mount again.'),
  not_on_image: row<{ offsetBytes: number; presentBytes: number }>('ENXIO',
    (d) => `byte ${d.offsetBytes} is not in this image, which holds the first ${d.presentBytes} bytes of the device`,
    'Open the whole device image: a dump of superblock and log has no file data.'),

  // who may, and what may be made
  not_master: row<{ what: string }>('EPERM',
    (d) => `this host is a client, and only the master may ${d.what}`,
    'Run it on the host that formatted the device; then play the log here.'),
  not_root: row<{ what: string }>('EPERM', (d) => `only root may ${d.what}`, 'Run it with sudo.'),
  already_formatted: row('EEXIST', () => 'the device holds a valid famfs',
    'Formatting forgets every file. If that is meant: mkfs.famfs --force DEVICE.'),
  owned_by_other: row<{ owner: string }>('EPERM',
    (d) => `the device belongs to the host with system UUID ${d.owner}`,
    'Formatting takes it from that host. If that is meant: mkfs.famfs --force DEVICE.'),
  bad_log_length: row<{ lengthBytes: number }>('EINVAL',
    (d) => `a log length of ${d.lengthBytes} bytes is not a power of two of at least 8 MiB`,
    'Use 8m, 16m, 32m and so on: mkfs.famfs --loglen 16m DEVICE.'),
  log_too_long: row<{ lengthBytes: number; deviceBytes: number }>('EINVAL',
    (d) => `a log of ${d.lengthBytes} bytes leaves no room for files on a device of ${d.deviceBytes} bytes`,
    'Use a shorter log or a larger device.'),
  device_too_small: row<{ deviceBytes: number; leastBytes: number }>('EINVAL',
    (d) => `the device has ${d.deviceBytes} bytes; famfs wants at least ${d.leastBytes}`,
    'Use a larger device.'),
  log_full: row<{ slotCount: number }>('ENOSPC',
    (d) => `the log has no free slot: all ${d.slotCount} are used, and nothing was made`,
    'Format again with a longer log: mkfs.famfs --force --loglen 16m DEVICE.'),
  no_space: row<{ wantedBytes: number; freeBytes: number; longestBytes: number }>('ENOSPC',
    (d) => `no room for ${d.wantedBytes} bytes: ${d.freeBytes} are free, ${d.longestBytes} in one piece; nothing was made`,
    'famfs never frees space. Make a smaller file, or format a larger device.'),
  no_strips: row<{ wanted: number; found: number; stripBytes: number }>('ENOSPC',
    (d) => `only ${d.found} of ${d.wanted} strips of ${d.stripBytes} bytes found room in a bucket of their own; nothing was made`,
    'Use fewer strips, or a plain file.'),
  bad_interleave: row<{ what: string }>('EINVAL', (d) => `these interleave parameters don't work: ${d.what}`,
    'Use a power-of-two chunk of whole allocation units, 1 to 16 strips, and no more than 64 buckets.'),
  path_too_long: row<{ path: string; lengthBytes: number }>('ENAMETOOLONG',
    (d) => `the path has ${d.lengthBytes} bytes, and a log entry holds 79; nothing was made: ${d.path}`,
    'Use a shorter name, or directories nearer to the mount point.'),
  bad_path: row<{ path: string; what: string }>('EINVAL', (d) => `“${d.path}” can't be a path here: ${d.what}`,
    'Name a path inside the mount, without empty or NUL parts.'),
  not_in_famfs: row<{ path: string }>('EINVAL', (d) => `${d.path} is not in a mounted famfs`,
    'Mount first: famfs mount DEVICE DIRECTORY.'),
  exists: row<{ path: string }>('EEXIST', (d) => `${d.path} exists`, 'Choose another name: famfs never removes or replaces.'),
  size_differs: row<{ path: string; sizeBytes: number; wantedBytes: number }>('EEXIST',
    (d) => `${d.path} exists with ${d.sizeBytes} bytes, not ${d.wantedBytes}; famfs never changes a size`,
    'Choose another name.'),
  size_zero: row<{ path: string }>('EINVAL', (d) => `${d.path} would have no bytes; famfs files are made with their final size`,
    'Give a size of at least 1 byte.'),
  bad_size: row<{ sizeBytes: number | bigint }>('EINVAL', (d) => `${d.sizeBytes} is not a size in bytes`,
    'Give a whole number of bytes, at least 1.'),
  no_such_path: row<{ path: string }>('ENOENT', (d) => `${d.path} does not exist on this host`,
    'If another host made it: famfs logplay MOUNTPOINT.'),
  no_parent: row<{ path: string }>('ENOENT', (d) => `the directory ${d.path} does not exist`,
    'Make it first: famfs mkdir -p DIRECTORY.'),
  not_a_directory: row<{ path: string }>('ENOTDIR', (d) => `${d.path} is not a directory`, 'Use a directory.'),
  is_a_directory: row<{ path: string }>('EISDIR', (d) => `${d.path} is a directory`, 'Use a file.'),
  source_short: row<{ doneBytes: number; sizeBytes: number }>('EIO',
    (d) => `the source ended after ${d.doneBytes} of ${d.sizeBytes} bytes`,
    'Copy again: the file keeps its size, and cp starts over in place.'),
  no_seed: row('EINVAL', () => 'a seed of zero means random each time, so it cannot be verified', 'Give a seed that is not zero.'),
  data_differs: row<{ path: string; offsetBytes: number }>('EIO',
    (d) => `${d.path} differs from its seed's data at byte ${d.offsetBytes}`,
    'If another host wrote it: flush there, then verify again.'),
  cloned_interleaved: row<{ path: string }>('EINVAL', (d) => `${d.path} is interleaved, and only plain files are cloned`,
    'Clone a plain file.'),
  bad_map: row<{ path: string; what: string }>('EINVAL', (d) => `the map of ${d.path} can't be used: ${d.what}`,
    'Run fsck: the log entry points outside its device, or was made by hand.'),

  // one host's kernel
  mounted: row<{ device: string }>('EBUSY', (d) => `${d.device} is mounted on this host`, 'Unmount it first.'),
  not_mounted: row<{ path: string }>('EINVAL', (d) => `nothing is mounted at ${d.path}`, 'Mount first: famfs mount DEVICE DIRECTORY.'),
  mountpoint_busy: row<{ path: string }>('EBUSY', (d) => `something is mounted at ${d.path} already`, 'Choose another directory.'),
  no_device: row<{ name: string }>('ENODEV', (d) => `this host has no device ${d.name}`, 'Look at the list of devices.'),
  no_access: row<{ path: string; what: 'read' | 'written'; mode: string; uid: number; owner: number }>('EACCES',
    (d) => `${d.path} may not be ${d.what} by uid ${d.uid}: mode ${d.mode}, owner ${d.owner}`,
    'Clients drop the write bits. Write on the master, or as root.'),
  read_only_mapping: row<{ path: string }>('EACCES', (d) => `this mapping of ${d.path} is read-only`, 'Map it writable.'),
  bad_descriptor: row<{ fd: number }>('EBADF', (d) => `file descriptor ${d.fd} is not open`, 'Open the file first.'),
  wrong_open_mode: row<{ path: string; what: 'reading' | 'writing' }>('EBADF', (d) => `${d.path} is not open for ${d.what}`, 'Open it so.'),
  size_changed: row<{ path: string; sizeBytes: number; mapBytes: number }>('ENXIO',
    (d) => `the size of ${d.path} (${d.sizeBytes}) differs from its map (${d.mapBytes})`,
    'Remove it on this host and play the log, or mount again.'),
  file_invalid: row<{ path: string }>('EIO', (d) => `${d.path} was marked bad by an earlier access`, 'Unmount and mount again.'),
  no_file_map: row<{ path: string }>('EIO', (d) => `${d.path} has no map: nothing says where its bytes are`,
    'Only famfs creat and famfs cp make files. Remove it and make it with them.'),
  out_of_file: row<{ path: string; offsetBytes: number; lengthBytes: number; sizeBytes: number }>('ENXIO',
    (d) => `bytes ${d.offsetBytes} to ${d.offsetBytes + d.lengthBytes} are not inside ${d.path}, which has ${d.sizeBytes}`,
    'famfs never makes a file longer. Stay inside the file.'),
  several_segments: row<{ path: string; segmentCount: number }>('ENOTSUP',
    (d) => `${d.path} lies in ${d.segmentCount} pieces, so one raw view over it can't exist`,
    'Use its segments, or the guarded accessors.'),

  // hosts, storage, the page
  host_down: row<{ name: string; why: string }>('EHOSTDOWN', (d) => `host ${d.name} is down: ${d.why}`, 'Reboot the host.'),
  host_failed: row<{ name: string; what: string }>('EIO', (d) => `host ${d.name} stumbled over our own mistake: ${d.what}`,
    'Reboot the host, and tell us what you did.'),
  no_host: row<{ name: string }>('ENOENT', (d) => `there is no host ${d.name}`, 'Choose a host that is shown.'),
  host_exists: row<{ name: string }>('EEXIST', (d) => `there is a host ${d.name} already`, 'Choose another name.'),
  too_many_hosts: row<{ limit: number }>('ENOSPC', (d) => `${d.limit} hosts are as many as this page runs`, 'Use the hosts that are there.'),
  last_host: row('EBUSY', () => 'this is the last host, and a device nobody uses shows nothing', 'Add another host first, or reboot this one.'),
  bad_value: row<{ value: number; cell: string }>('EINVAL', (d) => `${d.value} is not a value of type ${d.cell}`,
    'Uint8 holds 0 to 255, Int32 whole numbers between -2147483648 and 2147483647.'),
  cancelled: row('ECANCELED', () => 'it was stopped half-way', 'Run it again: it starts over in place.'),
  peek_too_long: row<{ lengthBytes: number; limitBytes: number }>('EINVAL',
    (d) => `one look is at most ${d.limitBytes} bytes, not ${d.lengthBytes}`, 'Look at smaller pieces.'),
  read_only_session: row('EROFS', () => 'another tab has this image open, so this one only looks', 'Go to the other tab, or close it and reload.'),
  storage_failed: row<{ what: string }>('EIO', (d) => `the browser's storage refused: ${d.what}`,
    'The image is still in memory. Keep this tab open, and free some storage.'),
  storage_full: row('ENOSPC', () => 'the browser’s storage is full; the last saved image is still there', 'Free some storage for this site, then save again.'),
  stored_image_damaged: row<{ what: string }>('EUCLEAN', (d) => `the stored image can't be read: ${d.what}`,
    'It was left where it is. Start over to replace it.'),
  bad_uuid: row<{ text: string }>('EINVAL', (d) => `“${d.text}” is not a UUID`, 'Give 36 characters such as c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61.'),
}

export type Reason = keyof typeof failures
export type FailureDetails<R extends Reason> = Parameters<(typeof failures)[R]['says']>[0]
