// The daemon's side of a map in pages: from the mapping that is asked for on, at most so many whole ones, and which comes
// next. It keeps nothing between requests.

import { errnos } from '../base/errno.ts'
import { newColumns, pushExtent } from '../fmap/wide.ts'
import { mappingsOf, newMapping } from './daemonMappings.ts'
import { answer, refusal } from './directLink.ts'
import { decodePageRequest, encodePage, PAGE_MAPPINGS_MOST } from './pagedMessages.ts'
import type { Handler, MapStore } from './wire.ts'

/** Answers GET_FMAP of a kernel that takes maps in pages. */
export function pagedFmap(store: MapStore, mappingsPerReply = PAGE_MAPPINGS_MOST): Handler {
  return (node, request) => {
    const firstIndex = decodePageRequest(request)
    const map = store.map(node)
    if (!map) return refusal(errnos.ENOENT[0])
    const mappings = mappingsOf(map)
    if (firstIndex === undefined || firstIndex > mappings.count) return refusal(errnos.EINVAL[0])
    const endIndex = Math.min(firstIndex + mappingsPerReply, mappings.count)
    const columns = newColumns(endIndex - firstIndex)
    const mapping = newMapping()
    for (let i = firstIndex; i < endIndex; i++) {
      mappings.read(i, mapping)
      pushExtent(columns, mapping.devindex, mapping.offsetBytes, mapping.lengthBytes)
    }
    const nextIndex = endIndex < mappings.count ? endIndex : undefined
    return answer(encodePage({ sizeBytes: map.sizeBytes, mappings: columns, nextIndex }))
  }
}
