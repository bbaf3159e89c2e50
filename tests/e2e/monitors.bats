#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root busybox
# Processes that call themselves monitors of containers, by name, command line and executable: believed
# are those that see the host's tree.
# shellcheck disable=SC2154,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

setup() {
	NAME=m$$-$BATS_TEST_NUMBER
	ROOT=$BATS_TEST_TMPDIR/root
	mkdir "$ROOT"
}

# A program that is called like a monitor and does what it is told.
monitor_copy() {
	mkdir -p "$1"
	cp "$(command -v bash)" "$1/lxc-start"
}

# monitor_start PROGRAM SCRIPT - LXC's monitor of $NAME, where SCRIPT has mounted at $ROOT what is its
# root then; T is the first process of what it calls its container. Its cgroup and pid namespace are
# ours. What it mounts nobody else has.
monitor_start() {
	kept_start unshare --mount --propagation private bash -ec "$2"'
		cd "$1"
		pivot_root . .
		umount --lazy .
		cd /
		exec -a "[lxc monitor] /srv/lxc $2" "$3" -c "
			/bin/sleep 1000 <&0 &
			echo target=\$!; echo ready=1; read -r; kill \$!; wait"' - "$ROOT" "$NAME" "$1"
	T=${BOX[target]}
}

# A tree of its own, with the way in of libraries and of sleep.
own_tree='
	mount --bind "$1" "$1"
	for dir in /usr /bin /lib /lib64 /proc; do
		[ ! -d "$dir" ] || mount --rbind --mkdir "$dir" "$1$dir"
	done'

@test "in a container that shares the host's pid namespace and cgroup" {
	monitor_copy "$ROOT/opt"
	monitor_start /opt/lxc-start "$own_tree"
	refused target-not-found '' -t "$NAME" -n
	refused target-not-found '' -t "lxc:$NAME" -n
	ok ps -a -o TARGET --noheadings
	! grep -F "$NAME" <<<"$output" || fail "listed"
}

@test "in a mount namespace of its own, as services have it" {
	monitor_copy "$BATS_TEST_TMPDIR/bin"
	monitor_start "$BATS_TEST_TMPDIR/bin/lxc-start" 'mount --rbind / "$1"'
	[ "$(ns_of mnt "$T")" != "$(ns_of mnt)" ]
	ok -t "lxc:$NAME" --dry-run --json -n true
	grep -q "\"pid\":${T}[,}]" <<<"$output" || fail "$output"
}

# by_snap - what the name means where $1 is the host's tree
by_snap() {
	hear unshare --mount --propagation private bash -ec '
		mount --bind /proc "$1/proc"
		exec "$2" "--host-root=$1" -t "lxc:$3" --dry-run --json -n true
	' - "$1" "$NSJOIN" "$NAME" 3>&-
}

@test "a snap's, whose program is at the same place of the host's tree" {
	local host=$BATS_TEST_TMPDIR/host other=$BATS_TEST_TMPDIR/other
	monitor_copy "$host/snap/lxd/1"
	monitor_copy "$other/snap/lxd/1"
	mkdir "$host/proc" "$other/proc" "$ROOT/snap"
	monitor_start /snap/lxd/1/lxc-start "$own_tree
		mount --bind '$host/snap' \"\$1/snap\""
	by_snap "$host"
	expect_status 0
	grep -q "\"pid\":${T}[,}]" <<<"$output" || fail "$output"
	# The like of it is not the same.
	by_snap "$other"
	expect_status 125
}
