#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# Signals: they reach the program, it does not outlive nsjoin, it stops and continues with it.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# start ARGS... - nsjoin in the background; $child is its pid, the program's words are in $said
# A job of its own: in a process group that is orphaned, as that of a daemon's tests, the kernel lets
# nothing stop, and where something was stopped it hangs up on the whole group.
start() {
	said=$BATS_TEST_TMPDIR/said
	: >"$said"
	set -m
	"$NSJOIN" "$@" >"$said" 2>"$BATS_TEST_TMPDIR/stderr" </dev/null 3>&- &
	child=$!
	set +m
}

# The program's pid as we see it: the only child of nsjoin or of the leader that nsjoin has put in
# between, or nsjoin itself.
program_pid() {
	local children
	children=$(leader_of "$child")
	children=$(<"/proc/${children:-$child}/task/${children:-$child}/children")
	children=${children% }
	echo "${children:-$child}"
}

# born - waits until the program's process is made; sets $pid
born() {
	local tries
	for ((tries = 0; tries < 1000; tries++)); do
		pid=$(program_pid 2>/dev/null) || continue
		[ "$pid" = "$child" ] || [[ " $(<"/proc/$child/task/$child/children") " == *" $pid "* ]] ||
			[ ! -e "/proc/$pid" ] || # one that nsjoin had do something, and that has ended
			return 0
	done
	fail "the program is not made"
}

# ends STATUS - nsjoin ends with it
ends() {
	local got=0
	gone "$child"
	wait "$child" || got=$?
	[ "$got" -eq "$1" ] || fail "ended with $got instead of $1" "$(<"$said")" \
		"$(<"$BATS_TEST_TMPDIR/stderr")"
}

@test "each signal reaches the program once, and nsjoin waits for it" {
	local sig
	target_start --ns=p
	start -t "$T" -p "$sigprog"
	wait_line "$said" '^ready'
	for sig in HUP INT QUIT USR1 USR2 WINCH; do
		kill -"$sig" "$child"
		wait_line "$said" "^got $sig$"
	done
	kill -TERM "$child"
	ends 15
	[ "$(grep -c '^got USR1$' "$said")" -eq 1 ]
	[ "$(grep -c '^got INT$' "$said")" -eq 1 ]
	[ "$(grep -c '^got TERM$' "$said")" -eq 1 ]
}

@test "the status of a program that handles the signal is kept" {
	target_full
	start -t "$T" -p -m sh -c 'trap "exit 15" TERM; echo ready; while :; do sleep 0.05; done'
	wait_line "$said" ready
	kill -TERM "$child"
	ends 15
}

# traced - a program under strace(1), which makes one system call after the other and ends with 5 some
# time after a signal; $tracer is strace, $pid the program
traced() {
	target_full
	start -q -t "$T" -a python3 -ISc "if True:
		import os, signal, time
		end = []
		def told(*_):
		    end.append(time.monotonic() + 1.6)
		for sig in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
		    signal.signal(sig, told)
		print('ready', flush=True)
		while not end or time.monotonic() < end[0]:
		    os.getppid()
		os._exit(5)"
	wait_line "$said" ready
	pid=$(program_pid)
	pid=${pid% }
	strace -o /dev/null -p "$pid" 2>"$BATS_TEST_TMPDIR/strace" 3>&- &
	tracer=$!
	kept_pid=("$tracer" "${kept_pid[@]}") # before what the traced keeps from ending
	wait_line "$BATS_TEST_TMPDIR/strace" attached
}

@test "the status of a program that is traced is kept as well" {
	local sig pid tracer
	requires python3 strace
	for sig in HUP INT TERM; do
		traced
		kill -"$sig" "$child"
		ends 5
	done
}

@test "a program that a tracer holds does not hold nsjoin" {
	local pid tracer
	requires python3 strace
	traced
	kill -STOP "$tracer"
	in_state t "$pid"
	kill -TERM "$child"
	ends 143
	kill -KILL "$tracer"
	gone "$pid"
}

@test "a program whose file does not answer can be given up" {
	local sig pid slow=$BATS_TEST_TMPDIR/slow
	cp "$NSJOIN_HELPERS/noop" "$slow"
	target_start --ns=pm
	local target=$T
	kept_start "$NSJOIN_HELPERS/stallexec" "$slow"
	for sig in TERM INT HUP; do
		start -t "$target" -p -m "$slow"
		born
		in_state D "$pid"
		kill -"$sig" "$child"
		ends $((128 + $(kill -l "$sig")))
	done
}

@test "a program whose file does not answer is given up after a while" {
	local slow=$BATS_TEST_TMPDIR/slow
	cp "$NSJOIN_HELPERS/noop" "$slow"
	target_start --ns=pm
	local target=$T
	kept_start "$NSJOIN_HELPERS/stallexec" "$slow"
	fails_with 125 system "no answer.*$slow" -t "$target" -p -m "$slow"
}

@test "a program that does not handle it dies of it, and so does nsjoin" {
	local row sig number
	target_start --ns=p
	for row in HUP:129 INT:130 QUIT:131 TERM:143 USR1:138 USR2:140; do
		sig=${row%:*} number=${row#*:}
		start -t "$T" -p perl -e \
			'$SIG{INT} = $SIG{QUIT} = "DEFAULT"; $| = 1; print "ready\n"; sleep 60'
		wait_line "$said" ready
		kill -"$sig" "$child"
		ends "$number"
	done
}

# killed_early ARGS... - nsjoin gets TERM at more and more late moments of its start
killed_early() {
	hear timeout 60 python3 - "$NSJOIN" "$@" 3>&- <<-'END'
		import signal, subprocess, sys, time
		for i in range(100):
		    p = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
		    end = time.monotonic() + i * 0.00004
		    while time.monotonic() < end:
		        pass
		    p.send_signal(signal.SIGTERM)
		    if p.wait(5) != -signal.SIGTERM:
		        sys.exit("after %d: %d" % (i, p.returncode))
	END
	[ "$status" -eq 0 ] || fail "$stderr"
	no_orphans
}

@test "no program outlives nsjoin: TERM at any moment of its start" {
	target_start --ns=p
	killed_early -t "$T" -p sleep 60
}

@test "no program of the target outlives nsjoin: TERM at any moment of its start" {
	target_full
	killed_early -t "$T" -p -m sleep 60
	killed_early -t "$T" -m sleep 60
}

@test "no program outlives nsjoin: KILL" {
	local pid
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	[ "$pid" -ne "$child" ]
	kill -KILL "$child"
	gone "$child"
	gone "$pid"
	wait "$child" || :
}

@test "the program stops and nsjoin with it; CONT continues both" {
	local pid
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	kill -TSTP "$pid"
	in_state T "$pid"
	in_state T "$child"
	kill -CONT "$child"
	in_state S "$pid"
	in_state S "$child"
	kill -TERM "$child"
	ends 143
}

@test "stop and continue any number of times, once each" {
	local pid tries
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	for ((tries = 0; tries < 10; tries++)); do
		kill -TSTP "$pid"
		in_state T "$child"
		kill -CONT "$child"
		in_state S "$pid"
		in_state S "$child"
	done
	kill -TERM "$child"
	ends 143
}

@test "TSTP to nsjoin stops the program" {
	local pid
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	kill -TSTP "$child"
	in_state T "$pid"
	in_state T "$child"
	kill -CONT "$child"
	in_state S "$pid"
	kill -TERM "$child"
	ends 143
}

@test "a program continued from elsewhere takes nsjoin with it" {
	local pid
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	kill -TSTP "$pid"
	in_state T "$child"
	kill -CONT "$pid"
	in_state S "$pid"
	kill -CONT "$child"
	in_state S "$child"
	kill -TERM "$child"
	ends 143
}

@test "STOP on the program stops nsjoin, and TERM then still ends both" {
	local pid
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	pid=$(program_pid)
	kill -STOP "$pid"
	in_state T "$child"
	kill -TERM "$child"
	kill -CONT "$child"
	ends 143
}

@test "the ended target ends the program in its pid namespace" {
	target_full
	start -t "$T" -p -m sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	kept_stop
	ends 137
	grep -qx "nsjoin: note: the program was killed: $T has ended" "$BATS_TEST_TMPDIR/stderr" ||
		fail "$(<"$BATS_TEST_TMPDIR/stderr")"
}

@test "the ended target ends a program that has the caller's files, in its pid namespace" {
	target_full
	start -t "$T" -p sh -c 'echo ready; exec sleep 60'
	wait_line "$said" ready
	kept_stop
	ends 137
	grep -qx "nsjoin: note: the program was killed: $T has ended" "$BATS_TEST_TMPDIR/stderr" ||
		fail "$(<"$BATS_TEST_TMPDIR/stderr")"
}

@test "without a process of its own signals go to the program directly" {
	target_start --ns=n
	start -t "$T" -n "$sigprog"
	wait_line "$said" '^ready'
	kill -USR1 "$child"
	wait_line "$said" '^got USR1'
	kill -TERM "$child"
	ends 15
}
