// What stands above the page and hides none of it: palette, list of keys, devices, help. One at a time, loaded when first opened,
// closed by Escape; the keyboard's place is then where it was before.

import { Fragment } from 'react'
import { lateModule } from '../late.tsx'
import { useMessageStore } from '../messages.ts'
import { useLook, useLookStore } from '../look.tsx'
import { usePlayground } from '../session.tsx'
import type { CommandContext } from './command.ts'
import { useShortcuts } from './useShortcuts.ts'

const Palette = lateModule(() => import('./Palette.tsx')).part(({ Palette: Part }) => Part)
const CheatSheet = lateModule(() => import('./CheatSheet.tsx')).part(({ CheatSheet: Part }) => Part)
const DeviceSheet = lateModule(() => import('../devices/DeviceSheet.tsx')).part(({ DeviceSheet: Part }) => Part)
const HelpSheet = lateModule(() => import('./HelpSheet.tsx')).part(({ HelpSheet: Part }) => Part)

export function Commands(given: Pick<CommandContext, 'preferences' | 'openPanel' | 'openDump' | 'showPane'>) {
  const context = { ...given, playground: usePlayground(), look: useLookStore(), messages: useMessageStore() }
  const sheet = useLook((state) => state.sheet)
  useShortcuts(context)
  if (sheet === undefined) return null
  return (
    <Fragment key={sheet}>
      {sheet === 'commands' ? <Palette context={context} /> : sheet === 'keys' ? <CheatSheet context={context} /> : sheet === 'device list' || sheet === 'poison range' ? <DeviceSheet forPoison={sheet === 'poison range'} /> : <HelpSheet topic={sheet} />}
    </Fragment>
  )
}
