#!/usr/bin/env bash
# Two hosts on one device: who may do what, and when one sees what the other did.
# usage: hosts.sh [quiet|early]   what to leave out, to see that the script notices

source "$(dirname "$0")/lib.sh"
set -eu

LEAVE_OUT="${1:-nothing}"
CLIENT="B"

# The words run on the other host; its exit code is ours.
there() {
  on "$CLIENT" "$@"
}

there_famfs() {
  there sudo "FAMFS_MODE=$MODE" famfs "$@"
}

expect_there() {
  expect_good there "$@"
}

bye() {
  there sh -c "findmnt -rn -o TARGET | grep -qx $MPT && umount $MPT" || true
  leave "$1"
}
trap 'bye $?' EXIT

expect_equal "$(there hostname)" "$CLIENT" the name of the other host
mine="$(cat /opt/famfs/system_uuid)"
theirs="$(there cat /opt/famfs/system_uuid)"
[[ $mine != "$theirs" ]] || fail "two hosts have one system UUID"
[[ $mine =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]] || fail "$mine is no UUID"

expect_good ${MKFS} "$DEV" -- formatting
expect_good ${MOUNT} "$DEV" "$MPT" -- mounting here
expect_good there_famfs mount "$DEV" "$MPT" -- mounting there
expect_there findmnt -rn -t "$(mounted_type)" -S "$DEV" -- finding the mount there
expect_good there_famfs fsck "$MPT" -- checking there
expect_output 'role of this node: Client' its role

# New files come with a replay of the log, not before.
expect_good ${CLI} creat -r -S 7 -s $((4 * MIB)) "$MPT/shared" -- making a file
expect_exit 1 there test -e "$MPT/shared" -- a file before its log was played
if [[ $LEAVE_OUT != quiet ]]; then expect_good there_famfs logplay "$MPT" -- playing the log there; fi
expect_there test -e "$MPT/shared" -- a file after its log was played
expect_good there_famfs verify -S 7 -f "$MPT/shared" -- verifying there
expect_good ${CLI} creat -r -S 8 "$MPT/shared" -- filling it with other data
expect_exit 1 there_famfs verify -S 7 -f "$MPT/shared" -- the old data, there
expect_good there_famfs verify -S 8 -f "$MPT/shared" -- the new data, there

# Both read the same memory.
here_sum="$(sha256sum "$MPT/shared" | cut -d ' ' -f 1)"
there_sum="$(there sha256sum "$MPT/shared" | awk '{ print $1 }')"
expect_equal "$there_sum" "$here_sum" the checksum there

# A client makes nothing.
denied=(
  "creat -s 1M $MPT/mine"
  "mkdir $MPT/d"
  "mkdir -p $MPT/d/e"
  "cp /etc/passwd $MPT/passwd"
)
for words in "${denied[@]}"; do
  expect_exit 1 there_famfs $words -- "a client's $words"
done
expect_exit 2 there sudo mkfs.famfs "$DEV" -- formatting what another owns

# The log tells in order, however many there are.
declare -i count=12
for ((i = 1; i <= count; i++)); do ${CLI} creat -s 4096 "$MPT/n$i" > /dev/null || fail "making n$i"; done
if [[ $LEAVE_OUT != early ]]; then there_famfs logplay "$MPT" > "$TMP/played"; else there_famfs logplay -n "$MPT" > "$TMP/played"; fi
grep -q "$((count + 1)) log entries" "$TMP/played" || fail "the log should have $((count + 1)) entries: $(< "$TMP/played")"
expect_equal "$(there ls "$MPT" | grep -c '^n[0-9]*$')" "$count" the names there
echo "from a pipe" | there tee "$TMP.there" > /dev/null
expect_equal "$(there cat "$TMP.there")" "from a pipe" what went through a pipe

echo "hosts: $CLIENT saw $count files of $(hostname)"
