// Equal system UUIDs make a master; anything else a client. A host that can't read its own UUID is a client, and a
// superblock that isn't valid gives no role. The order is that one (golden/README.md, "Judging").

import type { Superblock } from '../omf/superblock.ts'

export type Role = 'master' | 'client' | 'none'

export function roleOf(superblock: Superblock | undefined, systemUuid: string | undefined): Role {
  if (systemUuid === undefined) return 'client'
  if (!superblock) return 'none'
  return superblock.ts_system_uuid === systemUuid ? 'master' : 'client'
}
