#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hosts that cannot be had here, as trees of files below --host-root: what runs on them is found and
# listed, and never entered. Each fixture's README says what it was made from.
# shellcheck disable=SC2154,SC2030,SC2031
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# host NAME - a copy of the fixture, since state is believed only if it is root's or our own
host() {
	HOST=$BATS_TEST_TMPDIR/$1
	[ -d "$HOST" ] || cp -R "$BATS_TEST_DIRNAME/../unit/fixtures/host-$1" "$HOST"
	export NSJOIN_HOST_ROOT=$HOST
}

# lists 'TARGET PID'... - exactly these; ids are as long as ps prints them
lists() {
	ok ps --noheadings -o target,pid
	output=$(sed -E 's/ +/ /g; s/ $//' <<<"$output" | sort)
	expect_output "$(printf '%s\n' "$@" | sort)"
}

# finds PID TARGET [OPTIONS...] - it is that process, and there is nothing to enter
finds() {
	local pid=$1 target=$2
	shift 2
	refused target-is-gone "is process $pid of .*: there is nothing to enter" -t "$target" "${@:--m}"
}

# What ps prints can be typed, and means the same.
all_listed_are_found() {
	local target pid
	ok ps --noheadings -o target,pid
	[ -n "$output" ] || fail "nothing is listed"
	while read -r target pid; do
		finds "$pid" "$target"
	done <<<"$output"
}

@test "k3s: pods and a container of ctr, at the state directory of k3s" {
	host k3s
	lists 'containerd:default/ctr1 2201' 'cri:0d5a6e85 2001' 'cri:1ec6e46a 2002' 'cri:b448286e 2101' \
		'cri:7f867131 2102' 'cri:34f547ba 2103'
	all_listed_are_found
	finds 2002 pod:prod/api
	finds 2002 pod:api/app
	finds 2001 pod:prod/api -n
	finds 2001 pod:api -niu
	finds 2103 pod:default/web/sidecar
	finds 2103 default/web/sidecar
	finds 2101 pod:web -u
	# the sandbox has the pod's name, and is told apart from the pod as ps does it
	refused target-ambiguous '  default/web \(pod\)  pid 2101' -t pod:web -m
	refused target-ambiguous '  default/web/nginx  pid 2102' -t default/web -m
	finds 2201 ctr1
	finds 2201 containerd:default/ctr1
	refused target-not-found '' -t pod:default/api -n
}

@test "a pod goes by its uid as well" {
	local uid=01042b28-179d-446a-954a-7266557e12cd
	host k3s
	finds 2002 "$uid"
	finds 2002 "pod:$uid"
	finds 2001 "pod:$uid" -n
	finds 2002 "cri:$uid/app"
	ok ps -q "$uid"
	expect_output $'cri:0d5a6e85\ncri:1ec6e46a'
	refused target-not-found '' -t "${uid%d}" -m
	refused target-not-found '' -t "${uid%d}e" -m
	host crio
	finds 3003 5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10
	finds 3001 5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10 -n
}

# meant TYPED HINT... - nothing is called so, and this is what may have been meant
meant() {
	local typed=$1 hint
	shift
	refused target-not-found "^nsjoin: no container or process \"$typed\"\$" -t "$typed" -m
	hear j -t "$typed" -m true
	for hint; do
		expect_stderr "^hint: did you mean: -t $hint\$"
	done
	[ "$(grep -c '^hint: ' <<<"$stderr")" -eq "$#" ] || fail "$stderr"
}

@test "a pod's name with a slip: what it is near to, spelled as it was typed" {
	host k3s
	meant wbe web
	meant pod:wbe pod:web
	meant cri:wbe cri:web
	meant pod:prod/ap pod:prod/api
	meant web/ngin web/nginx
	meant web-nginx web/nginx
	meant default/web/sidcar default/web/sidecar
	meant sidecarr sidecar
	meant ctrl1 ctr1
	# a container is called so, and no pod
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t pod:sidecarr -m
	finds 2103 sidecar
	finds 2201 ctr1
}

@test "a pod's name in another namespace, or with a container that it has not" {
	host k3s
	meant staging/api prod/api
	meant pod:staging/api pod:prod/api
	meant staging/api/app prod/api/app
	meant pod/web default/web
	meant pod:web/db pod:web/nginx pod:web/sidecar
	meant default/web/db default/web/nginx default/web/sidecar
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t staging/other -m
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t staging/api/db -m
}

# renamed KEY OLD NEW - in what the runtime keeps of pods: KEY is name or namespace
renamed() {
	find "$HOST/run" -name config.json -exec sed -i \
		's|"io.kubernetes.cri.sandbox-'"$1"'": *"'"$2"'"|"io.kubernetes.cri.sandbox-'"$1"'":"'"$3"'"|g' {} +
}

@test "a name that Kubernetes has added to: the part that is its owner's is enough of a hint" {
	host k3s
	renamed name web web-7d9f8b6c5-x2x4z
	meant web web-7d9f8b6c5-x2x4z
	meant pod:web pod:web-7d9f8b6c5-x2x4z
	meant default/web default/web-7d9f8b6c5-x2x4z
	renamed name api web-7d9f8b6c5-kf2lm
	meant web web-7d9f8b6c5-x2x4z web-7d9f8b6c5-kf2lm
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t eb -m
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t we -m
	refused target-not-found 'nsjoin ps .*lists what can be joined' -t pod:prod -m
}

@test "several of a pod: what they are is counted, and how one is typed" {
	host k3s
	refused target-ambiguous '^nsjoin: "web" is the pod of 2 containers$' -t web -m
	hear j -t web -m true
	expect_stderr '^hint: or name the container as well: -t pod:web/CONTAINER$'
	finds 2102 pod:web/nginx
	renamed name web api
	refused target-ambiguous '^nsjoin: "api" is the name of 2 pods$' -t api -n
	hear j -t api -n true
	expect_stderr '^hint: or put its namespace before it: -t NAMESPACE/api$'
	finds 2001 prod/api -n
	finds 2101 default/api -n
	renamed namespace default prod
	# one that is ending and the one after it
	refused target-ambiguous '^nsjoin: "prod/api" is the pod of 2 sandboxes$' -t prod/api -n
	refused target-ambiguous '^nsjoin: "prod/api" is the pod of 3 containers$' -t prod/api -m
	finds 2101 cri:b448286e -n
}

@test "ps lists what -t takes: pods by their names, and what is behind a kind" {
	local pattern
	host k3s
	for pattern in web default/web pod:web pod:default/web cri:web 'k8s:w*'; do
		ok ps -q "$pattern"
		expect_output $'cri:b448286e\ncri:7f867131\ncri:34f547ba'
	done
	for pattern in nginx web/nginx pod:web/nginx cri:nginx containerd://7f867131; do
		ok ps -q "$pattern"
		expect_output cri:7f867131
	done
	ok ps -q pod:\*
	[ "$(wc -l <<<"$output")" -eq 5 ] || fail "$output"
	hear -1 j ps -q pod:nginx docker:web prod/web
	expect_output ""
}

@test "CRI-O: a pod, without the container before and without podman's" {
	host crio
	lists 'crio:96f5c2d0 3001' 'crio:7d578ea6 3003' 'podman:ba92df5f 3100'
	all_listed_are_found
	finds 3003 pod:prod/api
	finds 3001 pod:prod/api -n
	finds 3003 crio:app
	finds 3003 cri:7d578ea699cf
	finds 3003 cri-o://7d578ea699cf
	finds 3003 crio:7d578ea699cf
}

@test "CRI-O: a state file that outlived the machine" {
	host crio
	# The same number, started at another time and not in the container's cgroup.
	sed -i 's/ 30030 / 30031 /' "$HOST/proc/3003/stat"
	echo '0::/system.slice/cron.service' >"$HOST/proc/3003/cgroup"
	refused target-not-found 'not running' -t pod:prod/api/app -m
}

# with_pinned FILE COMMAND... - the target's namespaces are mounted at HOST/run/TYPEns/FILE
with_pinned() {
	local file=$1 type
	shift
	for type in net ipc uts; do
		mkdir -p "$HOST/run/${type}ns"
		: >"$HOST/run/${type}ns/$file"
	done
	unshare -m bash -c '
		for type in net ipc uts; do
			mount --bind "/proc/$1/ns/$type" "$2/run/${type}ns/$3"
		done
		exec "${@:4}"' bash "$T" "$HOST" "$file" "$@"
}

@test "CRI-O: a pod without a process for its sandbox has files that keep its namespaces" {
	requires root jq
	local sandbox=96f5c2d008a8ae113d2756de71ff397918a1ae3dd18eefe9b3cb6191ed11defc config
	host crio
	rm -r "$HOST/proc/3001"
	ln -s ../run "$HOST/var/run"
	: >"$(echo "$HOST"/sys/fs/cgroup/kubepods.slice/*/*/crio-"${sandbox:0:8}"*/cgroup.procs)"
	config=$HOST/run/containers/storage/overlay-containers/$sandbox/userdata/config.json
	jq -c '.linux.namespaces = [{type: "pid"}, {type: "mount"},
		{type: "network", path: "/var/run/netns/pod1"},
		{type: "ipc", path: "/var/run/ipcns/pod1"},
		{type: "uts", path: "/var/run/utsns/pod1"}]' "$config" >"$config.new"
	mv "$config.new" "$config"
	# Without them the container in the pod is what there is.
	finds 3003 pod:prod/api -n
	target_full
	j_pinned() { with_pinned pod1 timeout -k 5 20 "$NSJOIN" "$@" 3>&-; }
	hear j_pinned -t pod:prod/api -n -i -u "$fdlist" ns
	expect_status 0
	same_ns net ipc uts
	hear j_pinned -t prod/api -n --dry-run true
	expect_status 0
	grep -qxF "target   crio:${sandbox:0:12} \"prod/api\", by the files that keep its namespaces" \
		<<<"$output" || fail "$output"
	hear j_pinned -t prod/api -n --dry-run --json true
	[ "$(jq -c '[.target.id, .target.pid]' <<<"$output")" = "[\"$sandbox\",null]" ]
	# All else is the application's.
	refused_as j_pinned target-is-gone 'is process 3003 ' -t pod:prod/api -n -p
	refused_as j_pinned target-is-gone 'is process 3003 ' -t pod:prod/api -n -S follow
	refused_as j_pinned target-is-gone 'is process 3003 ' -t pod:prod/api/app -n
	# A pod whose container crashes again and again.
	echo '0::/system.slice/cron.service' >"$HOST/proc/3003/cgroup"
	sed -i 's/ 30030 / 30031 /' "$HOST/proc/3003/stat"
	hear j_pinned -t pod:prod/api -n "$fdlist" ns
	expect_status 0
	same_ns net
	refused target-not-found 'not running' -t pod:prod/api -n
	refused_as j_pinned target-not-found 'not running' -t pod:prod/api -n -p
	# One that is missing: nothing is joined with less.
	rm "$HOST/run/utsns/pod1"
	mkfifo "$HOST/run/utsns/pod1"
	j_fifo() { with_pinned other timeout -k 5 20 "$NSJOIN" "$@" 3>&-; }
	refused_as j_fifo target-not-found 'not running' -t pod:prod/api -n -u
}

@test "kubelet: log files alone, one with an id that was cut" {
	host kubelet
	lists 'cri:e81918ac 4001' 'cri:a690f62f 4002'
	all_listed_are_found
	finds 4001 pod:prod/api
	finds 4001 prod/api/app
	refused target-not-found '' -t 473c6c11 -m
}

@test "nerdctl: by name, running and exited" {
	host nerdctl
	lists 'containerd:default/plain 5002' 'nerdctl:b1bd07eb 5001'
	all_listed_are_found
	finds 5001 web
	finds 5001 nerdctl:web
	finds 5002 containerd:default/plain
	refused target-not-found 'not running' -t old -m
	refused target-not-found 'not running' -t nerdctl:old -m
}

@test "ECS: Docker's name on an instance, the id of a task on Fargate" {
	host ecs
	lists 'docker:578776f7 6001' 'ecs:6db8d1a1f1a84c8aa4a9d8a7f0c1e2b3-4015103728 6002'
	all_listed_are_found
	finds 6001 ecs-web-1-nginx-a4f3c2
	finds 6002 6db8d1a1f1a84c8aa4a9d8a7f0c1e2b3-4015103728
}

@test "Nomad: tasks by their names" {
	host nomad
	lists 'nomad:redis 7001'
	all_listed_are_found
	finds 7001 redis
	refused target-not-found 'not running' -t nomad:backup -m
}

@test "Nomad: two tasks of one name go by their allocations" {
	local one=b36c5d0a-7f7a-3b43-2d4c-5cf8f5b6b7d1.redis two=c47d6e1b-8a8b-4c54-3e5d-6d0906c7c8e2.redis
	host nomad
	cp -R "$HOST/proc/7001" "$HOST/proc/7002"
	sed -i 's/7001/7002/g' "$HOST"/proc/7002/{stat,status}
	sed -i "s/$one/$two/" "$HOST/proc/7002/cgroup"
	mkdir -p "$HOST/opt/nomad/data/alloc/${two%.redis}/redis" \
		"$HOST/sys/fs/cgroup/nomad.slice/share.slice/$two.scope"
	echo 7002 >"$HOST/sys/fs/cgroup/nomad.slice/share.slice/$two.scope/cgroup.procs"
	lists "nomad:$one 7001" "nomad:$two 7002"
	all_listed_are_found
	refused target-ambiguous '' -t redis -m
	hear j -t nomad:redis -m true
	expect_stderr "^ *nomad:$one  redis  pid 7001\$"
	expect_stderr "^ *nomad:$two  redis  pid 7002\$"
}

@test "kata: refused with the reason, by pod, by id, and by cgroup alone" {
	local id
	host kata
	refused target-not-found 'virtual machine' -t pod:prod/vm -n
	refused target-not-found 'virtual machine' -t pod:prod/vm/app -m
	for id in "$HOST"/run/containerd/*/k8s.io/* "$HOST"/sys/fs/cgroup/kata_overhead/* \
		"$HOST"/sys/fs/cgroup/kata_[0-9a-f]*; do
		id=${id##*[/_]}
		refused target-not-found 'virtual machine' -t "$id" -m
		refused target-not-found 'virtual machine' -t "${id:0:12}" -m
	done
}

@test "gVisor: refused with the reason" {
	local id
	host gvisor
	refused target-not-found 'gVisor' -t pod:prod/safe -n
	for id in "$HOST"/run/containerd/*/k8s.io/*; do
		refused target-not-found 'gVisor' -t "cri:${id##*/}" -m
	done
}
