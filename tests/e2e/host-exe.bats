#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox
# -X: a static program of the caller's in a target that has nothing to start.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# one_file_target [OPTIONS] - a root directory that holds one file and nothing else
one_file_target() {
	mkdir -p "$BATS_TEST_TMPDIR/one"
	cp "$fdlist" "$BATS_TEST_TMPDIR/one/app"
	target_start --ns=muinpC --root="$BATS_TEST_TMPDIR/one" "$@"
}

@test "a target with one file and no /proc" {
	one_file_target
	ok -t "$T" -m -p -r -X "$fdlist" ns fd arg
	joined mnt pid
	[ "$(fact "arg 0")" = "$fdlist" ] || fail "argv[0]:" "$output"
	ok -t "$T" -a -X busybox echo "a b"
	expect_output "a b"
	ok -t "$T" --privileged -X busybox sh -c 'echo /*; echo $$'
	grep -qx /app <<<"$output" || fail "$output"
}

@test "busybox is a full shell where there is a /proc" {
	mkdir -p "$BATS_TEST_TMPDIR/one/proc"
	one_file_target --mount-proc --pivot
	ok -t "$T" -a -X busybox sh -c 'ls / | tr "\n" " "; cat /proc/1/comm'
	[[ "$output" == "app proc nsbox"* ]] || fail "$output"
}

# written_to [PROGRAM...] - busybox by -X: where it seems to be, and what comes of writing to it. Held
# open, no longer executed: what is left then is what the file itself allows.
written_to() {
	hear timeout -k 5 20 "${@:2}" "$NSJOIN" -t "$T" -a -X "$1" sh -c '
		readlink /proc/self/exe; exec 9</proc/self/exe
		exec /bin/bash -c "chmod 777 /proc/self/fd/9; echo x >>/proc/self/fd/9"' 3>&-
}

@test "what runs in the target is the file, which an overlay keeps from being written to" {
	local before
	target_full
	cp "$(command -v busybox)" "$BATS_TEST_TMPDIR/busybox"
	ln -s busybox "$BATS_TEST_TMPDIR/busybox2"
	open_dirs
	before=$(stat -c '%i %a %s %y %z' "$BATS_TEST_TMPDIR/busybox")
	written_to "$BATS_TEST_TMPDIR/busybox2"
	expect_output /busybox
	[ "$(grep -c "Read-only file system" <<<"$stderr")" -eq 2 ] || fail "$stderr"
	[ "$(stat -c '%i %a %s %y %z' "$BATS_TEST_TMPDIR/busybox")" = "$before" ]
	# Nothing was mounted for it.
	ok -t "$T" -a -X busybox cat /proc/self/mountinfo
	[ "$(grep overlay <<<"$output")" = "$(grep overlay "/proc/$T/mountinfo")" ] || fail "$output"
}

# copied FILE [PROGRAM...] - what runs is a copy that nobody can write to
copied() {
	written_to "$@"
	[ "$output" = "/memfd:${1##*/} (deleted)" ] || fail "$output" "$stderr"
	expect_stderr "x*: Operation not permitted"
}

@test "a file that no overlay can show to the program is copied" {
	local odd=$BATS_TEST_TMPDIR/a:b
	target_full
	mkdir "$odd" "$BATS_TEST_TMPDIR/own"
	cp "$(command -v busybox)" "$odd/busybox"
	open_dirs
	copied "$odd/busybox"
	install -m 700 "$odd/busybox" "$BATS_TEST_TMPDIR/own/busybox"
	copied "$BATS_TEST_TMPDIR/own/busybox"
}

@test "where no overlay can be had it is copied" {
	local call
	target_full
	for call in fsopen:error=ENODEV fsconfig:error=EINVAL:when=1 fsconfig:error=EINVAL:when=2 \
		fsmount:error=EPERM; do
		copied busybox strace -f -qq -o /dev/null -e "trace=${call%%:*}" -e "inject=$call"
	done
}

@test "a file that has taken its name since is not what runs" {
	local mine=$BATS_TEST_TMPDIR/busybox log=$BATS_TEST_TMPDIR/log
	target_full
	cp "$(command -v busybox)" "$mine"
	cp "$fdlist" "$mine.new"
	open_dirs
	{ wait_line "$log" memfd_create && mv "$mine.new" "$mine"; } 3>&- &
	copied "$mine" strace -f -qq -o "$log" -e trace=memfd_create,fsopen \
		-e inject=fsopen:delay_enter=1000000
	wait $!
	cmp "$mine" "$fdlist"
}

@test "without any way for the target to reach it the file itself is executed" {
	target_full
	ok -t "$T" -n -X busybox readlink /proc/self/exe
	expect_output "$(readlink -f "$(command -v busybox)")"
}

@test "a program that is not static is refused by the name of its loader" {
	local interp
	one_file_target
	interp=$(LC_ALL=C readelf -l /bin/ls | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	fails_with 126 cannot-execute "ls\" is not static: it needs the loader \"$interp\"" -t "$T" \
		-a -X ls
	printf '#!/bin/sh\necho ran\n' >"$BATS_TEST_TMPDIR/script"
	fails_with 126 cannot-execute "script\": Permission denied" -t "$T" -a \
		-X "$BATS_TEST_TMPDIR/script"
	chmod 755 "$BATS_TEST_TMPDIR/script"
	fails_with 126 cannot-execute 'is a script: "/bin/sh"' -t "$T" -a \
		-X "$BATS_TEST_TMPDIR/script"
	fails_with 126 cannot-execute 'cannot execute "/tmp"' -t "$T" -a -X /tmp
	fails_with 126 cannot-execute 'cannot execute "/dev/null"' -t "$T" -a -X /dev/null
	fails_with 127 program-not-found 'no-such-program' -t "$T" -a -X no-such-program
	fails_with 127 program-not-found '/no/such' -t "$T" -a -X /no/such
	mkfifo -m 777 "$BATS_TEST_TMPDIR/fifo"
	fails_with 126 cannot-execute 'cannot execute' -t "$T" -a -X "$BATS_TEST_TMPDIR/fifo"
}

@test "PATH is the caller's, never the target's" {
	root_make "$BATS_TEST_TMPDIR/root"
	printf '#!/bin/sh\necho of the target\n' >"$BATS_TEST_TMPDIR/root/bin/mine"
	chmod 755 "$BATS_TEST_TMPDIR/root/bin/mine"
	target_start --ns=mp --root="$BATS_TEST_TMPDIR/root"
	fails_with 127 program-not-found mine -t "$T" -a -X mine
	mkdir "$BATS_TEST_TMPDIR/bin"
	cp "$fdlist" "$BATS_TEST_TMPDIR/bin/mine"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH ok -t "$T" -a -X mine arg
	[ "$(fact "arg 0")" = mine ] || fail "$output"
}

@test "the environment of the target loads nothing into it" {
	ENV=/evil LD_PRELOAD=/evil.so target_full
	ok -t "$T" -a -e -X "$fdlist" env
	! grep -q evil <<<"$output" || fail "$output"
	expect_stderr 'note: .* variables .* are left out'
}

@test "an ordinary user and a container of his own" {
	open_dirs
	target_rootless
	user_ok -t "$T" -a -X busybox sh -c 'id -u; hostname; readlink /proc/self/exe'
	expect_output "0
tgt
/memfd:busybox (deleted)"
}

@test "memfds that may not be executed" {
	requires memfd-noexec
	# The setting is the pid namespace's: nothing outside of this one sees it.
	target_full
	hear unshare --pid --fork sh -c 'echo 2 >/proc/sys/vm/memfd_noexec &&
		exec timeout -k 5 20 "$@"' sh "$NSJOIN" -m"/proc/$T/ns/mnt" -X busybox echo ran
	[ "$status" -eq 0 ] || fail "status $status" "$stderr"
	expect_output ran
	# Nor anything else.
	hear unshare --mount --pid --fork --propagation private sh -c '
		echo 2 >/proc/sys/vm/memfd_noexec && mount -t tmpfs none /mnt && cp "$1" /mnt/nsjoin &&
		for d in /dev/shm /run /tmp; do mount -t tmpfs -o noexec none $d || exit; done
		shift; exec timeout -k 5 20 /mnt/nsjoin "$@"' sh "$NSJOIN" -m"/proc/$T/ns/mnt" -X busybox echo ran
	expect_status 125
	expect_stderr '^hint: no memory file can be executed'
}

@test "a program is needed" {
	target_full
	fails_with 125 usage '-X: no program' -t "$T" -n -X
}
