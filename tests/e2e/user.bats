#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns timens
# User namespaces: who may join what, with which ids and capabilities.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# An ordinary user other than the owner.
stranger_j() {
	setpriv --reuid 1001 --regid 1001 --clear-groups -- timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

all_capabilities() {
	unshare -U "$fdlist" capbnd | sed 's/capbnd //'
}

@test "root joins a rootless container" {
	target_rootless
	ok -t "$T" -U -m -n "$fdlist"
	joined user mnt net
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact gid)" = "0 0 0 0" ]
	ok -t "$T" -a "$fdlist"
	joined user mnt uts ipc net pid cgroup
}

@test "the owner joins all of a rootless container" {
	target_rootless
	user_ok -t "$T" -a "$fdlist"
	joined user mnt uts ipc net pid cgroup
	[ "$(fact uid)" = "0 0 0 0" ]
}

@test "the owner joins where setgroups is denied" {
	target_rootless
	user_ok -t "$T" -U -m id -u
	expect_output 0
	user_ok -t "$T" -U -m --preserve-credentials "$fdlist"
	joined user mnt
	[ "$(fact uid)" = "0 0 0 0" ]
}

@test "the owner asks for the namespaces by file" {
	target_rootless
	user_ok -U="/proc/$T/ns/user" -n="/proc/$T/ns/net" -u="/proc/$T/ns/uts" "$fdlist"
	joined user net uts
}

@test "the owner without the user namespace is told to join it" {
	target_rootless
	refused_as user_j userns-needed 'net' -t "$T" -n
	refused_as user_j userns-needed 'mnt' -t "$T" -m
}

@test "an ordinary user cannot join what is root's" {
	target_full
	refused_as user_j permission "$T|root|uid 0" -t "$T" -m
	refused_as user_j permission "$T|root|uid 0" -t "$T" -n
	refused_as user_j permission "$T|root|uid 0" -t "$T" -a
	refused_as user_j permission "$T|root|uid 0" -t "$T" -U -n
}

@test "an ordinary user cannot join what is another's" {
	target_rootless
	refused_as stranger_j permission "$T|1000" -t "$T" -U -n
	refused_as stranger_j permission "$T|1000" -t "$T" -a
}

@test "the owner of a process that cannot be looked into" {
	target_rootless --undumpable
	refused_as user_j permission "$T" -t "$T" -U -n
}

@test "a file of a namespace that is not ours to join" {
	target_full
	open_dirs
	: >"$BATS_TEST_TMPDIR/net"
	mount --bind "/proc/$T/ns/net" "$BATS_TEST_TMPDIR/net"
	made_mount+=("$BATS_TEST_TMPDIR/net")
	refused_as user_j permission net -n="$BATS_TEST_TMPDIR/net"
}

@test "a network namespace that our user namespace owns, beside a user namespace of its own" {
	target_start --before=n --ns=Umi --uid-map='0 100000 65536' --gid-map='0 100000 65536'
	ok -t "$T" -a "$fdlist"
	joined user mnt net ipc
	ok -t "$T" -U -n "$fdlist"
	joined user net
	ok -U="/proc/$T/ns/user" -n="/proc/$T/ns/net" -m="/proc/$T/ns/mnt" "$fdlist"
	joined user net mnt
}

@test "a network namespace of a user namespace between ours and the target's" {
	target_start --nest=1 --between=n --ns=Um --uid-map='0 0 65536' --gid-map='0 0 65536'
	ok -t "$T" -a "$fdlist"
	joined user mnt net
	ok -t "$T" -U -n "$fdlist"
	joined user net
	ok -U="/proc/$T/ns/user" -n="/proc/$T/ns/net" "$fdlist"
	joined user net
}

@test "--user-parent stops one level above the target's" {
	local parent
	target_start --nest=2 --ns=Un --uid-map='0 0 65536' --gid-map='0 0 65536'
	ok -t "$T" --user-parent "$fdlist" ns
	other_ns user "${BOX[user]}" "$(ns_of user)"
	parent=$(fact 'ns user')
	ok -U="/proc/$T/ns/user" --user-parent "$fdlist" ns
	[ "$(fact 'ns user')" = "$parent" ]
}

@test "--preserve-credentials keeps the ids, as the user namespace shows them" {
	target_start --ns=Um --uid-map='0 100000 65536' --gid-map='0 100000 65536' --as=100000
	ok -t "$T" -U --preserve-credentials "$fdlist"
	joined user
	[ "$(fact uid)" = "65534 65534 65534 65534" ]
	[ "$(fact gid)" = "65534 65534 65534 65534" ]
	hear setpriv --reuid 100007 --regid 100009 --groups 100011 \
		--inh-caps=+sys_admin,+sys_ptrace --ambient-caps=+sys_admin,+sys_ptrace -- \
		"$NSJOIN" -t "$T" -U --preserve-credentials "$fdlist"
	expect_status 0
	[ "$(fact uid)" = "7 7 7 7" ]
	[ "$(fact gid)" = "9 9 9 9" ]
	[ "$(fact groups)" = "11" ]
}

@test "without it they are root's of the user namespace, and no group is left" {
	target_start --ns=Um --uid-map='0 100000 65536' --gid-map='0 100000 65536'
	hear setpriv --groups 4,27 -- "$NSJOIN" -t "$T" -U "$fdlist"
	expect_status 0
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact gid)" = "0 0 0 0" ]
	[ "$(fact groups)" = "" ]
	[ "$(fact capeff)" = "$(all_capabilities)" ]
}

@test "--keep-caps with the user namespace alone, and with others" {
	target_start --as=1000 --ns=Un --uid-map='1000 1000 1' --gid-map='1000 1000 1' \
		--deny-setgroups
	user_ok -t "$T" -U --keep-caps --preserve-credentials "$fdlist"
	joined user
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	[ "$(fact capamb)" = "$(all_capabilities)" ]
	[ "$(fact capeff)" = "$(all_capabilities)" ]
	user_ok -t "$T" -U -n --keep-caps --preserve-credentials "$fdlist"
	joined user net
	[ "$(fact capamb)" = "$(all_capabilities)" ]
	user_ok -t "$T" -U -n --preserve-credentials "$fdlist"
	[ "$(fact capamb)" = 0000000000000000 ]
	[ "$(fact capeff)" = 0000000000000000 ]
}

@test "--keep-caps with -S: the capabilities outlive the change of the uid" {
	target_start --ns=Un --uid-map='0 100000 65536' --gid-map='0 100000 65536'
	ok -t "$T" -U -n --keep-caps -S 7 -G 8 "$fdlist"
	joined user net
	[ "$(fact uid)" = "7 7 7 7" ]
	[ "$(fact capamb)" = "$(all_capabilities)" ]
}

@test "--preserve-credentials without a user namespace changes nothing" {
	target_full
	hear setpriv --groups 4,27 -- "$NSJOIN" -t "$T" -n --preserve-credentials \
		"$fdlist"
	expect_status 0
	joined net
	[ "$(fact groups)" = "4 27" ]
}

@test "where 0 does not exist inside the target's own ids are taken, and that is said" {
	target_start --as=1000 --ns=Un --uid-map='1000 1000 1' --gid-map='1000 1000 1' \
		--deny-setgroups
	ok -t "$T" -U -n "$fdlist"
	joined user net
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	[ "$(fact gid)" = "1000 1000 1000 1000" ]
	expect_stderr 'nsjoin: note: .*1000'
	user_ok -t "$T" -U -n "$fdlist"
	joined user net
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	refused uid-unmapped '[ug]id 0 ' -t "$T" -U -n -S 0 -G 0
	hear j -t "$T" -U -n -S 0 -G 0 true
	expect_stderr '^hint: .*1000'
}

@test "an id that does not exist inside" {
	target_start --ns=Un --uid-map='0 100000 10' --gid-map='0 100000 10'
	refused uid-unmapped '4242' -t "$T" -U -n -S 4242 -G 0
	refused uid-unmapped '4243' -t "$T" -U -n -S 0 -G 4243
}

@test "a user namespace without any map" {
	local pid
	unshare -U sleep 60 3>&- &
	pid=$!
	until [ "$(ns_of user $pid)" != "$(ns_of user)" ]; do sleep 0.01; done
	hear j -t $pid -U --preserve-credentials "$fdlist" uid
	kill $pid
	wait $pid || :
	expect_status 0
	[ "$(fact uid)" = "65534 65534 65534 65534" ]
}
