#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns timens
# Which namespaces are joined: each option, each spelling, and nothing that was not asked for.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# letter, long option, type
each_namespace="m:mount:mnt u:uts:uts i:ipc:ipc n:net:net p:pid:pid C:cgroup:cgroup T:time:time"

every_box() {
	target_start --ns=muinpCT --mount-proc --hostname=tgt --boottime=100000 "$@"
}

@test "each short option joins its namespace and no other" {
	local row
	every_box
	for row in $each_namespace; do
		ok -t "$T" "-${row%%:*}" "$fdlist"
		joined "${row##*:}"
	done
}

@test "each long option joins its namespace and no other" {
	local row long
	every_box
	for row in $each_namespace; do
		long=${row#*:}
		ok -t "$T" "--${long%:*}" "$fdlist"
		joined "${row##*:}"
	done
}

@test "-U joins the user namespace and no other" {
	target_start --ns=U
	ok -t "$T" -U "$fdlist"
	joined user
	ok -t "$T" --user "$fdlist"
	joined user
}

@test "all eight together" {
	target_start --ns=UmuinpCT --mount-proc
	ok -t "$T" -a "$fdlist"
	joined "${all_types[@]}"
	ok -t "$T" -m -u -i -n -p -U -C -T "$fdlist"
	joined "${all_types[@]}"
	ok --all --target "$T" "$fdlist"
	joined "${all_types[@]}"
}

@test "clusters of letters" {
	every_box
	ok -munipt "$T" "$fdlist"
	joined mnt uts net ipc pid
	ok -muinp -t "$T" "$fdlist"
	joined mnt uts net ipc pid
	ok -nt "$T" "$fdlist"
	joined net
	ok -at "$T" "$fdlist"
	joined mnt uts ipc net pid cgroup time
	ok -n -t"$T" "$fdlist"
	joined net
	ok -mt "$T" "$fdlist"
	joined mnt
}

@test "options may come in any order" {
	every_box
	ok -m -t "$T" "$fdlist"
	joined mnt
	ok -t "$T" -m "$fdlist"
	joined mnt
}

@test "a FILE needs no target" {
	local row letter long file
	every_box
	for row in $each_namespace; do
		letter=${row%%:*}
		long=${row#*:}
		long=${long%:*}
		file=/proc/$T/ns/${row##*:}
		ok "-$letter=$file" "$fdlist"
		joined "${row##*:}"
		ok "-$letter$file" -- "$fdlist"
		joined "${row##*:}"
		ok "--$long=$file" "$fdlist"
		joined "${row##*:}"
	done
}

@test "several FILEs, and a FILE beside the target's" {
	local first
	every_box
	first=$T
	ok -n="/proc/$first/ns/net" -u="/proc/$first/ns/uts" "$fdlist"
	joined net uts
	target_start --ns=n
	BOX[uts]=$(ns_of uts "$first")
	ok -t "$T" -n -u="/proc/$first/ns/uts" "$fdlist"
	joined net uts
	BOX[net]=$(ns_of net "$first")
	ok -t "$T" -a -n="/proc/$first/ns/net" "$fdlist"
	same_ns net
}

@test "a FILE that is a bind mount" {
	every_box
	: >"$BATS_TEST_TMPDIR/net"
	mount --bind "/proc/$T/ns/net" "$BATS_TEST_TMPDIR/net"
	made_mount+=("$BATS_TEST_TMPDIR/net")
	ok -n="$BATS_TEST_TMPDIR/net" "$fdlist"
	joined net
}

@test "a relative FILE" {
	every_box
	cd "/proc/$T/ns"
	ok -n=net "$fdlist"
	joined net
	ok -n./net "$fdlist"
	joined net
	ok --net=net "$fdlist"
	joined net
}

@test "-a skips what is the same" {
	target_start --ns=n
	ok -t "$T" -a "$fdlist"
	joined net
	target_start --ns=UT
	ok -t "$T" -a "$fdlist"
	joined user time
}

@test "-a with a target that differs in nothing keeps the working directory" {
	cd /usr
	ok -t $$ -a pwd
	expect_output /usr
}

@test "asking for a namespace that is ours already is not an error" {
	target_start --ns=n
	ok -t "$T" -m -n -U "$fdlist"
	joined net
}

@test "the clock of the time namespace" {
	local here
	every_box
	here=$(cut -d. -f1 /proc/uptime)
	ok -t "$T" -T cut -d. -f1 /proc/uptime
	((output >= here + 100000 && output < here + 100100)) || fail "$output, not $here + 100000"
}

@test "the program's options are not nsjoin's" {
	every_box
	ok -t "$T" -n ls -t -d /proc
	expect_output /proc
	ok -t "$T" -n -- ls -t -d /proc
	expect_output /proc
}

@test "the hostname and the pid namespace of the target" {
	every_box
	ok -t "$T" -a sh -c 'hostname; readlink /proc/self/ns/pid'
	expect_output "tgt"$'\n'"pid:[${BOX[pid]}]"
}

@test "nested user namespaces" {
	target_start --nest=1 --ns=Unu --uid-map='0 100000 65536' --gid-map='0 100000 65536'
	ok -t "$T" -U -n -u "$fdlist"
	joined user net uts
	ok -t "$T" --user-parent "$fdlist" ns
	other_ns user "${BOX[user]}" "$(ns_of user)"
}

@test "--user-parent of a target whose user namespace is right below ours is ours" {
	target_start --ns=Un
	ok -t "$T" --user-parent "$fdlist" ns
	[ "$(fact "ns user")" = "$(ns_of user)" ]
}

@test "PID:INODE" {
	local inode
	requires python3 pidfs
	every_box
	inode=$(python3 -c "import os; print(os.fstat(os.pidfd_open($T)).st_ino)")
	ok -t "$T:$inode" -u hostname
	expect_output tgt
	refused target-is-gone "$T" -t "$T:1" -u
}
