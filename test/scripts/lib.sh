# Sourced by the scripts beside it: where things are, and functions that run a command and judge how it ends. A judgement
# that is wrong ends the script with exit code 1 and a line "FAIL: ..." on stderr; nothing here ever goes on after that.

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# Nobody has built anything there: the names alone are enough here.
BIN="${BIN:-$HERE/../../debug}"
DEV="${DEV:-/dev/dax0.0}"
MPT="${MPT:-/mnt/famfs}"
MODE="${FAMFS_MODE:-v1}"
TMP="$(mktemp -d)"

# Several words each, expanded without quotes.
MKFS="sudo $BIN/mkfs.famfs"
CLI="sudo $BIN/famfs"
MOUNT="sudo FAMFS_MODE=$MODE $BIN/famfs mount"

declare -i CHECKS=0
KIB=1024
MIB=$((KIB * KIB))

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

# Words up to -- are the command, the rest is what it is about. Fills COMMAND and ABOUT of the caller.
split_words() {
  COMMAND=()
  ABOUT=""
  while (($# > 0)); do
    if [[ $1 == -- ]]; then
      shift
      ABOUT="$*"
      return 0
    fi
    COMMAND+=("$1")
    shift
  done
  fail "nothing says what this is about: ${COMMAND[*]}"
}

# Runs COMMAND of the caller, and leaves its exit code in STATUS, whatever set -e says.
run_command() {
  local eager=0
  [[ $- == *e* ]] && eager=1
  set +e
  "${COMMAND[@]}" > "$TMP/out" 2> "$TMP/err"
  STATUS=$?
  ((eager)) && set -e
  CHECKS+=1
  return 0
}

told() {
  head -n 3 "$TMP/err" | tr '\n' ' '
}

expect_good() {
  local -a COMMAND
  local ABOUT STATUS
  split_words "$@"
  run_command
  ((STATUS == 0)) || fail "$ABOUT: '${COMMAND[*]}' ended with $STATUS: $(told)"
}

expect_bad() {
  local -a COMMAND
  local ABOUT STATUS
  split_words "$@"
  run_command
  ((STATUS != 0)) || fail "$ABOUT: '${COMMAND[*]}' should have failed"
}

# expect_exit CODE COMMAND ... -- ABOUT ...
expect_exit() {
  local -a COMMAND
  local -i wanted=$1
  local ABOUT STATUS
  shift
  split_words "$@"
  run_command
  ((STATUS == wanted)) || fail "$ABOUT: '${COMMAND[*]}' ended with $STATUS, not $wanted: $(told)"
}

# expect_equal SEEN WANTED ABOUT ...
expect_equal() {
  local seen="$1" wanted="$2"
  shift 2
  CHECKS+=1
  [[ "$seen" == "$wanted" ]] || fail "$*: '$seen', not '$wanted'"
}

expect_output() {
  local pattern="$1"
  shift
  CHECKS+=1
  grep -Eq -- "$pattern" "$TMP/out" || fail "$*: nothing in the output matches $pattern"
}

mounted_type() {
  if [[ $MODE == fuse ]]; then echo fuse; else echo famfs; fi
}

expect_mounted() {
  local target
  target="$(findmnt -rn -t "$(mounted_type)" -S "$DEV" -o TARGET)" || fail "$DEV is not mounted"
  expect_equal "$target" "$MPT" "the mount point of $DEV"
}

expect_unmounted() {
  CHECKS+=1
  if findmnt -rn -t "$(mounted_type)" --target "$MPT" -o TARGET | grep -qx "$MPT"; then fail "$MPT is still mounted"; fi
}

# leave STATUS
leave() {
  local -i status=$1
  trap - EXIT
  if findmnt -rn -o TARGET | grep -qx "$MPT"; then sudo umount "$MPT" || status=1; fi
  rm -rf "$TMP"
  ((status == 0)) && echo ":== $(basename "$0") passed, $CHECKS checks ($MODE)"
  exit "$status"
}
trap 'leave $?' EXIT
