// What scripts ask the shell about itself, and what it says when they fail: frames, traps of ERR, set -x, syntax errors, and
// the order in which output comes. Every row is a file of its own, run as bash runs it; expectations were seen on bash 5.2.

import { beforeAll, describe, expect, it } from 'vitest'
import { newShell, type TestShell } from '../helpers/shells.ts'

let shell: TestShell
beforeAll(async () => {
  shell = await newShell()
})

/** Name, the lines of /tmp/s.sh, and what it prints. */
type Row = [name: string, lines: string[], expected: string]

const frames: Row[] = [
  ['caller N, in a loop', ['fail() { local i=0; while caller $i; do i=$((i+1)); done; caller; }', 'f() {', '  fail', '}', 'f'], '3 f /tmp/s.sh\n5 main /tmp/s.sh\n3 /tmp/s.sh\n'],
  ['caller outside of functions', ['caller; caller 0; echo $?'], '0 NULL\n1\n'],
  ['FUNCNAME, BASH_SOURCE, BASH_LINENO', ['f() { echo "${FUNCNAME[*]} ${#FUNCNAME[@]} ${BASH_SOURCE[1]} ${BASH_LINENO[0]}"; }', 'f', 'echo "<${FUNCNAME[0]}>"'], 'f main 2 /tmp/s.sh 2\n<>\n'],
  ['a loop over the stack', ['s() { for ((i=1;i<${#FUNCNAME[@]};i++)); do echo "${FUNCNAME[$i]}:${BASH_LINENO[$((i-1))]} ${BASH_SOURCE[i]}"; done; }', 'g() {', 's', '}', 'g'], 'g:3 /tmp/s.sh\nmain:5 /tmp/s.sh\n'],
  ['a sourced file has a frame', ['echo "g() { caller 0; }', 'h() { echo \\${FUNCNAME[*]}; }; g; h" > /tmp/h.sh', 'source /tmp/h.sh', 'h'], '2 source /tmp/h.sh\nh source main\nh main\n'],
  ['a sourced file shares and shifts its caller’s parameters', ['set -- a b', 'echo "echo in \\$*; shift; return 3" > /tmp/h.sh', '. /tmp/h.sh x y; echo $? $*', 'echo "shift" > /tmp/h.sh; . /tmp/h.sh; echo $*'], 'in x y\n3 a b\nb\n'],
  ['LINENO in functions, eval, $( )', ['f() {', '  echo $LINENO $(echo $LINENO)', '}', 'f; eval "echo $LINENO"', "eval 'echo $LINENO'"], '2 2\n4\n5\n'],
]

const failures: Row[] = [
  ['ERR, with what and where', ['trap \'echo "$? $LINENO $BASH_COMMAND"\' ERR', 'false', '(exit 3)', 'x=$(exit 4)', 'true | bash -c "exit 5"', 'echo end'], '1 2 false\n3 3 (exit 3)\n4 4 x=$(exit 4)\n5 5 bash -c "exit 5"\nend\n'],
  ['not in conditions', ['trap "echo ERR" ERR', 'if false; then :; fi; while false; do :; done; false || true; false && true; ! true; f() { false; true; }; f; echo end'], 'end\n'],
  ['in functions only with -E', ['f() { false; echo in; }', 'trap "echo ERR" ERR; f; set -E; f; f || true; if f; then :; fi'], 'in\nERR\nin\nin\nin\n'],
  ['then set -e ends it, through EXIT', ['set -eE', 'trap \'echo "ERR $LINENO"\' ERR; trap \'echo "bye $?"\' EXIT', 'f() {', '  (exit 7)', '}', 'f || echo saved', 'f', 'echo never'], 'saved\nERR 4\nbye 7\n=7'],
  ['a function that returns an error fires at its call', ['set -e; trap \'fail $LINENO $?\' ERR; fail() { echo "at $1: $2"; caller 0; exit 9; }', 'f() { return 3; }', 'f'], 'at 3: 3\n3 main /tmp/s.sh\n=9'],
  ['a trap that a sourced file brings', ['set -e', "echo \"trap 'echo ERR \\$LINENO' ERR\" > /tmp/h.sh", '. /tmp/h.sh', 'false', 'echo never'], 'ERR 4\n=1'],
  ['$- and set', ['trap "echo ERR" ERR', 'echo $-; set -eu; echo $-; set +e; false; set -o errexit; echo $-; set -- -x; echo $1'], 'hB\nehuB\nERR\nehuB\n-x\n'],
  ['set -x, before the command', ['set -x', 'x="a b"; echo "$x" c', 'c=(echo in); "${c[@]}"', '[[ $x == a* ]] && f() { local y=1; }; f', 'set +x; echo end'], "a b c\nin\nend\n+ x='a b'\n+ echo 'a b' c\n+ c=(echo in)\n+ echo in\n+ [[ a b == a* ]]\n+ f\n+ local y=1\n+ set +x\n"],
  ['defaults under set -u, alone in quotes', ['set -u', 'echo "${nope:-d}" "${1:-}" "${nope+x}"; f() { echo "${1:-none}"; }; f'], 'd  \nnone\n'],
  ['a[$((i-1))]', ['a=(x y z); i=2; echo "${a[$((i-1))]} ${a[$i]}"'], 'y z\n'],
  ['[[ with several parts asks who may', ["sudo -u nobody bash -c '[[ -d /etc && -w /etc ]] || echo no; [[ ! -w /etc ]] && echo no'"], 'no\nno\n'],
]

const syntax: Row[] = [
  ['a text that ends too early; what stands before it runs', ['echo one', 'if true; then', 'echo two'], 'one\n/tmp/s.sh: line 4: syntax error: unexpected end of file\n=2'],
  ['what isn’t expected', ['echo one', 'echo two )'], 'one\n/tmp/s.sh: line 2: syntax error near unexpected token `)\'\n/tmp/s.sh: line 2: `echo two )\'\n=2'],
  ['a word in the wrong place', ['while true; do echo; fi'], '/tmp/s.sh: line 1: syntax error near unexpected token `fi\'\n/tmp/s.sh: line 1: `while true; do echo; fi\'\n=2'],
  ['an open quote', ['echo "abc'], '/tmp/s.sh: line 1: unexpected EOF while looking for matching `"\'\n=2'],
]

for (const [title, rows] of Object.entries({ frames, failures, syntax })) {
  describe(`scripts: ${title}`, () => {
    it.each(rows)('%s', async (_name, lines, expected) => {
      await shell.run(`cat > /tmp/s.sh <<'END_OF_SCRIPT'\n${lines.join('\n')}\nEND_OF_SCRIPT`)
      const { out, err, exitCode } = await shell.run('bash /tmp/s.sh')
      expect(`${out}${err}${exitCode === 0 ? '' : `=${exitCode}`}`).toBe(expected)
    })
  })
}

describe('output comes as it is made', () => {
  it('also within functions, but where it is taken', async () => {
    const { notes, out } = await shell.run('f() { echo one; sleep 0.05; echo two; }; g() { f; }; g; x=$(g); g | tr a-z A-Z; g > /tmp/o; f $(f)')
    expect(out).toBe('one\ntwo\nONE\nTWO\none\ntwo\n')
    expect(notes.filter(({ kind }) => kind === 'output').map((note) => (note.kind === 'output' ? note.text : ''))).toEqual(['one\n', 'two\n', 'ONE\nTWO\n', 'one\n', 'two\n'])
  })
})

describe('date', () => {
  const rows: [string, string][] = [
    ["date -u -d '2024-03-05 07:08:09' '+%F %T %j %a %b %e %Z %z %R %D %s %3N %-d'", '2024-03-05 07:08:09 065 Tue Mar  5 UTC +0000 07:08 03/05/24 1709622489 000 5\n'],
    ["date -d '2024-01-31 +1 day' +%F; date -d '2024-03-01 yesterday' +%F; date -u -d @1700000000.5 +%s.%N", '2024-02-01\n2024-02-29\n1700000000.500000000\n'],
    ['date -u -d @0 -Iseconds; date -R -d @0; date -u -d @86400; touch -d @1000000 /tmp/dt; date -r /tmp/dt +%s', '1970-01-01T00:00:00+00:00\nThu, 01 Jan 1970 00:00:00 +0000\nFri Jan  2 00:00:00 UTC 1970\n1000000\n'],
    ['date -d nonsense', "date: invalid date 'nonsense'\n=1"],
  ]
  it.each(rows)('%s', async (line, expected) => {
    expect(await shell.script(line)).toBe(expected)
  })
  it('is now', async () => {
    expect(Number(await shell.script('date +%s'))).toBe(Math.floor(shell.system.now() / 1000))
  })
})
