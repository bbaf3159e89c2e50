#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns strace
# Whatever system call fails while a program becomes a process of its target: it never runs with more
# than the target has.
# shellcheck disable=SC2154
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=inject.bash
. "$BATS_TEST_DIRNAME/inject.bash"

@test "a process of the target, with filters and limits" {
	target_start --ns=muip --mount-proc --filters=1 --limits --few-caps
	command_line=(-t "$T" "$fdlist" "${facts[@]}")
	each_error=true
	every_call_fails
}

@test "a process of the target with no_new_privs, as another user" {
	target_start --ns=muip --mount-proc --filters=2 --limits --nnp --uid=7 --gid=8
	command_line=(-t "$T" -F "$fdlist" "${facts[@]}")
	every_call_fails
}

becoming_what_is_confined() {
	target_start --ns=mui --mount-proc --filters=1 --limits --few-caps
	command_line=(-t "$T" "$fdlist" "${facts[@]}")
}

@test "a bounding set that stays larger is found" {
	becoming_what_is_confined
	wrong ignored-bounding prctl 'not what it should be: .*capbnd'
}

@test "a filter that is not loaded is found" {
	becoming_what_is_confined
	wrong ignored-filter seccomp 'not what it should be: .*seccomp'
}

@test "a limit that is not set is found" {
	becoming_what_is_confined
	wrong ignored-rlimit prlimit64 'not what it should be: .*nofile'
}

@test "new privileges that stay possible are found" {
	target_start --ns=mui --mount-proc --nnp
	command_line=(-t "$T" "$fdlist" "${facts[@]}")
	wrong ignored-nnp prctl 'not what it should be: .*nnp'
}
