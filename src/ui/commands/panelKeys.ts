// Keys that panels take while they have the focus, for the list of keys. Each panel handles its own; what it handles is said
// here in its words.

export interface PanelKeys {
  panel: string
  keys: readonly (readonly [keys: string, does: string])[]
}

export const PANEL_KEYS: readonly PanelKeys[] = [
  { panel: 'Everywhere', keys: [['Tab', 'next control; Shift Tab, the one before'], ['Enter or Space', 'presses it'], ['Escape', 'closes what is open']] },
  { panel: 'Tabs and choices', keys: [['← →', 'next and previous tab']] },
  { panel: 'Lines between panes', keys: [['← → ↑ ↓', 'move the line'], ['Enter', 'the usual size again']] },
  { panel: 'Terminal', keys: [
    ['Escape, then Tab', 'leaves the terminal'],
    ['Tab', 'completes'],
    ['↑ ↓', 'earlier and later lines'],
    ['Ctrl R', 'searches earlier lines'],
    ['Ctrl C', 'stops what runs'],
    ['Ctrl L', 'clears the screen'],
    ['Ctrl Shift C', 'copies'],
    ['Ctrl V', 'pastes'],
    ['Ctrl Shift F', 'finds in the screen'],
  ] },
]
