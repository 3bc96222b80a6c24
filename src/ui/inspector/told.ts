// What came of the last thing that was done in the bytes view: a sentence, or trouble with its advice. There is one place
// for it, and the newest takes it.

import type { Trouble } from '../trouble.ts'

/** @property at the byte that it is told of: elsewhere it is over */
export type Told = { text: string; at?: number } | { trouble: Trouble }
export type Tell = (told: Told | undefined) => void
