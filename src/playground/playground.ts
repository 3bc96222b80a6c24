// The way in: an engine that was tried, storage that was claimed, and a session that is getting itself ready while the
// page is already there.

import { ImageStore } from '../store/imageStore.ts'
import { claimOwnership } from '../store/ownership.ts'
import { chooseEngine } from './engine.ts'
import { Session } from './session.ts'
import type { Playground } from './types.ts'

export async function openPlayground(): Promise<Playground> {
  const [engine, ownership] = await Promise.all([chooseEngine(), claimOwnership()])
  const session = new Session(engine, new ImageStore(undefined, ownership === 'owner'), ownership)
  void session.start()
  // A page that goes away may not come back: what isn't saved yet is saved while there is time.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') session.saveIfMarked()
  })
  return session
}
