#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root cgroup2 systemctl dbus-daemon systemd-nspawn machinectl busybox
# Containers of systemd-nspawn, registered with a machined and not, in a systemd of our own.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=systemd.bash
. "$BATS_TEST_DIRNAME/systemd.bash"

nspawn='/usr/bin/systemd-nspawn --quiet --read-only --directory=/tmp/ct'

setup_file() {
	local units='in-unit.service own.service silent.service'
	local -a unified=()
	# For a tree without a systemd it would make a hierarchy of version 1, which it may not in here.
	[ -n "$(cgroup1_root name=systemd)" ] || unified=(Environment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1)
	sd_prepare
	sd_unit test.target "Wants=$units" "After=$units"
	sd_unit in-unit.service 'After=systemd-machined.service' 'Wants=systemd-machined.service' \
		'[Service]' "${unified[@]}" 'Type=notify' 'Delegate=yes' \
		"ExecStart=$nspawn --keep-unit -M kept /bin/sleep 600"
	sd_unit own.service 'After=systemd-machined.service in-unit.service' \
		'Wants=systemd-machined.service' '[Service]' "${unified[@]}" 'Type=notify' 'NotifyAccess=all' \
		"ExecStart=$nspawn --machine=my-mach /bin/sleep 601"
	sd_unit silent.service '[Service]' "${unified[@]}" 'Type=notify' 'Delegate=yes' \
		"ExecStart=$nspawn --register=no --keep-unit -M quiet /bin/sleep 602"
	sd_start
}

teardown_file() {
	sd_stop
}

# Orphans here are systemd's own until it ends.
teardown() {
	kept_stop
}

leader() {
	sd machinectl show --property=Leader --value "$1"
}

# entered PID TARGET - its namespaces are those of the process
entered() {
	local type
	resolves "$1" "$2"
	ok -t "$2" -u -i -p /tmp/fdlist ns
	for type in uts ipc pid; do
		[ "$(fact "ns $type")" = "$(sd stat -L -c %i "/proc/$1/ns/$type")" ] ||
			fail "$type is not of $1" "$output"
	done
}

# The unit that systemd-nspawn runs in has a name of its own.
@test "a machine in the unit of its caller" {
	entered "$(leader kept)" machine:kept
	entered "$(leader kept)" kept
	resolves "$(leader kept)" nspawn:kept
}

@test "a machine in a scope of its own, whose name is escaped" {
	entered "$(leader my-mach)" machine:my-mach
	entered "$(leader my-mach)" my-mach
	resolves "$(leader my-mach)" unit:machine-my-mach.scope
	resolves "$(leader my-mach)" 'unit:machine-my\x2dmach.scope'
}

@test "a container that machined does not know" {
	local pid
	pid=$(sd cat /sys/fs/cgroup/system.slice/silent.service/payload/cgroup.procs)
	entered "$pid" machine:quiet
	entered "$pid" quiet
}

@test "a unit of systemd-nspawn leads to the container" {
	local pid
	pid=$(sd cat /sys/fs/cgroup/system.slice/silent.service/payload/cgroup.procs)
	entered "$pid" unit:silent
	entered "$(leader kept)" unit:in-unit.service
}

# machine_file NAME LINES... - as machined would write it
machine_file() {
	local name=$1
	shift
	printf '%s\n' "NAME=$name" "$@" | sd sh -c "cat >/run/systemd/machines/$name"
}

@test "a file that machined did not live to remove is not believed" {
	local other
	other=$(leader kept)
	machine_file ghost SCOPE=machine-ghost.scope CLASS=container "LEADER=$other"
	refused target-not-found 'not running' -t machine:ghost -n
	refused target-not-found '' -t ghost -n
	machine_file ghost SCOPE=machine-ghost.scope CLASS=container LEADER=1
	refused target-not-found 'not running' -t machine:ghost -n
	# The unit is right and the process is another one. Before Linux 6.9 nobody could have written so.
	if sort -CV <<<"6.9"$'\n'"$(uname -r)"; then
		machine_file ghost SCOPE=in-unit.service CLASS=container "LEADER=$other" LEADER_PIDFDID=1
		refused target-not-found 'not running' -t machine:ghost -n
	fi
	sd rm /run/systemd/machines/ghost
}

@test "a virtual machine is refused with the reason" {
	machine_file guest SCOPE='machine-qemu\\x2d1\\x2dguest.scope' CLASS=vm LEADER=1
	refused target-not-found 'virtual machine' -t machine:guest -n
	sd rm /run/systemd/machines/guest
}

@test "ps shows machines as they are typed" {
	hear j ps -q
	grep -qx 'machine:kept' <<<"$output" || fail "$output" "$stderr"
	grep -qx 'machine:my-mach' <<<"$output" || fail "$output"
}
