// What a terminal sends, as keys: text, presses by name, and whole pastes. What is no key (a terminal's own answers to
// queries in the output, say) is dropped, never typed.

export type Key = { kind: 'text'; text: string } | { kind: 'press'; name: string } | { kind: 'paste'; text: string }

const PASTE_BEGINS = '\x1b[200~'
const PASTE_ENDS = '\x1b[201~'
const MODIFIERS: Record<string, string> = { 2: 'shift-', 3: 'alt-', 4: 'alt-', 5: 'ctrl-', 6: 'ctrl-', 7: 'ctrl-', 9: 'alt-' }
const LETTERS: Record<string, string> = { A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', Z: 'shift-tab' }
const NUMBERS: Record<string, string> = { 1: 'home', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' }
const CONTROLS: Record<string, string> = { '\r': 'enter', '\n': 'enter', '\t': 'tab', '\x7f': 'backspace', '\b': 'ctrl-backspace', '\x1f': 'ctrl-_' }

export function keysOf(data: string): Key[] {
  const keys: Key[] = []
  for (let at = 0; at < data.length; ) {
    const { key, length } = nextKey(data, at)
    if (key) keys.push(key)
    at += length
  }
  return keys
}

/** A paste as the presses that it stands for: a shell runs it line by line, and a tab in it completes nothing. */
export function typedOf(pasted: string): Key[] {
  const lines = pasted.split(/\r\n|\r|\n/)
  return lines.flatMap((line, i): Key[] => [
    ...(line === '' ? [] : [{ kind: 'text', text: line } as const]),
    ...(i === lines.length - 1 ? [] : [{ kind: 'press', name: 'enter' } as const]),
  ])
}

function nextKey(data: string, at: number): { key: Key | undefined; length: number } {
  if (data.startsWith(PASTE_BEGINS, at)) return pasteAt(data, at + PASTE_BEGINS.length)
  const first = data.charAt(at)
  if (first === '\x1b') return escapeAt(data, at)
  const control = CONTROLS[first] ?? controlName(first)
  if (control !== undefined) return { key: { kind: 'press', name: control }, length: 1 }
  const text = /^[^\x00-\x1f\x7f]+/.exec(data.slice(at))?.[0] ?? first
  return { key: { kind: 'text', text }, length: text.length }
}

function pasteAt(data: string, from: number): { key: Key; length: number } {
  const end = data.indexOf(PASTE_ENDS, from)
  const text = end < 0 ? data.slice(from) : data.slice(from, end)
  return { key: { kind: 'paste', text }, length: PASTE_BEGINS.length + text.length + (end < 0 ? 0 : PASTE_ENDS.length) }
}

function escapeAt(data: string, at: number): { key: Key | undefined; length: number } {
  const rest = data.slice(at)
  const sequence = /^\x1b(?:\[|O)([0-9;?<>=]*)([@-~])/.exec(rest)
  if (sequence) {
    const name = sequenceName(sequence[1] ?? '', sequence[2] ?? '')
    return { key: name === undefined ? undefined : { kind: 'press', name }, length: sequence[0].length }
  }
  const meta = rest.charAt(1)
  if (meta === '' || meta === '\x1b') return { key: { kind: 'press', name: 'escape' }, length: 1 }
  if (meta === '\x7f' || meta === '\b') return { key: { kind: 'press', name: 'alt-backspace' }, length: 2 }
  return { key: meta < ' ' ? undefined : { kind: 'press', name: `alt-${meta.toLowerCase()}` }, length: 2 }
}

function sequenceName(parameters: string, final: string): string | undefined {
  const [first = '', modifier = ''] = parameters.split(';')
  const name = final === '~' ? NUMBERS[first] : LETTERS[final]
  return name && `${MODIFIERS[modifier] ?? ''}${name}`
}

function controlName(character: string): string | undefined {
  const code = character.charCodeAt(0)
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : undefined
}
