// One row of a failure table: errno for the shell, a sentence and advice for people.

export type Errno =
  | 'EPERM' | 'ENOENT' | 'EIO' | 'ENXIO' | 'EBADF' | 'ENOMEM' | 'EACCES' | 'EBUSY' | 'EEXIST' | 'ENODEV' | 'ENOTDIR'
  | 'EISDIR' | 'EINVAL' | 'EFBIG' | 'ENOSPC' | 'EROFS' | 'ENAMETOOLONG' | 'ECANCELED' | 'ESTALE' | 'EUCLEAN' | 'EHOSTDOWN'
  | 'ENOTSUP' | 'ENOSYS' | 'ENOTEMPTY' | 'EXDEV' | 'ELOOP' | 'ENOTBLK' | 'E2BIG' | 'EHWPOISON'

/** `says` has no final stop, so that it can stand in a longer line; `next` is a sentence of its own. */
export interface Row<D> {
  errno: Errno
  says: (details: D) => string
  next: (details: D) => string
}

/** A row without details, or with details of type D. */
export function row<D = undefined>(errno: Errno, says: (d: D) => string, next: string | ((d: D) => string)): Row<D> {
  return { errno, says, next: typeof next === 'string' ? () => next : next }
}
