#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns timens strace
# The order of joining, and the ways for kernels that cannot join by pidfd.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# old_j KIND ARGS... - on a kernel that lacks something: the system call fails as it would there
old_j() {
	case $1 in
	setns) timeout -k 5 20 "$NSJOIN_HELPERS/oldsetns" "$NSJOIN" "${@:2}" 3>&- ;;
	pidfd) timeout -k 5 20 strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=pidfd_open \
		-e inject=pidfd_open:error=ENOSYS:when=1 "$NSJOIN" "${@:2}" 3>&- ;;
	esac
}

old_ok() {
	hear old_j "$@"
	[ "$status" -eq 0 ] || fail "status $status" "$stderr" "$output"
}

setns_calls() {
	timeout -k 5 20 strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=setns "$NSJOIN" "$@" \
		3>&- \
		>/dev/null
	grep -c 'setns(' "$BATS_TEST_TMPDIR/trace"
}

@test "one setns joins all that comes from the target" {
	target_start --ns=UmuinpCT --mount-proc
	[ "$(setns_calls -t "$T" -a "$fdlist")" -eq 1 ]
	[ "$(setns_calls -t "$T" -m -n "$fdlist")" -eq 1 ]
	[ "$(setns_calls -t "$T" -U "$fdlist")" -eq 1 ]
	grep -q CLONE_NEWUSER "$BATS_TEST_TMPDIR/trace"
}

@test "the namespaces that are ours are not joined again" {
	target_start --ns=n
	[ "$(setns_calls -t "$T" -a "$fdlist")" -eq 1 ]
	grep -qE 'setns\([0-9]+, CLONE_NEWNET\)' "$BATS_TEST_TMPDIR/trace"
}

@test "a kernel whose setns takes no pidfd: all namespaces" {
	target_full
	old_ok setns -t "$T" -a "$fdlist"
	joined mnt uts ipc net pid cgroup
	old_ok setns -t "$T" -n "$fdlist"
	joined net
}

@test "a kernel whose setns takes no pidfd: a user namespace, by root" {
	target_start --ns=UmuinpCT --mount-proc
	old_ok setns -t "$T" -a "$fdlist"
	joined "${all_types[@]}"
	old_ok setns -t "$T" -U -n "$fdlist"
	joined user net
}

@test "a kernel whose setns takes no pidfd: namespaces of several owners, by root" {
	target_start --before=n --ns=Umi --uid-map='0 100000 65536' --gid-map='0 100000 65536'
	old_ok setns -t "$T" -a "$fdlist"
	joined user mnt ipc net
	target_start --nest=1 --between=n --ns=Um --uid-map='0 0 65536' --gid-map='0 0 65536'
	old_ok setns -t "$T" -a "$fdlist"
	joined user mnt net
}

@test "a kernel whose setns takes no pidfd: a rootless container, by its owner" {
	open_dirs
	chmod 777 "$BATS_TEST_TMPDIR"
	target_rootless
	hear as_user timeout -k 5 20 "$NSJOIN_HELPERS/oldsetns" "$NSJOIN" -t "$T" \
		-a "$fdlist" 3>&-
	expect_status 0
	joined user mnt uts ipc net pid cgroup
}

@test "a kernel without pidfd_open" {
	target_full
	old_ok pidfd -t "$T" -a "$fdlist"
	joined mnt uts ipc net pid cgroup
	old_ok pidfd -t "$T" -n -r -w "$fdlist"
	joined net
	target_start --ns=UmuinpCT --mount-proc
	old_ok pidfd -t "$T" -a "$fdlist"
	joined "${all_types[@]}"
}

@test "a setns that fails ends the run, it is not tried with less" {
	local error row
	target_full
	for row in EPERM:permission ENOMEM:system ESRCH:target-is-gone EUSERS:system; do
		error=${row%:*}
		injected_j() {
			timeout -k 5 20 strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=setns \
				-e inject="setns:error=$error" "$NSJOIN" "$@" 3>&-
		}
		refused_as injected_j "${row#*:}" '' -t "$T" -a
		refused_as injected_j "${row#*:}" '' -t "$T" -m -n
	done
}

@test "a setns that lies is found out: the namespaces are looked at after joining" {
	target_full
	lied_j() {
		timeout -k 5 20 strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=setns \
			-e inject=setns:retval=0 "$NSJOIN" "$@" 3>&-
	}
	refused_as lied_j system '' -t "$T" -n
	refused_as lied_j system '' -t "$T" -a
}
