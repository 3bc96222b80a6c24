// Signal names and numbers as Linux has them on x86-64: what kill, trap and timeout agree on.

const names = [
  'EXIT', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM',
  'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR', 'SYS',
] as const

/** These don't end a process that has no handler for them. */
const harmless = new Set(['CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'WINCH'])

/** @param spec 9, KILL, SIGKILL, kill, ERR; @returns the name without SIG */
export function signalName(spec: string): string | undefined {
  if (/^\d+$/.test(spec)) return names[Number(spec)]
  const bare = spec.toUpperCase().replace(/^SIG/, '')
  if (bare === 'ERR' || bare === 'DEBUG' || bare === 'RETURN') return bare
  return (names as readonly string[]).includes(bare) ? bare : undefined
}

export function signalNumber(name: string): number {
  return (names as readonly string[]).indexOf(name)
}

export function isFatal(name: string): boolean {
  return !harmless.has(name)
}

/** `kill -l`: five in a row. */
export function signalTable(): string {
  const cells = names.slice(1).map((name, i) => `${String(i + 1).padStart(2)}) SIG${name.padEnd(9)}`)
  const rows: string[] = []
  for (let i = 0; i < cells.length; i += 5) rows.push(cells.slice(i, i + 5).join(' ').trimEnd())
  return `${rows.join('\n')}\n`
}

/** `kill -l SPEC`: a number becomes a name, a name a number; an exit code above 128 counts as its signal. */
export function translated(spec: string): string | undefined {
  if (!/^\d+$/.test(spec)) {
    const name = signalName(spec)
    return name === undefined || signalNumber(name) < 0 ? undefined : String(signalNumber(name))
  }
  const number = Number(spec)
  return names[number > 128 ? number - 128 : number]
}
