#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker nsenter
# Without a namespace option: a process of the target, the same as docker exec makes one. Each of the
# commands below is run both ways and has to say the same.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

# What a program can see of who it is. Processes differ in their numbers, and in nothing else.
commands=(
	'id'
	'id -u; id -g; id -G; id -un; id -gn'
	'grep ^Cap /proc/self/status'
	'grep -E "^(NoNewPrivs|Seccomp|TracerPid):" /proc/self/status'
	'grep -E "^(Uid|Gid|Groups):" /proc/self/status'
	'grep -E "^(Sig(Pnd|Blk|Ign|Cgt)|ShdPnd):" /proc/self/status'
	'grep -E "^(Cpus|Mems)_allowed" /proc/self/status'
	'grep -E "^(Umask|Speculation)" /proc/self/status | grep Umask'
	'cat /proc/self/limits'
	'ulimit -a'
	'cat /proc/self/cgroup'
	'cat /proc/self/oom_score_adj'
	'cat /proc/self/attr/current 2>/dev/null; echo $?'
	'umask'
	'awk "{ print \$19, \$40, \$41 }" /proc/self/stat'
	'env | grep -vE "^(SHLVL|PWD|_)=" | sort'
	'echo "$PATH"; echo "$HOME"; echo "$HOSTNAME"'
	'pwd; readlink /proc/self/cwd'
	'readlink /proc/self/root; ls -di /'
	'for n in mnt pid net ipc uts user cgroup; do readlink /proc/self/ns/$n; done'
	'hostname'
	'cat /proc/self/uid_map /proc/self/gid_map'
	'cat /proc/self/mountinfo'
	'ls /'
	'cat /etc/passwd /proc/1/comm'
	'unshare -m true; echo $?'
	'mknod /tmp/k c 1 11; echo $?; rm -f /tmp/k'
	'mount -t tmpfs none /tmp 2>/dev/null; echo $?'
	'chown 5:5 /tmp; echo $?; chown 0:0 /tmp'
	'echo x >/opt/made; stat -c "%u %g %a" /opt/made; rm -f /opt/made'
	'dmesg >/dev/null 2>&1; echo $?'
	'date -s @1 2>&1; hostname other 2>&1; kill -0 1; echo $?'
	'exit 42'
	'kill -TERM $$'
)

setup_file() {
	engine_start || return
	export P=b$$x
	container_start "$P-plain" -e FOO=bar -w /opt --hostname plain-host
	container_start "$P-user" --user 1234:1235 --group-add 50
	container_start "$P-nnp" --security-opt no-new-privileges
	container_start "$P-nnpuser" --security-opt no-new-privileges --user 1234:1235
	# Of open files the engine's own runtime may give its exec the hard limit as the soft one.
	container_start "$P-limits" --ulimit nofile=128:128 --ulimit stack=1048576:2097152 \
		--ulimit core=0:0 --oom-score-adj 300 --pids-limit 50
	container_start "$P-caps" --cap-drop ALL --cap-add CHOWN --cap-add NET_RAW
	container_start "$P-open" --security-opt seccomp=unconfined --cap-add SYS_PTRACE
	container_start "$P-read" --read-only --tmpfs /tmp
	engine run -di --network none --name "$P-clobber" -e FOO=bar -e PATH=/opt:/bin \
		-v "$NSJOIN_HELPERS:/helpers:ro" "$engine_image" /helpers/odd overwritten >/dev/null
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	jobs_end
	kept_stop
	clean_cgroups
}

# asked NAME COMMAND - nsjoin -t NAME says what docker exec NAME says
asked() {
	local name=$P-$1 theirs ours
	# docker exec mixes up the order of the two streams.
	theirs=$(engine exec "$name" sh -c "$2" 2>"$BATS_TEST_TMPDIR/theirs"
		echo "status $?"; cat "$BATS_TEST_TMPDIR/theirs")
	ours=$(env -u TERM -u COLORTERM "$NSJOIN" -t "$name" sh -c "$2" 3>&- \
		2>"$BATS_TEST_TMPDIR/ours"; echo "status $?"; cat "$BATS_TEST_TMPDIR/ours")
	[ "$ours" = "$theirs" ] || fail "$name: $2" "$(diff <(echo "$theirs") <(echo "$ours"))"
}

# both NAME - whatever is asked
both() {
	local command
	for command in "${commands[@]}"; do
		asked "$1" "$command"
	done
}

# both_at_once NAME - all of it by one shell, which lives as long
both_at_once() {
	local command script=''
	for command in "${commands[@]}"; do
		[ "$command" = 'kill -TERM $$' ] || script+="($command"$'\n)\necho "status $?"\n'
	done
	asked "$1" "$script"
}

@test "a container with nothing special about it" {
	both plain
}

@test "another user, with a group more" {
	both user
}

# filters COMMAND... - how many filters a program has that it starts
filters() {
	"$@" /bin/busybox grep ^Seccomp_filters: /proc/self/status 3>&- | cut -f 2
}

@test "the same filters, and one more that lets them be loaded faster" {
	local name theirs
	grep -q ^Seccomp_filters: /proc/self/status || skip "the kernel does not count filters (Linux 5.9)"
	for name in plain user nnp nnpuser limits caps read clobber; do
		theirs=$(filters engine exec "$P-$name")
		[ "$(filters "$NSJOIN" -t "$P-$name")" = $((theirs + 1)) ] || fail "$name"
	done
	theirs=$(filters engine exec "$P-plain")
	[ "$(filters "$NSJOIN" -t "$P-plain" -S app)" = $((theirs + 1)) ]
	[ "$(filters "$NSJOIN" -t "$P-plain" -a --as-target)" = $((theirs + 1)) ]
	[ "$(filters engine exec "$P-open")" = "$(filters "$NSJOIN" -t "$P-open")" ]
}

@test "no new privileges" {
	both_at_once nnp
	both_at_once nnpuser
}

# What a container can do that may write to cgroups.
@test "a container that has moved itself to another cgroup" {
	local pid home holder
	pid=$(container_pid "$P-plain")
	home=$(cgroup_of pids "$pid")
	# What systemd has made goes with the last process in it.
	sleep 1000 3>&- &
	holder=$!
	echo "$holder" >"$home/cgroup.procs"
	cgroup_make pids $'nsjoin-stray-\e[7m'"$$"
	echo "$pid" >"$REPLY/cgroup.procs"
	ok -t "$P-plain" true
	expect_stderr '^nsjoin: note: .* is not in the cgroup .* in ".*/nsjoin-stray-\\x1b\[7m.*"'
	ok -t "$pid" true
	[[ $stderr != *"not in the cgroup"* ]] || fail "$stderr"
	ok -t "$P-user" true
	[[ $stderr != *"not in the cgroup"* ]] || fail "$stderr"
	echo "$pid" >"$home/cgroup.procs"
	kill "$holder"
}

@test "limits of its own" {
	both_at_once limits
}

@test "few capabilities, many capabilities and no filter" {
	both_at_once caps
	both_at_once open
}

@test "a root that cannot be written to" {
	both_at_once read
}

@test "what the caller has does not show" {
	commands=('grep -E "^Sig(Blk|Ign)|^Umask|^Cpus_allowed_list|^Cap" /proc/self/status
		cut -d " " -f 19 /proc/self/stat; cat /proc/self/limits; env | grep SECRET')
	hear env SECRET=1 bash -c '
		trap "" INT USR1; umask 077; ulimit -Sn 60; renice -n 5 $$ >/dev/null
		exec "$@"' - taskset 1 setpriv --inh-caps=+net_raw \
		"$NSJOIN" -q -t "$P-plain" sh -c "${commands[0]}" 3>&-
	expect_output "$(engine exec "$P-plain" sh -c "${commands[0]}")"
}

@test "root of a container that runs as somebody else" {
	local command='id -u; id -g; grep ^Cap /proc/self/status; echo $HOME'
	ok -t "$P-user" -S 0 -G 0 sh -c "$command"
	expect_output "$(engine exec -u 0 "$P-user" sh -c "$command")"
}

@test "another user of a container" {
	local command='id; grep -E "^Cap|Groups" /proc/self/status; grep Seccomp: /proc/self/status
		echo $HOME'
	ok -t "$P-plain" -S app sh -c "$command"
	expect_output "$(engine exec -u app "$P-plain" sh -c "$command")"
	ok -t "$P-plain" -S 0 sh -c "$command"
	expect_output "$(engine exec -u root "$P-plain" sh -c "$command")"
	ok -t "$P-nnp" -S 1234 sh -c "$command"
	expect_output "$(engine exec -u app "$P-nnp" sh -c "$command")"
}

@test "parts can be left out" {
	ok -t "$P-limits" --as-target=-cgroup,-rlimits,-oom cat /proc/self/cgroup
	# The caller's own, as it looks from where the target has its root.
	expect_output "$(nsenter -t "$(container_pid "$P-limits")" -C cat /proc/self/cgroup)"
	ok -t "$P-plain" --as-target=-seccomp sh -c 'grep Seccomp: /proc/self/status'
	expect_output $'Seccomp:\t0'
	ok -t "$P-plain" --as-target=-caps sh -c 'grep CapEff /proc/self/status'
	expect_output "$(grep CapEff /proc/self/status)"
	FOO=ours ok -t "$P-plain" --as-target=-env sh -c 'echo $FOO'
	expect_output ours
	ok -t "$P-plain" --as-target=-cwd pwd
	expect_output /
}

@test "parts can be added to namespace options" {
	ok -t "$P-user" -n --as-target=ids,caps grep -E '^(Uid|CapBnd|Seccomp):' /proc/self/status
	expect_output "Uid:"$'\t1234\t1234\t1234\t1234\n'"$(grep CapBnd \
		"/proc/$(container_pid "$P-user")/status")"$'\nSeccomp:\t0'
	ok -t "$P-plain" -a --as-target sh -c 'grep -E "^(Cap|Seccomp:)" /proc/self/status'
	expect_output "$(engine exec "$P-plain" sh -c 'grep -E "^(Cap|Seccomp:)" /proc/self/status')"
}

@test "an environment that was overwritten: the container's configuration has it" {
	hear env -u TERM "$NSJOIN" -t "$P-clobber" sh -c 'echo $FOO $PATH' 3>&-
	expect_output "bar /opt:/bin"
	expect_stderr 'has overwritten its environment; what it was configured with is used'
}

@test "what calls itself a monitor, in a container, chooses nobody's environment" {
	local bundle=$BATS_TEST_TMPDIR/bundle children tries
	mkdir "$bundle"
	echo '{"process":{"env":["SECRET=of another container"]}}' >"$bundle/config.json"
	engine run -di --network none --name "$P-liar" -v "$NSJOIN_HELPERS:/helpers:ro" "$engine_image" \
		sh -c 'printf conmon >/proc/self/comm; exec 3<&0; /helpers/odd overwritten <&3 & wait' \
		-b "$bundle" >/dev/null
	for ((tries = 0; tries < 100; tries++)); do
		[ "$(engine logs "$P-liar")" != overwritten=1 ] || break
		sleep 0.1
	done
	T=$(container_pid "$P-liar")
	read -r -a children <"/proc/$T/task/$T/children" || : # no newline ends it
	ok -t "${children[0]}" env
	expect_stderr 'has overwritten its environment'
	[[ $output != *SECRET* ]] || fail "$output"
	engine rm -f "$P-liar" >/dev/null
}

@test "--privileged keeps what the caller has" {
	ok -t "$P-plain" --privileged sh -c 'grep -E "^(CapEff|Seccomp:)" /proc/self/status; pwd
		echo $FOO'
	expect_output "$(grep CapEff /proc/self/status)"$'\nSeccomp:\t0\n/opt\nbar'
	ok -t "$P-plain" --privileged --dry-run true
	grep -q 'with all your privileges' <<<"$output"
}

# trace PID - a debugger for it; $TRACER. It goes with the test, also where that fails.
trace() {
	strace -qq -p "$1" 2>/dev/null 3>&- &
	TRACER=$!
	until ! grep -q 'TracerPid:.0$' "/proc/$1/status"; do sleep 0.01; done
}

@test "a target that is being traced is refused" {
	trace "$(container_pid "$P-plain")"
	refused permission 'being traced' -t "$P-plain"
	kill "$TRACER"
	wait "$TRACER" || :
	ok -t "$P-plain" true
}

@test "whoever takes no filters waits for no debugger" {
	local trace=$BATS_TEST_TMPDIR/trace status=0
	trace "$(container_pid "$P-plain")"
	timeout -k 5 20 strace -qq -o "$trace" "$NSJOIN" -t "$P-plain" --as-target=-seccomp true \
		</dev/null 3>&- || status=$?
	kill "$TRACER"
	wait "$TRACER" || :
	[ "$status" -eq 0 ] || fail "status $status"
	! grep -q 'poll(NULL, 0,' "$trace" || fail "$(grep -c 'poll(NULL, 0,' "$trace") pauses"
}

@test "the plan names each part" {
	ok -t "$P-nnp" --dry-run true
	grep -qE "^run as .*the target's capabilities, the target's cgroup" <<<"$output"
	grep -qE '^confine  no_new_privs, seccomp filters' <<<"$output"
	ok -t "$P-nnp" --dry-run --json true
	jq -e '[.steps[].step] | index("filter-read") != null and index("bounding") != null and
		index("caps") != null and index("seccomp") == index("leader") - 1' <<<"$output"
}
