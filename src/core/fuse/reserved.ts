// What every reader of messages says of a reserved byte that means something to nobody: in a file of its own, since the module's
// ioctl needs no tables of the other messages.

export const RESERVED_TROUBLE = 'reserved bytes that are not zero'
