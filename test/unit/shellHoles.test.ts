// The holes of the shell library, each closed: what bash does is what the shell does. One row for each construct, run as a
// script of its own.

import { beforeAll, describe, expect, it } from 'vitest'
import { newShell, type TestShell } from '../helpers/shells.ts'

let shell: TestShell
beforeAll(async () => {
  shell = await newShell()
})

/** Name, script, and what it prints; an exit code other than 0 stands behind it as =N. */
type Row = [name: string, script: string, expected: string]

const words: Row[] = [
  ['"$@" runs its words', 'run() { "$@"; }; run echo "a b" c', 'a b c\n'],
  ['"${cmd[@]}" runs its words', 'cmd=(printf "[%s]" "a b"); "${cmd[@]}" d', '[a b][d]'],
  ['${cmd[@]} splits again', 'cmd=(printf "[%s]" "a b"); ${cmd[@]} d', '[a][b][d]'],
  ['$CLI splits at blanks', 'CLI="echo hello there"; $CLI you', 'hello there you\n'],
  ['$x globs', 'cd /etc; X="echo passw*"; $X', 'passwd\n'],
  ['$( ) gives command and words', '$(echo echo hi) you', 'hi you\n'],
  ['an empty expansion runs the next word', 'E=; $E echo hi; "${none[@]}" echo ho', 'hi\nho\n'],
  ['nothing but empty expansions is nothing', 'E=; $E; echo $?; $(false); echo $?', '0\n1\n'],
  ['prefix assignments reach the command', 'cmd=(bash -c \'echo $FOO\'); FOO=x "${cmd[@]}"; echo "<$FOO>"', 'x\n<>\n'],
  ['redirections survive', 'cmd=(echo hi); "${cmd[@]}" > /tmp/o 2>&1; cat /tmp/o; "${cmd[@]}" | tr h H', 'hi\nHi\n'],
  ['exit codes survive', 'cmd=(bash -c "exit 42"); "${cmd[@]}"; echo $?', '42\n'],
  ['conditions', 'c=(false); if "${c[@]}"; then echo y; else echo n; fi; ! "${c[@]}" && echo not', 'n\nnot\n'],
  ['in pipelines and substitutions', 'c=(cat); echo hi | "${c[@]}"; x=$(e=(echo in); "${e[@]}"); echo $x', 'hi\nin\n'],
  ['in eval', `eval 'c=(echo "a b"); "\${c[@]}"'`, 'a b\n'],
  ['builtins by expansion', 'c=(export A=5); "${c[@]}"; d=(cd /tmp); "${d[@]}"; echo $A $PWD; e=(eval "echo e"); "${e[@]}"', '5 /tmp\ne\n'],
  ['functions by expansion, which set variables', 'f() { V=$1; }; c=(f 7); "${c[@]}"; echo $V', '7\n'],
  ['arguments up to --', 'good() { local -a c=(); while [ "$1" != -- ]; do c+=("$1"); shift; done; shift; "${c[@]}" || echo "bad: $*"; }; good echo "a b" -- m; good false -- it failed', 'a b\nbad: it failed\n'],
]

const lists: Row[] = [
  ['local -a a=("$@")', 'f() { local -a a=("$@"); echo ${#a[@]}; }; f 1 "2 3" 4', '3\n'],
  ['local -a a=("${@:2}")', 'f() { local -a a=("${@:2}"); echo "${#a[@]} ${a[0]}"; }; f x "y z" w', '2 y z\n'],
  ['local a=() without -a', 'f() { local a=(1 "2 3"); echo ${#a[@]}; }; f; echo "<${a[*]}>"', '2\n<>\n'],
  ['local -A', 'f() { local -A m=([a]=1 [b]="2 3"); echo "${m[b]} ${#m[@]}"; }; f', '2 3 2\n'],
  ['declare with a substitution', 'declare -a h=("x y" $(echo 1 2)); echo ${#h[@]}', '3\n'],
  ['several at once', 'f() { local x=1 a=(1 2) y=3; echo $x ${#a[@]} $y; }; f', '1 2 3\n'],
  ['local -i works out', 'f() { local -i n=5+5; echo $n; }; f', '10\n'],
  ['not in quotes, comments and here-documents', 'echo "local a=(1 2)" # local b=(1 2)\ncat <<E\nlocal a=(1 2)\nE', 'local a=(1 2)\nlocal a=(1 2)\n'],
  ['elements that look like assignments', 'c=(sudo A=1 B="2 3" bash -c \'echo $A $B\'); "${c[@]}"; echo ${#c[@]}', '1 2 3\n6\n'],
  ['over several lines, with lines counted on', 'declare -a a=(\n  1\n  2 # two\n)\necho ${#a[@]} $LINENO', '2 5\n'],
]

const endings: Row[] = [
  ['an assignment has status 0', 'false; x=1; echo $?', '0\n'],
  ['cmd || rc=$? under set -e', 'set -e; f() { return 7; }; f || rc=$?; echo $rc', '7\n'],
  ['set -e spares what || looks at', 'set -e; f() { false; echo in; }; f || echo no; echo end', 'in\nend\n'],
  ['set -e spares what ! looks at', 'set -e; f() { false; echo in; }; ! f; echo end', 'in\nend\n'],
  ['set -e spares the left of &&', 'set -e; g() { return 7; }; g && echo no; echo end; g; echo never', 'end\n=7'],
  ['set -e ends by several words', 'set -e; c=(false); "${c[@]}"; echo never', '=1'],
  ['set -u ends the shell, in functions too', 'set -u; f() { echo $nope; echo z; }; f; echo never', 'bash: nope: unbound variable\n=1'],
  ['set -u knows defaults and set +u', 'set -u; echo "${nope-d}${nope:-e}"; set +u; echo "<$nope>"', 'de\n<>\n'],
  ['pipefail', 'set -o pipefail; false | true; echo $?', '1\n'],
  ['codes above 128', '(exit 200); echo $?; bash -c "exit 255"; echo $?', '200\n255\n'],
  ['exec ends the script', 'exec echo last; echo never', 'last\n'],
  ['exec keeps the code', 'exec bash -c "exit 9"', '=9'],
  ['a file that cannot be written fails that command only', 'echo hi > /proc/version; echo "went on $?"', 'went on 1\nbash: /proc/version: Operation not permitted\n'],
]

const signals: Row[] = [
  ['trap EXIT at the end', 'trap "echo bye \\$?" EXIT; echo in', 'in\nbye 0\n'],
  ['trap EXIT at exit', 'trap "echo bye \\$?" EXIT; exit 3', 'bye 3\n=3'],
  ['trap EXIT when set -e ends it', 'set -e; V=v; trap \'echo "bye $? $V"\' EXIT; V=w; false; echo never', 'bye 1 w\n=1'],
  ['trap EXIT when set -e ends it in a function', 'set -e; trap cleanup EXIT; cleanup() { echo clean; }; f() { false; }; f', 'clean\n=1'],
  ['trap EXIT when set -u ends it', 'set -u; trap "echo bye" EXIT; echo $nope', 'bye\nbash: nope: unbound variable\n=1'],
  ['a handler may exit otherwise', 'trap "exit 5" EXIT; exit 3', '=5'],
  ['traps of a subshell', '(trap "echo sub" EXIT; echo in); echo out', 'in\nsub\nout\n'],
  ['a subshell does not run the outer trap', 'trap "echo bye" EXIT; (exit 3); x=$(exit 4); echo $?', '4\nbye\n'],
  ['trap lists, resets', 'trap "echo x" EXIT INT; trap; trap - EXIT; trap -p', "trap -- 'echo x' EXIT\ntrap -- 'echo x' SIGINT\ntrap -- 'echo x' SIGINT\n"],
  ['trap TERM, by kill', 'trap "echo term" TERM; kill -TERM $$; echo after', 'term\nafter\n'],
  ['an ignored signal', 'trap "" TERM; kill $$; echo after', 'after\n'],
  ['a signal ends the shell through EXIT', 'trap "echo bye" EXIT; kill -INT $$; echo never', 'bye\n=130'],
  ['kill -9 does not', 'trap "echo bye" EXIT; kill -9 $$; echo never', '=137'],
  ['kill -l', 'kill -l 9; kill -l TERM; kill -l 137; kill -l | head -1 | tr -s " "', 'KILL\n15\nKILL\n 1) SIGHUP 2) SIGINT 3) SIGQUIT 4) SIGILL 5) SIGTRAP\n'],
  ['kill -0', 'kill -0 $$; echo $?; kill -0 99999; echo $?', '0\n1\nbash: kill: (99999) - No such process\n'],
  ['background jobs', '(exit 3) & wait $!; echo $?; sleep 100 & kill $!; wait $!; echo $?', '3\n143\n'],
  ['a background job under set -e', 'set -e; false & wait; echo end', 'end\n'],
]

const files: Row[] = [
  ['sourced files go through the same', 'echo \'run() { "$@"; }; run echo in\' > /tmp/h.sh; source /tmp/h.sh; run echo "a b"', 'in\na b\n'],
  ['return in a sourced file', 'echo \'for i in 1 2; do if [ "$1" = r ]; then return 4; fi; done; echo rest\' > /tmp/h.sh; . /tmp/h.sh r; echo "$? <$1>"; . /tmp/h.sh; echo $?', '4 <>\nrest\n0\n'],
  ['BASH_SOURCE and $0', 'echo \'echo "$(dirname "${BASH_SOURCE[0]}") $0"\' > /tmp/h.sh; source /tmp/h.sh', '/tmp bash\n'],
  ['BASH_SOURCE with an operation, under set -u', 'echo \'echo "${BASH_SOURCE[0]%/*} ${BASH_SOURCE##*/}"; f() { echo $BASH_SOURCE; }\' > /tmp/h.sh; set -u; source /tmp/h.sh; f', '/tmp h.sh\n/tmp/h.sh\n'],
  ['what a sourced file declares is global', 'echo "declare -A m=([a]=1); declare -a l=(1 2)" > /tmp/h.sh; . /tmp/h.sh; echo ${m[a]} ${#l[@]}', '1 2\n'],
  ['a missing file', 'source /nope; echo $?', '1\nbash: /nope: No such file or directory\n'],
  ['scripts with more than nine arguments', 'printf "#!/bin/bash\\necho \\$# \\${11}\\nexit 42\\n" > /tmp/s.sh; chmod +x /tmp/s.sh; /tmp/s.sh 1 2 3 4 5 6 7 8 9 10 11; echo $?; cd /tmp; S=./s.sh; "$S"', '11 11\n42\n0\n=42'],
  ['eval with an error', 'eval "if"; echo "on $?"', 'on 2\nbash: eval: line 2: syntax error: unexpected end of file\n'],
  ['a path of ours that does not exist', '/nowhere/famfs -h > /tmp/o; echo $?; sudo /a/b/mkfs.famfs -h > /tmp/o; echo $?; X=/c/daxctl; $X list > /tmp/o; echo $?', '0\n0\n0\n'],
  ['bytes of printf and echo', "printf '\\xff\\xe9é' | od -An -tx1; echo -e '\\xff' | od -An -tx1; printf '%b' '\\0377' | od -An -tx1", ' ff e9 c3 a9\n ff 0a\n ff\n'],
]

for (const [title, rows] of Object.entries({ words, lists, endings, signals, files })) {
  describe(`holes: ${title}`, () => {
    it.each(rows)('%s', async (_name, script, expected) => {
      expect(await shell.script(script)).toBe(expected)
    })
  })
}

describe('as the reference’s scripts are written', () => {
  const rows: Row[] = [
    ['$-', 'set -x; case $- in *x*) set +x; echo x;; esac 2>/dev/null', 'x\n'],
    ['arithmetic', 'i=3; (( i++ )); echo $i $(( i * 2**3 )) $((10#08)); let i+=2; echo $i', '4 32 8\n6\n'],
    ['here-strings', 'cat <<< "a b"; read -r x y <<< "1 2 3"; echo "$y"', 'a b\n2 3\n'],
    ['here-documents', 'V=v; cat <<E\n  $V\nE\ncat <<"E"\n\t$V\nE', '  v\n\t$V\n'],
    ['process substitution', 'while read l; do echo "<$l>"; done < <(printf "1\\n2\\n")', '<1>\n<2>\n'],
    ['mapfile', 'mapfile -t L < <(printf "x y\\nz\\n"); echo ${#L[@]} "${L[0]}"', '2 x y\n'],
    ['associative arrays', 'declare -A m; m[a b]=1; for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done', 'a b=1\n'],
    ['[[ =~ ]]', '[[ ab12 =~ ^([a-z]+)([0-9]+)$ ]] && echo ${BASH_REMATCH[2]}', '12\n'],
    ['getopts', 'f() { while getopts "a:b" o "$@"; do echo $o $OPTARG; done; }; f -a 1 -b', 'a 1\nb\n'],
    ['umask in a subshell', 'umask 022; (umask 0; umask); umask', '0000\n0022\n'],
    ['sudo with variables', 'sudo FOO=x bash -c \'echo $FOO $USER\'; sudo -u user -- id -u; sudo -n true; echo $?', 'x root\n1000\n0\n'],
    ['env', 'env FOO=y bash -c \'echo $FOO\'; env -i A=1 env | grep -v PWD', 'y\nA=1\n'],
    ['timeout', 'timeout 0.1 sleep 5; echo $?; timeout 5 echo ok', '124\nok\n'],
    ['test by permission', '[[ -c /dev/dax0.0 ]] && echo c; [ -w /etc ] && echo w; sudo -u nobody test -w /etc || echo no', 'c\nw\nno\n'],
    ['mktemp, realpath, nproc, uname, id, hostname', 'T=$(mktemp -d); [ -d $T ] && echo d; realpath /tmp/../etc; nproc; uname -r; id -un; hostname', 'd\n/etc\n1\n6.14.0-famfs\nroot\nA\n'],
    ['which, type, command -v', 'which famfs; command -v mkfs.famfs; type -p dd', '/usr/bin/famfs\n/usr/bin/mkfs.famfs\n/usr/bin/dd\n'],
    ['grep -s', 'grep -qs x /nope; echo $?; echo x | grep -s x', '2\nx\n'],
    ['uniq -c, paste -sd', 'printf "a\\na\\nb\\n" | uniq -c; seq 3 | paste -sd+', '      2 a\n      1 b\n1+2+3\n'],
    ['scripts on the PATH', 'mkdir -p /tmp/bin; printf \'#!/bin/bash\\nc=(echo "a b" "$1"); "${c[@]}"; exit 4\\n\' > /tmp/bin/ps; chmod +x /tmp/bin/ps; PATH=/tmp/bin:$PATH; ps x; echo $?', 'a b x\n4\n'],
    ['xargs', 'printf "a b" | xargs -n1 echo', 'a\nb\n'],
    ['ulimit, logger, dmesg', 'ulimit -n; logger -t me hello; dmesg | tail -1 | sed "s/.*me/me/"', '4096\nme: hello\n'],
  ]
  it.each(rows)('%s', async (_name, script, expected) => {
    expect(await shell.script(script)).toBe(expected)
  })
})
