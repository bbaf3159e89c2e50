#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3 nsenter
# With the target's files the program is kept apart from its caller: session, keys, terminal, streams.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# at_terminal ARGS... - nsjoin at a terminal; $output is what is seen there
at_terminal() {
	hear timeout 40 "$ptyrun" -- "$NSJOIN" "$@" 3>&-
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
}

# A devpts that is the target's alone.
own_devpts='mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 none /dev/pts'

@test "a key in the caller's session keyring is not found from inside" {
	local prepare='
import ctypes, os, sys
c = ctypes.CDLL(None, use_errno=True).syscall
c(250, 1, None)                                   # keyctl: join a new session keyring
assert c(248, b"user", b"nsjoin-test", b"secret", 6, -3) > 0
os.execvp(sys.argv[1], sys.argv[1:])'
	local search='
import ctypes
c = ctypes.CDLL(None, use_errno=True).syscall
print("found" if c(250, 10, -3, b"user", b"nsjoin-test", 0) > 0 else ctypes.get_errno())'
	target_full
	run python3 -c "$prepare" nsenter -t "$T" -m -p python3 -c "$search"
	expect_output found
	run python3 -c "$prepare" "$NSJOIN" -t "$T" -m -p python3 -c "$search"
	expect_output 126 # ENOKEY
	run python3 -c "$prepare" "$NSJOIN" -t "$T" -p python3 -c "$search"
	expect_output found # a program of the caller's
}

# As in a debug container, whose engine forbids all calls for keys: then no program has any.
@test "under a filter that forbids keys none are needed; under one that forbids some it is refused" {
	local under='
import ctypes, os, struct, sys
c = ctypes.CDLL(None, use_errno=True)
calls = [int(n) for n in sys.argv[1].split(",")]
code = struct.pack("HBBI", 0x20, 0, 0, 0)
for i, n in enumerate(calls):
    code += struct.pack("HBBI", 0x15, len(calls) - i, 0, n)
code += struct.pack("HBBI", 6, 0, 0, 0x7fff0000) + struct.pack("HBBI", 6, 0, 0, 0x00050001)
buf = ctypes.create_string_buffer(code)
prog = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buf))
assert c.prctl(38, 1, 0, 0, 0) == 0 and c.prctl(22, 2, prog, 0, 0) == 0
os.execvp(sys.argv[2], sys.argv[2:])'
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	target_full
	hear python3 -c "$under" 248,249,250 "$NSJOIN" -t "$T" -m -p echo in
	expect_status 0
	expect_output in
	hear python3 -c "$under" 250 "$NSJOIN" -t "$T" -m -p echo in
	expect_status 125
	expect_stderr 'start a session keyring: Operation not permitted'
}

@test "the program leads a group of its own, in a session that it does not lead" {
	target_full
	ok -t "$T" -m -p sh -c 'read -r pid _ _ _ pgrp sid _ </proc/self/stat; echo $$ $pgrp $sid $PPID'
	read -r pid pgrp sid ppid <<<"$output"
	[ "$pid" -eq "$pgrp" ]
	[ "$sid" -eq "$ppid" ]
}

@test "the terminal is one of the target's" {
	target_full --setup="$own_devpts"
	at_terminal -t "$T" -m -p sh -c 'tty; ls -m /dev/pts; tty </dev/tty'
	[[ $output == *$'/dev/pts/0\r\n0, ptmx\r\n/dev/tty\r\n'* ]] || fail "$output"
	[[ $output == *"exit 0"* ]]
}

@test "it belongs to who the program is" {
	target_full --setup="$own_devpts"
	at_terminal -t "$T" -m -p -S 1000 -G 1000 stat -c '%u %t' /dev/pts/0
	[[ $output == *"1000 88"* ]] || fail "$output"
}

@test "where the target has no genuine devpts it is one of the host's, with a note" {
	local setup
	for setup in 'mount -t tmpfs none /dev/pts' \
		'mount -t tmpfs none /dev/pts; mkfifo /dev/pts/ptmx' \
		'mount -t tmpfs none /dev/pts; ln -s /proc/self/fd/0 /dev/pts/ptmx' \
		'mount -t tmpfs none /dev/pts; mknod /dev/pts/ptmx c 5 2' \
		'mount -t tmpfs none /dev; ln -s /proc/1/root/dev/pts /dev/pts'; do
		target_full --setup="$setup"
		at_terminal -t "$T" -m -p sh -c 'test -t 0 && test -t 1 && test -t 2 && echo fine'
		[[ $output == *fine* ]] || fail "$setup" "$output"
		[[ $output == *"note: "*"/dev/pts"* ]] || fail "$setup" "$output"
		kept_stop
	done
}

@test "the caller's terminal cannot be reached, whatever is redirected" {
	target_full --setup="$own_devpts"
	at_terminal -t "$T" -m -p sh -c 'test ! -e /proc/self/fd/3; stat -L -c "%t:%T" /proc/self/fd/2'
	[[ $output == *88:0* ]] || fail "$output"
	run timeout 40 "$ptyrun" -- sh -c '"$@" </dev/null >/dev/null 2>&1; echo st=$?' sh \
		"$NSJOIN" -t "$T" -m -p sh -c 'exec </dev/tty' 3>&-
	[[ $output != *st=0* ]]
	run timeout 40 "$ptyrun" -- sh -c '"$@" </dev/null >/dev/null 2>&1; echo st=$?' sh \
		nsenter -t "$T" -m -p sh -c 'exec </dev/tty' 3>&-
	[[ $output == *st=0* ]]
}

@test "--pty" {
	target_full --setup="$own_devpts"
	at_terminal -t "$T" -m -p --pty=never sh -c 'test -t 0 || echo none; test -t 1 || echo none'
	[ "$(grep -c none <<<"$output")" -eq 2 ] || fail "$output"
	hear j -t "$T" -m -p --pty sh -c 'test -t 0 && test -t 1 && tty' </dev/null
	expect_status 0
	expect_output $'/dev/pts/0\r'
	hear j -t "$T" -n --pty=always tty </dev/null
	expect_status 0
	[[ $output == /dev/pts/* ]]
	refused usage 'neither auto' -t "$T" -m --pty=sometimes
	refused usage 'no-fork' -t "$T" -m -F --pty
}

@test "--stdio" {
	target_full
	[ "$(j -t "$T" -m -p --stdio=pass readlink /proc/self/fd/0 </etc/passwd)" = /etc/passwd ]
	[[ $(j -t "$T" -m -p --stdio=relay readlink /proc/self/fd/0 </etc/passwd) == pipe:* ]]
	at_terminal -t "$T" -m -p --stdio=pass --pty=never sh -c \
		'tty; read -r _ _ _ _ _ sid tty _ </proc/self/stat; echo $tty'
	[[ $output == *$'/dev/pts/'*$'\r\n0\r\n'* ]] || fail "$output" # another session's
	refused usage 'neither relay' -t "$T" -m --stdio=some
}

@test "-F keeps the caller's terminal, and says so" {
	target_start --ns=mn
	at_terminal -t "$T" -m -n -F sh -c \
		'read -r _ _ _ _ _ sid tty _ </proc/self/stat; echo tty=$tty'
	[[ $output == *"note: without a fork the program gets your terminal"* ]] || fail "$output"
	[[ $output =~ tty=[1-9] ]] || fail "$output"
}

@test "closed standard streams" {
	target_full
	# closed WHAT ARGS... - bats has its own idea of what is redirected
	closed() {
		hear timeout 20 bash -c "\"\$@\" $1" bash "$NSJOIN" "${@:2}" 3>&-
	}
	closed '<&-' -t "$T" -m -p "$fdlist" fd
	expect_status 0
	[ "$(grep -c '^fd [012] pipe:' <<<"$output")" -eq 3 ] || fail "$output"
	closed '2>&-' -t "$T" -m -p sh -c 'echo out; echo err >&2'
	expect_output out
	closed '>&-' -t "$T" -m -p sh -c 'echo out 2>/dev/null || echo err >&2'
	[ "$stderr" = err ]
}

@test "a directory is no standard input" {
	target_full
	hear -125 j -t "$T" -m -p true </
	message_form
	expect_stderr 'standard input'
	ok -t "$T" -m -p --stdio=pass true </
}

@test "a program that names itself cannot change nsjoin, nor does it run it" {
	local copy=$BATS_TEST_TMPDIR/nsjoin before script=$BATS_TEST_TMPDIR/script
	cp "$NSJOIN" "$copy"
	chmod 755 "$copy"
	before=$(sha256sum <"$copy")
	printf '#!/proc/self/exe\n' >"$script"
	chmod 755 "$script"
	ln -s /proc/self/exe "$BATS_TEST_TMPDIR/link"
	target_full
	NSJOIN=$copy
	for program in "$script" "$BATS_TEST_TMPDIR/link" /proc/self/exe; do
		run j -t "$T" -m -p "$program"
		[ "$status" -ne 0 ] && [ "$status" -ne 124 ] || fail "$program: $status" "$output"
		[[ $output != *usage* && $output != *Usage* ]] || fail "$output"
	done
	[ "$(sha256sum <"$copy")" = "$before" ]
}

@test "where memory files cannot be executed it is sealed in another way" {
	requires strace
	[ -e /proc/sys/vm/memfd_noexec ] || skip "before Linux 6.3 there is no such setting"
	hear timeout 20 unshare -p -f --mount-proc --kill-child bash -c '
		echo 2 >/proc/sys/vm/memfd_noexec || exit
		unshare -m -u sleep 60 &
		until [ "$(readlink /proc/$!/ns/uts)" != "$(readlink /proc/self/ns/uts)" ]; do :; done
		"$0" -t $! -m -u sh -c "readlink /proc/\$PPID/exe; exit 3"' "$NSJOIN" 3>&-
	[ "$status" -eq 3 ] || fail "$status" "$output" "$stderr"
	[[ $output == *"(deleted)"* && $output != *memfd* && $output != *nsjoin* ]] || fail "$output"
}

@test "the words of a program may be as many as the kernel takes" {
	target_full
	ok -t "$T" -m -p sh -c 'echo $#' sh $(seq 20000)
	expect_output 20000
}
