// What poison of memory comes in: whoever makes it, keeps it or shows it counts alike.

/** A cache line: it comes and goes by these. */
export const POISON_LINE_BYTES = 64

/** So many ranges of a device are told apart. */
export const POISON_RANGES_MOST = 256
