#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root user userns docker cgroup
# An ordinary user plants all that could be mistaken for a container of root's. Root never enters his
# process, which the hostname in it would tell.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

mark=planted-by-the-user

setup_file() {
	engine_start || return
	export P=s$$x
	container_start "$P-victim" --hostname victim-host
	export VICTIM=$REPLY
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
	rm -rf "/run/user/1000.$P"
}

# What a service manager gives a user: a cgroup of his own.
delegate() {
	local hierarchy
	hierarchies_of pids name=systemd ''
	for hierarchy in "${hierarchies[@]}"; do
		cgroup_make "$hierarchy" "delegated-$P"
		chown -R 1000:1000 "$REPLY"
	done
}

# plant_cgroup NAME - in it, in all hierarchies, as the user himself
plant_cgroup() {
	local hierarchy dir part
	hierarchies_of pids name=systemd ''
	for hierarchy in "${hierarchies[@]}"; do
		dir=$(cgroup_root "$hierarchy")/delegated-$P
		for part in $(tr / ' ' <<<"$1"); do
			dir=$dir/$part
			[ -e "$dir" ] && continue
			as_user mkdir "$dir"
			made_cgroup+=("$dir")
		done
		echo "$ATTACKER" >"$dir/cgroup.procs"
	done
}

# mimic NAME WORDS... - a process of the user's with that comm and command line
mimic() {
	local file=$BATS_TEST_TMPDIR/bin/$1 first=$2
	shift 2
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cp "$NSJOIN_HELPERS/mimic" "$file"
	chmod 755 "$file" "$BATS_TEST_TMPDIR/bin"
	kept_start setpriv --reuid 1000 --regid 1000 --clear-groups \
		bash -c 'file=$1 first=$2; shift 2; exec -a "$first" "$file" "$@"' - "$file" "$first" "$@"
}

# State as the runtimes keep it, in places that the user owns.
plant_state() {
	local home=$BATS_TEST_TMPDIR/home storage id=$VICTIM pid=$ATTACKER
	storage=$home/.local/share/containers/storage/overlay-containers
	mkdir -p "$home/.local/share/docker/containers/$id" "$storage" "$BATS_TEST_TMPDIR/run/runc/$P-victim"
	printf '{"ID":"%s","Name":"/%s-victim","State":{"Running":true,"Pid":%d}}' "$id" "$P" "$pid" \
		>"$home/.local/share/docker/containers/$id/config.v2.json"
	printf '[{"id":"%s","names":["%s-victim"]}]' "$id" "$P" >"$storage/containers.json"
	truncate -s 1G "$storage/volatile-containers.json"
	printf '{"id":"%s-victim","init_process_pid":%d,"init_process_start":%s}' "$P" "$pid" \
		"$(cut -d ' ' -f 22 "/proc/$pid/stat")" >"$BATS_TEST_TMPDIR/run/runc/$P-victim/state.json"
	echo "$pid" >"$home/pidfile"
	ln -s /etc/shadow "$home/link"
	chown -R 1000:1000 "$home" "$BATS_TEST_TMPDIR/run"
}

# All of it at once.
plant() {
	local name=$P-victim id=$VICTIM place
	open_dirs
	target_start --as=1000 --ns=Uumn --hostname="$mark" --uid-map='0 1000 1' --gid-map='0 1000 1' \
		--deny-setgroups
	ATTACKER=$T
	delegate
	for place in "docker-$id.scope" "libpod-$id.scope" "cri-containerd-$id.scope" "crio-$id.scope" \
		"lxc.payload.$name" "machine-$name.scope" "$name.service" "docker/$id"; do
		plant_cgroup "$place"
	done
	plant_state
	mimic conmon /usr/bin/conmon -c "$id" -n "$name" -p "$BATS_TEST_TMPDIR/home/pidfile" \
		--exit-command /usr/bin/podman --exit-command-arg --root --exit-command-arg \
		"$BATS_TEST_TMPDIR/home/.local/share/containers/storage"
	mimic lxc-start "[lxc monitor] $BATS_TEST_TMPDIR/home $name"
	mimic containerd-shim-runc-v2 containerd-shim -namespace moby -id "$id" -address /x
	mimic dockerd /usr/bin/dockerd --data-root "$BATS_TEST_TMPDIR/home/.local/share/docker"
	MIMIC_SOCKET=/var/lib/lxc/$name/command mimic "${name:0:15}" "$name"
}

# never ARGS... - root does not get into the user's process
never() {
	hear j "$@" -u cat /proc/sys/kernel/hostname
	[[ $output != *"$mark"* ]] || fail "entered by $*"
	[ "$status" -eq 0 ] || [ "$status" -eq 125 ] || fail "$* ended with $status" "$stderr"
}

every_spelling() {
	local name=$P-victim id=$VICTIM kind
	never -t "$name"
	for kind in docker podman cri containerd crio lxc machine oci runc nerdctl k8s; do
		never -t "$kind:$name"
		never -t "$kind:$id"
		never -t "$kind:${id:0:12}"
	done
	never -t "$id"
	never -t "${id:0:12}"
	never -t "id:$id"
	never -t "docker://$id"
	never -t "pod:$name"
	never -t "unit:$name"
	never -t "comm:${name:0:15}"
	never -t "cgroup:/delegated-$P/docker/$id"
}

@test "the victim runs: it is what root enters" {
	plant
	every_spelling
	for target in "$P-victim" "docker:$P-victim" "$VICTIM" "${VICTIM:0:12}" "id:$VICTIM"; do
		ok -t "$target" -u cat /proc/sys/kernel/hostname
		expect_output victim-host
	done
}

@test "the victim is stopped: nobody is entered" {
	engine stop -t 0 "$P-victim" >/dev/null
	plant
	every_spelling
	refused target-not-found '' -t "$P-victim" -u
	refused target-not-found '' -t "$VICTIM" -u
	refused target-not-found 'owned by uid 1000|not running' -t "docker:${VICTIM:0:12}" -u
	engine start "$P-victim" >/dev/null
}

@test "ps does not call his process by the victim's name" {
	plant
	hear j ps -o TARGET,PID --noheadings
	expect_status 0
	! grep -E "^(docker|id|lxc|machine):.* $ATTACKER\$" <<<"$output" || fail "$output"
}

@test "his pid file does not choose for root" {
	plant
	target_start --ns=n
	echo "$T" >"$BATS_TEST_TMPDIR/home/pidfile"
	refused permission 'belongs to uid 1000' -t "@$BATS_TEST_TMPDIR/home/pidfile" -n
}
