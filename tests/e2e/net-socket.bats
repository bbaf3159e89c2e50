#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# -N: the network namespace of a socket that a process holds.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

@test "the namespace of the target's socket" {
	kept_start "$NSJOIN_HELPERS/sockns"
	[ "$(ns_of net "${BOX[target]}")" != "${BOX[net]}" ]
	ok --target "${BOX[target]}" --net-socket "${BOX[fd]}" readlink /proc/self/ns/net
	expect_output "net:[${BOX[net]}]"
	ok -t "${BOX[target]}" -N "${BOX[fd]}" "$fdlist"
	joined net
	ok -t "${BOX[target]}" "-N${BOX[fd]}" "$fdlist"
	joined net
}

@test "-N beside others; not beside -n, which names another" {
	kept_start "$NSJOIN_HELPERS/sockns"
	refused usage '--net.*--net-socket' -t "${BOX[target]}" -n -N "${BOX[fd]}"
	ok -t "${BOX[target]}" -u -i -N "${BOX[fd]}" "$fdlist"
	joined net
	ok -t "${BOX[target]}" -a -N "${BOX[fd]}" "$fdlist"
	joined net
}

@test "a descriptor that is no socket, not open, or none" {
	local bad
	kept_start "$NSJOIN_HELPERS/sockns"
	refused usage '999' -t "${BOX[target]}" -N 999
	refused usage 'socket' -t "${BOX[target]}" -N 0
	for bad in -1 '' x 4294967296 ' 3' 0x3; do
		refused usage '' -t "${BOX[target]}" -N "$bad"
	done
	hear j -t "${BOX[target]}" -N 999 true
	! grep -q 'pidfd_getfd\|ioctl' <<<"$stderr" || fail "$stderr"
}

@test "-N without a target" {
	refused no-target '' -N 3
}

@test "an ordinary user cannot take another's socket" {
	requires user
	kept_start "$NSJOIN_HELPERS/sockns"
	refused_as user_j permission 'fd: Permission denied' -t "${BOX[target]}" -N "${BOX[fd]}"
	hear user_j -t "${BOX[target]}" -N "${BOX[fd]}" true
	expect_stderr '^hint: the process belongs to uid 0; run as root$'
}
