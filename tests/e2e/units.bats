#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root cgroup2 systemctl dbus-daemon
# Units of a systemd of our own, by their cgroups; and processes by their names and by their cgroups.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=systemd.bash
. "$BATS_TEST_DIRNAME/systemd.bash"

setup_file() {
	local units='plain.service forked.service tmpl@a-b\x2dc.service scoped.service both.service'
	sd_prepare
	units+=' user@1000.service done.service'
	sd_unit test.target "Wants=$units" "After=$units"
	# A child that was started later, and inherits what the main process was told.
	sd_unit plain.service '[Service]' 'PrivateNetwork=yes' \
		'ExecStart=/usr/bin/sh -c "/usr/bin/sleep 600 & exec /usr/bin/sleep 601"'
	sd_unit forked.service '[Service]' 'Type=forking' 'PIDFile=/run/forked.pid' \
		'ExecStart=/usr/bin/sh -c "env -i /usr/bin/sleep 602 & echo $! >/run/forked.pid"'
	sd_unit 'tmpl@.service' '[Service]' 'PrivateMounts=yes' 'ExecStart=/usr/bin/sleep 603'
	sd_unit both.service '[Service]' 'ExecStart=/usr/bin/sleep 604'
	sd_unit done.service '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' 'ExecStart=/usr/bin/true'
	sd_unit scoped.service 'After=dbus.service' 'Wants=dbus.service' '[Service]' 'Type=exec' \
		'ExecStart=/usr/bin/systemd-run --quiet --scope --unit=both.scope /usr/bin/sleep 605'
	# An ordinary user who makes cgroups with the names of units in what he was given.
	sd_unit 'user@.service' '[Service]' 'Slice=user-%i.slice' 'User=%i' 'Delegate=yes' \
		'Type=oneshot' 'RemainAfterExit=yes' 'KillMode=none' \
		'ExecStart=/usr/bin/sh /etc/systemd/system/plant.service %i'
	cat >"$SD/units/plant.service" <<-'PLANT'
		for name in plain planted; do
			dir=/sys/fs/cgroup/user.slice/user-$1.slice/user@$1.service/$name.service
			mkdir "$dir"
			setsid sh -c 'echo $$ >"$1/cgroup.procs"; export SYSTEMD_EXEC_PID=$$; exec sleep 606' sh "$dir" \
				</dev/null >/dev/null 2>&1 &
			until grep -q . "$dir/cgroup.procs"; do :; done
		done
	PLANT
	sd_start
}

teardown_file() {
	sd_stop
}

# Orphans here are systemd's own until it ends.
teardown() {
	kept_stop
}

members() {
	sd cat "/sys/fs/cgroup/$1/cgroup.procs"
}

@test "a service with and without its suffix" {
	resolves "$(sd_main plain.service)" unit:plain
	resolves "$(sd_main plain.service)" unit:plain.service
	ok -t unit:plain -n /tmp/fdlist ns
	[ "$(fact "ns net")" = "$(sd stat -L -c %i "/proc/$(sd_main plain.service)/ns/net")" ]
	[ "$(fact "ns net")" != "$(sd stat -L -c %i /proc/1/ns/net)" ]
}

@test "a daemon that has no environment" {
	resolves "$(sd_main forked.service)" unit:forked
}

@test "an escaped name, as it is and as what it means" {
	local main
	main=$(sd_main 'tmpl@a-b\x2dc.service')
	resolves "$main" 'unit:tmpl@a-b\x2dc.service'
	resolves "$main" 'unit:tmpl@a-b\x2dc'
	resolves "$main" unit:tmpl@a-b-c.service
	resolves "$main" unit:tmpl@a-b-c
}

@test "a scope; and a service of the same name" {
	resolves "$(members system.slice/both.scope)" unit:both.scope
	resolves "$(sd_main both.service)" unit:both.service
	refused target-ambiguous 'several units' -t unit:both -n
	hear j -t unit:both -n true
	expect_stderr '^  unit:both.service '
	expect_stderr '^  unit:both.scope '
}

@test "what has no process, or does not exist, or is a slice" {
	refused target-not-found 'no unit "done"' -t unit:done -n
	refused target-not-found 'no unit "nothing"' -t unit:nothing -n
	refused target-not-found 'no unit "plainn"' -t unit:plainn -n
	expect_stderr 'unit:plain'
	refused usage 'slice' -t unit:system.slice -n
	refused usage '' -t unit: -n
}

@test "a user who made a cgroup of a unit's name" {
	local dir=user.slice/user-1000.slice/user@1000.service
	resolves "$(sd_main plain.service)" unit:plain
	refused target-not-found 'belongs to uid 1000' -t unit:planted -n
	resolves "$(members $dir/planted.service)" unit:1000/planted
	resolves "$(members $dir/plain.service)" unit:ana/plain.service
	refused target-not-found '' -t unit:1001/planted -n
	refused target-not-found 'owned by uid 1000' -t "cgroup:/$dir/planted.service" -n
}

@test "a stopped unit whose name a user took" {
	sd systemctl stop plain.service
	refused target-not-found 'belongs to uid 1000' -t unit:plain -n
	sd systemctl start plain.service
	resolves "$(sd_main plain.service)" unit:plain
}

@test "a cgroup by its path" {
	resolves "$(sd_main plain.service)" cgroup:/system.slice/plain.service
	resolves "$(sd_main plain.service)" cgroup:/sys/fs/cgroup/system.slice/plain.service
	resolves 1 cgroup:/init.scope
	refused target-not-found 'no cgroup' -t cgroup:/system.slice/nothing -n
	refused usage '' -t cgroup:/system.slice/../init.scope -n
}

@test "a process by its name" {
	resolves "$(sd_main dbus.service)" comm:100/dbus-daemon
	refused target-not-found 'owned by uid 100' -t comm:dbus-daemon -n
	resolves 1 comm:systemd
	refused target-ambiguous 'several namespaces' -t comm:sleep -n
	refused target-not-found 'no process is called' -t comm:nothing -n
}
