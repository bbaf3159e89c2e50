#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3
# A person at a terminal: keys reach the program, jobs can be stopped and continued.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

tty_run() {
	run --separate-stderr timeout 40 "$ptyrun" "$@" 3>&-
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
}

@test "^C reaches the program once, and nsjoin waits for it" {
	target_start --ns=p
	tty_run expect='ready' send='^C' expect='got INT' send='^C' expect='got INT' send='\x1c' \
		expect='got QUIT' -- "$NSJOIN" -t "$T" -p "$sigprog" --exit=3
	[ "$(grep -c 'got INT' <<<"$output")" -eq 2 ]
	[[ $output == *"exit 3"* ]]
}

@test "^C in a read-eval-print loop leaves the loop running" {
	target_full
	tty_run expect='>>> ' send='1+41\n' expect='42' expect='>>> ' insist='^C:KeyboardInterrupt' \
		expect='>>> ' send='2+50\n' expect='52' send='exit(7)\n' \
		-- "$NSJOIN" -t "$T" -p -n env PYTHON_BASIC_REPL=1 python3 -i -q
	[[ $output == *"exit 7"* ]]
}

@test "^C ends a program that does not handle it, and nsjoin by the same signal" {
	target_start --ns=p
	tty_run expect=ready send='^C' -- "$NSJOIN" -t "$T" -p sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal INT"* ]]
}

@test "^Z, fg: stopped and continued once" {
	target_start --ns=p
	tty_run expect='$ ' send="'$NSJOIN' -t $T -p cat\n" send='one\n' expect='one' expect='one' \
		send='^Z' expect='Stopped' expect='$ ' send='jobs | wc -l\n' expect='1' \
		expect='$ ' \
		send='fg\n' expect='cat' send='two\n' expect='two' expect='two' \
		send='^C' expect='$ ' send='echo st=$?\n' expect='st=130' send='exit 5\n' \
		-- env PS1='$ ' bash --norc --noediting -i
	[ "$(grep -c 'Stopped' <<<"$output")" -eq 1 ]
	[[ $output == *"exit 5"* ]]
}

@test "in the background it stops when it reads the terminal" {
	target_start --ns=p
	tty_run expect='$ ' send="'$NSJOIN' -t $T -p cat &\n" expect='$ ' \
		send='until jobs | grep Stop; do :; done\n' expect='Stopped' \
		expect='$ ' send='fg\n' expect='cat' send='hello\n' expect='hello' expect='hello' \
		send='^D' expect='$ ' send='exit 5\n' -- env PS1='$ ' bash --norc --noediting -i
	[[ $output == *"exit 5"* ]]
}

@test "the window's size, and that it changed" {
	target_start --ns=p
	tty_run resize=30x100 expect=ready send='\n' expect='30 100' resize=41x133 \
		expect='got WINCH' \
		send='\n' expect='41 133' -- "$NSJOIN" -t "$T" -p bash -c \
		'trap "echo got WINCH" WINCH; echo ready; read -r; stty size; until read -r -t 0.1; do :; done; stty size'
}

@test "the terminal is as it was afterwards" {
	target_start --ns=p
	tty_run expect='$ ' send='stty -a | md5sum\n' expect='-' expect='$ ' \
		send="'$NSJOIN' -t $T -p true; '$NSJOIN' -t $T -p sh -c 'kill -9 \$\$'\n" \
		expect='$ ' \
		send='stty -a | md5sum\n' expect='-' expect='$ ' send='exit\n' \
		-- env PS1='$ ' bash --norc --noediting -i
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | sort -u | wc -l)" -eq 1 ]
}

@test "a terminal that hangs up ends the program" {
	target_start --ns=p
	tty_run expect=ready hangup -- "$NSJOIN" -t "$T" -p sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal HUP"* ]]
	no_orphans
}
