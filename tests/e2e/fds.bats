#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# Descriptors: what the program gets, and that closed ones do not matter.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# only "N..." COMMAND... - without the descriptors that bats has left open
only() {
	local fd keep=$1
	shift
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		((fd <= 2)) || [[ " $keep " == *" $fd "* ]] || eval "exec $fd>&-"
	done
	"$@"
}

descriptors() {
	sed -n 's/^fd \([0-9]*\) .*/\1/p' <<<"$output" | tr '\n' ' '
}

@test "the namespaces are the right ones when standard input is closed" {
	target_full
	ok -t "$T" -a readlink /proc/self/ns/uts <&-
	expect_output "uts:[${BOX[uts]}]"
	ok -t "$T" -n -u -i "$fdlist" ns <&-
	joined net uts ipc
}

@test "any of 0, 1, 2 closed" {
	local seen=$BATS_TEST_TMPDIR/seen way
	target_full
	show() {
		timeout 20 "$NSJOIN" -t "$T" "$1" -u sh -c \
			'readlink /proc/self/ns/uts >"$0"; ls -l /proc/self/fd >>"$0" 2>&1' \
			"$seen" 3>&-
	}
	for way in -i -p; do
		show $way 0<&-
		[ "$(head -n 1 "$seen")" = "uts:[${BOX[uts]}]" ]
		show $way 1>&-
		[ "$(head -n 1 "$seen")" = "uts:[${BOX[uts]}]" ]
		show $way 2>&-
		[ "$(head -n 1 "$seen")" = "uts:[${BOX[uts]}]" ]
		show $way 0<&- 1>&- 2>&-
		[ "$(head -n 1 "$seen")" = "uts:[${BOX[uts]}]" ]
		! grep -E 'ns/|/proc/[0-9]+$|pidfd|cgroup' <(tail -n +2 "$seen") || fail \
			"$(<"$seen")"
	done
}

@test "a message is not written into a descriptor that was opened in place of a closed one" {
	local rc=0
	timeout 20 "$NSJOIN" -t 999999999 -n true 2>&- 3>&- || rc=$?
	[ "$rc" -eq 125 ]
	rc=0
	timeout 20 "$NSJOIN" -t 999999999 -n true <&- >&- 2>&- 3>&- || rc=$?
	[ "$rc" -eq 125 ]
}

@test "when the target's files can be reached nothing above 2 is passed on" {
	target_full
	hear only "9 8 57" j -t "$T" -m "$fdlist" fd 9</etc/passwd 8</ \
		57>>"$BATS_TEST_TMPDIR/x"
	expect_status 0
	[ "$(descriptors)" = "0 1 2 " ]
	hear only "9 8" j -t "$T" -m -p "$fdlist" fd 9</etc/passwd 8</
	[ "$(descriptors)" = "0 1 2 " ]
	hear only "9" j -t "$T" -n -r "$fdlist" fd 9</etc/passwd
	[ "$(descriptors)" = "0 1 2 " ]
}

@test "hundreds of descriptors" {
	target_full
	hear python3 -c '
import os, resource, sys
os.closerange(3, 4096)
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
for i in range(3, 1300):
    os.dup2(os.open("/etc/shadow", os.O_RDONLY), i)
    os.set_inheritable(i, True)
os.execv(sys.argv[1], sys.argv[1:])' "$NSJOIN" -t "$T" -m "$fdlist" fd
	expect_status 0
	[ "$(descriptors)" = "0 1 2 " ]
}

@test "otherwise they pass, as with nsenter, and none of nsjoin's own" {
	target_full
	hear only "9" j -t "$T" -n -u "$fdlist" fd 9</etc/passwd
	expect_status 0
	[ "$(descriptors)" = "0 1 2 9 " ]
	hear only "9" j -t "$T" -n -p "$fdlist" fd 9</etc/passwd
	[ "$(descriptors)" = "0 1 2 9 " ]
	hear only "" j -n="/proc/$T/ns/net" -w/usr "$fdlist" fd
	[ "$(descriptors)" = "0 1 2 " ]
}

@test "--keep-fd passes what it names" {
	target_full
	hear only "9 8 57" j -t "$T" -m --keep-fd=9 --keep-fd=57 "$fdlist" fd \
		9</etc/passwd 8</ 57</etc/group
	expect_status 0
	[ "$(descriptors)" = "0 1 2 9 57 " ]
	hear only "9" j -t "$T" -m -p --keep-fd=9 cat /dev/fd/9 9<<<'here'
	expect_output here
}

@test "--keep-fd with one that is not open, or none" {
	local bad
	target_full
	for bad in 999 -1 '' x 4294967296 ' 9'; do
		refused usage '' -t "$T" -m "--keep-fd=$bad"
	done
}

@test "--keep-fd does not give away what nsjoin has opened for itself" {
	local fd
	target_full
	for fd in 3 4 5 6 7 8 9 10 11 12; do
		hear -125 only "" j -t "$T" -m "--keep-fd=$fd" true
		expect_stderr "keep-fd=$fd"
	done
}

@test "process substitution: a pipe that the command line names is passed on" {
	target_full
	ok -t "$T" -m -p cat <(echo substituted)
	expect_output substituted
	ok -t "$T" -m -p sh -c 'cat "$1" "$2"' sh <(echo one) <(echo two)
	expect_output one$'\n'two
	ok -t "$T" -m -p sh -c 'cat >"$0"; ' >(cat >"$BATS_TEST_TMPDIR/written") <<<back
	wait_line "$BATS_TEST_TMPDIR/written" back
}

# It is opened anew there, by who the program is by then.
@test "a program of another user can open them; a file keeps its owner" {
	local fifo=$BATS_TEST_TMPDIR/fifo
	target_full
	ok -t "$T" -m -p -S 1000 -G 1000 cat <(echo substituted)
	expect_output substituted
	ok -t "$T" -m -p -S 1000 -G 1000 --stdio=pass cat <(echo one) <(echo two)
	expect_output one$'\n'two
	ok -t "$T" -m -p -S 1000 -G 1000 sh -c 'echo back >"$0"' \
		>(cat >"$BATS_TEST_TMPDIR/written")
	wait_line "$BATS_TEST_TMPDIR/written" back
	mkfifo "$fifo"
	hear only "9" j -t "$T" -m -S 1000 -G 1000 "$fdlist" fd /dev/fd/9 \
		9<>"$fifo"
	[ "$(descriptors)" = "0 1 2 9 " ]
	[ "$(stat -c %u:%g "$fifo")" = 0:0 ]
}

@test "64 of them are passed on, and more are refused" {
	local fd piped=()
	target_full
	exec {fd}< <(:)
	while [ "${#piped[@]}" -lt 65 ]; do
		exec {fd}<&"$fd"
		piped+=("/dev/fd/$fd")
	done
	ok -t "$T" -m -p sh -c 'ls "$@"' sh "${piped[@]:0:64}"
	[ "${#lines[@]}" -eq 64 ] || fail "$output"
	refused usage "${piped[64]}: at most 64 descriptors are kept" -t "$T" -m true "${piped[@]}"
}

@test "a file that the command line names like that is not" {
	target_full
	hear only "9" j -t "$T" -m "$fdlist" fd /dev/fd/9 9</etc/passwd
	expect_status 0
	[ "$(descriptors)" = "0 1 2 " ]
	hear only "9" j -t "$T" -m "$fdlist" fd x/dev/fd/9 9< <(:)
	[ "$(descriptors)" = "0 1 2 " ]
}

@test "standard output is the program's alone" {
	target_full
	ok -t "$T" -v -m true
	expect_output ""
	ok -t "$T" -vv -n -p true
	expect_output ""
	ok -t "$T" -n head -c 100000 /dev/zero
	[ "$(j -t "$T" -a head -c 1000000 /dev/zero | wc -c)" -eq 1000000 ]
}

@test "standard input is the program's, to the last byte" {
	target_full
	[ "$(head -c 1000000 /dev/zero | j -t "$T" -a wc -c)" -eq 1000000 ]
	[ "$(printf 'a\nb\nc\n' | { j -t "$T" -n true; cat; } | wc -l)" -eq 3 ]
	[ "$(printf 'a\nb\nc\n' >"$BATS_TEST_TMPDIR/list"; while read -r x; do j -t "$T" -m -p true; \
		echo "$x"; done <"$BATS_TEST_TMPDIR/list" | wc -l)" -eq 3 ]
}
