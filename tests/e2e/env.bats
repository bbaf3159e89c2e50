#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns
# -e and what of the caller's environment reaches a program.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# env_target NAME=VALUE... - a target with just this environment
env_target() {
	kept_start env -i "$@" "$NSJOIN_HELPERS/nsbox" --ns=muinp --mount-proc
	T=${BOX[target]}
}

@test "-e: the target's environment, and nothing of the caller's" {
	env_target FOO=bar PATH=/bin:/usr/bin 'EMPTY=' 'TWO=a=b' $'LINES=1\n2'
	SECRET=hunter2 TERM='' ok -t "$T" -e -m env
	[[ $output == *FOO=bar* && $output == *PATH=/bin:/usr/bin* && $output == *TWO=a=b* ]]
	[[ $output == *EMPTY=* && $output == *$'LINES=1\n2'* ]]
	[[ $output != *SECRET* && $output != *HOME=* && $output != *BATS* ]]
}

@test "-e keeps TERM" {
	env_target FOO=bar PATH=/bin
	TERM=vt220 ok -t "$T" --env -m "$fdlist" env
	grep -qx 'env TERM=vt220' <<<"$output"
	env_target TERM=dumb PATH=/bin
	TERM=vt220 ok -t "$T" -e -m "$fdlist" env
	[ "$(grep -c 'env TERM=' <<<"$output")" -eq 1 ]
	grep -qx 'env TERM=vt220' <<<"$output"
}

@test "without -e the caller's environment" {
	env_target FOO=bar
	SECRET=hunter2 ok -t "$T" -n -m "$fdlist" env
	grep -qx 'env SECRET=hunter2' <<<"$output"
	! grep -q FOO=bar <<<"$output" || fail "$output" "$stderr"
}

@test "-e with an empty environment gives a PATH that works" {
	env_target
	ok -t "$T" -e -m env
	ok -t "$T" -e -m sh -c 'echo fine'
	expect_output fine
}

@test "-e with an environment that was overwritten is said, and a sane PATH used" {
	target_full --clobber
	ok -t "$T" -e -m env
	expect_stderr 'nsjoin: (note|warning): .*(environ|overwritten)'
	grep -q '^PATH=.*/bin' <<<"$output"
	! grep -q xxx <<<"$output" || fail "$output" "$stderr"
}

@test "-e with an environment that is too long says what is left out" {
	local many=() i
	# One string may have 128 KiB.
	for ((i = 0; i < 12; i++)); do
		many+=("PAD$i=$(head -c 100000 /dev/zero | tr '\0' p)")
	done
	env_target FIRST=1 PATH=/bin:/usr/bin "${many[@]}" LAST=1
	ok -t "$T" -e -n /bin/true
	expect_stderr '^nsjoin: note: the environment of .* past 1 MiB .* is left out$'
	env_target FIRST=1 "${many[@]:0:5}" LAST=1
	ok -t "$T" -e -n /bin/true
	! grep -q 'left out' <<<"$stderr" || fail "$stderr"
}

@test "-e with a large environment of any size around a power of two" {
	local size
	for size in 993 994 1023 1024 2047 4095 4096 8191 65536; do
		env_target "PAD=$(printf "%${size}s" | tr ' ' p)" LAST=1 PATH=/bin:/usr/bin
		ok -t "$T" -e -m sh -c 'echo ${#PAD} $LAST'
		expect_output "$size 1"
		kept_stop
	done
}

@test "-e: entries that are no assignments are dropped" {
	requires python3
	# os.execve() takes nothing else than assignments.
	kept_start python3 -c 'import ctypes, sys
strings = lambda *words: (ctypes.c_char_p * (len(words) + 1))(*words, None)
ctypes.CDLL(None).execve(sys.argv[1].encode(), strings(b"nsbox", b"--ns=m"),
    strings(b"none", b"=nameless", b"A=1", b"PATH=/bin"))' "$NSJOIN_HELPERS/nsbox"
	T=${BOX[target]}
	grep -qz none "/proc/$T/environ"
	ok -t "$T" -e -m "$fdlist" env
	grep -qx 'env A=1' <<<"$output"
	! grep -E '^env (none|=)' <<<"$output" || fail "$output"
}

@test "-e for a program of the caller's files drops what would load the target's code" {
	env_target LD_PRELOAD=/nowhere/x.so LD_LIBRARY_PATH=/nowhere GCONV_PATH=/nowhere \
		BASH_ENV=/nowhere ENV=/nowhere PYTHONPATH=/nowhere PERL5LIB=/nowhere FOO=bar \
		PATH=/bin
	ok -t "$T" -e -n "$fdlist" env
	grep -qx 'env FOO=bar' <<<"$output"
	! grep -E '^env (LD_|GCONV_PATH|BASH_ENV|ENV|PYTHON|PERL5)' <<<"$output" || fail "$output"
	expect_stderr 'nsjoin: (note|warning): '
}

@test "-e for a program of the caller's files: nor what has it run a command" {
	local mark=$BATS_TEST_TMPDIR/ran
	requires less
	env_target LESS="+!touch $mark"$'\n' PATH=/bin
	TERM=xterm run timeout 20 "$ptyrun" expect=root send=q -- "$NSJOIN" -t "$T" -n -e less /etc/passwd \
		3>&-
	[ ! -e "$mark" ] || fail "the target's command was run"
	[[ $status -eq 0 && $output == *"exit 0"* ]] || fail "$output"
}

@test "-e for a program of the caller's files: a target's path does not say what it is" {
	local options own=$BATS_TEST_TMPDIR/own
	mkdir "$own"
	printf '#!/bin/sh\necho the target was here\n' >"$own/ip"
	cp "$own/ip" "$own/env"
	chmod 755 "$own"/*
	echo 'echo the target was here' >"$own/.bashrc"
	# A container is told by its mounts where its files are among the host's.
	env_target PATH="$own" HOME="$own" PAGER="$own/ip" XDG_CONFIG_HOME="$own" FOO=bar \
		TC_LIB_DIR="$own" DBUS_SYSTEM_BUS_ADDRESS=unixexec:path="$own/ip"
	for options in -n\ -e --view=host\ -e; do
		# shellcheck disable=SC2086 # several words
		HOME=/root ok -t "$T" $options env
		grep -qx 'FOO=bar' <<<"$output" || fail "$options: $output"
		grep -qx 'HOME=/root' <<<"$output"
		grep -qx "PATH=$PATH" <<<"$output"
		! grep -F "$own" <<<"$output" || fail "$options: $output"
		# shellcheck disable=SC2086
		HOME=$BATS_TEST_TMPDIR ok -t "$T" $options bash -ic 'echo $FOO' </dev/null
		expect_output bar
	done
}

@test "-e: nor do the caller's programs in a view of the target load its code" {
	local options
	env_target LD_PRELOAD=/nowhere/x.so PYTHONHOME=/nowhere BASH_ENV=/nowhere/rc \
		PERL5OPT=-Mnowhere FOO=bar PATH=/bin
	for options in -H\ -e -H\ --as-target=env -H\ --privileged\ -e --view=host\ -e; do
		# shellcheck disable=SC2086 # several words
		ok -t "$T" $options env
		grep -qx 'FOO=bar' <<<"$output" || fail "$options: $output"
		! grep -E '^(LD_|PYTHON|BASH_ENV|PERL5)' <<<"$output" || fail "$options: $output"
		expect_stderr '^nsjoin: note: 4 variables of .* left out: the program is yours$'
	done
}

@test "-e for a program of the target's files keeps all of it" {
	env_target GCONV_PATH=/nowhere PYTHONPATH=/nowhere FOO=bar PATH=/bin
	ok -t "$T" -e -m "$fdlist" env
	grep -qx 'env PYTHONPATH=/nowhere' <<<"$output"
}

@test "-e: root reads the environment of a process that its owner may not look into" {
	requires user
	OF_TARGET=1 target_rootless --undumpable
	ok -t "$T" -e -n env
	grep -qx OF_TARGET=1 <<<"$output" || fail "$output"
	refused_as user_j permission "$T" -t "$T" -U -e
}

@test "-e without a target" {
	env_target A=1
	refused no-target '' -n="/proc/$T/ns/net" -e
}

@test "the PATH that is searched is the program's" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho found\n' >"$BATS_TEST_TMPDIR/bin/only-here"
	chmod 755 "$BATS_TEST_TMPDIR/bin/only-here"
	env_target PATH="$BATS_TEST_TMPDIR/bin:/bin"
	ok -t "$T" -e -m only-here
	expect_output found
	hear j -t "$T" -m only-here
	expect_status 127
}

# Who reads it is born there, where nsjoin has no number.
@test "the children of whoever types are in another pid namespace" {
	target_full
	hear timeout -k 5 20 nsenter -t "$T" -p -F "$NSJOIN" -t "$T" -n -e env 3>&-
	expect_status 0
}
