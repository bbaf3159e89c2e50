#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root cgroup2 systemctl dbus-daemon podman conmon runc busybox
# Podman with systemd's cgroups, in a systemd of our own: a unit as Quadlet writes it, whose main
# process is the monitor; scopes; a pod's slice.
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
	sd_start
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
