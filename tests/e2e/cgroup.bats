#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns cgroup
# -c: the program is counted and limited with the target, in every hierarchy; nsjoin is not.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# target_in NAME HIERARCHY... - a target in new cgroups of that name, in those that the machine has
target_in() {
	local name=$1 hierarchy
	shift
	target_full
	hierarchies_of "$@"
	for hierarchy in "${hierarchies[@]}"; do
		cgroup_make "$hierarchy" "$name"
		echo "$T" >"$REPLY/cgroup.procs"
	done
}

unique() {
	echo "nsjoin-test-$BASHPID-$BATS_TEST_NUMBER"
}

# bats test_tags=cgroup1
@test "version 1, several hierarchies" {
	requires cgroup1
	target_in "$(unique)" pids name=systemd memory
	ok -t "$T" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
	ok -t "$T" -a -c cat /proc/self/cgroup
	expect_output "$(nsenter -t "$T" -C cat "/proc/$T/cgroup")"
}

@test "version 2, alone or beside version 1" {
	requires cgroup2
	target_in "$(unique)" pids ''
	ok -t "$T" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
	ok -t "$T" -n -p --join-cgroup cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
	target_in "$(unique).2" ''
	ok -t "$T" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
}

# As containers are shown their own, and debug pods the whole of them below /host.
part_of() {
	local name part place=$BATS_TEST_TMPDIR/all root
	# shellcheck disable=SC2016 # the inner shell expands it
	local -a apart=(unshare --mount --propagation private sh -c '
		set -e; mkdir -p "$1"; mount --bind "$2" "$1"; mount -t tmpfs none /sys/fs/cgroup
		mkdir -p "$2"; mount --bind "$1/$3" "$2"
		[ "$4" = whole ] || umount "$1"; shift 4; "$@"' -)
	root=$(cgroup_root "$1")
	name=$(unique).$1
	target_in "$name" "$1"
	cgroup_make "$1" "$name/inner"
	echo "$T" >"$REPLY/cgroup.procs"
	# In the part there is another of the same path.
	cgroup_make "$1" "$name.own"
	cgroup_make "$1" "$name.own/$name"
	cgroup_make "$1" "$name.own/$name/inner"
	[ -z "$1" ] || echo 77 >"$root/$name/pids.max"
	for part in "$name.own whole" "$name only"; do
		# shellcheck disable=SC2086 # two words
		hear timeout 20 "${apart[@]}" "$place" "$root" $part \
			"$NSJOIN" -t "$T" -n -c cat /proc/self/cgroup 3>&-
		expect_status 0
		expect_output "$(<"/proc/$T/cgroup")"
		[ -n "$1" ] || continue
		# shellcheck disable=SC2086 # two words
		hear timeout 20 "${apart[@]}" "$place" "$root" $part \
			"$NSJOIN" inspect -o pids "$T" 3>&-
		expect_output 77
	done
	hear timeout 20 "${apart[@]}" "$place" "$root" "$name.own" only \
		"$NSJOIN" -t "$T" -n -c true 3>&-
	expect_status 125
	expect_stderr 'your part of the hierarchy does not have it; leave out -c'
}

# bats test_tags=cgroup1
@test "part of a hierarchy at the usual place: version 1" {
	requires cgroup1
	part_of pids
}

@test "part of a hierarchy at the usual place: version 2" {
	requires cgroup2
	part_of ''
}

# bats test_tags=cgroup1
# Where the host's tree of them was handed to a container.
@test "the whole of a hierarchy at the usual place, in a cgroup namespace" {
	local name
	requires cgroup1
	name=$(unique)
	cgroup_make pids "$name"
	cgroup_make pids "$name/$name"
	target_full
	echo "$T" >"$REPLY/cgroup.procs"
	hear sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec unshare -C "$@"' \
		sh "$(cgroup_root pids)/$name" timeout 20 "$NSJOIN" -t "$T" -n -c \
		grep :pids: /proc/self/cgroup 3>&-
	expect_status 125
	expect_stderr 'your part of the hierarchy does not have it; leave out -c'
}

# His by its uid, as a container that runs as him, and in root's namespaces nevertheless.
@test "who may not join the namespaces is told of them, and not of the cgroup" {
	target_in "$(unique)" pids ''
	target_start --ns=muinpC --mount-proc --uid=1000 --gid=1000
	echo "$T" >"$REPLY/cgroup.procs"
	for way in '' -H --privileged; do
		# shellcheck disable=SC2086 # no word or one
		refused_as user_j permission "cannot join mnt: your user namespace owns it" -t "$T" $way
		expect_stderr '"hints":."run as root".'
	done
	refused_as user_j permission 'cannot join net' -t "$T" -n -c
	expect_stderr 'or leave out -n'
}

# read_only_j ARGS... - nsjoin as in a container that sees the hierarchies and may not write to them
read_only_j() {
	timeout 20 unshare --mount sh -c 'grep -E " - cgroup2? " /proc/self/mountinfo | cut -d " " -f 5 |
		while read -r at; do mount -o remount,bind,ro "$at" || exit; done; exec "$@"' \
		sh "$NSJOIN" "$@" 3>&-
}

# unwritable HIERARCHY...
unwritable() {
	target_in "$(unique)" "$@"
	refused_as read_only_j cgroup-join 'Read-only file system' -t "$T"
	expect_stderr 'mounted read-only here; leave it out: --as-target=-cgroup"'
	refused_as read_only_j cgroup-join 'Read-only file system' -t "$T" -n -c
	expect_stderr 'mounted read-only here; leave out -c"'
}

# bats test_tags=cgroup1
@test "hierarchies that are mounted read-only: version 1" {
	requires cgroup1
	unwritable devices
	# Of what -H takes by itself it says that it was not to be had.
	hear read_only_j -t "$T" -H echo there
	expect_output there
	expect_stderr 'not held to the devices'
}

@test "a hierarchy that is mounted read-only: version 2" {
	requires cgroup2
	unwritable ''
}

# cut_off HIERARCHY - a target that is further down than the kernel can show
cut_off() {
	local name i
	name=$(printf 'n%.0s' {1..200})
	target_full
	cgroup_make "$1" "$(unique)"
	(
		cd "$REPLY" || exit
		for ((i = 0; i < 25; i++)); do
			mkdir "$name"
			cd -P "./$name" 2>/dev/null || exit
		done
		echo "$T" >cgroup.procs
	)
	refused cgroup-join "cgroup of \"$T\": File name too long" -t "$T"
	expect_stderr 'leave it out: --as-target=-cgroup"'
	refused cgroup-join 'File name too long' -t "$T" -n -c
	expect_stderr '"leave out -c"'
}

# bats test_tags=cgroup1
@test "a cgroup whose path is cut off is none: version 1" {
	requires cgroup1
	cut_off devices
	# No program of the host's without what would hold it back.
	refused cgroup-join 'File name too long' -t "$T" -H
}

@test "a cgroup whose path is cut off is none: version 2" {
	requires cgroup2
	cut_off ''
	refused cgroup-join 'File name too long' -t "$T" -H
}

# gone_from HIERARCHY - as of a target that has moved when its cgroup is looked for
gone_from() {
	local dir
	target_in "$(unique)" "$1"
	dir=$(cgroup_of "$1" "$T")
	gone_j() {
		timeout 20 strace -f -qq -o /dev/null -P "$dir" -e trace=openat,faccessat,faccessat2 \
			-e inject=openat,faccessat,faccessat2:error=ENOENT "$NSJOIN" "$@" 3>&-
	}
	refused_as gone_j cgroup-join 'cgroup ".*" is gone' -t "$T"
	# Nobody gets a program of the host's without what would hold it back by being quick.
	refused_as gone_j cgroup-join 'cgroup ".*" is gone' -t "$T" -H
}

# bats test_tags=cgroup1
@test "a cgroup that is gone when it is looked for: version 1" {
	requires cgroup1 strace
	gone_from devices
}

@test "a cgroup that is gone when it is looked for: version 2" {
	requires cgroup2 strace
	gone_from ''
}

@test "without -c the caller's" {
	target_in "$(unique)" pids ''
	ok -t "$T" -n cat /proc/self/cgroup
	expect_output "$(</proc/self/cgroup)"
}

@test "only the program moves, not nsjoin" {
	local child
	target_in "$(unique)" pids ''
	"$NSJOIN" -t "$T" -n -p -c sh -c 'echo ready; exec sleep 60' >"$BATS_TEST_TMPDIR/said" \
		3>&- &
	child=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	[ "$(<"/proc/$child/cgroup")" = "$(</proc/self/cgroup)" ]
	kill "$child"
	wait "$child" || :
	gone "$child"
}

@test "standard input is left alone" {
	target_in "$(unique)" pids ''
	hear j -t "$T" -m -c cat <<<hello
	expect_output hello
	hear j -t "$T" -n -p -c cat <<<hello
	expect_output hello
}

# Touches more memory than there is, and waits for its end.
glutton=(sh -c 'x=$(head -c 60000000 /dev/zero | tr "\0" x); echo fed')

@test "a program that the memory limit killed" {
	requires cgroup-memory
	target_in "$(unique)" memory
	cgroup_limit "$REPLY" memory $((16 << 20))
	for how in "-n -c" "-a -c" "--as-target=cgroup -m"; do
		# shellcheck disable=SC2086 # several words
		hear j -t "$T" $how "${glutton[@]}"
		expect_status 137
		expect_output ""
		expect_stderr '^nsjoin: note: the program was killed: its cgroup ran out of memory'
	done
}

# squeezed ROOM - a program with many words, where that many bytes more are the most
squeezed() {
	local word
	target_in "$(unique).$1" memory
	cgroup_limit "$REPLY" memory $((16 << 20))
	cgroup_limit "$REPLY" memory $(($(memory_used "$REPLY") + $1))
	word=$(printf '%0100000d' 0)
	hear j -t "$T" -m -p -c true "$word"{,,,,,,,,,,,,,,,,,}
}

@test "a program that the memory limit killed before it could begin" {
	local room=$((1 << 19))
	requires cgroup-memory
	# Not the target is to be killed: bats and nsjoin are in other cgroups.
	echo 900 >/proc/self/oom_score_adj
	# In version 2 nsjoin's own process is in there before, with the same words.
	if [ -z "$(cgroup1_root memory)" ]; then
		squeezed "$room"
		expect_status 125
		expect_output ""
		expect_stderr '^hint: the target has ended, or its cgroup is out of memory$'
		room=$((13 << 18))
	fi
	# Room for a program, but not for so many words, which come first.
	squeezed "$room"
	expect_status 137
	expect_stderr '^nsjoin: note: the program was killed: its cgroup ran out of memory'
}

@test "a program that somebody else killed" {
	target_in "$(unique)" memory
	# shellcheck disable=SC2016 # the inner shell expands it
	for how in "-n -c" "-a -c"; do
		# shellcheck disable=SC2086 # several words
		hear j -t "$T" $how sh -c 'kill -KILL $$'
		expect_status 137
		[[ $stderr != *memory* && $stderr != *ended* ]] || fail "$stderr"
	done
}

@test "no descriptor of a cgroup reaches the program" {
	target_in "$(unique)" pids ''
	ok -t "$T" -n -c "$fdlist" fd
	grep -q '^fd 0 ' <<<"$output" || fail "$output"
	! grep -E 'cgroup|tasks' <<<"$output" || fail "$output"
}

@test "names with everything that is allowed in them" {
	local name n=0
	for name in 'a b' 'x:colon' '0::e' '..x' $'esc\e[31m' 'ünï' '(deleted)' "q'\"\\" 'perc%s'; do
		target_in "$(unique).$((n += 1)).$name" pids ''
		ok -t "$T" -n -c cat /proc/self/cgroup
		expect_output "$(<"/proc/$T/cgroup")"
		kept_stop
	done
}

@test "nested cgroups, and one that has been removed is no trouble" {
	local name
	name=$(unique)
	target_in "$name" pids ''
	cgroup_make pids "$name/inner"
	echo "$T" >"$REPLY/cgroup.procs"
	ok -t "$T" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
	echo "$T" >"${REPLY%/inner}/cgroup.procs"
	rmdir "$REPLY"
	unset 'made_cgroup[-1]'
	ok -t "$T" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$T/cgroup")"
}

# named_end NAME DIR - the hierarchy is gone: soon after it is unmounted, if its cgroups have gone by then
named_end() {
	local tries i
	for ((tries = 0; tries < 5; tries++)); do
		umount "$2"
		for ((i = 0; i < 20; i++)); do
			grep -q ":name=$1:" /proc/self/cgroup || return 0
			sleep 0.05
		done
		mount -t cgroup -o "none,name=$1" none "$2"
	done
	umount "$2"
	fail "the hierarchy $1 is left"
}

# As systemd-nspawn makes one on a host with version 2 alone.
@test "a hierarchy without controllers that is mounted nowhere is done without" {
	local name dir=$BATS_TEST_TMPDIR/named
	name=nsjoin-$$
	mkdir "$dir"
	target_full
	mount -t cgroup -o "none,name=$name" none "$dir" || skip "no hierarchy can be made here"
	mkdir "$dir/of-target"
	echo "$T" >"$dir/of-target/cgroup.procs"
	umount "$dir"
	hear j -t "$T" -n -c sh -c 'echo entered'
	mount -t cgroup -o "none,name=$name" none "$dir"
	kept_stop
	rmdir "$dir/of-target"
	named_end "$name" "$dir"
	expect_status 0
	expect_output entered
}

@test "a full cgroup: the program is made first and moved then" {
	requires cgroup-pids
	target_in "$(unique)" pids
	cgroup_limit "$REPLY" pids 1
	ok -t "$T" -n -p -c sh -c 'echo fine'
	expect_output fine
}

# frozen_in HIERARCHY - refused, with a message and without hanging, and entered without -c
frozen_in() {
	target_in "$(unique)" "$1"
	freeze "$REPLY"
	refused cgroup-frozen 'frozen' -t "$T" -n -c
	ok -t "$T" -n "$fdlist"
	joined net
}

# bats test_tags=cgroup1
@test "a frozen cgroup of version 1" {
	requires freezer
	frozen_in freezer
}

@test "a frozen cgroup of version 2" {
	requires cgroup2
	frozen_in ''
}

@test "an ordinary user who may not move is told so, and the program does not run" {
	requires user
	local directory
	target_rootless
	cgroup_make pids "$(unique)"
	echo "$T" >"$REPLY/cgroup.procs"
	directory=$REPLY
	refused_as user_j cgroup-join "${directory##*/}" -t "$T" -U -n -c
}

@test "-c without a target" {
	target_full
	refused no-target '' -n="/proc/$T/ns/net" -c
}
