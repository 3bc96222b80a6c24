// The parts of a lane that come right after the first picture: what is opened is there at once then.

import { lateModule } from './late.tsx'

const more = lateModule(() => import('./LaneMore.tsx'))
export const MenuItems = more.part(({ MenuItems: Part }) => Part, 'Loading.')
export const RoleWhy = more.part(({ RoleWhy: Part }) => Part, 'Loading.')
export const KernelWhy = more.part(({ KernelWhy: Part }) => Part, 'Loading.')
export const preloadLanes = more.load
