// Keys that panels take while they have the focus, for the list of keys. Each panel handles its own; what it handles is said
// here in its words.

export interface PanelKeys {
  panel: string
  keys: readonly (readonly [keys: string, does: string])[]
}

export const PANEL_KEYS: readonly PanelKeys[] = [
  { panel: 'Everywhere', keys: [['Tab, Shift Tab', 'next control, and the one before'], ['Enter, Space', 'presses it'], ['Escape', 'closes what is open']] },
  { panel: 'Tabs', keys: [['← →', 'next and previous'], ['Home, End', 'first and last']] },
  { panel: 'Lines between panes', keys: [['Arrows', 'move the line'], ['Enter', 'the usual size again']] },
  { panel: 'Device map', keys: [['Arrows', 'from cell to cell'], ['Enter, +', 'closer'], ['Escape, −', 'further away'], ['Space', 'shows the bytes']] },
  { panel: 'Structure tree', keys: [['↑ ↓', 'from one to the next'], ['→ ←', 'opens and closes'], ['Enter', 'shows its bytes']] },
  { panel: 'Bytes and values', keys: [
    ['Arrows', 'from byte to byte'],
    ['Shift and arrows', 'select'],
    ['Home, End', 'ends of the row; with Ctrl, of all'],
    ['Enter, F2', 'writes there'],
    ['0 to f', 'changes a byte, once Edit bytes is on'],
    ['Ctrl C', 'copies as hex'],
    ['Ctrl F', 'finds bytes and text'],
  ] },
  { panel: 'Log', keys: [['↑ ↓', 'from entry to entry'], ['Page Up, Page Down', 'a page of them'], ['Home, End', 'first and last'], ['Enter', 'shows its bytes']] },
  { panel: 'Terminal', keys: [
    ['Escape, then Tab', 'leaves the terminal'],
    ['Tab', 'completes'],
    ['↑ ↓', 'earlier and later lines'],
    ['Ctrl R', 'searches earlier lines'],
    ['Ctrl C', 'stops what runs'],
    ['Ctrl L', 'clears the screen'],
    ['Ctrl Shift C', 'copies'],
    ['Ctrl V', 'pastes'],
    ['Ctrl Shift F', 'finds on the screen'],
  ] },
]
