// The parts of a lane that come right after the first picture: what is opened, or goes wrong, is there at once then.

import { latePart } from './late.tsx'

const more = () => import('./LaneMore.tsx')
export const MenuItems = latePart(async () => (await more()).MenuItems)
export const RoleWhy = latePart(async () => (await more()).RoleWhy)
export const KernelWhy = latePart(async () => (await more()).KernelWhy)
export const DownState = latePart(async () => (await more()).DownState)
export const Fault = latePart(async () => (await more()).Fault)

export async function preloadLanes(): Promise<void> {
  await Promise.all([MenuItems, RoleWhy, KernelWhy, DownState, Fault].map(({ load }) => load()))
}
