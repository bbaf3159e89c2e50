#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root podman runc busybox cgroup
# Containers of podman, of root and of an ordinary user, with storage of the test's own.
# shellcheck disable=SC2154,SC2030,SC2031
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

limits=(--network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096)
image=nsjoin-test:1

setup_file() {
	export POD=$NSJOIN_TEST_DIR/podman P=p$$x
	HAD_LIBPOD=$(cgroups_had libpod_parent)
	export HAD_LIBPOD
	mkdir -p "$POD"/{image,home,user-run}
	chmod 711 "$POD"
	root_make "$POD/image"
	tar -C "$POD/image" -cf "$POD/image.tar" .
	chmod 644 "$POD/image.tar"
	chown 1000:1000 "$POD/home" "$POD/user-run"
	pod import "$POD/image.tar" "$image" >/dev/null
}

teardown_file() {
	local id
	pod pod rm -fa -t 0 >/dev/null || :
	pod rm -fa -t 0 >/dev/null || :
	[ ! -e "$POD/root2" ] || second rm -fa -t 0 >/dev/null || :
	# The engine forgets them in one hierarchy or the other.
	while read -r id; do
		cgroups_remove "libpod_parent/$id"
	done < <(cat "$BATS_FILE_TMPDIR"/pods 2>/dev/null)
	[ -n "$HAD_LIBPOD" ] || cgroups_remove libpod_parent
	[ ! -e "$POD/home/.local" ] || user_pod rm -fa -t 0 >/dev/null || :
	local pause=$POD/user-run/libpod/tmp/pause.pid
	[ ! -e "$pause" ] || kill "$(<"$pause")"
	while read -r mount; do
		umount --lazy "$mount"
	done < <(awk -v dir="$POD/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
}

# The monitors are orphans until their containers end.
teardown() {
	kept_stop
	clean_cgroups
}

pod() {
	timeout -k 5 60 podman --root "$POD/root" --runroot "$POD/run" --tmpdir "$POD/tmp" \
		--storage-driver vfs --cgroup-manager cgroupfs --runtime runc --events-backend file \
		"$@" 3>&- </dev/null
}

user_pod() {
	(cd "$POD" && setpriv --reuid 1000 --regid 1000 --clear-groups env -i "PATH=$PATH" \
		"HOME=$POD/home" "XDG_RUNTIME_DIR=$POD/user-run" timeout -k 5 60 podman \
		--storage-driver vfs --cgroup-manager cgroupfs --runtime runc --events-backend file \
		"$@" 3>&- </dev/null)
}

# user_j ARGS... - nsjoin as he types it
user_j() {
	env "HOME=$POD/home" "XDG_RUNTIME_DIR=$POD/user-run" setpriv --reuid 1000 --regid 1000 \
		--clear-groups timeout 20 "$NSJOIN" "$@" 3>&-
}

# container_start NAME [OPTIONS...] - $REPLY is its id, $T its first process
container_start() {
	local name=$1
	shift
	REPLY=$(pod run -d "${limits[@]}" --name "$name" "$@" "$image" sleep 1000)
	T=$(pod inspect -f '{{.State.Pid}}' "$name")
}

is_target() {
	ok -t "$1" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
}

@test "by name, id and prefix" {
	container_start "$P-web"
	is_target "$P-web"
	is_target "podman:$P-web"
	is_target "$REPLY"
	is_target "${REPLY:0:12}"
	is_target "podman:${REPLY:0:8}"
	refused target-not-found '' -t "docker:$P-web" -n
	ok ps --noheadings -o NAME,IMAGE "${REPLY:0:12}"
	expect_output "$P-web  localhost/$image"
	pod rm -f -t 0 "$P-web" >/dev/null
}

@test "after a rename its new name, and not the one that conmon still bears" {
	container_start "$P-before"
	pod rename "$P-before" "$P-after"
	is_target "$P-after"
	refused target-not-found "$P-before" -t "$P-before" -n
	pod rm -f -t 0 "$P-after" >/dev/null
}

@test "without its own pid namespace" {
	container_start "$P-hostpid" --pid=host
	is_target "$P-hostpid"
	ok -t "$REPLY" -n --dry-run --json true
	grep -q "\"pid\":${T}[,}]" <<<"$output"
	pod rm -f -t 0 "$P-hostpid" >/dev/null
}

# pod_start NAME [OPTIONS...] - $REPLY is its id; $INFRA and $T are the first processes in it
pod_start() {
	local name=$1
	shift
	# The infra container takes its limits from nowhere else.
	printf '%s\n' '[containers]' 'default_ulimits=["nofile=1024:1024", "nproc=4096:4096"]' "$@" \
		>"$POD/containers.conf"
	export CONTAINERS_CONF=$POD/containers.conf
	REPLY=$(pod pod create --name "$name" --network none --infra-image "localhost/$image" \
		--infra-command '/bin/sleep 1000' ${pod_hostname:+--hostname "$pod_hostname"})
	echo "$REPLY" >>"$BATS_FILE_TMPDIR/pods"
	# In version 2 no device may be opened in the one that it has made; the runtime makes it anew.
	[ -n "$(cgroup1_root devices)" ] || rmdir "$(cgroup_root '')/libpod_parent/$REPLY"
	pod create --pod "$name" --name "$name-app" "$image" sleep 1000 >/dev/null
	pod pod start "$name" >/dev/null
	INFRA=$(pod inspect -f '{{.State.Pid}}' "${REPLY:0:12}-infra")
	T=$(pod inspect -f '{{.State.Pid}}' "$name-app")
}

# means PID OPTIONS... - that process is what they mean
means() {
	local pid=$1
	shift
	ok "$@" --dry-run --json true
	grep -q "\"pid\":${pid}[,}]" <<<"$output" || fail "not $pid: $output"
}

is_pod() {
	local name=$1 target
	for target in "pod:$name" "$name" "pod:${REPLY:0:12}" "pod:${REPLY:0:6}"; do
		means "$INFRA" -t "$target" -n -i -u
		means "$T" -t "$target" -n -p
	done
	means "$T" -t "pod:$name/$name-app" -n
	means "$T" -t "$name-app" -n
	means "$INFRA" -t "${REPLY:0:12}-infra" -p
	refused target-not-found '' -t "pod:$name/no-such" -n
	refused target-not-found '' -t "pod:${REPLY:0:3}" -n
	pod stop -t 0 "$name-app" >/dev/null
	means "$INFRA" -t "pod:$name" -n
	refused target-not-found 'but its sandbox does' -t "pod:$name" -p
	pod pod rm -f -t 0 "$name" >/dev/null
}

# with_conf FILE COMMAND... - as if the machine's storage.conf were that file
with_conf() {
	local file=$1
	shift
	unshare -m bash -c '
		mkdir -p /etc/containers
		mount -t tmpfs tmpfs /etc/containers
		cp "$1" /etc/containers/storage.conf
		exec "${@:2}"' bash "$file" "$@"
}

@test "storage.conf tells where root's containers are" {
	local conf=$POD/storage.conf
	printf '%s\n' '[storage]' 'driver = "vfs"' "graphroot = \"$POD/root\" # elsewhere" \
		"runroot = '$POD/run'" >"$conf"
	# Podman reads it as well: what it makes with it is where it says.
	CONTAINERS_STORAGE_CONF=$conf timeout -k 5 60 podman --tmpdir "$POD/tmp" \
		--cgroup-manager cgroupfs --runtime runc --events-backend file \
		create "${limits[@]}" --name "$P-conf" "$image" sleep 1000 3>&- </dev/null >/dev/null
	# Nothing of it runs: no monitor tells of it, only the file does.
	refused target-not-found 'no container or process' -t "podman:$P-conf" -n
	j_conf() { with_conf "$conf" timeout -k 5 20 "$NSJOIN" "$@" 3>&-; }
	refused_as j_conf target-not-found 'not running' -t "podman:$P-conf" -n
	pod start "$P-conf" >/dev/null
	T=$(pod inspect -f '{{.State.Pid}}' "$P-conf")
	hear j_conf -t "podman:$P-conf" -n "$fdlist" ns
	expect_status 0
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	pod rm -f -t 0 "$P-conf" >/dev/null
}

# second ARGS... - another storage of root's
second() {
	timeout -k 5 60 podman --root "$POD/root2" --runroot "$POD/run2" --tmpdir "$POD/tmp2" \
		--storage-driver vfs --cgroup-manager cgroupfs --runtime runc --events-backend file \
		"$@" 3>&- </dev/null
}

@test "two storages of root's have a name each: refused while both run" {
	local conf=$POD/two.conf other
	printf '%s\n' '[storage]' "graphroot = \"$POD/root\"" "runroot = \"$POD/run\"" >"$conf"
	j_conf() { with_conf "$conf" timeout -k 5 20 "$NSJOIN" "$@" 3>&-; }
	second import "$POD/image.tar" "$image" >/dev/null
	second run -d "${limits[@]}" --name "$P-two" "$image" sleep 1000 >/dev/null
	other=$(second inspect -f '{{.State.Pid}}' "$P-two")
	container_start "$P-two"
	refused_as j_conf target-ambiguous '2 containers' -t "$P-two" -n
	hear j_conf -t "podman:$P-two" -n true
	expect_stderr "pid $T"
	expect_stderr "pid $other"
	second stop -t 0 "$P-two" >/dev/null
	hear j_conf -t "$P-two" -n "$fdlist" ns
	expect_status 0
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	second rm -f -t 0 "$P-two" >/dev/null
	pod rm -f -t 0 "$P-two" >/dev/null
}

@test "a user's own storage.conf tells where his containers are" {
	user_j_home() {
		env "HOME=$POD/home" "XDG_RUNTIME_DIR=$POD/user-run" setpriv --reuid 1000 \
			--regid 1000 --clear-groups timeout -k 5 20 "$NSJOIN" "$@" 3>&-
	}
	mkdir -p "$POD/home/.config/containers"
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\n' "$POD/home/elsewhere" \
		>"$POD/home/.config/containers/storage.conf"
	chown -R 1000:1000 "$POD/home/.config"
	user_pod import "$POD/image.tar" "$image" >/dev/null
	user_pod create "${limits[@]}" --name "$P-moved" "$image" sleep 1000 >/dev/null
	[ -d "$POD/home/elsewhere/vfs-containers" ]
	refused_as user_j_home target-not-found 'not running' -t "podman:$P-moved" -n
	rm "$POD/home/.config/containers/storage.conf"
	refused_as user_j_home permission 'no container "podman:' -t "podman:$P-moved" -n
}

@test "a pod: its infra container for what that holds, else the application" {
	pod_start "$P-pod"
	is_pod "$P-pod"
}

@test "a pod whose hostname is not its name goes by its id" {
	pod_hostname=$P-host pod_start "$P-hidden"
	refused target-not-found '' -t "pod:$P-hidden" -n
	means "$INFRA" -t "pod:${REPLY:0:12}" -n
	means "$T" -t "pod:${REPLY:0:12}" -n -p
	pod pod rm -f -t 0 "$P-hidden" >/dev/null
}

@test "what has ended is not running; its pid file means nobody" {
	local file
	container_start "$P-ended"
	file=$(find "$POD/run" -path "*$REPLY/userdata/pidfile")
	pod kill "$P-ended" >/dev/null
	gone "$T"
	[ -e "$file" ] || skip "podman has removed the pid file"
	target_start --ns=n
	# As it is when the number has been used again: the file is older than the process.
	echo "$T" >"$file"
	touch -d '1 hour ago' "$file"
	refused target-not-found "$P-ended" -t "$P-ended" -n
	pod rm -f -t 0 "$P-ended" >/dev/null
}

@test "a user's own: he types the name, root has to type whose it is" {
	local user id
	user=$(getent passwd 1000 | cut -d : -f 1)
	user_pod import "$POD/image.tar" "$image" >/dev/null || skip "no rootless podman here"
	id=$(user_pod run -d "${limits[@]}" --name "$P-own" "$image" sleep 1000) ||
		skip "no rootless containers here"
	T=$(user_pod inspect -f '{{.State.Pid}}' "$P-own")
	hear user_j -t "$P-own" -U -n "$fdlist" ns
	expect_status 0
	[ "$(fact 'ns net')" = "$(ns_of net "$T")" ]
	# And without an option he becomes a process of it.
	hear user_j -t "$P-own" sh -c \
		'id -u; grep -E "^Cap|NoNew" /proc/self/status; cat /proc/self/limits; pwd; hostname'
	expect_output "$(user_pod exec "$P-own" sh -c \
		'id -u; grep -E "^Cap|NoNew" /proc/self/status; cat /proc/self/limits; pwd; hostname')"
	expect_stderr 'without its seccomp filters'
	# With his own programs, and the container's files where the view has them.
	hear user_j -q -t "$P-own" -H python3 -c \
		'import os, socket; print(os.path.exists("/bin/busybox"), socket.gethostname())'
	expect_output "True $(user_pod exec "$P-own" hostname)"
	hear user_j -q -t "$P-own" -H --view=host python3 -c 'import os, socket
print(os.path.exists(os.environ["NSJOIN_ROOT"] + "/bin/busybox"), socket.gethostname())'
	expect_output "True $(user_pod exec "$P-own" hostname)"
	refused target-not-found 'owned by uid 1000' -t "$P-own" -n
	refused target-not-found 'owned by uid 1000' -t "podman:$P-own" -n
	is_target "podman:1000/$P-own"
	[ -z "$user" ] || is_target "podman:$user/$P-own"
	# Also where it has no cgroup of its own.
	ok inspect -o part-of "podman:1000/$P-own"
	expect_output "podman:${user:-1000}/${id:0:8}"
	refused target-not-found '' -t "podman:0/$P-own" -n
	refused target-not-found 'no user' -t "podman:no-such-user/$P-own" -n
	hear j ps -a -o TARGET,PID --noheadings
	grep -qE "^podman:(${user:-1000}|1000)/${id:0:8} +$T\$" <<<"$output" || fail "$output"
	is_target "$(awk -v pid="$T" '$2 == pid { print $1 }' <<<"$output")"
	user_pod rm -fa -t 0 >/dev/null
}
