// What each kernel is: where it comes from, what for, what it costs. The proposals are of a public discussion,
// and the messages here are laid out by us. What a kernel takes at most comes from the table of limits, never from here.

import type { LabKernel } from '../../playground/lab/types.ts'

export interface Card {
  title: string
  /** One card, two variants where there are some. */
  kernels: readonly LabKernel[]
  whose: string
  how: string
  gains: string
  costs: readonly string[]
}

export const CARDS: readonly Card[] = [
  {
    title: 'v1',
    kernels: ['v1', 'v1-abi42'],
    whose: 'famfs as a file system of its own: the standalone module.',
    how: 'logplay pushes the map of each file into the kernel with an ioctl when it makes the file.',
    gains: 'Nothing has to be asked for later: a fault never waits for anybody.',
    costs: ['The maps of all files stay in memory, opened or not.', 'A module with a private ioctl: a new form of map is a new ioctl and a new module.', 'One report of bad memory takes the whole mount down.'],
  },
  {
    title: 'fuse',
    kernels: ['fuse'],
    whose: 'famfs behind fuse: a daemon has the maps, and the kernel pulls them.',
    how: 'At the first open the kernel asks the daemon for the whole map, and for each device that it doesn’t know yet.',
    gains: 'One round trip for a file, and none after it; files that nobody opens cost nothing.',
    costs: ['Two commands, GET_FMAP and GET_DAXDEV, that the kernel’s interface keeps for ever, with one file system’s striping in them.', 'A file of many extents doesn’t fit into a reply.', 'Nobody tells it that a file has moved: it goes by the map that it has.'],
  },
  {
    title: 'fuse-paged',
    kernels: ['fuse-paged'],
    whose: 'From the public discussion of maps in fuse; its messages are laid out here by us.',
    how: 'The request carries an offset into the map; the reply holds as much as it may, and says where to go on.',
    gains: 'A map may be as long as it likes, and no reply is larger than its cap.',
    costs: ['The same commands for ever, with an offset.', 'Many round trips for a long map; with a small cap the same pages are asked for again.'],
  },
  {
    title: 'fuse-iomap',
    kernels: ['fuse-iomap', 'fuse-iomap-shared'],
    whose: 'From the public discussion: one cache of mappings for any file system behind fuse. Its messages, and both ways to keep the cookie, are laid out here by us.',
    how: 'A cache of mappings like any file system’s: filled on a miss or ahead of one, dropped by notice; a cookie says what is still valid.',
    gains: 'Mappings as any file system has them, with no striping in the kernel’s interface; memory can be given back.',
    costs: ['Devices are still asked for by GET_DAXDEV, a command of famfs’s own that stays for ever.', 'A miss asks for a window ahead: under random accesses most of what it brings is copied for nothing, and striping makes many mappings.', 'Finding one in the tree grows with their number.', 'A write that began under an old cookie has to ask again.'],
  },
  {
    title: 'program',
    kernels: ['program'],
    whose: 'From the public discussion: a sandboxed program of the server’s inside the kernel. Here it is a small language on WebAssembly, with fuel.',
    how: 'The daemon uploads a program’s source, which the kernel compiles; at open it copies the map from a table, at each fault it finds the place, and each answer is checked.',
    gains: 'The kernel’s interface knows no map: striping, or what comes after it, changes without a kernel release.',
    costs: ['Somebody’s program runs in every fault: it has to be fenced in, and can fail.', 'A table, and a language with its compiler, instead of a message: their interface stays for ever, too.'],
  },
  {
    title: 'fuse-unrolled',
    kernels: ['fuse-unrolled'],
    whose: 'Where upstream went in 2026.',
    how: 'The daemon turns a striped file into a long list of simple extents; the kernel asks how long it is, then for all of it.',
    gains: 'The kernel knows nothing of striping, and where all extents are one power of two a shift finds each at once.',
    costs: ['The list grows with the file, not with the strips: memory and bytes copied with it.', 'Lengths that aren’t one power of two are walked through.'],
  },
]

export const KERNELS: readonly LabKernel[] = CARDS.flatMap(({ kernels }) => kernels)
