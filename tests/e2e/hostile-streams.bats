#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# What stands behind the caller's standard streams is out of the target's reach.
#
#   R3   a file on standard input is not changed
#   R4   a file on standard output is neither read nor cut
#   R5   a directory is no standard stream
#   R6   a device on a standard stream keeps its mode
#   R37  what was closed is open, so that nothing else takes its place
#   R53  what the program leaves behind keeps nobody waiting
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

caller_file() {
	file=$BATS_TEST_TMPDIR/file
	echo "prior content" >"$file"
	chmod 600 "$file"
}

# ends_within SECONDS COMMAND... - on a machine that may be busy
ends_within() {
	local start=$EPOCHREALTIME
	"${@:2}"
	awk -v from="$start" -v to="$EPOCHREALTIME" -v limit="$1" 'BEGIN { exit to - from > limit }' ||
		fail "took $start to $EPOCHREALTIME"
}

@test "a file on standard input cannot be written through it" {
	local file way
	target_full
	for way in -a -m -r; do
		caller_file
		hear j -t "$T" "$way" sh -c '(echo X >/proc/self/fd/0); (echo Y >>/dev/stdin)
			(echo Z 1<>/dev/fd/0 >&1); (: >/proc/self/fd/0); echo tried >&2' <"$file"
		[ "$(<"$file")" = "prior content" ] || fail "$way: $(<"$file")" "$stderr"
		expect_stderr '^tried$'
	done
}

@test "what the program puts into its own standard input does not bring back what was read before" {
	local file rest was_read=$BATS_TEST_TMPDIR/read
	target_full
	file=$BATS_TEST_TMPDIR/file
	seq 1000 >"$file"
	rest=$({
		read -r
		read -r
		# One byte more than it is given, so that the line before would come again.
		j -t "$T" -a sh -c 'cat; head -c 3891 /dev/zero >/proc/self/fd/0' >"$was_read"
		cat
	} <"$file" 2>/dev/null) || :
	[ "$(<"$was_read")" = "$(seq 3 1000)" ]
	[ "$(<"$file")" = "$(seq 1000)" ]
	! grep -qx 2 <<<"$rest" || fail "$(head -n 3 <<<"$rest")"
}

@test "a file on standard output or error cannot be read or cut through it" {
	local file fd stolen=$BATS_TEST_TMPDIR/stolen
	target_full
	for fd in 1 2; do
		caller_file
		: >"$stolen"
		eval "j -t $T -a sh -c 'timeout 0.3 head -c 5 /proc/self/fd/$fd >\"\$0\"
			: >/proc/self/fd/$fd; echo more >&$fd' '$stolen' $fd>>'$file' </dev/null" ||
			fail "status $?"
		[ "$(<"$file")" = "prior content"$'\n'more ] || fail "$fd: $(<"$file")"
		[ ! -s "$stolen" ] || fail "$fd was read: $(<"$stolen")"
	done
}

@test "a directory as standard input is refused" {
	target_full
	refused '[a-z-]+' 'standard input.*directory' -t "$T" -a </
	refused '[a-z-]+' 'standard input.*directory' -t "$T" -m </etc
}

@test "a directory is not passed as standard output or error either" {
	local rc fd seen=$BATS_TEST_TMPDIR/seen
	target_full
	for fd in 1 2; do
		: >"$seen"
		rc=0
		eval "j -t $T -a sh -c 'ls /proc/self/fd/$fd/ >\"\$0\"' '$seen' $fd</ </dev/null" || rc=$?
		! grep -qx etc "$seen" || fail "the caller's files were seen through $fd"
		[ "$rc" -ne 0 ]
	done
}

@test "a device on a standard stream keeps its mode and owner" {
	local node=$BATS_TEST_TMPDIR/null tried=$BATS_TEST_TMPDIR/tried fd
	target_full
	mknod -m 666 "$node" c 1 3
	for fd in 0 1 2; do
		hear eval "j -t $T -a sh -c 'chmod 600 /proc/self/fd/$fd; chown 7 /proc/self/fd/$fd
			echo $fd >\"\$0\"' '$tried' $fd<>'$node'"
		[ "$(stat -c %a:%u "$node")" = 666:0 ] || fail "$fd: $(stat "$node")"
		[ "$(<"$tried")" = "$fd" ] || fail "$output" "$stderr"
	done
}

@test "a null device as standard input is at its end at once" {
	target_full
	[ "$(j -t "$T" -a wc -c </dev/null)" = 0 ]
}

leave_behind() {
	[ "$(timeout 10 "$NSJOIN" -t "$T" -a sh -c 'sleep 6 & echo hi' </dev/null 3>&- | cat)" = hi ]
}

@test "a standard stream that the caller has closed is open in the program" {
	local way seen=$BATS_TEST_TMPDIR/seen
	target_full
	looks() {
		: >"$seen"
		j -t "$T" "$way" sh -c 'for fd in 0 1 2; do
			[ -e /proc/$$/fd/$fd ] || echo "$fd is closed" >>"$0"
			done; echo done >>"$0"' "$seen"
	}
	for way in -i -u -n; do
		looks 0<&-
		[ "$(<"$seen")" = "done" ]
		looks 1>&-
		[ "$(<"$seen")" = "done" ]
		looks 2>&-
		[ "$(<"$seen")" = "done" ]
		looks 0<&- 1>&- 2>&-
		[ "$(<"$seen")" = "done" ]
	done
}

@test "a process that the program leaves behind keeps a pipe's reader waiting no longer" {
	target_full
	ends_within 2 leave_behind
}

leave_behind_on_tty() {
	hear timeout 20 "$ptyrun" expect=hi -- "$NSJOIN" -t "$T" -a \
		sh -c 'trap "" HUP; sleep 6 & echo hi' 3>&-
	[[ $status -eq 0 && $output == *"exit 0"* ]] || fail "$output" "$stderr"
}

@test "a process that the program leaves behind keeps no terminal" {
	target_full
	ends_within 2 leave_behind_on_tty
}
