// What `$-` shows: the library's letters, those that are kept in variables of ours, and how the shell was started.

/** In bash's order. @param kind such as hB; a last c or s says where the commands come from */
export function flagsOf(letters: string, env: Pick<Map<string, string>, 'get'>, kind: string): string {
  const on = new Set([...letters, ...kind])
  for (const letter of ['e', 'E', 'T', 'x']) if (env.get(`__${letter}`)) on.add(letter)
  on.delete('s')
  return [...'aefhimnuvxBCEHT'].filter((letter) => on.has(letter)).join('') + (/[cs]$/.exec(kind)?.[0] ?? '')
}
