// Who may import whom: the table of DESIGN section 3 as data. Type imports count too.
// Amended since: core/base uses no package; host and store may use hash-wasm; core/fuse's daemon is every file named daemon*
// there, all others are messages; src/vite-env.d.ts and src/core/env.d.ts import nothing.

export interface Room {
  readonly name: string
  /** Paths that belong here: a folder ends with a slash, anything else is the beginning of a file's path. */
  readonly paths: readonly string[]
  /** Rooms, or the beginning of several rooms' names (`core` stands for all of core). Its own room is always allowed. */
  readonly may: readonly string[]
  /** Rooms of which only types may be imported. */
  readonly mayTypes?: readonly string[]
  /** Packages; `*` at the end stands for the rest of a name. */
  readonly packages: readonly string[]
}

const markdown = ['marked', 'markdown-it', 'micromark', 'micromark-*', 'mdast-*', 'dompurify']
const react = ['react', 'react-dom']

export const rooms: readonly Room[] = [
  { name: 'ambient types', paths: ['src/vite-env.d.ts', 'src/core/env.d.ts'], may: [], packages: [] },
  { name: 'main', paths: ['src/main.tsx'], may: ['ui', 'playground'], packages: react },
  { name: 'core/base', paths: ['src/core/base/'], may: [], packages: [] },
  { name: 'core/mem', paths: ['src/core/mem/'], may: ['core/base'], packages: [] },
  { name: 'core/omf', paths: ['src/core/omf/'], may: ['core/base', 'core/mem'], packages: [] },
  { name: 'core/fmap', paths: ['src/core/fmap/'], may: ['core/base', 'core/omf'], packages: [] },
  { name: 'core/alloc', paths: ['src/core/alloc/'], may: ['core/base', 'core/omf', 'core/fmap'], packages: [] },
  {
    name: 'core/log',
    paths: ['src/core/log/'],
    may: ['core/base', 'core/mem', 'core/omf', 'core/fmap', 'core/alloc'],
    packages: [],
  },
  {
    name: 'core/fs',
    paths: ['src/core/fs/'],
    may: ['core/base', 'core/mem', 'core/omf', 'core/fmap', 'core/alloc', 'core/log'],
    packages: [],
  },
  { name: 'core/fuse messages', paths: ['src/core/fuse/'], may: ['core/base', 'core/omf', 'core/fmap'], packages: [] },
  {
    name: 'core/fuse daemon',
    paths: ['src/core/fuse/daemon'],
    may: ['core/base', 'core/omf', 'core/fmap', 'core/fuse messages', 'core/log', 'core/fs'],
    packages: ['yaml'],
  },
  {
    name: 'core/kernel',
    paths: ['src/core/kernel/'],
    may: ['core/base', 'core/mem', 'core/fmap', 'core/fuse messages'],
    packages: [],
  },
  { name: 'core/machine', paths: ['src/core/machine/'], may: ['core'], packages: [] },
  { name: 'cli', paths: ['src/cli/'], may: ['core/machine', 'core/base'], packages: [] },
  { name: 'sim', paths: ['src/sim/'], may: ['core'], packages: [] },
  { name: 'host', paths: ['src/host/'], may: ['core', 'cli'], packages: ['comlink', 'just-bash', 'fflate', 'hash-wasm'] },
  { name: 'store', paths: ['src/store/'], may: ['core/base', 'core/omf'], packages: ['idb-keyval', 'fflate', 'hash-wasm'] },
  { name: 'playground', paths: ['src/playground/'], may: ['core', 'sim', 'host', 'store'], packages: ['fflate'] },
  { name: 'lessons', paths: ['src/lessons/'], may: ['playground'], packages: ['yaml', ...markdown] },
  {
    name: 'ui',
    paths: ['src/ui/'],
    may: ['playground', 'lessons', 'core/base', 'core/omf', 'core/fuse messages'],
    packages: [
      ...react,
      'lucide-react',
      'radix-ui',
      'cmdk',
      'react-resizable-panels',
      '@tanstack/react-virtual',
      '@xterm/*',
      'apache-arrow',
      '@uwdata/flechette',
      'vega-datasets',
      ...markdown,
    ],
  },
  { name: 'embed/protocol', paths: ['src/embed/protocol'], may: [], packages: [] },
  { name: 'embed/element', paths: ['src/embed/element'], may: [], mayTypes: ['embed/protocol'], packages: [] },
  { name: 'embed/client', paths: ['src/embed/client'], may: [], mayTypes: ['embed/protocol'], packages: [] },
  { name: 'embed/frame', paths: ['src/embed/frame'], may: ['ui', 'playground', 'embed/protocol'], packages: react },
  { name: 'lib', paths: ['src/lib/'], may: ['core', 'host'], packages: [] },
  {
    name: 'test/tools',
    paths: ['test/tools/'],
    may: ['main', 'core', 'cli', 'sim', 'host', 'store', 'playground', 'lessons', 'lib', 'test'],
    packages: ['*'],
  },
  { name: 'test', paths: ['test/'], may: [], packages: ['*'] },
]

/** The room with the longest matching path, so that core/fuse/daemon.ts isn't taken for messages. */
export function roomOf(path: string): Room | undefined {
  let best: Room | undefined
  let bestLength = 0
  for (const room of rooms) {
    for (const start of room.paths) {
      if (start.length <= bestLength || !path.startsWith(start)) continue
      best = room
      bestLength = start.length
    }
  }
  return best
}

export function mayImportRoom(from: Room, to: Room, typeOnly: boolean): boolean {
  if (from === to) return true
  const allowed = typeOnly ? [...from.may, ...(from.mayTypes ?? [])] : from.may
  return allowed.some((name) => to.name === name || to.name.startsWith(`${name}/`))
}

export function mayImportPackage(from: Room, packageName: string): boolean {
  return from.packages.some((name) => (name.endsWith('*') ? packageName.startsWith(name.slice(0, -1)) : name === packageName))
}

/** The second half of every message about imports. */
export function allowanceOf(room: Room): string {
  const names = [room.name, ...room.may, ...(room.mayTypes ?? []).map((name) => `types of ${name}`)]
  const packages = room.packages.length === 0 ? 'no packages' : `packages ${room.packages.join(', ')}`
  return `it may import ${names.join(', ')}; ${packages}`
}
