#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# Pid namespaces: when a process is made for them, and which one is meant.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

@test "the program is in the pid namespace, and counted there" {
	target_full
	ok -t "$T" -p -m sh -c 'ps -o pid= -p $$ | tr -d " "; echo $$'
	[ "${lines[0]}" = "${lines[1]}" ]
	[ "${lines[0]}" -lt 20 ]
}

@test "without a pid namespace no process is made: the program is nsjoin's own" {
	local both
	target_full
	both=$(bash -c 'echo $$; exec "$0" "$@"' "$NSJOIN" -t "$T" -n -u sh -c 'echo $$')
	[ "$(head -n 1 <<<"$both")" = "$(tail -n 1 <<<"$both")" ]
}

@test "-F: the program stays outside, its children go inside" {
	local both
	target_full
	both=$(bash -c 'echo $$; exec "$0" "$@"' "$NSJOIN" -t "$T" -p -F sh -c 'echo $$')
	[ "$(head -n 1 <<<"$both")" = "$(tail -n 1 <<<"$both")" ]
	ok -t "$T" -p --no-fork "$fdlist"
	[ "$(fact 'ns pid')" = "$(ns_of pid)" ]
	[ "$(fact 'ns pid_for_children')" = "${BOX[pid]}" ]
}

@test "a caller that ignores the end of its children" {
	target_full
	run python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$NSJOIN" -t "$T" -p -m sh -c 'exit 7'
	expect_status 7
}

@test "a pid namespace whose init has ended" {
	kept_start "$NSJOIN_HELPERS/odd" dead-pidns
	refused pidns-dead 'init|exited|ended' -p="${BOX[file]}"
}

@test "a pid namespace above ours" {
	upward_j() {
		timeout 20 unshare -p -f "$NSJOIN" "$@" 9</proc/self/ns/pid 3>&-
	}
	refused_as upward_j pidns-up '' -p=/proc/self/fd/9
}

@test "a pid namespace beside ours" {
	local other
	target_start --ns=p
	other=$T
	target_start --ns=p
	sideways_j() {
		timeout 20 nsenter -p -t "$other" "$NSJOIN" "$@" 9<"/proc/$T/ns/pid" 3>&-
	}
	refused_as sideways_j pidns-up '' -p=/proc/self/fd/9
}

@test "a target that made a pid namespace for its children only" {
	kept_start "$NSJOIN_HELPERS/odd" children
	ok -t "${BOX[target]}" -p "$fdlist"
	expect_stderr 'nsjoin: note: .*child'
	[ "$(fact 'ns pid')" = "$(ns_of pid)" ]
	ok -t "${BOX[child]}" -p "$fdlist"
	[ "$(fact 'ns pid')" = "$(ns_of pid "${BOX[child]}")" ]
}
