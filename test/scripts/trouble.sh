#!/usr/bin/env bash
# What goes wrong and is noticed: full devices, stopped programs, signals, files that plain tools removed, what was damaged.
# usage: trouble.sh [space|signal|repair]   what to make go well instead, to see that the script notices

source "$(dirname "$0")/lib.sh"
set -uo pipefail

WELL="${1:-nothing}"
NOTES=()

note() {
  local IFS=' '
  NOTES+=("$*")
}

# Signals and exit codes.
expect_equal "$(kill -l 15)" TERM the name of signal 15
expect_equal "$(kill -l KILL)" 9 the number of KILL
expect_equal "$(kill -l 143)" TERM the signal of exit code 143
expect_exit 124 timeout 0.2 sleep 20 -- a command that takes too long
if [[ $WELL == signal ]]; then sleep 0 & else sleep 20 & fi
pid=$!
[[ $WELL == signal ]] || kill "$pid"
status=0
wait "$pid" || status=$?
expect_equal "$status" $((128 + $(kill -l TERM))) the exit code of what was killed
(exit 200) || status=$?
((status > 128)) || fail "an exit code above 128 became $status"
expect_exit 127 no-such-program -- a program that is not there
expect_exit 134 bash -c 'kill -ABRT $$' -- a shell that aborts
caught="$(bash -c 'trap "echo caught" TERM; kill -TERM $$; echo after')"
expect_equal "$caught" $'caught\nafter' a trap

# A device that runs full.
expect_good ${MKFS} -f "$DEV" -- formatting
expect_good ${MOUNT} "$DEV" "$MPT" -- mounting
free="$(${CLI} fsck "$MPT" | sed -n 's/^ *Free space: *\([0-9]*\)$/\1/p')"
((free > 0)) || fail "fsck does not say how much is free: '$free'"
most=$free
[[ $WELL == space ]] && most=$((free / 2))
expect_good ${CLI} creat -s "$most" "$MPT/all" -- a file of all that is free
expect_exit 1 ${CLI} creat -s 1M "$MPT/more" -- one file more
[[ -e $MPT/more ]] && fail "a file that found no space is there"
note "full at $((most / MIB)) MiB"

# The log keeps what plain tools do away with.
expect_good sudo umount "$MPT" -- unmounting
expect_good ${MKFS} -f "$DEV" -- formatting
expect_good ${MOUNT} "$DEV" "$MPT" -- mounting
expect_good ${CLI} creat -r -S 5 -s 1M "$MPT/kept" -- making a file
if [[ $MODE == fuse ]]; then
  expect_bad sudo rm "$MPT/kept" -- removing on fuse
  expect_bad sudo truncate -s 0 "$MPT/kept" -- truncating on fuse
  [[ $WELL == repair ]] && fail "there is nothing to repair on fuse"
else
  expect_good sudo rm "$MPT/kept" -- removing
  [[ $WELL == repair ]] || expect_good ${CLI} logplay "$MPT" -- playing the log
  [[ -f $MPT/kept ]] || fail "the log did not bring the file back"
  expect_good sudo truncate -s 100 "$MPT/kept" -- truncating
  expect_bad cat "$MPT/kept" -- reading what was truncated
  expect_good sudo umount "$MPT" -- unmounting
  expect_good ${MOUNT} "$DEV" "$MPT" -- mounting again
  touch "$MPT/stub"
  expect_exit 2 ${CLI} getmap "$MPT/stub" -- the map of a stub
  expect_output 'is famfs, but has no map' what getmap says of it
  expect_bad dd if=/dev/zero of="$MPT/stub" bs=4k count=1 -- writing to a stub
  expect_bad ${CLI} check "$MPT" -- checking with a stub
  rm "$MPT/stub"
  expect_good ${CLI} check "$MPT" -- checking without
fi
expect_good ${CLI} verify -S 5 -f "$MPT/kept" -- verifying what came back
expect_bad dd if="$DEV" of="$TMP/raw" bs=4096 count=1 -- reading the device itself
dd if="$MPT/.meta/.superblock" of="$TMP/super" bs=4096 count=1 2> /dev/null || fail "the superblock can't be read"
expect_equal "$(stat -c %s "$TMP/super")" 4096 the piece of the superblock
expect_equal "$(xxd -p -l 4 "$TMP/super")" ff82b287 the magic of the superblock
note "the log repaired what was removed"

printf 'trouble: %s\n' "${NOTES[@]}"
