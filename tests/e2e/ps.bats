#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker jq
# The listing of what can be joined: as root and as an ordinary user, for people and for programs.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

setup_file() {
	engine_start || return
	# The names are this run's own: another engine may have the common ones.
	export P=t$$x
	container_start "$P-web"
	export WEB=$REPLY
	container_start "$P-db"
	export DB=$REPLY
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
}

# listed PID FIELD - what ps --json says of that process
listed() {
	jq -r --argjson pid "$1" ".targets[] | select(.pid == \$pid) | $2" <<<"$output"
}

# verb_fails ID 'text' ARGS... - as fails_with 125: the verb has to be the first word
verb_fails() {
	local id=$1 text=$2
	shift 2
	hear j "$@"
	expect_status 125
	expect_output ""
	message_form
	expect_stderr "$text"
	NSJOIN_ERRORS=json hear j "$@"
	expect_status 125
	expect_stderr "^\{.*\"id\":\"$id\".*\"status\":125\}\$"
}

# lacks PATTERN - the output does not have it
lacks() {
	if grep -qE -- "$1" <<<"$output"; then
		fail "$1 in:" "$output"
	fi
}

@test "a container is listed with its process, namespaces and command" {
	local pid
	pid=$(container_pid "$WEB")
	ok ps -o TARGET,PID,NAMESPACES,USER,COMMAND
	grep -E "^[^ ]*${WEB:0:8}[^ ]* +$pid +mu?inp[C-]-- +root +sleep 1000\$" <<<"$output" ||
		fail "$output"
	[ "${lines[0]%% *}" = TARGET ]
	[ -z "$stderr" ] || [[ $stderr == 'nsjoin: note: '*' could not be read' ]] || fail "$stderr"
}

@test "its name is known, also where only its shim tells where the state is" {
	ok ps --json
	[ "$(listed "$(container_pid "$WEB")" .name)" = "$P-web" ] || fail "$output"
	[ "$(listed "$(container_pid "$DB")" .name)" = "$P-db" ] || fail "$output"
	ok ps -q "$P-web"
	[ "$output" = "docker:${WEB:0:8}" ] || fail "$output"
	ok __complete targets "$P-w"
	[[ $output == "$P-web"$'\t'* ]] || fail "$output"
}

@test "every TARGET that is printed is accepted and means the same process" {
	local target pid count=0
	target_full
	ok ps -a --json
	while IFS=$'\t' read -r target pid; do
		# Others may have ended in between; ours may not.
		[ -e "/proc/$pid" ] || continue
		hear j -t "$target" -n --dry-run --json true
		if [ "$status" -ne 0 ] && ! [ -e "/proc/$pid" ]; then
			continue
		fi
		[ "$status" -eq 0 ] || fail "-t $target:" "$stderr"
		[ "$(jq .target.pid <<<"$output" 2>/dev/null || jq .pid <<<"$output")" = "$pid" ] ||
			fail "-t $target is not $pid:" "$output"
		count=$((count + 1))
	done < <(jq -r '.targets[] | select(.refused == null) | [.target, .pid] | @tsv' <<<"$output")
	[ "$count" -ge 3 ]
}

@test "-q prints TARGET alone" {
	local all
	ok ps
	all=$(awk 'NR > 1 { print $1 }' <<<"$output")
	ok ps -q
	expect_output "$all"
	ok ps -q "${WEB:0:12}"
	[ "${#lines[@]}" -eq 1 ]
}

@test "patterns choose; nothing matched is 1 and prints nothing" {
	ok ps --json "${DB:0:10}"
	[ "$(jq -r '.targets | length' <<<"$output")" -eq 1 ]
	[ "$(jq -r '.targets[0].pid' <<<"$output")" = "$(container_pid "$DB")" ]
	hear j ps "no-such-$P*"
	expect_status 1
	expect_output ""
	expect_stderr 'note: nothing that can be joined fits' # "nsjoin ps aux" is typed from habit
	hear j ps -q "no-such-$P*"
	expect_status 1
	[[ $stderr != *fits* ]] || fail "$stderr"
}

@test "columns: chosen, added, without headings, and unknown ones" {
	local pid
	pid=$(container_pid "$WEB")
	ok ps --noheadings -o pid,netns "${WEB:0:12}"
	[[ $output =~ ^\ *$pid\ +$(ns_of net "$pid")$ ]] || fail "$output"
	ok ps -o +AGE,CGROUP "${WEB:0:12}"
	[[ ${lines[0]} == *' AGE  CGROUP '*' COMMAND' ]] || fail "$output"
	ok ps --noheadings -o NAME,IMAGE "${WEB:0:12}"
	expect_output "$P-web  $engine_image"
	verb_fails usage 'no column "FROB"' ps -o PID,FROB
	verb_fails unknown-option 'did you mean --tree' ps --treee
}

@test "-a adds processes in namespaces of their own, once for each set" {
	target_start --ns=n
	ok ps --json
	[ -z "$(listed "$T" .target)" ] || fail "$output"
	ok ps -a --json
	[ "$(listed "$T" .runtime)" = process ] || fail "$output"
	[ "$(listed "$T" .namespaces.net.ino)" = "${BOX[net]}" ]
	[ "$(listed "$T" .namespaces.net.same)" = false ]
	[ "$(listed "$T" .namespaces.mnt.same)" = true ]
}

@test "JSON is one object with stable keys" {
	ok ps --json
	jq -e '.schema == 1 and (.skipped | type) == "number" and (.targets | all(
		has("target") and has("runtime") and has("id") and has("name") and
		has("image") and has("pid") and has("starttime") and has("uid") and has("user") and has("cgroup") and
		has("namespaces") and has("command") and has("refused")))' <<<"$output" >/dev/null ||
		fail "$output"
	[ "$(listed "$(container_pid "$WEB")" '.command | join(" ")')" = "sleep 1000" ]
	[ "$(listed "$(container_pid "$WEB")" .id)" = "$WEB" ]
}

@test "--tree shows what is inside of what" {
	local inner
	LC_ALL=C.UTF-8 ok ps --tree
	grep -qE "^[├└]─ [^ ]*${WEB:0:8}" <<<"$output" || fail "$output"
	LC_ALL=C ok ps --tree
	grep -qE "^[|\`]- [^ ]*${WEB:0:8}" <<<"$output" || fail "$output"
	# A process in a pid namespace below another one's.
	target_full
	inner=$T
	LC_ALL=C ok ps -a --tree
	grep -qE "^[|\`]- $inner " <<<"$output" || fail "$output"
}

@test "what a container wrote is escaped" {
	container_start "$P-odd" --entrypoint /bin/sh
	engine rm -f "$P-odd" >/dev/null
	target_start --ns=n
	REPLY=$(engine run -d --network none --name "$P-odd" "$engine_image" \
		/bin/busybox sleep $'1000\e[31m\nFAKE' 2>/dev/null) || :
	REPLY=$(engine run -d --network none --name "$P-esc" "$engine_image" \
		/bin/sh -c $'sleep 1000; : \e[31m\nFAKE')
	ok ps
	lacks $'\e'
	lacks '^FAKE'
	grep -qF '\x1b[31m\x0aFAKE' <<<"$output" || fail "$output"
	engine rm -f "$P-odd" "$P-esc" >/dev/null
}

@test "colours only where they are wanted, and nothing is told by them alone" {
	local plain
	ok ps --color=never
	plain=$output
	lacks $'\e'
	ok ps
	lacks $'\e'
	ok ps --color=always
	grep -q $'\e\[1m' <<<"$output"
	[ "$(sed $'s/\e\\[[0-9]*m//g' <<<"$output")" = "$plain" ]
	CLICOLOR_FORCE=1 ok ps
	grep -q $'\e' <<<"$output"
	NO_COLOR=1 CLICOLOR_FORCE=1 ok ps
	lacks $'\e'
	verb_fails usage 'auto always never' ps --color=red
}

@test "the summary is for terminals only" {
	ok ps
	lacks 'Letters:'
	TERM=dumb run timeout 20 script -qec "'$NSJOIN' ps" /dev/null </dev/null 3>&-
	grep -qE '^[0-9]+ containers.*Letters: as' <<<"$output" || fail "$output"
	lacks $'\e\['
	TERM=dumb run timeout 20 script -qec "'$NSJOIN' ps --noheadings" /dev/null </dev/null 3>&-
	lacks 'Letters:'
}

@test "an ordinary user sees what may be seen, and is told that it is not all" {
	user_ok ps
	grep -qE "${WEB:0:8}.* \?\?\?\?p\?\?\? " <<<"$output" || fail "$output"
	expect_stderr '^nsjoin: note: [0-9]+ of the processes and files could not be read; run as root for all$'
	user_ok ps --json
	[ "$(listed "$(container_pid "$WEB")" .namespaces.net.ino)" = null ] || fail "$output"
	jq -e '.skipped > 0' <<<"$output" >/dev/null
}

@test "with hidepid, and inside of a pid namespace" {
	hear unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
		sh setpriv --reuid 1000 --regid 1000 --clear-groups timeout 20 "$NSJOIN" ps
	expect_status 0
	lacks "${WEB:0:8}"
	expect_stderr '^nsjoin: note: [0-9]+ of the processes and files could not be read; run as root for all$'
	# It does not hide from root.
	hear unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
		sh timeout 20 "$NSJOIN" ps -q "$P-web"
	expect_status 0
	expect_output "docker:${WEB:0:8}"
	hear unshare -pf --mount-proc timeout 20 "$NSJOIN" ps
	expect_status 0
	lacks "${WEB:0:8}"
}

@test "inside of a container: what it can see, and nothing of the host's" {
	container_start "$P-in" -v "${NSJOIN%/*}:/t:ro" -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro
	hear engine exec "$P-in" /t/nsjoin ps
	expect_status 0
	lacks "${WEB:0:8}|${DB:0:8}|$P-web"
	hear engine exec "$P-in" /t/nsjoin ps -a
	expect_status 0
	hear engine exec "$P-in" /t/nsjoin --errors=json -t "$WEB" -n true
	expect_status 125
	expect_stderr '"id":"target-not-found"'
	hear engine exec "$P-in" /t/nsjoin inspect -o command 1
	expect_status 0
	expect_output 'sleep 1000'
	engine rm -f "$P-in" >/dev/null
}

@test "with few files to open all are listed, or it fails" {
	local pids=() pid
	for _ in {1..12}; do
		target_start --ns=n
		pids+=("$T")
	done
	hear bash -c 'ulimit -Sn 20; exec timeout 20 "$NSJOIN" ps -a -q'
	expect_status 0
	for pid in "${pids[@]}"; do
		grep -qx "$pid" <<<"$output" || fail "$pid is not in:" "$output" "$stderr"
	done
	hear bash -c 'ulimit -n 20; exec timeout 20 "$NSJOIN" ps -a -q'
	expect_status 125
	expect_output ""
	expect_stderr '^nsjoin: .*Too many open files$'
	expect_stderr '^hint: .*ulimit -Hn'
}

@test "a full disk is an error" {
	hear bash -c '"$1" ps >/dev/full' bash "$NSJOIN"
	expect_status 125
	expect_stderr 'write to standard output'
}
