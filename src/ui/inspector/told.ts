// What came of the last thing that was done in the bytes view: a sentence, or trouble with its advice. There is one place
// for it, and the newest takes it.

import type { Trouble } from '../trouble.ts'

export type Told = { text: string } | { trouble: Trouble }
export type Tell = (told: Told | undefined) => void
