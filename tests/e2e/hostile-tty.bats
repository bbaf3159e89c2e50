#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# The caller's terminal is never in the hands of the target's code, on whichever descriptor.
#
#   R7   nothing can be typed for the caller
#   R8   the same where the kernel leaves that to the privileged
#   R9   the same after nsjoin has ended
#   R10  the caller's terminal is not the program's controlling terminal
#   R11  the same where standard error alone is the terminal
#   R44  a target whose terminals are not genuine
#   R55  the terminal is as it was, however nsjoin ends
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

sti=$NSJOIN_HELPERS/sti
sysctl=/proc/sys/dev/tty/legacy_tiocsti
restore=

setup() {
	log=$BATS_TEST_TMPDIR/log
	mark=$BATS_TEST_TMPDIR/typed-by-the-target
	: >"$log"
}

teardown() {
	[ -z "$restore" ] || echo "$restore" >"$sysctl"
	clean_up
}

# typing_for_others 0|1 - whether the kernel lets the unprivileged. Before Linux 6.2 there was no switch,
# and anybody was let.
typing_for_others() {
	[ "$1" != 1 ] || [ -e "$sysctl" ] || return 0
	requires tiocsti
	read -r restore <"$sysctl"
	echo "$1" >"$sysctl"
}

tty_run() {
	hear timeout 40 "$ptyrun" "$@" 3>&-
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
}

# at_shell "COMMAND" - typed at a shell's prompt; then that shell does what it was told, and ends
at_shell() {
	tty_run expect='$ ' send="$1\n" run="until [ -s '$log' ]; do sleep 0.02; done" send='\n' \
		expect='$ ' send='\n' expect='$ ' send='echo still $((6 * 7))\n' expect='still 42' \
		send='exit 5\n' -- env PS1='$ ' bash --norc --noediting -i
	[ -s "$log" ] || fail "nothing was tried" "$output"
	[ ! -e "$mark" ] || fail "the shell did what the target typed: $(<"$log")" "$output"
}

# ptyrun takes one backslash away, sti the other.
typing() {
	printf '%s' "$sti --log=$log $* 'touch $mark\\\\n'"
}

@test "a program cannot type for the caller's shell" {
	typing_for_others 1
	target_full
	at_shell "'$NSJOIN' -t $T -a $(typing)"
	: >"$log"
	at_shell "'$NSJOIN' -t $T -m $(typing)"
}

@test "a privileged program cannot type for the caller's shell" {
	local fd
	typing_for_others 0
	target_full
	for fd in 0 1 2; do
		: >"$log"
		at_shell "'$NSJOIN' -t $T -a $(typing --fd="$fd")"
	done
}

@test "what stays behind cannot type for the caller's shell" {
	typing_for_others 1
	target_full
	at_shell "'$NSJOIN' -t $T -a $(typing --later=700)"
	: >"$log"
	at_shell "'$NSJOIN' -t $T -a $(typing --later=700 --fd=2) </dev/null >/dev/null"
}

@test "without any stream of the caller's terminal it cannot be opened" {
	typing_for_others 1
	target_full
	at_shell "'$NSJOIN' -t $T -a $(typing --tty) </dev/null >/dev/null 2>&1"
	[ "$(<"$log")" = ENXIO ]
}

@test "standard error alone: another terminal than the caller's" {
	local out=$BATS_TEST_TMPDIR/out
	typing_for_others 1
	target_full
	at_shell "'$NSJOIN' -t $T -a $(typing --fd=2) </dev/null >'$out'"
	: >"$log"
	at_shell "tty -s; stat -L -c %t:%T /dev/fd/0 >'$out.own'; '$NSJOIN' -t $T -a \
		stat -L -c %t:%T /proc/self/fd/2 </dev/null >'$log'"
	[ "$(<"$out.own")" != "$(<"$log")" ] || fail "the program has the caller's $(<"$log")"
}

@test "no stream of the program is the caller's terminal, whichever are" {
	local own=$BATS_TEST_TMPDIR/own streams
	target_full
	for streams in '' '</dev/null' '>/dev/null' '2>/dev/null' '</dev/null 2>/dev/null' \
		'>/dev/null 2>/dev/null'; do
		: >"$log"
		at_shell "stat -L -c %t:%T /dev/fd/0 >'$own'; '$NSJOIN' -t $T -a sh -c \
			'stat -L -c %t:%T /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 >$log' $streams"
		! grep -qxF -f "$own" "$log" || fail "with $streams: $(<"$own") is in" "$(<"$log")"
	done
}

# has_terminal SETUP - a target that was set up like that still gives a program a terminal
has_terminal() {
	target_full --setup="$1"
	tty_run expect=usable -- "$NSJOIN" -t "$T" -a sh -c \
		'test -t 0 && test -t 1 && echo us""able; stty -F /dev/fd/0 size >/dev/null; exit 5'
	[[ $output == *"exit 5"* ]] || fail "$1" "$output" "$stderr"
	kept_stop
}

@test "a target without terminals of its own" {
	has_terminal 'mount -t tmpfs none /dev/pts'
	has_terminal 'mount -t tmpfs none /dev'
	has_terminal 'umount -l /dev/pts'
}

@test "a target whose terminals are made up" {
	has_terminal 'mount -t tmpfs none /dev/pts && mkfifo /dev/pts/ptmx'
	has_terminal 'mount -t tmpfs none /dev/pts && mkdir /dev/pts/ptmx'
	has_terminal 'mount -t tmpfs none /dev/pts && ln -s /dev/ptmx /dev/pts/ptmx'
	has_terminal 'mount -t tmpfs none /dev/pts && ln -s /dev/kmsg /dev/pts/ptmx'
	has_terminal 'mount -t tmpfs none /dev && mkdir /dev/pts /dev/other &&
		mount -t devpts -o newinstance none /dev/other && rmdir /dev/pts && ln -s other /dev/pts'
}

@test "what only looks like a maker of terminals is not opened" {
	local opened=$BATS_TEST_TMPDIR/opened
	# Reading a pipe begins when somebody opens it for writing.
	has_terminal "mount -t tmpfs none /dev/pts && mkfifo /dev/pts/ptmx &&
		{ (cat /dev/pts/ptmx; : >'$opened') >/dev/null 2>&1 & }"
	[ ! -e "$opened" ]
}

@test "a target that has no terminal left" {
	has_terminal 'mount -t devpts -o newinstance,ptmxmode=666,max=0 none /dev/pts'
	has_terminal 'mount -t devpts -o newinstance,ptmxmode=000 none /dev/pts'
}

@test "a target whose terminals never answer" {
	requires fuse
	target_full --setup="'$NSJOIN_HELPERS/stallfs' /dev/pts"
	hear timeout 20 "$ptyrun" -- "$NSJOIN" -t "$T" -a true 3>&-
	[[ $output == *"exit 125"* || $output == *"exit 0"* ]] || fail "$output" "$stderr"
}

# after_signal SIGNAL - the terminal, when nsjoin was sent that in the midst of a raw session. Not from
# bash, which puts the terminal right itself.
after_signal() {
	local pid=$BATS_TEST_TMPDIR/pid
	rm -f "$pid"
	tty_run expect=ready run="kill -$1 \$(cat '$pid')" -- sh -c 'stty -a | md5sum
		sh -c "echo \$\$ >$0; exec $1 -t $2 -a sh -c \"echo ready; exec sleep 60\""
		stty -a | md5sum; exit 5' "$pid" "$NSJOIN" "$T"
	[[ $output == *"exit 5"* ]]
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | wc -l)" -eq 2 ]
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | sort -u | wc -l)" -eq 1 ] || fail "$1" "$output"
	no_orphans
}

@test "the terminal is as it was when nsjoin is ended" {
	local sig
	target_full
	for sig in TERM HUP INT QUIT USR1; do
		after_signal "$sig"
	done
}

@test "the program is gone when nsjoin is killed" {
	local pid=$BATS_TEST_TMPDIR/pid
	target_full
	tty_run expect='$ ' send="sh -c 'echo \$\$ >$pid; exec '$NSJOIN' -t $T -a sh -c \"echo rea\\\\\"\\\\\"dy; exec sleep 60\"'\n" \
		expect=ready run="kill -KILL \$(cat '$pid')" send='\nstty sane; exit 5\n' \
		-- env PS1='$ ' bash --norc --noediting -i
	# All that is left is the target itself.
	no_orphans
	[ "$(wc -l <"/proc/$T/root/proc/1/task/1/children")" -eq 0 ]
}
