#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox strace
# mounts: own
# A target that changes, holds or ends what enters it.
#
#   R26  the target's init ends after the namespaces were joined
#   R40  the memory of the target's cgroup is full
#   R52  somebody inside lets the program not end
#   R60  a target that forks, kills, renames and mounts as fast as it can
# NSJOIN_STORM_ENTRIES: how often the storm is entered; 1000 is what is promised, 100 is what CI has
# the time for.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# Where whoever turns on all processes refuses to be.
here=$(readlink /proc/self/ns/pid)

# ---- R26

# dies_after OPTIONS... - the target is killed as soon as nsjoin has joined
dies_after() {
	local trace=$BATS_TEST_TMPDIR/trace mark=$BATS_TEST_TMPDIR/ran tracer got=0
	target_full
	: >"$trace"
	timeout -k 5 20 strace -f -qq -o "$trace" -e trace=setns -e inject=setns:delay_exit=500000 \
		"$NSJOIN" -t "$T" "$@" /bin/sh -c ": >'$mark'" </dev/null \
		2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
	tracer=$!
	wait_line "$trace" 'setns\('
	kill -KILL "$T"
	wait "$tracer" || got=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	[ "$got" -eq 125 ] || fail "$*: status $got" "$stderr"
	[ ! -e "$mark" ] || fail "$*: the program ran"
	message_form
	expect_stderr 'exited|stopped|ended|gone'
	! grep -qi 'cannot allocate memory' <<<"$stderr" || fail "$stderr"
	kept_stop
}

@test "the target's init ends between joining and starting the program" {
	dies_after -p
	dies_after -a
	dies_after -m -p
	dies_after
}

# ---- R40

@test "who is killed on the way in: that is said, and what may have been missing" {
	local way
	target_full
	for way in -a --; do
		hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=execveat \
			-e inject=execveat:signal=KILL "$NSJOIN" -t "$T" "$way" /bin/true 3>&-
		expect_status 125
		message_form
		expect_stderr 'memory'
	done
}

@test "where there is no memory for a process the target's init is not said to have ended" {
	target_full
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=clone,clone3,vfork,fork \
		-e inject=clone,clone3,vfork,fork:error=ENOMEM:when=2+ "$NSJOIN" -t "$T" -a true 3>&- </dev/null
	expect_status 125
	message_form
	expect_stderr 'start a process: Cannot allocate memory'
}

# ---- R52

# held_program ARGS... - a program that does not end, since somebody holds it; nsjoin is $child
held_program() {
	local log=$BATS_TEST_TMPDIR/log
	: >"$log"
	# Not before the shell of the setting up has ended: it would be held, too.
	target_full --setup="(sleep 1; exec '$NSJOIN_HELPERS/holder' '$log' '$here') &"
	wait_line "$log" ready
	# A job of its own: else the shell has it ignore SIGINT.
	set -m
	"$NSJOIN" -t "$T" "$@" sleep 0.3 </dev/null >/dev/null 2>&1 3>&- &
	child=$!
	set +m
	wait_line "$log" holds
}

@test "a program that is held at its end: nsjoin can be ended" {
	local sig way
	for sig in INT TERM HUP; do
		# With -H it has no number that its leader could tell us, and the leader is held, too.
		for way in -a -H; do
			held_program "$way"
			kill -"$sig" "$child"
			gone "$child" 3
			wait "$child" || :
			kept_stop
		done
	done
}

# With -H the leader of its session is in the target's pid namespace.
@test "a leader that the target stops: nsjoin can be ended" {
	local leader
	target_full
	set -m
	"$NSJOIN" -t "$T" -H sh -c 'echo runs; sleep 9' </dev/null >"$BATS_TEST_TMPDIR/said" \
		2>&1 3>&- &
	child=$!
	set +m
	wait_line "$BATS_TEST_TMPDIR/said" runs
	leader=$(pgrep -P "$(leader_of "$child")")
	kill -STOP "$leader" # as root in there can
	kill -TERM "$child"
	gone "$child" 5
	run wait "$child"
	expect_status 143
	kept_stop
}

# Version 2 lets through what ends it by itself: the program has a handler.
@test "a program that is frozen: nsjoin can be ended" {
	local REPLY program name="frozen.${BATS_TEST_TMPDIR##*/}.$$"
	requires cgroup
	target_full
	set -m
	"$NSJOIN" -t "$T" sh -c 'trap : TERM; echo runs; while :; do sleep 1; done' </dev/null \
		>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	child=$!
	set +m
	wait_line "$BATS_TEST_TMPDIR/said" runs
	program=$(pgrep -P "$(leader_of "$child")")
	# Root in there can as well, where he may mount the hierarchy.
	cgroup_make freezer "$name" || cgroup_make '' "$name"
	echo "$program" >"$REPLY/cgroup.procs"
	freeze "$REPLY"
	kill -TERM "$child"
	gone "$child" 5
	thaw "$REPLY"
	run wait "$child"
	expect_status 143
	gone "$program" 5
	kept_stop
}

# leader_says KIND VALUE - what whoever has taken the leader over may tell for it
leader_says() {
	set -m
	"$NSJOIN" -t "$T" -H sh -c 'echo runs; sleep 9' </dev/null >"$BATS_TEST_TMPDIR/said" \
		2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
	child=$!
	set +m
	wait_line "$BATS_TEST_TMPDIR/said" runs
	"$NSJOIN_HELPERS/leadersay" "$(pgrep -P "$(leader_of "$child")")" "$@"
	gone "$child" 5
	run wait "$child"
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

@test "a leader that the target speaks for: nsjoin sends no signal for it but those that stop" {
	target_full
	leader_says stopped 9
	expect_status 125
	message_form
	leader_says stopped 15
	expect_status 125
	leader_says stopped -1
	expect_status 125
	leader_says ended 19
	expect_status 125
	leader_says ended 1792
	expect_status 7
	kept_stop
}

# held_pipe STREAM SIGNAL STATUS - what the program leaves behind holds a pipe, and nsjoin is told to end
held_pipe() {
	local idle=$BATS_TEST_TMPDIR/idle
	[ -p "$idle" ] || mkfifo "$idle"
	exec {idler}<>"$idle"
	set -m
	"$NSJOIN" -t "$T" "$NSJOIN_HELPERS/pipehold" "$1" <&"$idler" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	child=$!
	set +m
	exec {idler}>&-
	# The target's init has what the program leaves behind as soon as that has ended.
	holders=$((holders + 1))
	timeout 20 sh -c 'until [ "$(pgrep -c -P "$1" -x pipehold)" -eq "$2" ]; do sleep 0.02; done' \
		sh "$T" "$holders"
	kill "-$2" "$child"
	gone "$child" 5
	run wait "$child"
	expect_status "$3"
}

@test "a pipe that somebody in the target holds: nsjoin can be ended" {
	local stream holders=0
	target_full
	for stream in 0 1 2; do
		held_pipe "$stream" TERM 7
		held_pipe "$stream" KILL 137
	done
	kept_stop
}

@test "a program that is held at its end: nsjoin at a terminal can be ended" {
	local log=$BATS_TEST_TMPDIR/log
	: >"$log"
	# Not before the shell of the setting up has ended: it would be held, too.
	target_full --setup="(sleep 1; exec '$NSJOIN_HELPERS/holder' '$log' '$here') &"
	wait_line "$log" ready
	hear timeout 30 "$ptyrun" \
		run="until grep -q holds '$log'; do sleep 0.05; done" send='^C' \
		-- "$NSJOIN" -t "$T" -a sleep 0.3 3>&-
	[ "$status" -eq 0 ] || fail "$output" "$stderr"
}

# ---- R60

# What is held by this test's processes and the machine: descriptors, mounts (without those of an
# engine that somebody else's tests have started), orphans.
held() {
	ls /proc/self/fd | wc -l
	grep -vc "/nsjoin-e2e\.[^/ ]*/engine\." /proc/self/mountinfo
	cat "/proc/$NSJOIN_KEEPER/task/$NSJOIN_KEEPER/children"
}

# storm_entered WAY... - the storm is entered in these ways in turn, each of them words of options
storm_entered() {
	local root=$BATS_TEST_TMPDIR/root storm=$NSJOIN_HELPERS/storm i got=0 before start
	local entries=${NSJOIN_STORM_ENTRIES:-100} ran=0 way ways=("$@")
	local -A ends=()
	root_make "$root"
	mkdir "$root/a" "$root/b" "$root/remount"
	cp "$root/etc/"* "$root/a"
	cp "$root/bin/"* "$root/b"
	rm -r "${root:?}/etc"
	ln -s a "$root/etc"
	# The storm is at work in the root that is entered.
	target_start --ns=muinpC --mount-proc --pivot --root="$root" \
		--setup="exec '$storm' '$root' '$here'"
	before=$(held)
	# Where entering takes long, most of those who come are killed before they are in.
	for ((i = 0; i < entries || (ran == 0 && i < 5 * entries); i++)); do
		read -ra way <<<"${ways[i % ${#ways[@]}]}"
		got=0
		start=$EPOCHREALTIME
		timeout -k 1 10 "$NSJOIN" -t "$T" "${way[@]}" busybox echo fine </dev/null \
			>"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- || got=$?
		ends[$got]=$((${ends[$got]:-0} + 1))
		case $got in
		0)
			[ "$(<"$BATS_TEST_TMPDIR/stdout")" = fine ] || fail "entry $i: success without a program"
			ran=$((ran + 1))
			;;
		125 | 126 | 127) grep -q '^nsjoin: ' "$BATS_TEST_TMPDIR/stderr" ;;
		137) ;; # killed, as all are
		*) fail "entry $i: status $got" "$(<"$BATS_TEST_TMPDIR/stderr")" ;;
		esac
		awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { exit to - from > 5 }' ||
			fail "entry $i took longer than 5 seconds: status $got"
	done
	[ "$(ps -o stat=,comm= --ppid "$T" | grep -c '^[^Z].*storm')" -gt 0 ] || fail "it is calm"
	[ "$ran" -gt 0 ] || fail "nobody came in: $(declare -p ends)"
	[ "$(held)" = "$before" ] || fail "left behind:" "$(diff <(echo "$before") <(held))"
	echo "# $i entries: $(declare -p ends)" >&3
}

@test "entering a target that does all it can against it" {
	storm_entered -- -a -a
}

@test "the host's programs in a target that does all it can against it" {
	storm_entered -H '-H --view=host'
}
