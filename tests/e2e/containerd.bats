#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root containerd ctr runc busybox
# Containers of a containerd whose state is at a place of its own: those of ctr, of nerdctl, and of
# Kubernetes as the annotations of its bundles have it.
# shellcheck disable=SC2154,SC2030,SC2031
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=containerd.bash
. "$BATS_TEST_DIRNAME/containerd.bash"

setup_file() {
	# The names are this run's own: others may have the common ones.
	export P=nsj$$
	ctrd_start || return
	ctr_start "$P-a" "$P-one"
	export ONE_A=$REPLY
	ctr_start "$P-b" "$P-one"
	export ONE_B=$REPLY
	ctr_start "$P-b" "$P-two"
	export TWO=$REPLY
	export NERD_ID SANDBOX_ID APP_ID SIDE_ID
	NERD_ID=$(hex_id nerd) SANDBOX_ID=$(hex_id sandbox) APP_ID=$(hex_id app) SIDE_ID=$(hex_id side)
	ctr_start "$P-a" "$NERD_ID" --annotation "nerdctl/name=$P-web" --annotation "nerdctl/namespace=$P-a"
	export NERD=$REPLY
	pod_start prod "$P-api" "$SANDBOX_ID" "$SANDBOX_ID"
	export SANDBOX=$REPLY
	pod_start prod "$P-api" "$APP_ID" "$SANDBOX_ID" app
	export APP=$REPLY
}

teardown_file() {
	ctrd_stop
}

# Orphans here are containerd's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
}

# hex_id WORD - an id whose beginning is never digits alone: those would be a PID
hex_id() {
	printf 'c%s\n' "$(sha256sum <<<"$P-$1" | cut -c 1-63)"
}

# finds PID TARGET... - each of them is that process
finds() {
	local pid=$1 target
	shift
	for target; do
		ok -t "$target" -n --dry-run --json true
		grep -q "\"pid\":${pid}[,}]" <<<"$output" || fail "$target is not $pid" "$output"
	done
}

# finds_all PID TARGET... - likewise where the files are joined as well
finds_all() {
	local pid=$1 target
	shift
	for target; do
		ok -t "$target" -a --dry-run --json true
		grep -q "\"pid\":${pid}[,}]" <<<"$output" || fail "$target is not $pid" "$output"
	done
}

@test "containerd: by id, by namespace and id" {
	finds "$TWO" "$P-two" "containerd:$P-two" "containerd:$P-b/$P-two" "$P-b/$P-two"
}

@test "containerd: it is entered" {
	local type
	ok -t "containerd:$P-b/$P-two" -m -u -i -n -p /bin/fdlist ns
	for type in mnt uts ipc net pid; do
		[ "$(fact "ns $type")" = "$(ns_of "$type" "$TWO")" ] || fail "$type is another" "$output"
	done
}

@test "containerd: the same id in two namespaces is ambiguous" {
	refused target-ambiguous "$P-one" -t "$P-one" -n
	refused target-ambiguous "$P-one" -t "containerd:$P-one" -n
	hear j -t "$P-one" -n true
	expect_stderr "containerd:$P-a/$P-one"
	expect_stderr "containerd:$P-b/$P-one"
	finds "$ONE_A" "containerd:$P-a/$P-one"
	finds "$ONE_B" "containerd:$P-b/$P-one"
}

@test "containerd: an exec'ed process is not the container" {
	ctrd -n "$P-b" tasks exec -d --exec-id "e$BATS_TEST_NUMBER" --fifo-dir "$BATS_TEST_TMPDIR" \
		"$P-two" /bin/sleep 500
	finds "$TWO" "$P-two"
}

@test "containerd: while the daemon hangs" {
	kill -STOP "$CTRD_PID"
	hear j -t "containerd:$P-b/$P-two" -n true
	kill -CONT "$CTRD_PID"
	expect_status 0
}

@test "nerdctl: by name and id" {
	finds "$NERD" "$P-web" "nerdctl:$P-web" "containerd:$P-web" "$NERD_ID" "${NERD_ID:0:12}"
}

@test "nerdctl: by an id and its beginning, of that kind alone" {
	finds "$NERD" "nerdctl:$NERD_ID" "nerdctl:${NERD_ID:0:12}" "containerd://$NERD_ID"
}

@test "pods: by namespace, name and container" {
	finds_all "$APP" "pod:prod/$P-api/app" "pod:prod/$P-api" "pod:$P-api" "pod:$P-api/app" "$P-api" \
		"prod/$P-api/app"
	refused target-not-found '' -t "pod:other/$P-api" -n
	refused target-not-found '' -t "pod:prod/$P-api/none" -n
}

@test "pods: by the ids that kubectl and crictl print" {
	finds_all "$APP" "containerd://$APP_ID" "cri:$APP_ID" "cri:${APP_ID:0:12}" "$APP_ID" "${APP_ID:0:12}"
	finds_all "$SANDBOX" "cri:$SANDBOX_ID"
	refused target-not-found '' -t "crio:$APP_ID" -n
}

@test "pods: the sandbox for -n, -i and -u, the application for the rest" {
	local option
	finds "$SANDBOX" "pod:prod/$P-api" "pod:$P-api"
	for option in -i -u -niu; do
		ok -t "pod:prod/$P-api" "$option" --dry-run --json true
		grep -q "\"pid\":${SANDBOX}[,}]" <<<"$output" || fail "$option is not the sandbox" "$output"
	done
	for option in -p -m -nm '-n --as-target=caps' '-n --view=host'; do
		# shellcheck disable=SC2086 # options are words
		ok -t "pod:prod/$P-api" $option --dry-run --json true
		grep -q "\"pid\":${APP}[,}]" <<<"$output" || fail "$option is not the application" "$output"
	done
	finds "$APP" "pod:prod/$P-api/app"
}

@test "pods: with two containers one has to be named" {
	local side
	pod_start prod "$P-api" "$SIDE_ID" "$SANDBOX_ID" sidecar
	side=$REPLY
	refused target-ambiguous "$P-api" -t "pod:prod/$P-api" -m
	finds_all "$side" "pod:prod/$P-api/sidecar"
	finds_all "$APP" "pod:prod/$P-api/app"
	finds "$SANDBOX" "pod:prod/$P-api"
	ctrd -n k8s.io tasks rm -f "$SIDE_ID"
	ctrd -n k8s.io containers rm "$SIDE_ID"
	finds_all "$APP" "pod:prod/$P-api"
}

# stale_bundle - of a container that is no more, whose pid is that of a process which is none
stale_bundle() {
	target_full --hostname=stale
	BUNDLE=$(ctr_bundle "$P-b" "$P-stale")
	mkdir -m 700 "$BUNDLE"
	echo "{\"linux\":{\"cgroupsPath\":\"/$P-b/$P-stale\"}}" >"$BUNDLE/config.json"
	echo -n "$T" >"$BUNDLE/init.pid"
}

@test "stale: a pid file that is older than the process" {
	stale_bundle
	touch -d '2 days ago' "$BUNDLE/init.pid"
	refused target-not-found 'not running' -t "$P-stale" -n
	refused target-not-found 'not running' -t "containerd:$P-b/$P-stale" -n
	rm -r "$BUNDLE"
}

@test "stale: an OCI state with another start time" {
	local start state=$CTRD/runc/$P-b/$P-stale
	stale_bundle
	start=$(cut -d ' ' -f 22 "/proc/$T/stat")
	echo -n "{\"root\":\"$CTRD/runc\"}" >"$BUNDLE/options.json"
	mkdir "$state"
	echo "{\"id\":\"$P-stale\",\"init_process_pid\":$T,\"init_process_start\":$((start - 1))}" \
		>"$state/state.json"
	refused target-not-found 'not running' -t "containerd:$P-b/$P-stale" -n
	# With the right one it is what ctr would have started without a cgroup.
	echo "{\"id\":\"$P-stale\",\"init_process_pid\":$T,\"init_process_start\":$start}" \
		>"$state/state.json"
	finds "$T" "containerd:$P-b/$P-stale"
	rm -r "$BUNDLE" "$state"
}

@test "refused: what runs on another kernel" {
	local bundle id
	for name in kata runsc; do
		id=$(hex_id "$name")
		bundle=$(ctr_bundle k8s.io "$id")
		mkdir -m 700 "$bundle"
		echo "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"container\",
			\"io.kubernetes.cri.sandbox-namespace\":\"prod\",
			\"io.kubernetes.cri.sandbox-name\":\"$P-$name\",
			\"io.kubernetes.cri.container-name\":\"app\"}}" >"$bundle/config.json"
		echo -n "/usr/local/bin/containerd-shim-$name-v2" >"$bundle/shim-binary-path"
		echo -n "$APP" >"$bundle/init.pid"
		refused target-not-found "kata|gVisor" -t "pod:prod/$P-$name" -n
		refused target-not-found "kata|gVisor" -t "cri:$id" -n
		rm -r "$bundle"
	done
}

@test "hostile: odd bundles in the state directory do not hold the search" {
	local dir
	dir=$(dirname "$(ctr_bundle "$P-b" x)")
	mkdir "$dir"/odd{1,2,3,4,5}
	printf '%0.s[' {1..10000} >"$dir/odd1/config.json"
	truncate -s 1G "$dir/odd2/config.json"
	mkfifo "$dir/odd3/config.json"
	ln -s /dev/zero "$dir/odd4/config.json"
	head -c 100 "$(ctr_bundle "$P-b" "$P-two")/config.json" >"$dir/odd5/config.json"
	finds "$TWO" "containerd:$P-b/$P-two"
	rm -r "$dir"/odd{1,2,3,4,5}
}
