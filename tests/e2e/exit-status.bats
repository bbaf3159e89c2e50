#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3
# How nsjoin ends: the program's status, its signal, and 125 to 127 for what is nsjoin's own.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# ends_as EXPECTED ARGS... - a parent that looks closely: "exit N" or "signal N", and a core file
ends_as() {
	local wanted=$1
	shift
	hear python3 - "$NSJOIN" "$@" <<-'END'
		import os, resource, signal, subprocess, sys
		hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
		resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
		def prepare():
		    for name in os.environ.get("IGNORE", "").split():
		        signal.signal(getattr(signal, name), signal.SIG_IGN)
		    for name in os.environ.get("BLOCK", "").split():
		        signal.pthread_sigmask(signal.SIG_BLOCK, [getattr(signal, name)])
		p = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, preexec_fn=prepare)
		status = os.waitpid(p.pid, 0)[1]
		if os.WIFSIGNALED(status):
		    core = " core" if os.WCOREDUMP(status) else ""
		    print("signal", signal.Signals(os.WTERMSIG(status)).name + core)
		else:
		    print("exit", os.WEXITSTATUS(status))
	END
	expect_output "$wanted"
}

@test "the program's status" {
	local status_wanted
	target_full
	for status_wanted in 0 1 42 124 125 126 127 128 143 255; do
		run j -t "$T" -n sh -c "exit $status_wanted"
		expect_status "$status_wanted"
		run j -t "$T" -p -m sh -c "exit $status_wanted"
		expect_status "$status_wanted"
	done
}

@test "a program that ends by a signal: the shell sees 128+N" {
	target_full
	run j -t "$T" -a sh -c 'kill -TERM $$'
	expect_status 143
	run j -t "$T" -a sh -c 'kill -SEGV $$'
	expect_status 139
	run j -t "$T" -a sh -c 'kill -KILL $$'
	expect_status 137
}

@test "nsjoin ends by the program's signal" {
	local sig
	target_full
	for sig in TERM KILL INT HUP QUIT USR1 PIPE ALRM; do
		ends_as "signal SIG$sig" -t "$T" -a sh -c "ulimit -c 0; kill -$sig \$\$"
	done
}

@test "nsjoin leaves no core file of its own" {
	target_full
	cd "$BATS_TEST_TMPDIR"
	ends_as "signal SIGSEGV" -t "$T" -p sh -c 'ulimit -c 0; kill -SEGV $$'
	ends_as "signal SIGABRT" -t "$T" -p sh -c 'ulimit -c 0; kill -ABRT $$'
	[ -z "$(find . -name 'core*')" ]
}

@test "a signal that the caller ignores or blocks does not lose the status" {
	target_full
	printf '%s\n' 'import os, signal' 'signal.signal(signal.SIGTERM, signal.SIG_DFL)' \
		'signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])' \
		'os.kill(os.getpid(), signal.SIGTERM)' >"$BATS_TEST_TMPDIR/die.py"
	IGNORE=SIGTERM ends_as "signal SIGTERM" -t "$T" -p python3 "$BATS_TEST_TMPDIR/die.py"
	BLOCK=SIGTERM ends_as "signal SIGTERM" -t "$T" -p python3 "$BATS_TEST_TMPDIR/die.py"
	IGNORE="SIGTERM SIGCHLD" BLOCK="SIGTERM SIGCHLD" \
		ends_as "signal SIGTERM" -t "$T" -p python3 "$BATS_TEST_TMPDIR/die.py"
}

@test "what the caller ignores and blocks is the program's when its files are the caller's" {
	target_start --ns=p
	IGNORE="SIGUSR1" BLOCK="SIGUSR2" hear python3 -c '
import os, signal, sys
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.execv(sys.argv[1], sys.argv[1:])' "$NSJOIN" -t "$T" -p "$fdlist" sigign sigblk
	expect_status 0
	[[ $(fact sigign) == *USR1* ]]
	[[ $(fact sigign) != *CHLD* && $(fact sigign) != *TERM* && $(fact sigign) != *INT* ]]
	[[ $(fact sigblk) == *USR2* ]]
	[[ $(fact sigblk) != *TERM* && $(fact sigblk) != *CHLD* ]]
}

@test "as the init of a pid namespace" {
	target_start --ns=n
	run timeout 20 unshare -p -f --kill-child "$NSJOIN" -t "$T" -n sh -c 'exit 9'
	expect_status 9
}

@test "as the init of a pid namespace, with a program that ends by a signal" {
	# An init cannot die of a signal that it sends to itself: 128+N it is.
	cat >"$BATS_TEST_TMPDIR/init" <<-'END'
		unshare -p -f --kill-child sleep 60 &
		until child=$(pgrep -P $!); do :; done
		exec "$1" -t "$child" -p sh -c 'kill -TERM $$'
	END
	run timeout 20 unshare -p -f --mount-proc --kill-child bash "$BATS_TEST_TMPDIR/init" \
		"$NSJOIN"
	expect_status 143
}

@test "own failures are 125" {
	run j -t 999999999 -n true
	expect_status 125
	run j --no-such-option
	expect_status 125
	run j
	expect_status 125
}
