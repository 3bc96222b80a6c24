// What stands above the page and hides none of it: palette, list of keys, devices, help. One at a time, loaded when first opened,
// closed by Escape; the keyboard's place is then where it was before.

import { lazy, Suspense } from 'react'
import { useMessageStore } from '../messages.ts'
import { useLook, useLookStore } from '../look.tsx'
import { usePlayground } from '../session.tsx'
import type { CommandContext } from './command.ts'
import { useShortcuts } from './useShortcuts.ts'

const Palette = lazy(() => import('./Palette.tsx').then(({ Palette: component }) => ({ default: component })))
const CheatSheet = lazy(() => import('./CheatSheet.tsx').then(({ CheatSheet: component }) => ({ default: component })))
const DeviceSheet = lazy(() => import('../devices/DeviceSheet.tsx').then(({ DeviceSheet: component }) => ({ default: component })))
const HelpSheet = lazy(() => import('./HelpSheet.tsx').then(({ HelpSheet: component }) => ({ default: component })))

export function Commands(given: Pick<CommandContext, 'preferences' | 'openPanel' | 'openDump' | 'showPane'>) {
  const context = { ...given, playground: usePlayground(), look: useLookStore(), messages: useMessageStore() }
  const sheet = useLook((state) => state.sheet)
  useShortcuts(context)
  if (sheet === undefined) return null
  return (
    <Suspense key={sheet}>
      {sheet === 'commands' ? <Palette context={context} /> : sheet === 'keys' ? <CheatSheet context={context} /> : sheet === 'device list' || sheet === 'poison range' ? <DeviceSheet forPoison={sheet === 'poison range'} /> : <HelpSheet topic={sheet} />}
    </Suspense>
  )
}
