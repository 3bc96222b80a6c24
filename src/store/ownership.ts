// One tab owns the stored image for as long as it lives; the browser's lock says which, and lets it go with the tab.

export type Ownership = 'owner' | 'other_tab' | 'unavailable'

const LOCK_NAME = 'famfs-playground image'

/** @returns other_tab where another tab has it; unavailable where the browser has no locks, so that nobody can know */
export function claimOwnership(name = LOCK_NAME): Promise<Ownership> {
  if (!('locks' in navigator)) return Promise.resolve('unavailable')
  return new Promise((resolve) => {
    const held = new Promise<never>(() => undefined)
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock ? 'owner' : 'other_tab')
        return lock ? held : undefined
      })
      // Frames without storage have no locks either.
      .catch(() => resolve('unavailable'))
  })
}
