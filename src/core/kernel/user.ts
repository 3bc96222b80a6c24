// Permission is uid and mode bits as Linux does it: uid 0 passes, others get the one class of bits that is theirs.

export interface User {
  uid: number
  gid: number
}

export const ROOT: User = { uid: 0, gid: 0 }

export const WRITE_BITS = 0o222

export interface Want {
  read?: boolean
  write?: boolean
  /** Of a directory: to go through it. */
  execute?: boolean
}

export function mayAccess(user: User, node: { mode: number; uid: number; gid: number }, want: Want): boolean {
  if (user.uid === 0) return true
  const shift = user.uid === node.uid ? 6 : user.gid === node.gid ? 3 : 0
  const bits = node.mode >> shift
  return (!want.read || (bits & 4) !== 0) && (!want.write || (bits & 2) !== 0) && (!want.execute || (bits & 1) !== 0)
}

/** As ls -l shows it: "-rw-r--r--". */
export function modeText(kind: 'file' | 'directory', mode: number): string {
  const classes = [mode >> 6, mode >> 3, mode].map((bits) => `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`)
  const special = [mode & 0o4000, mode & 0o2000, mode & 0o1000]
  const letters = ['s', 's', 't']
  const shown = classes.map((text, i) => {
    const letter = letters[i] ?? ''
    if (!special[i]) return text
    return text.slice(0, 2) + (text[2] === 'x' ? letter : letter.toUpperCase())
  })
  return (kind === 'directory' ? 'd' : '-') + shown.join('')
}
