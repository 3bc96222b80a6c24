// What entries of a mapping cache are held against, whoever sent them and however: whole units, in the order of the file,
// inside of it and of devices that are known, and no two of one message on the same bytes.

import { fail, type Failure } from '../../base/result.ts'
import { IOMAP_MAPPED, type IomapEntries } from '../../fuse/iomapMessages.ts'
import type { DaemonLink } from '../../fuse/wire.ts'
import { haveOverlap, refusePlace, troubleOfPiece } from '../checks.ts'
import type { FileAsk, MapReason, WayContext } from '../way.ts'
import { pullDevice } from './pull.ts'

/** @param link by which devices are asked for that aren't known; without one they are refused */
export function troubleOfEntries(context: WayContext, ask: FileAsk, entries: IomapEntries, link: DaemonLink | undefined): Failure<MapReason> | undefined {
  const { path } = ask
  const { count, devindices, offsets, lengths } = entries
  let endBytes = 0
  for (let i = 0; i < count; i++) {
    const trouble = troubleOfEntry(context, ask, entries, i, endBytes)
    if (trouble) return trouble
    const devindex = devindices[i] as number
    const refused = (link && pullDevice(context, link, path, devindex)) ?? refusePlace(context, path, devindex, offsets[i] as number, lengths[i] as number)
    if (refused) return refused
    endBytes = (entries.fileOffsets[i] as number) + (lengths[i] as number)
  }
  return haveOverlap(entries) ? fail('bad_map', { path, what: 'two of its mappings share bytes of a device' }).failure : undefined
}

/** @param fromBytes where the one before it ends in the file */
function troubleOfEntry({ unitBytes }: WayContext, { path, sizeBytes }: FileAsk, entries: IomapEntries, i: number, fromBytes: number): Failure<MapReason> | undefined {
  const { types, flags, cookies } = entries
  const startBytes = entries.fileOffsets[i] as number
  const offsetBytes = entries.offsets[i] as number
  const lengthBytes = entries.lengths[i] as number
  if (types[i] !== IOMAP_MAPPED || flags[i] !== 0) return bad(path, `a mapping of type ${types[i]} with flags ${flags[i]}`)
  const isExact = startBytes >= 0 && offsetBytes >= 0 && lengthBytes >= 0 && Number.isSafeInteger(startBytes + lengthBytes) && Number.isSafeInteger(offsetBytes + lengthBytes)
  if (!isExact || (cookies[i] as number) < 0) return bad(path, 'a mapping beyond any file or device')
  const what = troubleOfPiece(offsetBytes, lengthBytes, unitBytes)
  if (what !== undefined) return bad(path, what)
  if (startBytes % unitBytes !== 0) return bad(path, `a mapping begins at byte ${startBytes} of the file, within a unit of ${unitBytes}`)
  if (startBytes < fromBytes) return bad(path, `mappings of one message overlap at byte ${startBytes} of the file`)
  return startBytes < sizeBytes ? undefined : bad(path, `a mapping begins at byte ${startBytes} of a file of ${sizeBytes}`)
}

function bad(path: string, what: string): Failure<MapReason> {
  return fail('bad_map', { path, what }).failure
}
