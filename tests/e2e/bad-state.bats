#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root python3
# State files that are too many, too large, or nonsense: a clear outcome within bounds of time and
# memory. All of it is in trees of files below --host-root.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

hex=$(printf 'ab%062d' 7)
storage=var/lib/containers/storage/overlay-containers
run_storage=run/containers/storage/overlay-containers

# Where each runtime keeps what can be said wrongly.
files=(
	"var/lib/docker/containers/$hex/config.v2.json"
	"var/lib/docker/containers/$hex/hostconfig.json"
	etc/docker/daemon.json
	etc/containers/storage.conf
	"$storage/containers.json"
	"$storage/volatile-containers.json"
	"$storage/$hex/userdata/config.json"
	"$storage/$hex/userdata/state.json"
	"$run_storage/$hex/userdata/config.json"
	"$run_storage/$hex/userdata/pidfile"
	"run/containerd/io.containerd.runtime.v2.task/k8s.io/$hex/config.json"
	"run/containerd/io.containerd.runtime.v2.task/k8s.io/$hex/init.pid"
	"run/containerd/io.containerd.runtime.v2.task/default/ctr1/config.json"
	"run/containerd/io.containerd.runtime.v2.task/default/ctr1/options.json"
	run/runc/web/state.json
	run/crun/web/status
	run/systemd/machines/web
	var/lib/nerdctl/1935db59/names/default/web
	var/lib/lxc/web/config
	etc/passwd
)

# tree - HOST is a host without a container, with a place for each of the files; its processes are
# none of ours
tree() {
	local places
	HOST=$BATS_TEST_TMPDIR/host
	places=("${files[@]/#/$HOST/}")
	mkdir -p "$HOST"/{proc/1,sys/fs/cgroup} "${places[@]%/*}"
	touch "$HOST"/sys/fs/cgroup/{cgroup.controllers,cgroup.procs}
	echo systemd >"$HOST/proc/1/comm"
}

# bounded ARGS... - nsjoin in this tree, within $limit MiB of addresses
limit=64
bounded() {
	hear limited "$@"
}

limited() {
	ulimit -v $((limit * 1024))
	timeout -k 5 120 "$NSJOIN" "$@" 3>&-
}

# nothing_runs - ps lists nothing; a name and a pod are told not to be there
nothing_runs() {
	bounded ps "--host-root=$HOST" --noheadings
	[ "$status" -eq 0 ] || fail "ps: $1" "$stderr"
	[ -z "$output" ] || fail "ps lists: $1" "$output"
	bounded "--host-root=$HOST" --errors=json -t web -n true
	expect_status 125
	grep -q '"id":"target-not-found"' <<<"$stderr" || fail "$1:" "$stderr"
	bounded "--host-root=$HOST" --errors=json -t pod:web -n true
	expect_status 125
	grep -q '"id":"target-not-found"' <<<"$stderr" || fail "$1:" "$stderr"
}

@test "files of 1 GiB, all at once" {
	tree
	truncate -s 1G "${files[@]/#/$HOST/}"
	nothing_runs "1 GiB"
}

@test "devices and FIFOs in their places" {
	tree
	mkfifo "${files[@]/#/$HOST/}"
	nothing_runs FIFO
	rm "${files[@]/#/$HOST/}"
	mkdir "${files[@]/#/$HOST/}"
	nothing_runs directory
}

@test "text that is cut off, nested deeply, of another kind, or no text at all" {
	local file one text=(
		''
		'{'
		'{"a":"'
		'[]'
		'7'
		'"x"'
		'null'
		'{"ID":7,"Name":{},"State":[]}'
		'[{"id":"../../../etc","names":["/../web"]}]'
		'{"annotations":7,"linux":"x","pid":-1}'
		$'\xff\xfe\x80'
		$'NAME=../../x\nLEADER=1\n'
	)
	text+=("$(printf '[%.0s' {1..20000})" "$(printf '{"a":%.0s' {1..20000})")
	tree
	for one in "${text[@]}"; do
		for file in "${files[@]}"; do
			echo "$one" >"$HOST/$file"
		done
		nothing_runs "${one:0:40}"
	done
}

# The name is what was put in; a process with that number exists nowhere.
@test "names with line ends, escapes, .. and bytes that are no text" {
	local name
	for name in 'we\nb' 'we\u001b[2Jb' '../../web' 'w\u0000b' $'w\xff\xfeb' '\u202eweb' "$(printf 'w%.0s' {1..5000})"; do
		tree
		printf '{"ID":"%s","Name":"/%s","State":{"Running":true,"Pid":4711}}' "$hex" "$name" \
			>"$HOST/var/lib/docker/containers/$hex/config.v2.json"
		printf '[{"id":"%s","names":["%s"]}]' "$hex" "$name" >"$HOST/$storage/containers.json"
		printf '{"annotations":{"io.kubernetes.cri.container-type":"sandbox","io.kubernetes.cri.sandbox-name":"%s","io.kubernetes.cri.sandbox-namespace":"%s"}}' \
			"$name" "$name" \
			>"$HOST/run/containerd/io.containerd.runtime.v2.task/k8s.io/$hex/config.json"
		bounded ps "--host-root=$HOST" --noheadings
		[ "$status" -eq 0 ] && [ -z "$output" ] || fail "$output" "$stderr"
		bounded "--host-root=$HOST" -t web -n true
		expect_status 125
		message_form
		NSJOIN_HOST_ROOT=$HOST bounded __complete targets ""
		! LC_ALL=C grep -qa $'[\x01-\x08\x0b-\x1f\x7f]' <<<"$output" || fail "$output"
		rm -r "$HOST"
	done
}

@test "a directory of 100,000 state files" {
	tree
	mkdir -p "$HOST/var/lib" "$HOST/run"
	mount -t tmpfs -o nr_inodes=500k tmpfs "$HOST/var/lib"
	made_mount+=("$HOST/var/lib")
	mount -t tmpfs -o nr_inodes=500k tmpfs "$HOST/run"
	made_mount+=("$HOST/run")
	python3 - "$HOST" <<-'END'
		import os, sys
		docker, runc = sys.argv[1] + "/var/lib/docker/containers", sys.argv[1] + "/run/runc"
		os.makedirs(docker)
		os.makedirs(runc)
		for i in range(100000):
		    os.mkdir("%s/%064x" % (docker, i))
		    with open("%s/%064x/config.v2.json" % (docker, i), "w") as f:
		        f.write('{"ID":"%064x","Name":"/c%d","State":{"Running":false}}' % (i, i))
		    os.mkdir("%s/r%d" % (runc, i))
		    with open("%s/r%d/state.json" % (runc, i), "w") as f:
		        f.write('{"id":"r%d","init_process_pid":4711,"init_process_start":7}' % i)
	END
	for name in c99999 r99999 "docker:$(printf '%064x' 99999)" oci:r5; do
		bounded "--host-root=$HOST" --errors=json -t "$name" -n true
		expect_status 125
		grep -q '"id":"target-not-found".*not running' <<<"$stderr" || fail "$name" "$stderr"
	done
	# These look at all of them: a bit more than a KiB for each.
	limit=320
	bounded "--host-root=$HOST" --errors=json -t no-such -n true
	grep -q '"id":"target-not-found"' <<<"$stderr" || fail "$stderr"
	bounded ps "--host-root=$HOST" --noheadings
	[ "$status" -eq 0 ] && [ -z "$output" ] || fail "$output" "$stderr"
}
