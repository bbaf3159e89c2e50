#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3
# What a process carries with it: the caller's stays outside, the target's is taken.
#
#   R12  keys of the caller's session
#   R34  the caller's environment
#   R35  an environment of the target's that is none
#   R36  signals, umask, limits, affinity, niceness
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

keyring=$NSJOIN_HELPERS/keyring

# no_key ARGS... - the caller's key is not found inside
no_key() {
	hear timeout -k 5 20 "$keyring" hold "$key" "$NSJOIN" -t "$T" "$@" \
		"$keyring" search "$key" 3>&-
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
	expect_output ENOKEY
}

@test "the caller's keys cannot be found" {
	local key=nsjoin-test-$$
	run "$keyring" hold "$key" "$keyring" search "$key"
	expect_output "found secret"
	target_full
	no_key -a
	no_key -m
	no_key
	target_start --ns=UmuinpC --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	no_key -a
	no_key
}

@test "without the target's files the caller keeps his keys" {
	local key=nsjoin-test-$$
	target_full
	hear "$keyring" hold "$key" "$NSJOIN" -t "$T" -n -u "$keyring" search "$key"
	expect_output "found secret"
}

@test "the caller's environment stays outside" {
	kept_start env -i FOO=bar PATH=/usr/bin:/bin HOME=/root "$NSJOIN_HELPERS/nsbox" --ns=muinp \
		--mount-proc
	T=${BOX[target]}
	SECRET=hunter2 SSH_AUTH_SOCK=/x LD_LIBRARY_PATH=/y TERM=vt220 ok -t "$T" "$fdlist" env
	! grep -E 'SECRET|SSH_|LD_|BATS|NSJOIN' <<<"$output" || fail "$output"
	[[ $output == *"env FOO=bar"* && $output == *"env TERM=vt220"* ]]
	[[ $output == *"env PATH=/usr/bin:/bin"* && $output == *"env HOME=/root"* ]]
}

# odd_environment MORE - a target whose environment no program of good will has
odd_environment() {
	kept_start python3 -c 'import ctypes, sys
env = [b"no-assignment", b"=nameless", b"", b"ESC=\x1b]0;x\x07", b"LD_PRELOAD=/x.so", b"A=1", b"A=2",
       b"PATH=/usr/bin:/bin"] + [b"FILL%d=" % i + b"x" * 100000 for i in range(int(sys.argv[2]))]
argv = [sys.argv[1].encode(), b"--ns=muinp", b"--mount-proc"]
strings = lambda list: (ctypes.c_char_p * (len(list) + 1))(*list, None)
ctypes.CDLL(None).execve(argv[0], strings(argv), strings(env))' "$NSJOIN_HELPERS/nsbox" "$1"
	T=${BOX[target]}
}

@test "an odd environment of the target's does no harm" {
	local size
	for size in 0 15; do
		odd_environment "$size"
		for way in "-e -m" "-e -a" "--"; do
			# shellcheck disable=SC2086 # words
			ok -t "$T" $way "$fdlist" env
			! grep -E '^env( |$)(no-assignment|=|$)' <<<"$output" || fail "$output"
			grep -qx 'env A=2' <<<"$output"
			[ "$(grep -c '^env A=' <<<"$output")" -eq 1 ]
			! grep -qE "x\\.so|$(printf '\033')" <<<"$stderr" || fail "$stderr"
		done
		kept_stop
	done
}

# carried ARGS... - what nsjoin's program carries, when its caller carries all that he can
carried() {
	hear timeout 20 python3 - "$NSJOIN" -t "$T" "$@" 3>&- <<-'END'
		import ctypes, os, resource, signal, subprocess, sys
		signal.signal(signal.SIGINT, signal.SIG_IGN)
		signal.signal(signal.SIGQUIT, signal.SIG_IGN)
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGUSR1])
		os.umask(0o77)
		hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
		resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
		resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
		open("/proc/self/oom_score_adj", "w").write("300")
		os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
		os.nice(5)
		libc = ctypes.CDLL(None)
		libc.personality(0x40000)
		libc.prctl(29, 1, 0, 0, 0)
		subprocess.run(["ionice", "-c", "2", "-n", "7", "-p", str(os.getpid())], check=True)
		os.execv(sys.argv[1], sys.argv[1:])
	END
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
}

# process_state PID - as /proc tells it
process_state() {
	grep -E '^(Umask|Cpus_allowed_list):' "/proc/$1/status"
	sed 's/^/limits: /' "/proc/$1/limits"
	sed 's/^/oom: /' "/proc/$1/oom_score_adj"
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print "nice: " $17 }'
	head "/proc/$1/"{personality,timerslack_ns}
	ionice -p "${1/self/$$}"
}

@test "priority of input and output and personality are the target's" {
	target_full --limits
	carried cat /proc/self/personality
	expect_output 00040000
	kept_stop
	kept_start setarch i386 "$NSJOIN_HELPERS/nsbox" --ns=muinpC --mount-proc
	T=${BOX[target]}
	ionice -c 3 -p "$T"
	carried bash -c 'uname -m; ionice; cat /proc/self/personality'
	expect_output $'i686\nidle\n00000008'
	carried --as-target=-rlimits bash -c 'ionice; cat /proc/self/{personality,timerslack_ns}'
	expect_output $'best-effort: prio 7\n00040000\n1'
}

@test "signals, umask, limits, affinity and niceness are not the caller's" {
	# More than the caller's, since not everybody may take less.
	target_full --setup='echo 400 >/proc/$PPID/oom_score_adj'
	process_state "$T" >"$BATS_TEST_TMPDIR/target"
	carried bash -c "$(declare -f process_state); process_state self"
	diff <(sed 's,/proc/[0-9]*/,/proc/self/,' "$BATS_TEST_TMPDIR/target") - <<<"$output"
	carried grep -E '^(SigBlk|SigIgn):' /proc/self/status
	! grep -v '0000000000000000$' <<<"$output" || fail "$output"
}

@test "signals and umask are not the caller's with namespace options either" {
	target_full
	carried -a grep -E '^(SigBlk|SigIgn):' /proc/self/status
	! grep -v '0000000000000000$' <<<"$output" || fail "$output"
}
