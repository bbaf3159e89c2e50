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

@test "what runs in the target is a copy that nobody can write to" {
	target_full
	# Held open, no longer executed: what is left then is what the file itself allows.
	run --separate-stderr j -t "$T" -a -X busybox sh -c 'readlink /proc/self/exe
		exec 9</proc/self/exe; exec /bin/bash -c "echo x >>/proc/self/fd/9"'
	grep -q '^/memfd:busybox' <<<"$output" || fail "$output"
	expect_stderr "Operation not permitted"
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
	fails_with 126 interp-missing "ls\" is not static: it needs the loader \"$interp\"" -t "$T" \
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
	user_ok -t "$T" -a -X busybox sh -c 'id -u; hostname'
	expect_output "0
tgt"
}

@test "memfds that may not be executed" {
	# The setting is the pid namespace's: nothing outside of this one sees it.
	target_full
	run --separate-stderr unshare --pid --fork sh -c 'echo 2 >/proc/sys/vm/memfd_noexec &&
		exec timeout -k 5 20 "$@"' sh "$NSJOIN" -m"/proc/$T/ns/mnt" -X busybox echo ran
	[ "$status" -eq 0 ] || fail "status $status" "$stderr"
	expect_output ran
	# Nor anything else.
	run --separate-stderr unshare --mount --pid --fork --propagation private sh -c '
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
