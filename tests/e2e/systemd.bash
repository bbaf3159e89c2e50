# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A second systemd for one file of tests. It lives in namespaces and in a tree of its own, where
# nothing of the machine can be written to: /usr is attached read-only, so is /proc/sys, and all else
# is memory. A systemd that is started on the machine's own tree empties its /tmp, writes its
# /etc/machine-id and applies its sysctls.

# sd_unit NAME LINES... - a unit of the second systemd, to be written before sd_start
sd_unit() {
	local name=$1
	shift
	printf '%s\n' '[Unit]' 'DefaultDependencies=no' "$@" >"$SD/units/$name"
}

# sd_prepare - SD is its directory
sd_prepare() {
	SD=$(mktemp -d "$NSJOIN_TEST_DIR/systemd.XXXXXX")
	export SD
	mkdir -p "$SD/root" "$SD/units"
	sd_unit dbus.socket '[Socket]' 'ListenStream=/run/dbus/system_bus_socket'
	sd_unit dbus.service 'Requires=dbus.socket' '[Service]' 'Type=notify' \
		'ExecStart=/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile' \
		'ExecReload=/usr/bin/true'
	sd_unit systemd-machined.service 'Wants=dbus.service' 'After=dbus.service' '[Service]' \
		'Type=notify' 'ExecStart=/usr/lib/systemd/systemd-machined'
}

# What runs between unshare and systemd: builds the tree and leaves the machine's behind.
sd_inner() {
	local dir name
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 tmpfs "$SD/root"
	cd "$SD/root" || exit 1
	mkdir usr proc sys dev run tmp etc var old
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$name"
	done
	mount --bind /usr usr
	mount -o remount,bind,ro usr
	mount -t proc proc proc
	mount --bind proc/sys proc/sys
	mount -o remount,bind,ro proc/sys
	mount -t sysfs -o ro sysfs sys
	mount -t cgroup2 cgroup2 sys/fs/cgroup
	mount -t tmpfs -o mode=755 tmpfs run
	mount -t tmpfs -o mode=755 tmpfs dev
	mkdir dev/shm dev/pts
	mount -t tmpfs tmpfs dev/shm
	mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
	ln -s pts/ptmx dev/ptmx
	for name in null zero full random urandom tty; do
		: >"dev/$name"
		mount --bind "/dev/$name" "dev/$name"
	done
	mkdir -p etc/systemd/system var/lib/machines var/log tmp/ct
	cp "$SD/units/"* etc/systemd/system/
	# Whatever asks for them does not get them.
	for name in sysinit.target basic.target systemd-tmpfiles-setup.service \
		systemd-tmpfiles-setup-dev.service systemd-sysctl.service systemd-journald.service \
		systemd-journald.socket systemd-machine-id-commit.service; do
		ln -sf /dev/null "etc/systemd/system/$name"
	done
	printf '%s:/:/bin/sh\n' root:x:0:0: messagebus:x:100:100: ana:x:1000:1000: >etc/passwd
	printf '%s:\n' root:x:0 messagebus:x:100 ana:x:1000 >etc/group
	printf '%032x\n' "$$" >etc/machine-id
	for dir in bin etc proc sys dev tmp run var usr; do
		mkdir -p "tmp/ct/$dir"
	done
	cp usr/bin/busybox tmp/ct/bin/busybox
	ln -s busybox tmp/ct/bin/sh
	ln -s busybox tmp/ct/bin/sleep
	: >tmp/ct/etc/os-release
	cp "$NSJOIN" tmp/nsjoin
	cp "$NSJOIN_HELPERS/fdlist" tmp/fdlist
	pivot_root . old || exit 1
	cd / || exit 1
	umount -l /old
	# Not a step further where the machine's tree is still here.
	[ "$(stat -f -c %T /)" = tmpfs ] && ! [ -e "$SD" ] || exit 1
	ip link set lo up
	exec env -i container=test PATH=/usr/sbin:/usr/bin /usr/lib/systemd/systemd --system \
		--unit=test.target --log-target=console --show-status=no --log-level=notice
}

# sd_start - SD_PID is its process 1, SD_CGROUP its cgroup, which it sees as the root. What systemd-nspawn
# makes in systemd's hierarchy of v1, where there is one, is below SD_CGROUP1.
sd_start() {
	local tries
	SD_CGROUP=$(cgroup_root "")/nsjoin-test-$$
	SD_CGROUP1=$(cgroup1_root name=systemd)
	[ -z "$SD_CGROUP1" ] || SD_CGROUP1=$SD_CGROUP1/nsjoin-test-$$
	export SD_CGROUP SD_CGROUP1
	mkdir "$SD_CGROUP" "$SD_CGROUP/entered" ${SD_CGROUP1:+"$SD_CGROUP1"}
	export -f sd_inner
	(
		for dir in "$SD_CGROUP" ${SD_CGROUP1:+"$SD_CGROUP1"}; do
			echo "$BASHPID" >"$dir/cgroup.procs"
		done
		exec unshare --pid --mount --net --cgroup --uts --ipc --fork --kill-child bash -ec sd_inner
	) </dev/null >"$SD/log" 2>&1 3>&- &
	export SD_UNSHARE=$!
	for ((tries = 0; tries < 300; tries++)); do
		read -r SD_PID 2>/dev/null <"$SD_CGROUP/init.scope/cgroup.procs" &&
			sd systemctl is-active --quiet test.target 2>/dev/null && export SD_PID && return
		kill -0 "$SD_UNSHARE" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 20 "$SD/log" >&2
	return 1
}

# sd PROGRAM ARGS... - in the second systemd's namespaces and tree, and in a cgroup that it sees: what
# comes from outside of those may not be moved into them where the hierarchy is delegated (nsdelegate).
sd() {
	# shellcheck disable=SC2016
	timeout -k 5 20 sh -c 'echo $$ >"$0" && exec "$@"' "$SD_CGROUP/entered/cgroup.procs" nsenter -t "$SD_PID" -m -p -n -C -u -i -r -w -- "$@" 3>&-
}

# j ARGS... - nsjoin within the second systemd, for all that lib.bash offers
j() {
	sd /tmp/nsjoin "$@"
}

# sd_main UNIT - the pid of its main process, as systemd says
sd_main() {
	sd systemctl show --property=MainPID --value "$1"
}

# resolves PID TARGET - nsjoin takes TARGET for that process
resolves() {
	ok -t "$2" -n --dry-run true
	grep -qE "^target .*pid $1( |\$)" <<<"$output" || fail "$2 is not $1:" "$output"
}

sd_stop() {
	local dir
	[ -n "${SD_UNSHARE:-}" ] || return 0
	kill -KILL "$SD_UNSHARE" 2>/dev/null
	wait "$SD_UNSHARE" 2>/dev/null
	[ -z "${SD_PID:-}" ] || "$NSJOIN_HELPERS/procwait" gone "$SD_PID" 10
	find "$SD_CGROUP" ${SD_CGROUP1:+"$SD_CGROUP1"} -depth -type d | while read -r dir; do
		rmdir "$dir" || return 1
	done
	rm -rf --one-file-system "$SD"
}
