#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns timens busybox strace python3
# mounts: own
# -H --view=host: our files, read-only, with the target's processes and its tree beside.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=view.bash
. "$BATS_TEST_DIRNAME/view.bash"

# scratch [OPTIONS] - a container of one file
scratch() {
	one_file_root "$BATS_TEST_TMPDIR/root"
	target_start --ns=muinpC --mount-proc --pivot --root="$BATS_TEST_TMPDIR/root" \
		--hostname=tgt "$@"
}

view() {
	ok -t "$T" -H --view=host "$@"
}

@test "the target's processes, network and name; our programs" {
	scratch
	untouched "$BATS_TEST_TMPDIR/root" view sh -c 'ps -e -o comm= | head -n 1; ls /sys/class/net
		hostname; ls /etc/passwd; id -u; ls -m $NSJOIN_ROOT; echo $NSJOIN_TARGET'
	expect_output "nsbox
lo
tgt
/etc/passwd
0
app, proc
$T"
}

@test "nothing changes while a program is there" {
	scratch
	untouched_during "$BATS_TEST_TMPDIR/root" -H --view=host
}

@test "nothing is left behind, also when nsjoin is killed at each step" {
	local call number status
	scratch
	remembered "$BATS_TEST_TMPDIR/root"
	for call in open_tree unshare move_mount mount mount_setattr; do
		for number in 1 2 5; do
			status=0
			timeout -k 5 20 strace -f -qq -o /dev/null -e trace="$call" \
				-e inject="$call:signal=KILL:when=$number" "$NSJOIN" -t "$T" -H \
				--view=host true >/dev/null 2>&1 3>&- </dev/null || status=$?
			[ "$number $status" != "1 0" ] || fail "$call is never called"
			unchanged "$call $number"
		done
	done
}

@test "nothing of ours is written, all of the target's is" {
	local name=nsjoin-test-$$
	scratch
	view sh -c 'for d in / /etc /root /usr /var/tmp; do touch "$d/$1" && echo "$d"; done
		echo x >"/tmp/$1" && echo y >"/dev/shm/$1" && cat "/tmp/$1" "/dev/shm/$1"
		echo z >"$NSJOIN_ROOT/z"' - "$name"
	expect_output "x
y"
	[ "$(<"$BATS_TEST_TMPDIR/root/z")" = z ]
	[ ! -e "/tmp/$name" ] && [ ! -e "/dev/shm/$name" ]
}

@test "a working directory that a private one covers" {
	scratch
	echo here >"$BATS_TEST_TMPDIR/file"
	cd "$BATS_TEST_TMPDIR"
	[[ $PWD == /tmp/* ]] || skip "the tests are not in /tmp"
	view sh -c 'cat file; cat "$1" || echo none' - "$PWD/file"
	expect_output "here
none"
	expect_stderr "without its path only"
	cd /
	view true
	[[ "$stderr" != *"its path"* ]] || fail "$stderr"
}

@test "with a terminal of its own" {
	scratch
	view --pty=always sh -c '[ -t 0 ] && [ -t 1 ] && ls -m $NSJOIN_ROOT; touch /usr/x || echo ro
		hostname'
	[[ "$output" == *app,\ proc*ro*tgt* ]] || fail "$output" "$stderr"
	ok -t "$T" -H --view=host --pty=always --dry-run --json true
	grep -q 'open_tree(the target' <<<"$output" || fail "$output"
}

@test "what is shown in our files can be chosen" {
	mkdir -p "$BATS_TEST_TMPDIR/root/etc"
	mkfifo "$BATS_TEST_TMPDIR/root/etc/hosts"
	scratch
	refused system '/etc/hosts of .* not a regular file' -t "$T" --view=host
	expect_stderr 'without it: -R=proc,sys"'
	view -R=proc,sys sh -c 'cat /etc/hosts; ls /sys/class/net; ps -e -o comm= | head -n 1'
	expect_output "$(</etc/hosts)
lo
nsbox"
	view -R=sys sh -c 'ls /sys/class/net; readlink /proc/self/ns/pid; ls -m $NSJOIN_ROOT'
	[[ "$output" == lo*"app, etc, proc" ]] || fail "$output"
}

@test "set-uid programs and devices of the target's are none" {
	scratch
	mknod "$BATS_TEST_TMPDIR/root/null" c 1 3
	view sh -c 'grep " $NSJOIN_ROOT " /proc/self/mountinfo | cut -d " " -f 6
		(: >$NSJOIN_ROOT/null) || echo refused'
	[[ "$output" == *nosuid,nodev* && "$output" == *refused ]] || fail "$output"
}

@test "what is mounted there does not appear in the target" {
	scratch --setup="mount --bind $BATS_TEST_TMPDIR $BATS_TEST_TMPDIR"
	untouched "$BATS_TEST_TMPDIR/root" view sh -c 'mount -t tmpfs none $NSJOIN_ROOT/proc &&
		ls $NSJOIN_ROOT/proc | wc -l'
	expect_output 0
}

@test "a target that is only in another root directory" {
	one_file_root "$BATS_TEST_TMPDIR/root"
	target_start --ns=p --root="$BATS_TEST_TMPDIR/root"
	view sh -c 'ls -m $NSJOIN_ROOT; ps -e -o comm= | head -n 1'
	expect_output "app, proc
nsbox"
}

@test "user namespaces: not joined by root, joined by who owns them" {
	target_start --before=u --ns=UmuinpC --mount-proc --uid-map='0 100000 65536' \
		--gid-map='0 100000 65536'
	view sh -c 'cat /proc/self/uid_map; ls $NSJOIN_ROOT/etc/passwd'
	[[ "$output" == *4294967295* ]] || fail "$output"
	view -U sh -c 'id -u; touch /x || true'
	expect_output 0
	expect_stderr 'note: in the user namespace'
}

@test "a user namespace whose root is the host's: it cannot make our files writable" {
	target_start --ns=UmuinpC --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	view -U -p sh -c 'for dir in / /dev /sys; do
			mount -o remount,bind,rw "$dir" 2>/dev/null && echo "$dir"
		done
		touch /var/tmp/nsjoin-test 2>/dev/null && echo written
		ps -e -o comm= | head -n 1; touch /tmp/a && ls -d $NSJOIN_ROOT/etc >/dev/null && echo fine'
	rm -f /var/tmp/nsjoin-test
	expect_output "nsbox
fine"
}

@test "an ordinary user and a container of his own" {
	open_dirs
	target_rootless
	user_ok -t "$T" -H --view=host sh -c 'id -u; ps -e -o comm= | head -n 1; touch /tmp/a
		ls -d $NSJOIN_ROOT/etc; touch /var/tmp/nsjoin-test || true'
	[ "$(head -n 2 <<<"$output")" = "0
nsbox" ] || fail "$output"
	[ ! -e /var/tmp/nsjoin-test ]
}

@test "the target's clocks and the host's pid namespace" {
	target_start --ns=mT --boottime=100000
	view sh -c 'cut -d . -f 1 /proc/uptime'
	[ "$output" -gt 100000 ]
}

@test "orphans are waited for: no zombie is left to the target's init" {
	scratch
	orphans_are_reaped
}

@test "a program that cannot be executed leaves no zombie either" {
	scratch
	failures_are_reaped -H --view=host
}

@test "the program's end, what is sent to nsjoin, and its death are the program's" {
	local child pid
	scratch
	hear j -t "$T" -H --view=host sh -c 'exit 7'
	expect_status 7
	hear j -t "$T" -H --view=host sh -c 'kill -TERM $$'
	expect_status 143
	hear -127 j -t "$T" -H --view=host no-such-program
	mkfifo "$BATS_TEST_TMPDIR/go"
	"$NSJOIN" -t "$T" -H --view=host sh -c 'trap "echo caught; exit 3" TERM; echo ready; read x' \
		<>"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	expect_status 3
	wait_line "$BATS_TEST_TMPDIR/said" caught
	"$NSJOIN" -t "$T" -H --view=host sh -c 'echo $PPID $$; read x' <>"$BATS_TEST_TMPDIR/go" \
		>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_line "$BATS_TEST_TMPDIR/said" ' '
	kill -KILL "$pid"
	wait "$pid" || :
	for child in $(<"/proc/$T/task/$T/children"); do
		gone "$child"
	done
}

@test "what cannot be combined" {
	scratch
	refused usage 'the files are yours' -t "$T" -H --view=host -m
	refused usage 'the files are yours' -t "$T" -H --view=host -r/
	refused usage 'a process of its own' -t "$T" -H --view=host -F
	refused usage 'could reach your files' -t "$T" -H --view=host --as-target
	refused usage 'neither target nor host' -t "$T" --view=both
}

# The privileges of the caller are what keeps the target's root out.
@test "the target does not reach our files through the program" {
	local pid
	scratch --engine-caps
	mkfifo "$BATS_TEST_TMPDIR/go"
	timeout -k 5 20 "$NSJOIN" -t "$T" -H --view=host sh -c 'echo ready; read x' \
		<>"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	hear j -t "$T" -X busybox sh -c 'grep CapEff /proc/self/status
		for p in /proc/[0-9]*; do cat $p/root/etc/shadow; done'
	[[ "$output" == CapEff:* ]] || fail "$output" "$stderr"
	! grep -q root: <<<"$output" || fail "the target reads /etc/shadow"
	echo >"$BATS_TEST_TMPDIR/go"
	wait "$pid"
}

@test "a target that may trace what it sees is pointed out" {
	cd / # a directory below /tmp would be pointed out as well
	scratch --few-caps
	ok -t "$T" -H --view=host true
	expect_stderr 'note: .* CAP_SYS_PTRACE'
	kept_stop
	scratch --engine-caps
	ok -t "$T" -H --view=host true
	[ -z "$stderr" ] || fail "$stderr"
	# What -H starts may, and stays if the target makes it.
	ok -t "$T" -H sh -c 'setsid sleep 1000 </dev/null >/dev/null 2>&1 &'
	# All processes are looked at for it where somebody reads it, as with -v.
	ok -v -t "$T" -H --view=host true
	expect_stderr 'note: .* CAP_SYS_PTRACE'
}

@test "kernels without the calls: mount_setattr is done without, open_tree is said" {
	scratch
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=mount_setattr \
		-e inject=mount_setattr:error=ENOSYS "$NSJOIN" -t "$T" -H --view=host \
		sh -c 'touch /x /usr/x /root/x; grep " $NSJOIN_ROOT " /proc/self/mountinfo; ls $NSJOIN_ROOT' 3>&-
	expect_status 0
	[[ "$output" == *nosuid,nodev*app* ]] || fail "$output" "$stderr"
	[ ! -e /x ] && [ ! -e /usr/x ] && [ ! -e /root/x ]
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=open_tree \
		-e inject=open_tree:error=ENOSYS "$NSJOIN" -t "$T" -H --view=host true 3>&-
	expect_status 125
	expect_stderr '^hint: --view=host takes Linux 5.2'
}

@test "what a mount of the target's forbids stays forbidden where it is changed alone" {
	local dir=$BATS_TEST_TMPDIR/root/links flags
	mkdir -p "$dir"
	# The last one since Linux 5.10.
	scratch --setup="mount -t tmpfs -o noexec,noatime,nosymfollow none '$dir' ||
		mount -t tmpfs -o noexec,noatime none '$dir'"
	flags=$(awk '$5 == "/links" { print $6 }' "/proc/$T/mountinfo")
	[[ $flags == rw,noexec,noatime* ]] || fail "$flags"
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=mount_setattr \
		-e inject=mount_setattr:error=ENOSYS "$NSJOIN" -t "$T" -H --view=host \
		sh -c 'grep " $NSJOIN_ROOT/links " /proc/self/mountinfo' 3>&-
	expect_status 0
	[[ "$output" == *" rw,nosuid,nodev,${flags#rw,} - tmpfs "* ]] || fail "$output"
}

@test "as many of the host's tools work as on the host" {
	local host
	mkdir -p "$BATS_TEST_TMPDIR/root/etc"
	echo 127.0.0.1 localhost >"$BATS_TEST_TMPDIR/root/etc/hosts"
	scratch
	checks_passed
	host=$REPLY
	checks_passed -t "$T" -H --view=host
	echo "# $REPLY of the host's $host" >&3
	[ "$REPLY" -ge "$host" ] || fail "$(<"$BATS_TEST_TMPDIR/failed")"
}
