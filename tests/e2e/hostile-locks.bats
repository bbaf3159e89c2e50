#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox fuse
# A process that others cannot look into, for as long as a file that it has to do with does not answer:
# nsjoin goes on without what it does not get to know, or says so.
#
# Whoever lists processes waits for such a one (ps(1), pgrep(1) do): none is there for longer than one
# command takes.
# shellcheck disable=SC2016,SC2154,SC2119,SC2120,SC2030,SC2031
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# locked HOW [filter] - a process of a target in that state, in a namespace of its own; L is its pid
locked() {
	local root=$BATS_TEST_TMPDIR/root log=$BATS_TEST_TMPDIR/log pid
	[ -d "$root" ] || root_make "$root"
	: >"$log"
	target_start --ns=muinp --mount-proc --pivot --root="$root" \
		--setup="'$NSJOIN_HELPERS/stallfs' '$root/opt' read
			unshare --ipc '$NSJOIN_HELPERS/lockup' $1 '$root/opt/x' ${2:-} >'$log' 2>&1 &
			until grep -q . '$log'; do sleep 0.05; done"
	wait_line "$log" '^locked$'
	for pid in $(<"/proc/$T/task/$T/children"); do
		[ "$(<"/proc/$pid/comm")" != lockup ] || L=$pid
	done
}

# quick COMMAND... - within its time
quick() {
	hear timeout -k 1 6 "$@" </dev/null 3>&-
	kept_stop
	[ "$status" -ne 124 ] && [ "$status" -ne 137 ] || fail "it hangs" "$stderr"
}

# teeth: what reads it by itself waits
@test "the memory of such a process is locked" {
	locked memory
	run timeout -k 1 0.5 cat "/proc/$L/cmdline"
	kept_stop
	[ "$status" -eq 124 ]
}

@test "a list names it, without its command line" {
	locked memory
	quick "$NSJOIN" ps -a -o pid,command
	expect_status 0
	grep -qE "^ *$L +\[lockup\]$" <<<"$output" || fail "$output"
	expect_stderr 'could not be read'
}

# It is not the only thing that can be unreadable on a machine.
@test "it is counted among what could not be read" {
	local skipped
	locked memory
	quick "$NSJOIN" ps -a --json
	expect_status 0
	skipped=$(grep -oE '"skipped": *[0-9]+' <<<"$output")
	[ "${skipped##*[: ]}" -gt 0 ] || fail "$skipped"
	expect_stderr "^nsjoin: note: ${skipped##*[: ]} of the processes and files could not be read"
}

@test "it is inspected, without its command line" {
	locked memory
	quick "$NSJOIN" inspect "$L"
	expect_status 0
	grep -qE '^  command +\[lockup\]' <<<"$output" || fail "$output"
	expect_stderr "^nsjoin: note: process $L keeps its command line from us"
}

@test "it is entered, without its environment" {
	locked memory
	quick "$NSJOIN" -t "$L" -w/ /bin/sh -c 'echo "$PATH"'
	expect_status 0
	expect_output /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	expect_stderr 'the environment of .* cannot be read'
}

@test "with the caller's programs, too" {
	locked memory
	quick "$NSJOIN" -t "$L" -H echo here
	expect_status 0
	expect_output here
}

@test "one that executes a file that does not answer has its filters for itself" {
	locked exec filter
	quick "$NSJOIN" -t "$L" /bin/true
	expect_status 125
	message_form
	expect_stderr 'cannot copy the seccomp filters of .*waits for .* a file'
}

# Who only has to see that it is no monitor of a container's does not ask whoever has made it up.
@test "a program that is called as a monitor is, in a file system that does not answer" {
	local dir=$BATS_TEST_TMPDIR/dir seen=$BATS_TEST_TMPDIR/seen child
	mkdir "$dir"
	kept_start unshare -mpf --mount-proc --propagation private sh -c '"$1" "$2" attributes
		"$2/conmon" 1000 & pid=$!
		until [ "$(readlink "/proc/$pid/exe")" = "$2/conmon" ]; do sleep 0.05; done
		printf "ready=1\n"; read -r line' \
		sh "$NSJOIN_HELPERS/stallfs" "$dir"
	sleep 1.1 # what is known of the file is old then
	"$NSJOIN" ps -aq </dev/null >"$seen" 2>/dev/null 3>&- &
	child=$!
	gone "$child" 6 || fail "it hangs"
	kept_stop
	wait "$child"
	grep -q . "$seen" || fail "nobody is listed"
}

@test "what was begun to look at it ends with nsjoin" {
	local child looks i
	locked memory
	"$NSJOIN" -t "$L" /bin/true </dev/null >/dev/null 2>&1 3>&- &
	child=$!
	for ((i = 0; i < 100; i++)); do
		looks=$(<"/proc/$child/task/$child/children")
		[ -z "$looks" ] || break
		sleep 0.01
	done
	[ -n "$looks" ] || fail "nobody looks"
	sleep 0.3
	kill -KILL "$child"
	wait "$child" || :
	gone "${looks% }" 2
	kept_stop
}
