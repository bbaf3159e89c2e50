#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker
# Containers of a docker engine by name, id and prefix, while names, labels and cgroups mislead.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

setup_file() {
	engine_start || return
	# The names are this run's own: another engine may have the common ones.
	export P=t$$x
	container_start "$P-web" -e FROM=image --hostname web-host
	export WEB=$REPLY
	# A decoy in the label, in the environment and in the arguments.
	container_start "$P-decoy" --label "Name=/$P-web" --label "\"Name\":\"/$P-web\"" \
		-e "Name=/$P-web" -e "HOSTNAME=$P-web" --hostname "$P-web"
	export DECOY=$REPLY
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
}

# entered ID ARGS... - nsjoin enters that container's init
entered() {
	local pid type
	pid=$(container_pid "$1")
	shift
	ok "$@" -m -u -i -n -p /bin/fdlist ns
	for type in mnt uts ipc net pid; do
		[ "$(fact "ns $type")" = "$(ns_of "$type" "$pid")" ] || fail \
			"$type is not of $pid" "$output"
	done
}

@test "by name" {
	entered "$WEB" -t "$P-web"
	entered "$DECOY" -t "$P-decoy"
	ok -t "$P-web" -a hostname
	expect_output web-host
}

# Its namespaces are those of the processes that it has started.
@test "a container whose first process has lost its first thread" {
	local init child tries expected listed
	engine run -d --network none --name "$P-headless" -v "$NSJOIN_HELPERS/odd:/bin/odd:ro" \
		"$engine_image" odd headless-init >/dev/null
	init=$(container_pid "$P-headless")
	for ((tries = 0; tries < 200; tries++)); do
		! grep -q '^State:.Z' "/proc/$init/status" || break
		sleep 0.05
	done
	child=$(cat "/proc/$init/task/"*/children) || :
	expected=$(ns_of pid "${child% }") || :
	listed=$(j ps -q "$P-headless") || :
	hear j -t "$P-headless" -m -u -i -n -p /bin/fdlist ns
	# The engine takes it for stopped, and would leave it behind.
	kill -KILL "$init"
	engine rm -f "$P-headless" >/dev/null
	expect_status 0
	[ "$(fact "ns pid")" = "$expected" ] || fail "$expected" "$output"
	[ -n "$listed" ]
}

@test "by id: all of it, a prefix, with its kind" {
	entered "$WEB" -t "$WEB"
	entered "$WEB" -t "${WEB:0:12}"
	entered "$WEB" -t "id:$WEB"
	entered "$WEB" -t "id:${WEB:0:12}"
	entered "$WEB" -t "docker:$P-web"
	entered "$WEB" -t "docker:${WEB:0:12}"
	entered "$WEB" -t "docker:$WEB"
	entered "$WEB" -t "docker://$WEB"
	entered "$WEB" --target="docker://${WEB:0:20}"
}

@test "an id in upper case, too short, or longer than it is" {
	refused usage '' -t "id:${WEB:0:3}" -n
	refused usage '' -t "id:${WEB}0" -n
	refused usage '' -t "id:${WEB:0:12}x" -n
	refused usage '' -t "id:" -n
	refused usage '' -t "docker:" -n
	refused usage '' -t "docker://" -n
	refused usage '' -t "docker:../$P-web" -n
}

@test "without the docker program, socket or daemon being asked" {
	requires strace
	timeout 20 strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=connect,execve "$NSJOIN" -t \
		"$P-web" \
		-n true 3>&-
	! grep connect "$BATS_TEST_TMPDIR/trace" || fail "$output" "$stderr"
	[ "$(grep -c 'execve(.* = 0$' "$BATS_TEST_TMPDIR/trace")" -eq 2 ]
}

# ends_meanwhile TARGET NAME - the open of its root is held, and the container ends. Opens elsewhere are
# not counted: how many a name takes depends on what else runs.
ends_meanwhile() {
	local n pid init trace=$BATS_TEST_TMPDIR/trace
	init=$(container_pid "$2")
	timeout 20 strace -qq -o "$trace" -P "/proc/$init" -e trace=openat "$NSJOIN" -t "$1" true 3>&-
	n=$(grep -n '[0-9], "root"' "$trace" | head -n 1)
	: >"$trace"
	timeout 20 strace -qq -o "$trace" -P "/proc/$init" -e trace=openat \
		-e inject="openat:delay_enter=1000000:when=${n%%:*}" "$NSJOIN" -t "$1" true \
		>/dev/null 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_line "$trace" '[0-9], "root"'
	kill -KILL "$init" # at once, which asking the engine is not
	wait "$pid" || :
	engine wait "$2" >/dev/null
	stderr=$(<"$BATS_TEST_TMPDIR/said")
	expect_stderr '^nsjoin: process [0-9]+ is gone$'
}

@test "a container that ends on the way in: who has typed its name is not told to" {
	requires strace
	container_start "$P-short"
	ends_meanwhile "$P-short" "$P-short"
	! grep '^hint:' <<<"$stderr" || fail "$stderr"
	engine start "$P-short" >/dev/null
	ends_meanwhile "$(container_pid "$P-short")" "$P-short"
	expect_stderr '^hint: .*use the name instead'
	engine rm -f "$P-short" >/dev/null
}

@test "an exec'ed process is not the container" {
	local pid
	engine exec -d "$P-web" sleep 500
	engine exec -d "$P-web" sleep 500
	entered "$WEB" -t "$P-web"
	pid=$(container_pid "$P-web")
	ok -t "$P-web" -n --dry-run --json true
	grep -q "\"pid\":${pid}[,}]" <<<"$output"
}

@test "of any process inspect tells which container it is part of" {
	local target
	target=$(j ps -q "${WEB:0:12}")
	# shellcheck disable=SC2016 # a process in its cgroup asks about itself
	ok -t "$P-web" -c -n sh -c '"$1" inspect -o part-of $$ && "$1" inspect $$' sh "$NSJOIN"
	[ "${lines[0]}" = "$target" ] || fail "$output"
	grep -q "^  part of       $target" <<<"$output" || fail "$output"
	ok inspect -o part-of "$P-web"
	expect_output "$target"
	ok inspect "$P-web"
	! grep -q 'part of' <<<"$output" || fail "$output"
	hear j inspect -o part-of $$
	expect_status 1
	expect_output ""
}

@test "a stopped container is not running, and nothing runs" {
	container_start "$P-stopped"
	engine kill "$P-stopped" >/dev/null
	refused target-not-found "$P-stopped.*not running|not running.*$P-stopped" -t "$P-stopped" -n
	refused target-not-found 'not running|no process' -t "$REPLY" -n
	engine start "$P-stopped" >/dev/null
	entered "$REPLY" -t "$P-stopped"
	engine rm -f "$P-stopped" >/dev/null
	refused target-not-found "$P-stopped" -t "$P-stopped" -n
}

@test "a renamed container" {
	container_start "$P-before"
	entered "$REPLY" -t "$P-before"
	engine rename "$P-before" "$P-after"
	entered "$REPLY" -t "$P-after"
	refused target-not-found "$P-before" -t "$P-before" -n
	engine rm -f "$P-after" >/dev/null
}

@test "a paused container can be joined, its cgroup not" {
	container_start "$P-paused"
	engine pause "$P-paused" >/dev/null
	hear j -t "$P-paused" -n "$fdlist" ns
	expect_status 0
	[ "$(fact 'ns net')" = "$(ns_of net "$(container_pid "$P-paused")")" ]
	refused cgroup-frozen frozen -t "$P-paused" -n -c
	ok inspect "$P-paused"
	grep -q '^  state         paused' <<<"$output" || fail "$output"
	engine unpause "$P-paused" >/dev/null
	engine rm -f "$P-paused" >/dev/null
}

@test "-c: the container's cgroups" {
	ok -t "$P-web" -n -c cat /proc/self/cgroup
	expect_output "$(<"/proc/$(container_pid "$P-web")/cgroup")"
}

@test "-e: the container's environment; -w: its directory" {
	container_start "$P-env" -e FROM=container -w /opt
	ok -t "$P-env" -a -e -w sh -c 'echo $FROM; pwd'
	expect_output container$'\n'/opt
	engine rm -f "$P-env" >/dev/null
}

@test "--privileged becomes a process of it with the caller's privileges" {
	container_start "$P-priv" -e FROM=container -w /opt
	ok -t "$P-priv" --privileged sh -c 'echo $FROM; pwd; hostname'
	[ "${lines[0]}" = container ]
	[ "${lines[1]}" = /opt ]
	engine rm -f "$P-priv" >/dev/null
}

@test "the shell of the container" {
	SHELL=/bin/bash hear j -t "$P-web" -a <<<'echo "$0"; hostname'
	expect_status 0
	expect_output -sh$'\n'web-host
}

@test "a typo is asked about" {
	refused target-not-found "$P-wbe" -t "$P-wbe" -n
	hear j -t "$P-wbe" -n true
	expect_stderr "did you mean.*$P-web"
	[ "$(grep -c '^hint:' <<<"$stderr")" -eq 1 ]
}

@test "of names that are equally near two are asked about" {
	container_start "$P-api-1"
	container_start "$P-api-2"
	hear j -t "$P-api" -n true
	expect_status 125
	expect_stderr "^hint: did you mean: -t $P-api-1\$"
	expect_stderr "^hint: did you mean: -t $P-api-2\$"
	engine rm -f "$P-api-1" "$P-api-2" >/dev/null
}

@test "part of a name is no name" {
	refused target-not-found '' -t "$P-we" -n
	refused target-not-found '' -t "$P" -n
}

# Where containers are looked for on one machine or the other.
searched=(pids name=systemd '')

# planted HIERARCHY PATH - the last target is in that cgroup, which is made with those above it
planted() {
	local root part path=''
	root=$(cgroup_root "$1")
	for part in ${2//\// }; do
		path+=${path:+/}$part
		[ -d "$root/$path" ] || cgroup_make "$1" "$path"
	done
	echo "$T" >"$root/$path/cgroup.procs"
}

@test "a process that puts itself into a cgroup with the victim's id is not the victim" {
	local hierarchy
	hierarchies_of "${searched[@]}"
	for hierarchy in "${hierarchies[@]}"; do
		target_start --ns=n
		planted "$hierarchy" "fake-$P/docker/$WEB"
	done
	entered "$WEB" -t "$P-web"
	entered "$WEB" -t "$WEB"
	entered "$WEB" -t "${WEB:0:12}"
	entered "$WEB" -t "id:$WEB"
}

@test "a container that makes a cgroup with another's id below its own" {
	local pid dir
	pid=$(container_pid "$P-decoy")
	dir=$(cgroup_of pids "$pid")
	mkdir "$dir/$WEB"
	made_cgroup+=("$dir/$WEB")
	target_start --ns=n
	echo "$T" >"$dir/$WEB/cgroup.procs"
	entered "$WEB" -t "$WEB"
	entered "$WEB" -t "$P-web"
	entered "$DECOY" -t "$P-decoy"
}

@test "an id that two containers begin with is ambiguous, and both are listed" {
	local other hierarchy
	other=${WEB:0:12}$(printf '%052d' 0)
	target_start --ns=n
	hierarchies_of "${searched[@]}"
	for hierarchy in "${hierarchies[@]}"; do
		planted "$hierarchy" "docker-$P/docker/$other"
	done
	refused target-ambiguous 'is the beginning of 2 containers$' -t "${WEB:0:12}" -n
	hear -125 j -t "${WEB:0:12}" -n true
	expect_stderr "^  docker:$other  -  pid $T\$"
	expect_stderr "^  docker:$WEB  $P-web  pid [0-9]+\$"
	entered "$WEB" -t "$WEB"
}

# victim_stopped - a container that is stopped; sets $id
victim_stopped() {
	container_start "$P-victim"
	id=$REPLY
	engine kill "$P-victim" >/dev/null
	engine wait "$P-victim" >/dev/null # its document says so, too
}

# victim_elsewhere - such a one, and a cgroup with its id, where no runtime puts any, that has a process
victim_elsewhere() {
	local hierarchy
	victim_stopped
	target_start --ns=np
	hierarchies_of "${searched[@]}"
	for hierarchy in "${hierarchies[@]}"; do
		planted "$hierarchy" "fake-$P/$id"
	done
}

@test "a stopped container's id in the cgroup of another is not that container" {
	local id hierarchy
	victim_stopped
	hierarchies_of "${searched[@]}"
	for hierarchy in "${hierarchies[@]}"; do
		# Where others have theirs, and below that of another, which may write there.
		target_start --ns=np
		planted "$hierarchy" "fake-$P/docker/$id"
		refused target-not-found 'not running' -t "$P-victim" -n
		refused target-not-found 'not running' -t "$id" -n
		refused target-not-found 'not running' -t "id:$id" -n
		refused target-not-found 'not running' -t "${id:0:12}" -n
		planted "$hierarchy" "docker/$WEB/$id"
		refused target-not-found 'not running' -t "$P-victim" -n
		refused target-not-found 'within another container' -t "$id" -n
		hear j -t "$id" -n
		expect_stderr "^hint: nsjoin -t $WEB enters that one\$"
		kept_stop
		clean_cgroups
	done
	engine rm -f "$P-victim" >/dev/null
}

j_in_cgroup_namespace() {
	unshare --cgroup -- timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

# It is looked for in the cgroups that are no container's; from a cgroup namespace by /proc.
@test "a stopped container's engine is asked wherever it lives" {
	local id root place
	requires cgroup2
	victim_elsewhere
	root=$(cgroup_root "")
	cgroup_make "" ".engine-$P"
	cgroup_make "" ".engine-$P/below"
	for place in ".engine-$P/below" ".engine-$P" .; do
		echo "$ENGINE_PID" >"$root/$place/cgroup.procs"
		refused target-not-found 'not running' -t "$id" -n
		refused target-not-found 'not running' -t "${id:0:12}" -n
		refused_as j_in_cgroup_namespace target-not-found 'not running' -t "$id" -n
	done
	engine rm -f "$P-victim" >/dev/null
}

# A domain lists the processes of the threaded cgroups below it, which cannot.
@test "a stopped container's engine is asked where its threads have cgroups of their own" {
	local id root
	requires cgroup2
	victim_elsewhere
	root=$(cgroup_root "")
	cgroup_make "" "engine-$P"
	cgroup_make "" "engine-$P/threads"
	echo threaded >"$REPLY/cgroup.type"
	echo "$ENGINE_PID" >"$root/engine-$P/cgroup.procs"
	echo "$ENGINE_PID" >"$REPLY/cgroup.threads"
	refused target-not-found 'not running' -t "$id" -n
	echo "$ENGINE_PID" >"$root/cgroup.procs"
	engine rm -f "$P-victim" >/dev/null
}

@test "a container's state that is broken does not hide the others" {
	local state=$ENGINE/data/containers
	mkdir -p "$state"/{0000,empty,dir/config.v2.json}
	printf '{"Name":"/%s-web","ID":' "$P" >"$state/0000/config.v2.json"
	: >"$state/empty/config.v2.json"
	entered "$WEB" -t "$P-web"
	rm -r "${state:?}"/{0000,empty,dir}
}

@test "a process id still is one" {
	entered "$WEB" -t "$(container_pid "$P-web")"
}

# The engine does not look at its state here, and has it back before it ends.
@test "the containers of an engine that remaps their users have names" {
	local data=$ENGINE/data
	engine create --network none --name "$P-remapped" "$engine_image" true >/dev/null
	mkdir -m 710 "$data/100000.100000"
	mv "$data/containers" "$data/100000.100000/"
	entered "$WEB" -t "$P-web"
	entered "$WEB" -t "docker:$P-web"
	hear j ps -o name
	expect_status 0
	grep -qx "$P-web *" <<<"$output" || fail "$output"
	refused target-not-found 'not running' -t "$P-remapped" -n
	mv "$data/100000.100000/containers" "$data/"
	rmdir "$data/100000.100000"
	engine rm "$P-remapped" >/dev/null
}
