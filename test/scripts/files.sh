#!/usr/bin/env bash
# One host: format, mount, make files and directories, copy, compare, mount again.
# usage: files.sh [data|size|gone]   what to damage on the way, to see that the script notices

set -euo pipefail
source "$(dirname "$0")/lib.sh"

DAMAGE="${1:-none}"

[[ $- == *e* && $- == *u* ]] || fail "set -eu is not seen in $-"
grep -qs "$MPT" /proc/mounts && fail "$MPT is mounted already"
expect_equal "$(daxctl list | jq -r '.[0].mode')" devdax "the mode of the device"
expect_equal "$(daxctl list | jq -r '.[0].chardev')" "$(basename "$DEV")" "its name"

expect_good ${MKFS} -f "$DEV" -- formatting a blank device
expect_output 'role of this node: Owner' the report of mkfs
expect_bad ${MKFS} "$DEV" -- formatting it again without -f
expect_good ${MOUNT} "$DEV" "$MPT" -- mounting
expect_mounted
expect_equal "$(stat -c %s "$MPT/.meta/.superblock")" $((2 * MIB)) the size of the superblock file
test -w "$MPT/.meta/.log" || fail "the owner can't write the log"

# Files from seeds.
declare -A seeds=([small]=1 [odd]=22 [large]=333)
declare -A sizes=([small]=4096 [odd]=$((3 * MIB + 7)) [large]=$((9 * MIB)))
for name in "${!seeds[@]}"; do
  expect_good ${CLI} creat -r -S "${seeds[$name]}" -s "${sizes[$name]}" "$MPT/$name" -- "making $name"
done
case "$DAMAGE" in
  data) printf 'x' | dd of="$MPT/odd" bs=1 seek=12345 conv=notrunc status=none ;;
  none | size | gone) ;;
  *) fail "there is no damage called $DAMAGE" ;;
esac
for name in "${!seeds[@]}"; do
  expect_good ${CLI} verify -S "${seeds[$name]}" -f "$MPT/$name" -- "verifying $name"
  expect_equal "$(stat -c %s "$MPT/$name")" "${sizes[$name]}" "the size of $name"
done
expect_bad ${CLI} verify -S 4 -f "$MPT/small" -- verifying with the wrong seed

# The same by a list of words.
multi=()
for ((i = 0; i < 8; i++)); do multi+=(--multi "$MPT/multi$i,$((i + 1))M,$((i + 100))"); done
expect_good ${CLI} creat -t 2 "${multi[@]}" -- making eight files at once
expect_output 'Create complete for 8 of 8 files with 0 errs' counting them
expect_equal "$(ls "$MPT" | grep -c '^multi')" 8 the files that ls shows

# Copies of what comes from outside.
truncate -s $((5 * MIB + 1)) "$TMP/source"
dd if=/dev/urandom of="$TMP/source" bs=64K count=80 conv=notrunc status=none
expect_good ${CLI} mkdir -p "$MPT/a/b/c" -- making three directories
expect_good ${CLI} cp -m 0640 "$TMP/source" "$MPT/a/b/copy" -- copying
expect_equal "$(stat -c %a "$MPT/a/b/copy")" 640 the mode of the copy
if [[ $DAMAGE == size ]]; then head -c 100 "$TMP/source" > "$TMP/short" && mv "$TMP/short" "$TMP/source"; fi
expect_good cmp "$TMP/source" "$MPT/a/b/copy" -- comparing the copy
read -r wanted _ <<< "$(sha256sum "$TMP/source")"
expect_good ${CLI} cp -r "$MPT/a" "$MPT/z" -- copying a tree
while read -r sum path; do
  expect_equal "$sum" "$wanted" "the checksum of $path"
done <<< "$(sha256sum "$MPT/a/b/copy" "$MPT/z/b/copy")"
expect_good ${CLI} flush "$MPT/z/b/copy" -- flushing

# What must not work.
expect_exit 1 ${CLI} creat -s 1M "$MPT/small" -- making it again with another size
expect_exit 1 ${CLI} mkdir "$MPT/a" -- making a directory that is there
expect_exit 1 ${CLI} cp "$MPT/nothing" "$MPT/copy2" -- copying nothing
expect_exit 3 ${CLI} frobnicate -- a command that is not there

# All is there after another mount.
before="$(ls "$MPT" | sort | sha256sum)"
if [[ $DAMAGE == gone ]]; then
  expect_good sudo umount "$MPT" -- unmounting
  expect_good ${MKFS} -f "$DEV" -- formatting over it
else
  expect_good sudo umount "$MPT" -- unmounting
fi
expect_unmounted
expect_good ${CLI} fsck --human "$DEV" -- checking the device
expect_output 'No allocation errors found' the verdict
expect_good ${MOUNT} "$DEV" "$MPT" -- mounting again
expect_equal "$(ls "$MPT" | sort | sha256sum)" "$before" the names after mounting again
for name in "${!seeds[@]}"; do expect_good ${CLI} verify -S "${seeds[$name]}" -f "$MPT/$name" -q -- "verifying $name again"; done

echo "files: $(ls "$MPT" | wc -l) names, $(du -sk "$TMP/source" | cut -f1) KiB copied"
