// Which form stands above the lanes, and what opens it.

export type Panel = 'file' | 'directory' | 'format' | undefined

/** Id of the button that opens a panel, and has the focus again when the panel closes. */
export function openerOf(panel: Panel): string {
  return panel === 'directory' ? 'open-file' : `open-${panel ?? 'none'}`
}
