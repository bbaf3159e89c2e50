#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root cgroup2 systemctl dbus-daemon podman conmon runc busybox
# Podman with systemd's cgroups, in a systemd of our own: a unit as Quadlet writes it, whose main
# process is the monitor; scopes; a pod's slice; and a user's own, by the manager of the user.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=systemd.bash
. "$BATS_TEST_DIRNAME/systemd.bash"

podman='/usr/bin/podman --storage-driver vfs --runtime runc --cgroup-manager systemd --events-backend file'
# What the controllers that are missing below our cgroup would limit is left alone.
limits='--network=none --pids-limit=-1 --ulimit nofile=1024:1024 --ulimit nproc=4096:4096'

setup_file() {
	sd_prepare
	sd_unit test.target 'Wants=dbus.service quad.service' 'After=dbus.service quad.service'
	sd_unit quad.service 'After=dbus.service' '[Service]' 'Type=notify' 'NotifyAccess=all' \
		'Delegate=yes' 'KillMode=mixed' 'Environment=PODMAN_SYSTEMD_UNIT=%n' \
		"ExecStart=$podman run --name=quad --replace --rm --cgroups=split --sdnotify=conmon -d $limits --rootfs /tmp/ct /bin/sleep 600"
	user_prepare
	sd_start
}

# A manager and a bus for uid 1000, as a login would start them.
user_prepare() {
	sd_unit 'user@.service' '[Service]' 'Type=notify' 'Slice=user-%i.slice' 'User=%i' \
		'Delegate=yes' 'KillMode=mixed' 'Environment=XDG_RUNTIME_DIR=/run/user/%i' \
		'ExecStart=/usr/lib/systemd/systemd --user --unit=default.target'
	sd_unit user-default.target 'Wants=dbus.socket'
	sd_unit user-dbus.socket '[Socket]' 'ListenStream=%t/bus'
	sd_unit user-dbus.service '[Service]' 'Type=notify' \
		'ExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile'
}

teardown_file() {
	sd_stop
}

# Orphans here are systemd's own until it ends.
teardown() {
	kept_stop
}

pod() {
	# shellcheck disable=SC2086
	sd env TMPDIR=/var/tmp $podman "$@" </dev/null
}

# run_scope NAME [OPTIONS...] - $REPLY is its id, T its first process
run_scope() {
	local name=$1
	shift
	# shellcheck disable=SC2086
	REPLY=$(pod run -d --name "$name" $limits "$@" --rootfs /tmp/ct /bin/sleep 601)
	T=$(pod inspect -f '{{.State.Pid}}' "$name")
}

# in_cgroup PID PATTERN - so that the layout is the one that is meant
in_cgroup() {
	sd grep -qE "^0::$2\$" "/proc/$1/cgroup" || fail "$1 is in $(sd cat "/proc/$1/cgroup")"
}

@test "a Quadlet unit's main process is the monitor: the unit means what that runs" {
	local id main
	id=$(pod inspect -f '{{.Id}}' quad)
	T=$(pod inspect -f '{{.State.Pid}}' quad)
	main=$(sd_main quad.service)
	[ "$(sd cat "/proc/$main/comm")" = conmon ]
	in_cgroup "$main" /system.slice/quad.service/runtime
	in_cgroup "$T" "/system.slice/quad.service/libpod-payload-$id"
	resolves "$T" unit:quad
	resolves "$T" unit:quad.service
	resolves "$T" quad
	resolves "$T" "podman:${id:0:8}"
	resolves "$T" "$id"
	resolves "$T" "cgroup:/system.slice/quad.service/libpod-payload-$id"
	ok -t unit:quad -n -p /tmp/fdlist ns
	[ "$(fact 'ns net')" = "$(sd stat -L -c %i "/proc/$T/ns/net")" ]
	[ "$(fact 'ns pid')" = "$(sd stat -L -c %i "/proc/$T/ns/pid")" ]
	ok ps --noheadings -o TARGET,PID,NAME
	grep -qE "^podman:${id:0:8} +$T +quad\$" <<<"$output" || fail "$output"
	! grep -q 'unit:quad' <<<"$output" || fail "twice: $output"
}

@test "a container in a scope; another one of that name is none" {
	run_scope scoped
	in_cgroup "$T" "/machine.slice/libpod-$REPLY.scope"
	resolves "$T" scoped
	resolves "$T" "podman:$REPLY"
	resolves "$T" "${REPLY:0:12}"
	resolves "$T" "unit:libpod-$REPLY.scope"
	refused target-not-found '' -t docker:scoped -n
	pod stop -t 0 scoped >/dev/null
	refused target-not-found 'not running' -t scoped -n
	pod rm -f -t 0 scoped >/dev/null
}

@test "a pod's slice" {
	local infra slice
	printf '%s\n' '[containers]' 'default_ulimits=["nofile=1024:1024", "nproc=4096:4096"]' \
		'pids_limit=0' | sd tee /etc/containers.conf >/dev/null
	# shellcheck disable=SC2086
	conf_pod() {
		sd env TMPDIR=/var/tmp CONTAINERS_CONF=/etc/containers.conf $podman "$@" </dev/null
	}
	sd mkdir -p /etc/containers /var/tmp
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' |
		sd tee /etc/containers/policy.json >/dev/null
	sd tar -C /tmp/ct -cf /tmp/image.tar bin etc
	pod import /tmp/image.tar pause:1 >/dev/null
	conf_pod pod create --name shop --network none --infra-image localhost/pause:1 \
		--infra-command '/bin/sleep 602' >/dev/null
	conf_pod run -d --pod shop --name app localhost/pause:1 /bin/sleep 603 >/dev/null
	slice=$(pod pod inspect -f '{{.ID}}' shop)
	infra=$(pod inspect -f '{{.State.Pid}}' "${slice:0:12}-infra")
	T=$(pod inspect -f '{{.State.Pid}}' app)
	in_cgroup "$T" "/machine.slice/machine-libpod_pod_$slice.slice/libpod-.*.scope"
	resolves "$infra" pod:shop
	ok -t pod:shop -n -p --dry-run true
	grep -qE "^target .*pid $T( |\$)" <<<"$output" || fail "$output"
	resolves "$T" pod:shop/app
	resolves "$infra" "pod:${slice:0:12}"
	conf_pod pod rm -f -t 0 shop >/dev/null
}

user_pod() {
	# shellcheck disable=SC2086
	sd setpriv --reuid 1000 --regid 1000 --clear-groups env -i PATH=/usr/sbin:/usr/bin \
		HOME=/home/ana XDG_RUNTIME_DIR=/run/user/1000 \
		DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus $podman "$@" </dev/null
}

@test "a user's own, in a scope of the user's manager" {
	local id slice=/user.slice/user-1000.slice/user@1000.service
	# A procfs that is seen whole, without which nobody may mount one in a user namespace.
	sd sh -c 'mkdir -p /home/ana /run/user/1000 /etc/systemd/user /var/proc &&
		mount -t proc proc /var/proc && cp -a /tmp/ct /home/ana/ct && cd /etc/systemd/system &&
		for unit in user-*; do mv "$unit" "../user/${unit#user-}"; done &&
		chown -R 1000:1000 /home/ana /run/user/1000 && chmod 700 /run/user/1000 &&
		sed -i s,ana:x:1000:1000::/:,ana:x:1000:1000::/home/ana:, /etc/passwd'
	sd systemctl start user@1000.service
	# shellcheck disable=SC2086
	id=$(user_pod run -d --name own $limits --rootfs /home/ana/ct /bin/sleep 605)
	T=$(user_pod inspect -f '{{.State.Pid}}' own)
	in_cgroup "$T" "$slice/user.slice/libpod-$id.scope"
	resolves "$T" podman:ana/own
	resolves "$T" "podman:1000/${id:0:12}"
	refused target-not-found 'owned by uid 1000' -t own -n
	refused target-not-found 'uid 1000' -t "$id" -n
	ok ps --noheadings -o TARGET,PID,NAME
	grep -qE "^podman:ana/${id:0:8} +$T +own\$" <<<"$output" || fail "$output"
	resolves "$T" "unit:ana/libpod-$id.scope"
	user_pod rm -f -t 0 own >/dev/null
}
