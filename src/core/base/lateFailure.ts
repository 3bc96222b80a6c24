// The rows of the failure table that only code has which is loaded when first needed: shells and tools, kernels that pull
// their maps, the lab. The same kind of row, the same Result; only the words arrive later. A reason stands in one table.

import { row } from './failureRow.ts'
import { mapLimit, mapUnfit } from './mapLimit.ts'

export const lateFailures = {
  // what famfs's tools say of paths and files
  no_meta_file: row<{ path: string; device: string }>('ENOENT', (d) => `${d.path} is missing, and without it the file system can't be worked with`,
    (d) => `Make it again: famfs mkmeta ${d.device}.`),
  meta_file: row<{ path: string }>('EPERM', (d) => `${d.path} is the superblock or the log itself, which only famfs writes`,
    'Name another file.'),
  copied_into_itself: row<{ path: string; target: string }>('EINVAL', (d) => `${d.target} is inside of ${d.path}, so copying would never end`,
    'Name a target outside of what is copied.'),
  contents_differ: row<{ path: string; other: string; offsetBytes: number }>('EIO',
    (d) => `${d.path} differs from ${d.other} at byte ${d.offsetBytes}`, 'Copy it again without --compare.'),

  // fuse mounts and their shadow
  shadow_hidden: row<{ shadow: string; mountpoint: string }>('EINVAL', (d) => `a mount at ${d.mountpoint} would hide its own shadow tree in ${d.shadow}`,
    'Choose another mount point, or another directory for the shadow: famfs mount --shadow DIR.'),
  bad_shadow: row<{ path: string; what: string }>('EUCLEAN', (d) => `the shadow file of ${d.path} can't be read: ${d.what}`,
    'Remove the shadow file and play the log: famfs logplay MOUNTPOINT.'),

  // plain tools in a mount
  module_refuses: row<{ path: string; act: string }>('EPERM',
    (d) => `this generation of the famfs module doesn't let anyone ${d.act}: ${d.path}`,
    'It would only hide the file on this host: log and space stay as they are. A mount option allows it: -o allow_rogue.'),
  fuse_no_create: row<{ path: string }>('ENOTSUP', (d) => `a fuse mount makes no files by itself: ${d.path}`,
    'Make files with famfs creat or famfs cp, directories with famfs mkdir.'),
  fuse_not_implemented: row<{ path: string; act: string }>('ENOSYS', (d) => `a fuse mount doesn't know how to ${d.act}: ${d.path}`,
    (d) => (d.act.startsWith('make') ? 'Make directories with famfs mkdir, on the master; links and devices have no place in the log.' : 'famfs never removes or renames. To start over: umount, then mkfs.famfs --force DEVICE.')),
  fuse_no_resize: row<{ path: string }>('EINVAL', (d) => `a fuse mount never changes a size: ${d.path}`,
    'famfs files have their final size from the start. Make another file.'),
  other_mount: row<{ from: string; to: string }>('EXDEV', (d) => `${d.from} and ${d.to} are on different file systems`, 'Copy it instead: famfs cp.'),
  not_owner: row<{ path: string; uid: number }>('EPERM', (d) => `uid ${d.uid} doesn't own ${d.path}`, 'Only its owner and root may change that.'),
  not_empty: row<{ path: string }>('ENOTEMPTY', (d) => `${d.path} is not empty`, 'Remove what is in it first.'),

  // one host's tree of paths
  not_found: row<{ path: string }>('ENOENT', (d) => `there is no ${d.path}`, 'Look at what is there: ls.'),
  path_exists: row<{ path: string }>('EEXIST', (d) => `${d.path} is there already`, 'Choose another name, or remove it first.'),
  denied: row<{ path: string; act: string; uid: number; mode: string; owner: number }>('EACCES',
    (d) => `uid ${d.uid} may not ${d.act} ${d.path}: mode ${d.mode}, owner ${d.owner}`, 'Act as its owner, or as root: sudo.'),
  not_permitted: row<{ path: string; why: string }>('EPERM', (d) => `that can’t be done with ${d.path}: ${d.why}`, 'Nobody may do that here.'),
  too_many_links: row<{ path: string }>('ELOOP', (d) => `${d.path} leads through more than 40 symbolic links`, 'Look where its links lead: readlink.'),
  name_too_long: row<{ path: string }>('ENAMETOOLONG', (d) => `a name in ${d.path} has more than 255 bytes, or the path more than 4095`, 'Use shorter names.'),
  into_itself: row<{ from: string; to: string }>('EINVAL', (d) => `${d.to} is inside of ${d.from}`, 'A directory can’t move into itself.'),
  path_busy: row<{ path: string }>('EBUSY', (d) => `${d.path} is a mount point, has one below it, or is where something stands`, 'Unmount first.'),
  not_a_link: row<{ path: string }>('EINVAL', (d) => `${d.path} is not a symbolic link`, 'Look at what it is: ls -l.'),
  not_a_device: row<{ path: string }>('ENOTBLK', (d) => `${d.path} is not a memory device of this host`, 'Use a device such as /dev/dax0.0.'),
  map_only: row<{ path: string }>('EINVAL', (d) => `a device in devdax mode can only be mapped: ${d.path}`,
    'Of a mounted device, MOUNT/.meta/.superblock and MOUNT/.meta/.log can be read.'),
  device_end: row<{ path: string }>('ENOSPC', (d) => `${d.path} takes no more bytes`, 'Write less.'),
  root_full: row<{ limitBytes: number }>('ENOSPC', (d) => `the root file system is full: it holds ${d.limitBytes} bytes`, 'Remove files under /tmp or /home.'),
  nobody_there: row<{ path: string }>('ENXIO', (d) => `nobody answers at ${d.path}`, 'Use a file.'),
  no_module: row<{ name: string }>('ENODEV', (d) => `the kernel module ${d.name} is not loaded, or does not exist`, 'Load it: modprobe famfs.'),
  bad_parameter: row<{ text: string; what: string }>('EINVAL', (d) => `${d.text} is no parameter here: ${d.what}`, 'Leave it out, or correct it.'),
  module_busy: row<{ name: string }>('EBUSY', (d) => `the kernel module ${d.name} is in use by a mount`, 'Unmount first.'),
  wrong_dax_mode: row<{ device: string; mode: string; wanted: string }>('EPERM',
    (d) => `${d.device} is in ${d.mode} mode, and this kernel wants ${d.wanted}`, 'Switch it: famfs mount --set-daxmode.'),

  // what the page does when it is asked to
  bad_value: row<{ value: number | bigint; cell: string }>('EINVAL', (d) => `${d.value} is not a value of type ${d.cell}`,
    'Give a whole number that the type has room for, or choose a larger type.'),
  odd_device: row<{ sizeBytes: number; unitBytes: number }>('EINVAL', (d) => `a device of ${d.sizeBytes} bytes is no whole number of units of ${d.unitBytes} bytes`,
    'Give a multiple of the unit.'),
  not_a_dump: row<{ name: string; what: string; next: string }>('EINVAL', (d) => `${d.name} ${d.what}`, (d) => d.next),
  dump_unreadable: row<{ name: string; what: string }>('EIO', (d) => `${d.name} can't be read: ${d.what}`,
    'Choose the file again: it has changed or gone since. A folder can’t be opened: choose what is in it.'),
  only_a_dump: row('EROFS', () => 'this is a dump of a device, opened to be looked at, and nothing can be done to it',
    'Go back to the scene, where there are hosts.'),
  travel_failed: row<{ step: number; why: string }>('EIO', (d) => `step ${d.step} could not be done again: ${d.why}`,
    'The device is as it was before, and nothing is lost. Try again, or go to another step.'),
  travel_differs: row<{ step: number; what: string }>('EIO', (d) => `by our own mistake, step ${d.step} came out otherwise than the first time: ${d.what}`,
    'The device is as it was before, and nothing is lost. Tell us what you did.'),

  // maps of files, on their way to the kernel
  map_limit: mapLimit,
  map_unfit: mapUnfit,
  map_too_large: row<{ path: string; bytes: number; limitBytes: number }>('EFBIG',
    (d) => `the map of ${d.path} is a message of ${d.bytes} bytes, and ${d.limitBytes} are the most`, 'Use a kernel that takes maps in parts.'),
  daemon_failed: row<{ path: string; what: string; isGone?: boolean }>('EIO', (d) => `the daemon gave no usable map for ${d.path}: ${d.what}`,
    (d) => (d.isGone ? 'Unmount, and mount again: the new mount has another daemon, and no byte of any file is lost.' : 'The daemon is broken or hostile: look at its messages, then mount with another.')),
  no_daemon_thread: row<{ why: string }>('ENOTSUP', (d) => `the daemon can't have a thread of its own: ${d.why}`,
    'Mount without --daemon worker: the daemon is beside its kernel then.'),
  program_failed: row<{ path: string; what: string }>('EIO', (d) => `the program that finds the bytes of ${d.path} failed: ${d.what}`,
    'Correct the program. The mount goes on, and so does every file that it finds the bytes of.'),

  // the map lab
  lab_setup: row<{ what: string; wanted: string }>('EINVAL', (d) => `the lab can't run with ${d.what}: ${d.wanted}`, 'Set it otherwise, and it runs again by itself.'),
  lab_down: row<{ why: string }>('EIO', (d) => `the lab's worker is gone: ${d.why}`, 'Run it again: another one is started.'),

  // memory that is made to fail
  out_of_device: row<{ offsetBytes: number; lengthBytes: number; presentBytes: number }>('EINVAL',
    (d) => `${d.lengthBytes} bytes can't be stored at ${d.offsetBytes}: the device has bytes 0 to ${d.presentBytes - 1}`,
    'Give at least one byte, and a place that the device has.'),
  bad_poison: row<{ what: string }>('EINVAL', (d) => `poison comes in whole lines of 64 bytes: ${d.what}`, 'Give an address and a length that are multiples of 64.'),
  poison_full: row<{ device: string; limit: number }>('ENOSPC', (d) => `${d.device} can't tell more than ${d.limit} poisoned ranges apart`,
    'Clear a whole one first; cxl list --media-errors shows them. Poison right beside one makes it longer, and is no other.'),

  // the devices of a session
  bad_device_count: row<{ count: number; limit: number }>('EINVAL', (d) => `${d.count} is no number of devices here`, (d) => `Give a whole number from 1 to ${d.limit}.`),
  no_such_device: row<{ devindex: number; count: number }>('ENODEV', (d) => `there is no device ${d.devindex}: this session has ${d.count}, counted from 0`,
    'Choose a device that is shown.'),
  too_many_hosts: row<{ limit: number }>('ENOSPC', (d) => `${d.limit} hosts are as many as this page runs`, 'Use the hosts that are there.'),
  last_host: row('EBUSY', () => 'this is the last host, and a device nobody uses shows nothing', 'Add another host first, or reboot this one.'),
  primary_stays: row<{ device: string }>('EBUSY', (d) => `${d.device} is the primary device: superblock and log are on it`, 'Take another device away, or the host.'),
}

export type LateReason = keyof typeof lateFailures
export type LateDetails<R extends LateReason> = Parameters<(typeof lateFailures)[R]['says']>[0]
