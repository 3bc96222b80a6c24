// The server's side of a mapping cache in the kernel: it answers misses, pushes mappings before they are missed, and takes
// back what it is about to change. With cookies in shared memory it needn't tell: it moves the file's word, and whatever
// the kernel holds of that file is void from that moment on.

import { assert } from '../base/assert.ts'
import { errnos } from '../base/errno.ts'
import type { WideMap } from '../fmap/wide.ts'
import { answer, refusal } from './directLink.ts'
import { mappingsOf, newMapping } from './daemonMappings.ts'
import { decodeIomapBegin, encodeIomapEntries, encodeIomapInval, IOMAP_ENTRIES_MOST, IOMAP_MAPPED, type IomapEntries, newIomapEntries } from './iomapMessages.ts'
import { cookieIn, moveCookieIn } from './iomapCookies.ts'
import type { Answered, MapStore, Notify } from './wire.ts'

interface IomapServerOptions {
  /** Where the cookies are that the server keeps; the kernel keeps its own where there are none. */
  cookies?: Int32Array | undefined
  /** Mappings in one message. */
  mappingsPerReply?: number
}

export class IomapDaemon {
  readonly #store: MapStore
  readonly #notify: Notify
  readonly #cookies: Int32Array | undefined
  readonly #mostCount: number

  constructor(store: MapStore, notify: Notify, { cookies, mappingsPerReply = IOMAP_ENTRIES_MOST }: IomapServerOptions = {}) {
    assert(mappingsPerReply >= 1 && mappingsPerReply <= IOMAP_ENTRIES_MOST, 'a message has an entry, and not too many')
    this.#store = store
    this.#notify = notify
    this.#cookies = cookies
    this.#mostCount = mappingsPerReply
  }

  /** Answers IOMAP_BEGIN: the mapping around the byte, and those behind it that begin in the range. */
  begin(node: number, request: Uint8Array): Answered {
    const ask = decodeIomapBegin(request)
    // Read before the map is: a change in between voids the answer.
    const cookie = this.#cookies ? cookieIn(this.#cookies, node) : ask?.cookie
    const map = this.#store.map(node)
    if (!map) return refusal(errnos.ENOENT[0])
    if (!ask || cookie === undefined || ask.fileOffsetBytes >= map.sizeBytes) return refusal(errnos.EINVAL[0])
    const entries = this.#entries(map, ask.fileOffsetBytes, ask.lengthBytes, cookie)
    return entries ? answer(encodeIomapEntries(entries)) : refusal(errnos.EINVAL[0])
  }

  /**
   * Pushes the mappings of a range, as the store has them now.
   * @returns 0, or the errno of a kernel that refuses
   */
  upsert(node: number, fileOffsetBytes: number, lengthBytes: number): number {
    const map = this.#store.map(node)
    if (!map) return errnos.ENOENT[0]
    const cookie = this.#moveCookie(node)
    const endBytes = Math.min(fileOffsetBytes + lengthBytes, map.sizeBytes)
    for (let at = fileOffsetBytes; at < endBytes; ) {
      const entries = this.#entries(map, at, endBytes - at, cookie)
      if (!entries) return errnos.EINVAL[0]
      const errno = this.#notify('UPSERT', node, encodeIomapEntries(entries))
      if (errno !== 0) return errno
      const last = entries.count - 1
      at = (entries.fileOffsets[last] as number) + (entries.lengths[last] as number)
    }
    return 0
  }

  /**
   * What the kernel holds of the range is void. Called before the space behind it is used for anything else.
   * @returns 0, or the errno of a kernel that refuses
   */
  invalidate(node: number, fileOffsetBytes: number, lengthBytes: number): number {
    this.#moveCookie(node)
    return this.#cookies ? 0 : this.#notify('INVAL', node, encodeIomapInval({ fileOffsetBytes, lengthBytes }))
  }

  #moveCookie(node: number): number {
    return this.#cookies ? moveCookieIn(this.#cookies, node) : 0
  }

  #entries(map: WideMap, fileOffsetBytes: number, lengthBytes: number, cookie: number): IomapEntries | undefined {
    const mappings = mappingsOf(map)
    const firstIndex = mappings.indexAt(fileOffsetBytes)
    if (firstIndex < 0) return undefined
    const lastIndex = mappings.indexAt(Math.min(fileOffsetBytes + Math.max(lengthBytes, 1), map.sizeBytes) - 1)
    const endIndex = Math.min(lastIndex < 0 ? mappings.count : lastIndex + 1, firstIndex + this.#mostCount)
    const entries = newIomapEntries(endIndex - firstIndex)
    const mapping = newMapping()
    for (let index = firstIndex; index < endIndex; index++) {
      mappings.read(index, mapping)
      const i = entries.count++
      entries.fileOffsets[i] = mapping.fileOffsetBytes
      entries.lengths[i] = mapping.lengthBytes
      entries.offsets[i] = mapping.offsetBytes
      entries.devindices[i] = mapping.devindex
      entries.types[i] = IOMAP_MAPPED
      entries.cookies[i] = cookie
    }
    return entries
  }
}
