#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root runc busybox cgroup
# Containers of runc without an engine: ids that users chose, cgroups that tell nothing.
# shellcheck disable=SC2154,SC2030,SC2031
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

setup() {
	container=() cruns=()
}

teardown() {
	local id result=0
	for id in "${container[@]}"; do
		oci delete --force "$id" || result=1
	done
	for id in "${cruns[@]}"; do
		crun_alone delete --force "$id" || result=1
	done
	cgroups_remove "weird-$$"
	clean_up || result=1
	return "$result"
}

oci() {
	timeout -k 5 20 runc "$@" 3>&-
}

# crun_alone ARGS... - crun, which refuses a machine whose cgroups are of both versions: it sees those
# of version 2 alone, and does without them, since their limits would take a right more than root has
# in some virtual machines.
crun_alone() {
	# shellcheck disable=SC2016 # the inner shell expands it
	timeout -k 5 20 unshare --mount --propagation private sh -c 'umount -R /sys/fs/cgroup &&
		mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec crun --cgroup-manager=disabled "$@"' \
		crun "$@" 3>&-
}

# bundle_make [CGROUPSPATH] - $bundle is one
bundle_make() {
	bundle=$(mktemp -d "$BATS_TEST_TMPDIR/bundle.XXXXXX")
	root_make "$bundle/rootfs"
	(cd "$bundle" && runc spec)
	jq --arg path "${1:-}" '.process.terminal = false | .process.args = ["/bin/sleep", "1000"]
		| .process.rlimits = [] | if $path != "" then .linux.cgroupsPath = $path else . end' \
		"$bundle/config.json" >"$bundle/new.json"
	mv "$bundle/new.json" "$bundle/config.json"
}

# container_start ID [CGROUPSPATH] - $T is its first process
container_start() {
	local id=$1 bundle
	bundle_make "${2:-}"
	oci run --detach --bundle "$bundle" "$id" </dev/null >/dev/null
	container+=("$id")
	T=$(oci state "$id" | jq .pid)
}


@test "by the id that was chosen" {
	container_start "e2e-$$-app"
	ok -t "e2e-$$-app" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	ok -t "oci:e2e-$$-app" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	ok -t "runc:e2e-$$-app" -n --dry-run --json true
	grep -q "\"pid\":${T}[,}]" <<<"$output"
}

@test "in a cgroup that tells nothing of it" {
	container_start "e2e-$$-odd" "/weird-$$/place"
	ok -t "e2e-$$-odd" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
}

@test "one that has left its cgroup is joined where it is, with a note" {
	local id=e2e-$$-left note='is not in the cgroup that was made for it' below
	container_start "$id" "/weird-$$/left"
	below=$(cgroup_root memory)/weird-$$/left/below
	mkdir "$below"
	echo "$T" >"$below/cgroup.procs"
	ok -t "$id" true
	[ -z "$stderr" ] || fail "$stderr"
	cgroup_make memory "weird-$$-"$'\e[31m'
	echo "$T" >"$REPLY/cgroup.procs"
	ok -t "$id" cat /proc/self/cgroup
	expect_output "$(nsenter -t "$T" -C cat "/proc/$T/cgroup")"
	expect_stderr "^nsjoin: note: $id $note, \"/weird-$$/left\": .*\"/weird-$$-\\\\x1b\\[31m\"\$"
	ok -t "$id" -n -c true
	expect_stderr "^nsjoin: note: $id $note"
	# Nothing of the kind: the cgroup is not taken, nothing is said, nobody has made one.
	ok -t "$id" -n true
	[ -z "$stderr" ] || fail "$stderr"
	ok -q -t "$id" true
	[ -z "$stderr" ] || fail "$stderr"
	ok -t "$T" -n -c true
	[ -z "$stderr" ] || fail "$stderr"
	# Of all these only the devices hold for programs of ours.
	cgroup_make devices "weird-$$-devices"
	echo "$T" >"$REPLY/cgroup.procs"
	ok -t "$id" -H true
	expect_stderr "^nsjoin: note: $id $note, .* held to the devices where it is now, in \"/weird-$$-devices\"\$"
	# Also where it has gone to where we are.
	echo "$T" >"$(cgroup_of memory "$BASHPID")/cgroup.procs"
	ok -t "$id" true
	expect_stderr "^nsjoin: note: $id $note"
}

@test "ps tells a target that is accepted and means the same process" {
	container_start "e2e-$$-ps" "/weird-$$/ps"
	hear j ps -o TARGET,PID --noheadings
	expect_status 0
	grep -qE "^oci:e2e-$$-ps +$T\$" <<<"$output" || fail "$output"
}

@test "a part of the id is no name; what ended is not found" {
	container_start "e2e-$$-part"
	refused target-not-found '' -t "e2e-$$-par" -n
	oci kill "e2e-$$-part" KILL
	gone "$T"
	refused target-not-found "e2e-$$-part" -t "e2e-$$-part" -n
}

@test "a state file whose number means another process now" {
	local state
	container_start "e2e-$$-reused"
	state=/run/runc/e2e-$$-reused/state.json
	cp "$state" "$BATS_TEST_TMPDIR/state"
	target_start --ns=n
	jq -c --argjson pid "$T" '.init_process_pid = $pid | .cgroup_paths = {} |
		.config.cgroups.path = "/nowhere"' "$BATS_TEST_TMPDIR/state" >"$state"
	refused target-not-found '' -t "e2e-$$-reused" -n
	cp "$BATS_TEST_TMPDIR/state" "$state"
}

@test "crun: by the id that was chosen, and with no cgroup that would tell" {
	local bundle id=e2e-$$-crun
	requires crun cgroup2
	bundle_make
	crun_alone run --detach --bundle "$bundle" "$id" </dev/null >/dev/null
	cruns+=("$id")
	T=$(jq .pid "/run/crun/$id/status")
	ok -t "$id" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	ok -t "crun:$id" -n --dry-run --json true
	grep -q "\"pid\":${T}[,}]" <<<"$output"
	hear j ps -o TARGET,PID --noheadings
	grep -qE "^oci:$id +$T\$" <<<"$output" || fail "$output" "$stderr"
	ok -t "$id" /bin/id -u
	expect_output 0
}
