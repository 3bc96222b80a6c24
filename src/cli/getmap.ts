// famfs getmap: where a file's bytes are on the device. Exit codes are the reference's, odd ones included.

import { type Call, command, say, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { canonical } from './place.ts'

const EXIT = { good: 0, notFamfs: 1, noMap: 2, missing: 9, notRegular: 21, noOperand: 22 }

const options = {
  quiet: { short: 'q', long: 'quiet', says: 'only the verdict, not the map' },
  continue: { short: 'c', long: 'continue', says: 'go on after errors; the last file gives the exit code', hidden: true },
} as const satisfies OptionTable

export const getmap = command({
  name: 'famfs getmap',
  about: 'show where the bytes of files are on the device (standalone mounts)',
  synopsis: ['[--quiet] FILE ...'],
  options,
  notes: ['Exit codes: 0 a mapped file, 1 not in famfs (or on a fuse mount), 2 without a map, 9 missing, 21 no regular file, 22 no file named.'],
  run,
})

function run(call: Call<typeof options>): number {
  if (call.operands.length === 0) return stop(call, { says: 'no file is named', next: 'Write famfs getmap FILE ...' }, EXIT.noOperand)
  let exit = EXIT.good
  for (const file of call.operands) {
    exit = one(call, file)
    if (exit !== EXIT.good && call.given.continue === 0) return exit
  }
  return exit
}

function one(call: Call<typeof options>, file: string): number {
  const { given, io } = call
  const stat = io.system.stat(file, io.caller)
  if (!stat.ok) return stop(call, stat.failure, given.continue > 0 ? EXIT.notRegular : EXIT.missing)
  if (stat.value.kind !== 'file') return stop(call, { says: `${file} is a ${stat.value.kind}`, next: 'Name a file.' }, EXIT.notRegular)
  const mount = io.system.machine.mounts().find((each) => each.mountpoint === stat.value.mountpoint)
  if (!mount) return stop(call, { says: `${file} is not in famfs`, next: 'Name a file in a mounted famfs.' }, EXIT.notFamfs)
  if (mount.kind === 'fuse') {
    const next = `Look at its shadow file under ${mount.shadowPath}/root, or mount with famfs mount --nofuse.`
    return stop(call, { says: `${file} is on a fuse mount, which doesn't tell maps this way`, next }, EXIT.notFamfs)
  }
  const path = canonical(io, file)
  const inode = path.ok ? io.system.machine.inode(path.value) : path
  if (!inode.ok) return stop(call, inode.failure, EXIT.missing)
  const map = path.ok ? io.system.machine.mapGet(path.value) : path
  if (inode.value.kind !== 'file' || !map.ok) {
    if (given.quiet === 0) io.out(`famfs_getmap: file (${file}) is famfs, but has no map\n`)
    say(io, call.name, { says: `${file} has no map`, next: 'A plain tool made it, on this host alone: remove it, and use famfs creat or famfs cp.' })
    return EXIT.noMap
  }
  if (given.quiet === 0) io.out(mapText(file, inode.value.sizeBytes, map.value))
  io.out(`famfs_getmap: good file ${file}\n`)
  return EXIT.good
}

interface Piece {
  devindex: number
  offsetBytes: number
  lengthBytes: number
}

function mapText(
  file: string,
  sizeBytes: number,
  map: { kind: 'simple'; extents: Piece[] } | { kind: 'interleaved'; chunkBytes: number; strips: Piece[] },
): string {
  const head = `File:     ${file}\n\tsize:    ${sizeBytes}\n\textents: ${map.kind === 'simple' ? map.extents.length : 1}\n`
  if (map.kind === 'simple') return head + pieceLines(map.extents)
  return `${head}\tInterleave_Param chunk_size: ${map.chunkBytes}\n\tInterleaved extent has ${map.strips.length} strips:\n${pieceLines(map.strips)}`
}

function pieceLines(pieces: Piece[]): string {
  // The reference knows of one device: what lies on it is shown as there.
  const where = (devindex: number): string => (devindex === 0 ? '' : `\tdevice ${devindex}`)
  return pieces.map(({ devindex, offsetBytes, lengthBytes }) => `\t\t${offsetBytes.toString(16)}\t${lengthBytes}${where(devindex)}\n`).join('')
}
