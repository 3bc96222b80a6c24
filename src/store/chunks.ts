// What an image is stored in: pieces of this length.

import { MIB } from '../core/base/align.ts'

export const CHUNK_BYTES = 2 * MIB
/** Of the manifest that names them. */
export const FORMAT = 1
