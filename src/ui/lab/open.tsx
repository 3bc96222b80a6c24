// The way into the map lab and out of it: it stands beside the scene as dumps do, one of it, at an address of its own. Loaded
// when first asked for.

import { beside } from '../dump/beside.ts'
// What draws it comes along: else it could fail to come when there is something to draw.
import '../dump/BesidePage.tsx'
import { dumps } from '../dump/dumps.ts'
import { isLabHash } from './address.ts'
import { Chooser } from './choices.ts'
import { LabPage } from './LabPage.tsx'
import { readLink } from './link.ts'

export function openLab(): void {
  const known = beside.state().list.find(({ page }) => page !== undefined)
  if (known) return beside.show(known.id)
  const chooser = new Chooser(async () => (await import('../../playground/lab/mapLab.ts')).openLab(), isLabHash(location.hash) ? readLink(location.hash) : undefined)
  void chooser.start()
  const page = (close: () => void) => <LabPage chooser={chooser} onClose={() => {
    document.getElementById('open-lab')?.focus()
    chooser.close()
    close()
  }} />
  dumps.add({ name: 'Map lab', page })
}
