#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns busybox
# A process of what is one's own, as an ordinary user and without options; and what limits, filters
# and capabilities a program ends with, against those of the target.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

states='^(CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp|Seccomp_filters|Umask):'

# same_state [STATES] - $output is what the target's status has of these; nothing is inheritable
same_state() {
	expect_output "$(grep -E "${1:-$states}" "/proc/$T/status"; cat "/proc/$T/limits" \
		"/proc/$T/oom_score_adj")"
}

# Says the same of a program.
tell=(sh -c 'grep -E "$1" /proc/self/status; cat /proc/self/limits /proc/self/oom_score_adj' - "$states")

@test "root: all of it is the target's" {
	target_full --filters=2 --limits --few-caps
	ok -t "$T" "${tell[@]}"
	same_state
	joined_all
	target_full --filters=1 --limits --nnp --uid=7 --gid=8 --groups=20,30
	ok -t "$T" "${tell[@]}"
	same_state
	ok -t "$T" "$fdlist" uid gid groups capinh nice
	[ "$(fact uid)" = "7 7 7 7" ]
	[ "$(fact gid)" = "8 8 8 8" ]
	[ "$(fact groups)" = "20 30" ]
	[ "$(fact capinh)" = 0000000000000000 ]
	[ "$(fact nice)" = 5 ]
}

joined_all() {
	ok -t "$T" "$fdlist" ns
	joined mnt pid net ipc uts cgroup
}

@test "root and a user namespace: its bounding set is not the one that joining gives" {
	target_start --ns=UmuinpC --mount-proc --uid-map='0 100000 65536' \
		--gid-map='0 100000 65536' --uid=0 --gid=0 --filters=1 --limits --few-caps
	ok -t "$T" "${tell[@]}"
	same_state
	ok -t "$T" "$fdlist" uid
	[ "$(fact uid)" = "0 0 0 0" ]
}

@test "capabilities of a user namespace that is not joined are none here" {
	target_start --ns=Un --uid-map='0 100000 65536' --gid-map='0 100000 65536' --uid=0 --gid=0
	ok -t "$T" -n --as-target=caps "$fdlist" capeff capprm capbnd uid
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact capeff)" = 0000000000000000 ]
	[ "$(fact capprm)" = 0000000000000000 ]
	[ "$(fact capbnd)" = 0000000000000000 ]
}

@test "nsjoin itself stays what it was" {
	local child
	target_full --limits --filters=1 --few-caps
	"$NSJOIN" -t "$T" sh -c 'echo ready; exec sleep 60' >"$BATS_TEST_TMPDIR/said" 3>&- &
	child=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	diff <(grep -E "$states" "/proc/$child/status"; cut -d ' ' -f 19 "/proc/$child/stat"
		cat "/proc/$child/"{limits,oom_score_adj}) \
		<(grep -E "$states" /proc/self/status; cut -d ' ' -f 19 /proc/self/stat
		cat /proc/self/{limits,oom_score_adj})
	kill "$child"
	wait "$child" || :
	gone "$child"
}

@test "without a fork the same" {
	target_start --ns=mun --mount-proc --filters=1 --limits --few-caps
	ok -t "$T" -F "${tell[@]}"
	same_state
}

@test "a filter is in force: what it denies is denied" {
	target_full --filters=1
	# The number of acct(2), which the filter lets fail with ENOTTY.
	hear j -t "$T" python3 -c 'import ctypes, errno
c = ctypes.CDLL(None, use_errno=True); c.acct(None); print(errno.errorcode[ctypes.get_errno()])'
	expect_output ENOTTY
	hear j -t "$T" --as-target=-seccomp python3 -c 'import ctypes, errno
c = ctypes.CDLL(None, use_errno=True); print(c.acct(None))'
	expect_output 0
}

@test "a filter that forbids what nsjoin needs is named, and nothing was done" {
	target_full --filters=1 --deny=execve
	refused permission 'filter of .* forbids execve' -t "$T"
	target_full --filters=1 --deny=capset
	refused permission 'filter of .* forbids capset' -t "$T"
	ok -t "$T" --as-target=-seccomp true
	target_full --filters=1 --deny=setsid
	refused permission 'filter of .* forbids setsid' -t "$T"
	ok -t "$T" -F true
	# It would leave out those that come after it, and nobody would notice.
	target_full --filters=2 --deny=seccomp
	refused permission 'filter of .* forbids seccomp' -t "$T"
	refused permission 'filter of .* forbids seccomp' -t "$T" -H
	target_full --filters=1 --deny=seccomp
	ok -t "$T" grep Seccomp_filters: /proc/self/status
	expect_output $'Seccomp_filters:\t1'
	# Loaded by the program itself as the last thing it may forbid all but execve.
	target_full --filters=1 --deny=setsid --nnp --engine-caps
	ok -t "$T" grep Seccomp: /proc/self/status
	expect_output $'Seccomp:\t2'
	# Not where somebody with CAP_SYS_PTRACE could be there before.
	target_full --filters=1 --deny=setsid --nnp
	refused permission 'filter of .* forbids setsid' -t "$T"
}

@test "the user namespace without a map" {
	kept_start setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Un \
		"$NSJOIN_HELPERS/nsbox"
	T=${BOX[target]}
	user_ok -t "$T" "$fdlist" uid capeff ns
	[ "$(fact uid)" = "65534 65534 65534 65534" ]
	[ "$(fact 'ns net')" = "${BOX[net]}" ]
	# Somebody else has no name for what the target is.
	refused uid-unmapped 'does not exist in its user namespace' -t "$T"
	expect_stderr 'uid 1000'
}

@test "a tree of unshare's: nothing but -t" {
	kept_start setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Urmpf --mount-proc \
		"$NSJOIN_HELPERS/nsbox"
	T=$(pgrep -P "${kept_pid[0]}" nsbox)
	user_ok -t "$T" "${tell[@]}"
	same_state
	user_ok -t "$T" "$fdlist" uid gid ns
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact 'ns mnt')" = "$(ns_of mnt "$T")" ]
}

@test "uid and gid 0 do not exist inside" {
	target_rootless --uid-map='7 1000 1' --gid-map='8 1000 1'
	user_ok -t "$T" "$fdlist" uid gid
	[ "$(fact uid)" = "7 7 7 7" ]
	[ "$(fact gid)" = "8 8 8 8" ]
}

@test "nested user namespaces" {
	target_start --as=1000 --nest=1 --ns=UmuinpC --mount-proc --uid-map='0 1000 1' \
		--gid-map='0 1000 1' --deny-setgroups
	user_ok -t "$T" "$fdlist" ns
	[ "$(fact 'ns user')" = "${BOX[user]}" ]
	[ "$(fact 'ns net')" = "${BOX[net]}" ]
}

@test "namespaces of several owners" {
	target_start --before=n --ns=UmuipC --mount-proc --uid-map='0 100000 65536' \
		--gid-map='0 100000 65536' --uid=0 --gid=0
	ok -t "$T" "$fdlist" ns
	joined mnt pid net ipc uts cgroup user
}

@test "what the kernel keeps from an owner is said once, and done without" {
	target_rootless --filters=1 --limits
	hear user_j -t "$T" grep Seccomp: /proc/self/status
	expect_output $'Seccomp:\t0'
	[ "$(grep -c '^nsjoin: note: ' <<<"$stderr")" -eq 1 ] || fail "$stderr"
	expect_stderr 'not all of .* without its seccomp filters'
	hear user_j -q -t "$T" true
	[ -z "$stderr" ] || fail "$stderr"
}

@test "limits that may not be raised stay lower" {
	target_rootless --limits
	hear bash -c 'ulimit -n 32; exec "$@"' - setpriv --reuid 1000 --regid 1000 \
		--clear-groups timeout 20 "$NSJOIN" -t "$T" "$fdlist" nofile 3>&-
	expect_output 'nofile 32 32'
	expect_stderr 'no higher than yours \(.*nofile'
}

# beside ARGS... - run in the cgroup $beside
beside() {
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$beside" "$@"
}

user_j_beside() {
	beside setpriv --reuid 1000 --regid 1000 --clear-groups timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

# own_cgroup_of HIERARCHY - an ordinary user, and a target in a cgroup that is not his, and then is
own_cgroup_of() {
	local name directory beside
	name=nsjoin-own-$BATS_TEST_NUMBER-$$
	# Without a cgroup namespace, so that paths are the same inside.
	target_start --as=1000 --ns=Umuinp --mount-proc --uid-map='0 1000 1' --gid-map='0 1000 1' \
		--deny-setgroups
	cgroup_make "$1" "$name"
	cgroup_make "$1" "$name/beside"
	beside=$REPLY
	cgroup_make "$1" "$name/target"
	directory=$REPLY
	echo "$T" >"$directory/cgroup.procs"
	hear user_j_beside -t "$T" cat /proc/self/cgroup
	expect_status 0
	expect_output "$(beside cat /proc/self/cgroup)"
	expect_stderr 'outside of its cgroup'
	# Asked for by its letter it has to be.
	refused_as user_j_beside cgroup-join 'not yours to join' -t "$T" -c
	if [ -e "$directory/tasks" ]; then
		chown 1000 "$directory/tasks"
	else
		# In version 2 who moves has to be let out of where he was, too.
		chown 1000 "$directory/cgroup.procs"
		refused_as user_j_beside cgroup-join 'not yours to join' -t "$T" -c
		chown 1000 "${directory%/*}/cgroup.procs"
	fi
	hear user_j_beside -t "$T" cat /proc/self/cgroup
	expect_status 0
	expect_output "$(<"/proc/$T/cgroup")"
	[ -z "$stderr" ] || fail "$stderr"
}

# bats test_tags=cgroup1
@test "a cgroup of version 1 that is not his to join: without, and with a note" {
	requires cgroup1
	own_cgroup_of pids
}

@test "a cgroup of version 2 that is not his to join: without, and with a note" {
	requires cgroup2
	own_cgroup_of ''
}

@test "a stranger's is refused with its one cause" {
	target_rootless
	hear setpriv --reuid 1001 --regid 1001 --clear-groups timeout 20 "$NSJOIN" \
		-t "$T" true 3>&-
	expect_status 125
	expect_stderr 'Permission denied|uid 1000'
}

# frozen_in HIERARCHY OPTIONS... - a target that stands still
frozen_in() {
	target_full "${@:2}"
	cgroup_make "$1" "nsjoin-own-$BATS_TEST_NUMBER-$$"
	echo "$T" >"$REPLY/cgroup.procs"
	freeze "$REPLY"
}

# bats test_tags=cgroup1
@test "a target that version 1 has frozen is refused, and can be entered without its cgroup" {
	requires freezer
	frozen_in freezer
	refused cgroup-frozen 'as-target=-cgroup' -t "$T"
	ok -t "$T" --as-target=-cgroup "$fdlist" uid
}

# bats test_tags=cgroup1
@test "a target that version 1 has frozen cannot be stopped for its filter: said, without waiting" {
	requires freezer
	frozen_in freezer --filters=1
	# One hint is enough.
	refused cgroup-frozen 'is frozen' -t "$T"
	expect_stderr '--as-target=-seccomp,-cgroup"'
	hear j -t "$T" --as-target=-cgroup true
	expect_status 125
	expect_stderr 'does not stop'
	# As the hint has it.
	ok -t "$T" "$(grep -o -e '--as-target=[a-z,-]*' <<<"$stderr")" true
}

# There it is a stop like others.
@test "a target that version 2 has frozen is refused, and can be entered without its cgroup" {
	requires cgroup2
	frozen_in '' --filters=1
	refused cgroup-frozen 'as-target=-cgroup' -t "$T"
	ok -t "$T" --as-target=-cgroup "$fdlist" seccomp
	[ "$(fact seccomp)" = 2 ] || fail "$output"
	grep -qx "frozen 1" "$REPLY/cgroup.events"
}

@test "a target that was stopped by a signal can be entered, and stays so" {
	local filters
	target_full --filters=2
	kill -STOP "$T"
	in_state T "$T"
	ok -t "$T" grep Seccomp_filters /proc/self/status
	filters=$output
	in_state T "$T"
	ok -t "$T" true
	kill -CONT "$T"
	in_state S "$T"
	[ "$filters" = "$(grep Seccomp_filters "/proc/$T/status")" ] || fail "$filters"
	ok -t "$T" true
}

@test "more processes than the cgroup has room for" {
	requires cgroup-pids
	target_full --engine-caps
	cgroup_make pids "nsjoin-own-$BATS_TEST_NUMBER-$$"
	cgroup_limit "$REPLY" pids 1
	echo "$T" >"$REPLY/cgroup.procs"
	ok -t "$T" cat /proc/self/cgroup
	expect_output "$(nsenter -t "$T" -C cat "/proc/$T/cgroup")"
	# Who could be seized before he is in it is not made.
	target_full
	echo "$T" >"$REPLY/cgroup.procs"
	refused 'system' 'a limit on processes is reached' -t "$T"
}

@test "copying a filter is not noticed by whom it is copied from" {
	local i
	target_full --filters=1
	for i in 1 2 3 4 5; do
		ok -t "$T" -v true
		expect_stderr 'process [0-9]+ was stopped for [0-9]+ us$'
	done
	grep -q '^TracerPid:.0$' "/proc/$T/status"
}

# acct_denied OPTIONS... - the filter of the target that was started is in force: acct(2) is ENOTTY
acct_denied() {
	ok -t "$T" "$@" -v python3 -c 'import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
print(libc.acct(b"/nonexistent"), errno.errorcode[ctypes.get_errno()])'
	expect_output '-1 ENOTTY'
}

# other_thread - the thread of the target that is not its first
other_thread() {
	find "/proc/$T/task" -mindepth 1 -maxdepth 1 ! -name "$T" -printf '%f\n'
}

@test "a filter is copied from a thread that does not notice, where it has the same" {
	target_full --filters=1 --engine-caps --noticing --thread
	acct_denied
	expect_stderr "process $(other_thread) was stopped for [0-9]+ us\$"
	target_full --filters=2 --engine-caps --noticing --thread
	acct_denied
	expect_stderr "process $(other_thread) was stopped for [0-9]+ us\$"
}

@test "no filter is copied from a thread that can have one of its own" {
	local options
	for options in '--engine-caps --nnp' '--nnp' ''; do
		# shellcheck disable=SC2086
		target_full --filters=2 --noticing --thread-deny=setsid $options
		[ "$(grep Seccomp_filters "/proc/$(other_thread)/status")" = $'Seccomp_filters:\t2' ]
		acct_denied
		expect_stderr "process $T was stopped for [0-9]+ us: "
		kept_stop
	done
}

@test "no filter is copied from an orphan that has entered with one of the host's" {
	local agent i
	target_full --filters=1 --deny=setsid
	agent=$T
	target_full --filters=1 --noticing
	# It is not to keep the targets: what they wait for the end of is not for it.
	(
		for i in "${kept_fd[@]}"; do
			exec {i}>&-
		done
		j -t "$agent" -u --as-target=seccomp nsenter -t "$T" -m -p \
			sh -c 'sleep 1000 </dev/null >/dev/null 2>&1 &'
	)
	[ -n "$(<"/proc/$T/task/$T/children")" ] || fail "it is not there"
	acct_denied
	expect_stderr "process $T was stopped for [0-9]+ us: "
}

@test "a thread that executes, ends or is killed while it is held: another one is asked" {
	local what tid held state nsjoin
	for what in exec exit first; do
		target_full --filters=1 --engine-caps --noticing --on-signal=$what
		tid=$(basename "$(other_thread)")
		# Seized, but running still; and where the first thread executes, stopped.
		held=1 state=S
		[ "$what" != first ] || held=3 state=t
		timeout -k 5 30 strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=ptrace \
			-e inject=ptrace:delay_exit=500000:when=$held "$NSJOIN" -t "$T" \
			grep Seccomp: /proc/self/status >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- &
		nsjoin=$!
		timeout 10 sh -c 'until grep -q "^TracerPid:.[1-9]" "$1" && grep -q "^State:.$2" "$1"; do
				sleep 0.01
			done' sh "/proc/$T/task/$tid/status" "$state"
		kill -USR1 "$T"
		wait "$nsjoin" || fail "$what" "$(<"$BATS_TEST_TMPDIR/out")"
		[ "$(<"$BATS_TEST_TMPDIR/out")" = $'Seccomp:\t2' ] || fail "$what" "$(<"$BATS_TEST_TMPDIR/out")"
		[ ! -e "/proc/$T/task/$tid" ] || fail "$what: it was not in time"
		kept_stop
	done
}

@test "no signal is lost that reaches the target while it is stopped" {
	local sender
	kept_start "$NSJOIN_HELPERS/odd" counting "$BATS_TEST_TMPDIR/count"
	T=${BOX[target]}
	python3 -c 'import os, signal, sys, time
for i in range(4000):
    os.kill(int(sys.argv[1]), signal.SIGRTMIN)
    time.sleep(0.0002)' "$T" 3>&- &
	sender=$!
	while kill -0 "$sender" 2>/dev/null; do
		ok -v -t "$T" --as-target=seccomp -F true
		expect_stderr "process $T was stopped for "
	done
	wait "$sender"
	kept_stop
	[ "$(<"$BATS_TEST_TMPDIR/count")" -eq 4000 ] || fail "$(<"$BATS_TEST_TMPDIR/count")"
}

@test "what the caller ignores is ignored still by a program that gets the filters with -F" {
	local without
	target_full --filters=1
	# Also where there is no process left to copy them.
	for without in '' clone,clone3,fork,vfork:error=EAGAIN; do
		hear timeout 20 python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp(sys.argv[1], sys.argv[1:])' ${without:+strace -I 2 -f -o /dev/null -e trace="${without%%:*}" -e inject="$without"} \
			"$NSJOIN" -t "$T" -u --as-target=seccomp -F "$fdlist" sigign sigblk
		expect_status 0
		[[ $(fact sigign) == *CHLD* && $(fact sigblk) != *CHLD* ]] || fail "$without" "$output"
	done
}

@test "many at once: one copies the filters, the others wait" {
	local i gate pids=() result=0 many=200
	[ -z "${ASAN_OPTIONS:-}" ] || many=50 # with a sanitizer each takes several times as long
	target_full --filters=1
	exec {gate}>"$BATS_TEST_TMPDIR/gate"
	flock -x "$gate"
	for ((i = 0; i < many; i++)); do
		timeout -k 5 60 flock -s "$BATS_TEST_TMPDIR/gate" "$NSJOIN" -t "$T" \
			grep Seccomp: /proc/self/status >>"$BATS_TEST_TMPDIR/confined" \
			2>>"$BATS_TEST_TMPDIR/said" 3>&- {gate}>&- &
		pids+=($!)
	done
	# All are there before the first may go.
	sleep 1
	exec {gate}>&-
	for i in "${pids[@]}"; do
		wait "$i" || result=1
	done
	[ "$result" -eq 0 ] || fail "$(sort "$BATS_TEST_TMPDIR/said" | uniq -c)"
	[ "$(grep -c '^Seccomp:.2$' "$BATS_TEST_TMPDIR/confined")" -eq "$many" ]
}

@test "who may not trace the target is not kept waiting for ever" {
	target_full --filters=1
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=ptrace,wait4,setns,pread64,openat,read \
		-e inject=ptrace:error=EPERM "$NSJOIN" -t "$T" true 3>&-
	expect_status 125
	message_form
	expect_stderr 'cannot copy .* a security module forbids it'
}

# ProcSubset=pid of systemd: there is no /proc/sys.
@test "where the caller's /proc shows processes alone" {
	target_full
	hear unshare -m --propagation private sh -c \
		'mount -t proc -o subset=pid proc /proc && exec timeout 20 "$@"' \
		sh "$NSJOIN" -t "$T" hostname 3>&-
	expect_status 0
	expect_output tgt
	[ -z "$stderr" ] || fail "$stderr"
}
