#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root cgroup strace
# The host's tree seen elsewhere: as a debug pod has it, and as files that nobody can enter.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016,SC2119
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

id=$(printf 'ab%062d' 7)

# host_mount - HOST is where all of the host's tree is mounted. It is not below what bats removes with
# all that is in it, also where a test was ended half way.
host_mount() {
	HOST=$NSJOIN_TEST_DIR/host-$BATS_TEST_NUMBER
	mkdir "$HOST"
	mount --rbind / "$HOST"
	mount --make-rslave "$HOST"
}

host_umount() {
	umount --recursive --lazy "$HOST"
}

# container_start - a process in a cgroup that bears $id
container_start() {
	target_full
	cgroup_make pids "e2e-host-$$"
	cgroup_make pids "e2e-host-$$/docker"
	cgroup_make pids "e2e-host-$$/docker/$id"
	echo "$T" >"$REPLY/cgroup.procs"
}

# A tree of files: one container of Docker's, whose process is 4711.
fixture() {
	HOST=$BATS_TEST_TMPDIR/fixture
	local proc=$HOST/proc/4711 cgroup=$HOST/sys/fs/cgroup state=$HOST/var/lib/docker/containers/$id
	mkdir -p "$proc/ns" "$cgroup/system.slice/docker-$id.scope" "$state" "$HOST/run" "$HOST/etc"
	touch "$cgroup/cgroup.controllers" "$cgroup/cgroup.procs"
	echo 4711 >"$cgroup/system.slice/docker-$id.scope/cgroup.procs"
	echo "0::/system.slice/docker-$id.scope" >"$proc/cgroup"
	echo web >"$proc/comm"
	printf '4711 (web) S 1 4711 4711 0 -1 4194560 %s 500 0 0\n' "0 0 0 0 0 0 0 0 20 0 1 0" >"$proc/stat"
	printf 'Name:\tweb\nTgid:\t4711\nPid:\t4711\nPPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\nNSpid:\t4711\t1\n' \
		>"$proc/status"
	printf '{"ID":"%s","Name":"/web","State":{"Running":true,"Pid":4711}}' "$id" \
		>"$state/config.v2.json"
}

@test "the host's own tree, mounted elsewhere: the same process by the same names" {
	container_start
	host_mount
	hear j "--host-root=$HOST" -t "id:$id" -n "$fdlist" ns
	host_umount
	expect_status 0
	[ "$(fact 'ns net')" = "${BOX[net]}" ]
}

@test "a command that a hint names looks in the same tree" {
	container_start
	host_mount
	fails_with 125 no-target "did you mean: nsjoin --host-root=$HOST -t ${id:0:12}?" --host-root="$HOST" "${id:0:12}"
	fails_with 125 no-target "nsjoin ps --host-root=$HOST lists" --host-root="$HOST" no-such
	NSJOIN_HOST_ROOT=$HOST fails_with 127 no-shell "nsjoin --host-root=$HOST -t ${id:0:12} -n -u" \
		-t "${id:0:12}" -a --shell=/no-such
	host_umount
}

@test "/ is no other tree; the environment says it as well" {
	container_start
	ok --host-root=/ -t "id:${id:0:8}" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "${BOX[net]}" ]
	NSJOIN_HOST_ROOT=/ ok -t "id:${id:0:8}" -n "$fdlist" ns
	NSJOIN_HOST_ROOT=$BATS_TEST_TMPDIR/none refused usage 'host-root' -t "id:${id:0:8}" -n
}

@test "from another pid namespace: joined by descriptors, no number reaches a system call" {
	container_start
	host_mount
	hear timeout 20 unshare --pid --fork --mount sh -c '
		mount -t proc proc /proc && strace -f -qq -o "$1" -e trace=pidfd_open,kill,process_vm_readv,ptrace \
			"$2" "--host-root=$3" -t "id:$4" -n -u -i "$5" ns' - \
		"$BATS_TEST_TMPDIR/trace" "$NSJOIN" "$HOST" "$id" "$fdlist" 3>&-
	host_umount
	expect_status 0
	[ "$(fact 'ns net')" = "${BOX[net]}" ]
	[ "$(fact 'ns uts')" = "${BOX[uts]}" ]
	other_ns mnt "${BOX[mnt]}"
	! grep -E "(pidfd_open|kill|ptrace|process_vm_readv)\\(${T}[,)]" "$BATS_TEST_TMPDIR/trace" ||
		fail "$(<"$BATS_TEST_TMPDIR/trace")"
}

@test "from another pid namespace: no descriptor can be taken, and that is what is said" {
	container_start
	host_mount
	hear timeout 20 unshare --pid --fork --mount sh -c '
		mount -t proc proc /proc && "$1" "--host-root=$2" -t "id:$3" -N 0 true' - \
		"$NSJOIN" "$HOST" "$id" 3>&-
	host_umount
	expect_status 125
	expect_stderr '^nsjoin: -N: no descriptor of .* can be taken: its number means nothing here$'
}

@test "a process of that number here is not the one that is meant there" {
	fixture
	# 1 is there in both; the tree's one is not ours.
	mkdir "$HOST/proc/1"
	sed 's/^4711 (web)/1 (init)/' "$HOST/proc/4711/stat" >"$HOST/proc/1/stat"
	refused target-is-gone 'no running system' "--host-root=$HOST" -t 1 -n
	refused target-not-found '' "--host-root=$HOST" -t "$$" -n
}

@test "a tree of files is shown and never entered" {
	fixture
	refused target-is-gone 'process 4711 .*no running system' "--host-root=$HOST" -t web -n
	refused target-is-gone 'process 4711' "--host-root=$HOST" -t "${id:0:12}" -n
	refused target-is-gone 'process 4711' "--host-root=$HOST" -t "docker:web" -a
	ln -s /proc/self/ns/net "$HOST/proc/4711/ns/net"
	refused target-is-gone 'process 4711' "--host-root=$HOST" -t web -n
	hear j ps "--host-root=$HOST" -o TARGET,PID,NAME --noheadings
	expect_status 0
	[[ $output =~ ^docker:${id:0:8}([0-9a-f])*\ +4711\ +web$ ]] || fail "$output" "$stderr"
}

@test "links in the tree lead no further than the tree" {
	fixture
	mkdir -p "$HOST/real"
	mv "$HOST/var/lib/docker" "$HOST/real/docker"
	ln -s /real/docker "$HOST/var/lib/docker"
	refused target-is-gone 'process 4711' "--host-root=$HOST" -t web -n
	rm "$HOST/var/lib/docker"
	ln -s "../../../../../../../..$HOST/real/docker" "$HOST/var/lib/docker"
	refused target-not-found '' "--host-root=$HOST" -t web -n
}

@test "what is missing is done without, and -v says so" {
	HOST=$BATS_TEST_TMPDIR/empty
	mkdir "$HOST"
	refused target-not-found '' "--host-root=$HOST" -t web -n
	hear j -v "--host-root=$HOST" -t web -n true
	expect_stderr 'no /proc below'
	refused usage 'host-root' "--host-root=$HOST/none" -t web -n
	refused usage 'host-root' "--host-root=/etc/passwd" -t web -n
}

@test "hostile state: huge, cut off, deeply nested, thousands of it" {
	local dir i
	fixture
	dir=$HOST/var/lib/docker/containers
	for ((i = 0; i < 2000; i++)); do
		printf '%s/%064d\0' "$dir" "$i"
	done | xargs -0 mkdir
	truncate -s 1G "$dir/$(printf %064d 1)/config.v2.json"
	printf '{"ID":"%064d","Name":"/web"' 2 >"$dir/$(printf %064d 2)/config.v2.json"
	{
		printf '{"Name":"/web","x":'
		printf '[%.0s' {1..5000}
	} >"$dir/$(printf %064d 3)/config.v2.json"
	printf '{"ID":"%064d","Name":"/we\\nb\\u001b[2J"}' 4 >"$dir/$(printf %064d 4)/config.v2.json"
	printf '{"ID":"%064d","Name":"/\xff\xfe"}' 5 >"$dir/$(printf %064d 5)/config.v2.json"
	printf '{"ID":"%064d","Name":"/../x"}' 6 >"$dir/$(printf %064d 6)/config.v2.json"
	mkfifo "$dir/$(printf %064d 7)/config.v2.json"
	refused target-is-gone 'process 4711' "--host-root=$HOST" -t web -n
	refused target-not-found '' "--host-root=$HOST" -t wbe -n
	hear j "--host-root=$HOST" -t $'we\nb' -n true
	expect_status 125
	message_form
}
