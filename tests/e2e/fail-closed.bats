#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns timens strace
# Whatever system call fails, from main to the program: a clear error, or the right result.
# shellcheck disable=SC2154
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=inject.bash
. "$BATS_TEST_DIRNAME/inject.bash"
# shellcheck source=view.bash
. "$BATS_TEST_DIRNAME/view.bash"

# in_own_cgroups HIERARCHY... - the last target in a cgroup of its own in each
in_own_cgroups() {
	local hierarchy
	hierarchies_of "$@"
	for hierarchy in "${hierarchies[@]}"; do
		cgroup_make "$hierarchy" "nsjoin-inject-$BATS_TEST_NUMBER-$$"
		echo "$T" >"$REPLY/cgroup.procs"
	done
}

all_of_a_target() {
	target_start --ns=UmuinpCT --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	command_line=(-t "$T" -a -S 1 -G 2 --keep-caps "$fdlist" "${facts[@]}")
}

files_of_a_target() {
	target_start --ns=Uunp --uid-map='0 0 65536' --gid-map='0 0 65536'
	command_line=(-n"/proc/$T/ns/net" -u"/proc/$T/ns/uts" -p"/proc/$T/ns/pid" -U"/proc/$T/ns/user"
		"$fdlist" "${facts[@]}")
}

@test "all namespaces of a target, with ids and capabilities" {
	all_of_a_target
	every_call_fails
}

@test "one namespace, without a fork" {
	target_start --ns=n
	command_line=(-t "$T" -n "$fdlist" "${facts[@]}")
	each_error=true
	every_call_fails
}

@test "the target's shell" {
	target_start --ns=mup --mount-proc --hostname=tgt
	command_stdin=$BATS_TEST_TMPDIR/stdin
	echo "exec $fdlist ${facts[*]}" >"$command_stdin"
	command_line=(-t "$T" -m -u -p)
	every_call_fails
}

@test "our programs in a target's files" {
	local root=$BATS_TEST_TMPDIR/root
	one_file_root "$root"
	mkdir -p "$root"/{etc,tmp,usr/bin,usr/lib,lib}
	target_start --ns=muinpC --mount-proc --pivot --root="$root" --hostname=tgt --engine-caps
	# Its mounts are new each time, and where nobody tells whose the processes are it may less: without
	# that right there is no filter for it either.
	command_line=(-t "$T" -H -w/ /app arg fd uid gid groups nnp nofile core nice umask sigblk sigign env
		hostname)
	every_call_fails
}

@test "files that are namespaces" {
	files_of_a_target
	every_call_fails
}

@test "a kernel that joins by descriptors only" {
	# What is not about joining fails above.
	target_start --ns=Ump --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	command_line=(-t "$T" -U -m -p "$fdlist" "${facts[@]}")
	always_fails=pidfd_open
	every_call_fails
}

@test "the target's cgroups" {
	requires cgroup
	target_start --ns=np
	in_own_cgroups pids freezer ""
	command_line=(-t "$T" -n -c /bin/sh -c "cat /proc/self/cgroup && exec $fdlist ${facts[*]}")
	every_call_fails
}

@test "a user by name" {
	target_start --ns=mn --mount-proc
	command_line=(-t "$T" -m -n -S nobody "$fdlist" "${facts[@]}")
	every_call_fails
}

@test "the target's root, directory and environment" {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=mi --root="$BATS_TEST_TMPDIR/root" --cwd=/opt
	command_line=(-t "$T" -m -i -r -w -e /bin/fdlist "${facts[@]}")
	every_call_fails
}

@test "an ignored setns is found" {
	target_start --ns=mun --mount-proc
	command_line=(-t "$T" -m -u -n "$fdlist" "${facts[@]}")
	wrong ignored-setns setns 'not what it should be: .*ns net'
}

@test "an ignored setns of a file is found" {
	files_of_a_target
	wrong ignored-setns setns 'not what it should be: .*ns uts'
}

@test "an ignored change of user is found" {
	all_of_a_target
	wrong ignored-uid setresuid 'not what it should be: .*uid'
}

@test "groups that stay are found" {
	all_of_a_target
	wrong ignored-groups setgroups 'the error is ignored'
}

@test "an ignored root directory is found" {
	root_make "$BATS_TEST_TMPDIR/root"
	cp "$fdlist" "$BATS_TEST_TMPDIR/root/bin/fdlist"
	target_start --ns=mi --root="$BATS_TEST_TMPDIR/root" --cwd=/opt
	command_line=(-t "$T" -m -i "$fdlist" "${facts[@]}")
	mkdir -p "$BATS_TEST_TMPDIR/root/${fdlist%/*}"
	cp "$fdlist" "$BATS_TEST_TMPDIR/root/$fdlist"
	wrong ignored-chroot chroot 'not what it should be: .*rootino'
}

@test "being visible to the target is found" {
	target_start --ns=n
	command_line=(-t "$T" -n "$fdlist" "${facts[@]}")
	wrong ignored-hide prctl 'the error is ignored'
}
