// Where the lab is: behind the page's own address, so that it can be linked to. What is set there follows a question mark;
// link.ts reads and writes that, and comes with the lab.

export const LAB_HASH = '#lab'

export function isLabHash(hash: string): boolean {
  return hash === LAB_HASH || hash.startsWith(`${LAB_HASH}?`)
}
