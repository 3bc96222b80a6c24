// What the built page makes lucide's icons with, in place of lucide's own maker (vite.config.ts): the same svg, for icons of one
// size and stroke, which is how they are drawn here. Theirs takes colours, sizes, contexts and aliases, and weighs more than the
// icons that the page begins with.

import { createElement, type ReactNode, type SVGProps } from 'react'

/** As lucide's files have them: elements with their attributes, on a square of 24. */
interface IconData {
  name: string
  node: readonly [tag: string, attributes: Record<string, string>][]
}

const DRAWN = { xmlns: 'http://www.w3.org/2000/svg', width: 24, height: 24, viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', strokeWidth: 2, strokeLinecap: 'round', strokeLinejoin: 'round' } as const

export default function createLucideIcon({ name, node }: IconData): (props: SVGProps<SVGSVGElement>) => ReactNode {
  return ({ className = '', ...rest }) =>
    createElement('svg', { ...DRAWN, className: `lucide lucide-${name} ${className}`, ...rest }, node.map(([tag, attributes]) => createElement(tag, attributes)))
}
