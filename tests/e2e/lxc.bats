#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root lxc-start busybox perl
# Containers of LXC by name, with a path of their own, two of one name, and a user who plants all that
# could be taken for one.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# lxc PROGRAM PATH NAME ARGS... - one of LXC's programs, with a time limit
lxc() {
	local program=$1 path=$2 name=$3
	shift 3
	timeout -k 5 20 "$program" -P "$path" -n "$name" "$@" </dev/null 3>&-
}

# lxc_make PATH NAME - a container that sleeps; its host name is not its name
lxc_make() {
	root_make "$1/$2/rootfs"
	mkdir "$1/$2/rootfs/sys"
	printf '%s\n' "lxc.rootfs.path = dir:$1/$2/rootfs" 'lxc.uts.name = inside' 'lxc.net.0.type = empty' \
		'lxc.apparmor.profile = unconfined' 'lxc.mount.auto = proc:rw' 'lxc.init.cmd = /bin/sleep 1000' \
		>"$1/$2/config"
}

lxc_start() {
	lxc lxc-start "$1" "$2" --logfile "$1/$2/log" --logpriority INFO || {
		tail -n 5 "$1/$2/log" >&2
		return 1
	}
	lxc lxc-wait "$1" "$2" --state RUNNING
}

lxc_pid() {
	lxc lxc-info "$1" "$2" -p -H
}

setup_file() {
	# The names are this run's own: others may have the common ones.
	export P=nsj$$ LXC_A=$NSJOIN_TEST_DIR/lxc LXC_B=$NSJOIN_TEST_DIR/lxc-b
	export HAD_RUN HAD_PIVOT
	HAD_RUN=$(find /run -maxdepth 1 -name lxc)
	HAD_PIVOT=$(cgroups_had lxc.pivot)
	lxc_make "$LXC_A" "$P-web"
	lxc_make "$LXC_A" "$P.dotted"
	lxc_make "$LXC_A" "$P-twin"
	lxc_make "$LXC_B" "$P-twin"
	lxc_make "$LXC_A" "$P-victim"
	lxc_start "$LXC_A" "$P-web"
	lxc_start "$LXC_A" "$P.dotted"
	lxc_start "$LXC_A" "$P-twin"
	lxc_start "$LXC_B" "$P-twin"
}

teardown_file() {
	local name dir
	for name in "$P-web" "$P.dotted" "$P-twin" "$P-victim"; do
		for dir in "$LXC_A" "$LXC_B"; do
			lxc lxc-stop "$dir" "$name" -k || :
		done
	done 2>/dev/null
	[ -n "$HAD_PIVOT" ] || find /sys/fs/cgroup -maxdepth 2 -name lxc.pivot -exec rmdir {} +
	rm -rf "/run/lxc/lock$NSJOIN_TEST_DIR"
	[ -n "$HAD_RUN" ] || find /run/lxc -depth -type d -empty -delete
	! find /sys/fs/cgroup -maxdepth 2 -name "lxc.*$P*" | grep . || fail "cgroups were left behind"
}

# Orphans here are the containers' monitors until the end.
teardown() {
	kept_stop
	clean_cgroups
}

# entered PID ARGS... - nsjoin enters that container's init
entered() {
	local pid=$1 type
	shift
	ok "$@" -m -u -i -n -p /bin/fdlist ns
	for type in mnt uts ipc net pid; do
		[ "$(fact "ns $type")" = "$(ns_of "$type" "$pid")" ] || fail \
			"$type is not of $pid" "$output"
	done
}

@test "by name, with and without its kind" {
	local pid
	pid=$(lxc_pid "$LXC_A" "$P-web")
	entered "$pid" -t "lxc:$P-web"
	entered "$pid" -t "$P-web"
	entered "$pid" -t "incus:$P-web"
	entered "$(lxc_pid "$LXC_A" "$P.dotted")" -t "$P.dotted"
	ok -t "$P-web" -a hostname
	expect_output inside
}

@test "not by its host name, nor as another kind" {
	refused target-not-found '' -t lxc:inside -n
	refused target-not-found '' -t "docker:$P-web" -n
	refused target-not-found '' -t "machine:$P-web" -n
}

@test "two of one name are told apart" {
	local pid
	refused target-ambiguous '' -t "$P-twin" -n
	hear j -t "lxc:$P-twin" -n true
	expect_stderr "pid $(lxc_pid "$LXC_A" "$P-twin")"
	expect_stderr "pid $(lxc_pid "$LXC_B" "$P-twin")"
	# As they are listed they are not ambiguous.
	for pid in "$(lxc_pid "$LXC_A" "$P-twin")" "$(lxc_pid "$LXC_B" "$P-twin")"; do
		entered "$pid" -t "$(sed -n "s/^ *\([^ ]*\)  .*pid $pid\$/\1/p" <<<"$stderr")"
		hear j -t "lxc:$P-twin" -n true
	done
}

@test "one that does not run" {
	refused target-not-found '' -t "lxc:$P-victim" -n
	refused target-not-found '' -t "$P-victim" -n
}

# plant - as an ordinary user: the socket, the command line, the cgroup and the directory
plant() {
	local root
	root=$(cgroup_root "")
	cgroup_make "" "given-$P"
	cgroup_make "" "given-$P/lxc.payload.$P-victim"
	chown -R 1000:1000 "$root/given-$P"
	open_dirs
	mkdir -p "$BATS_TEST_TMPDIR/lxc/$P-victim"
	cp "$LXC_A/$P-victim/config" "$BATS_TEST_TMPDIR/lxc/$P-victim/config"
	chown -R 1000:1000 "$BATS_TEST_TMPDIR/lxc"
	kept_start setpriv --reuid 1000 --regid 1000 --clear-groups -- perl -e '
		use Socket;
		my ($path, $own, $name) = @ARGV;
		for ("$path/$name/command", "$own/$name/command") {
			socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
			bind($s, pack("S a*", AF_UNIX, "\0$_")) or print "taken=1\n";
			push @keep, $s;
		}
		$0 = "[lxc monitor] $path $name";
		open(my $comm, ">", "/proc/self/comm") or die;
		print $comm "lxc-start";
		close($comm) or die;
		$| = 1;
		print "ready=1\n";
		<STDIN>;
	' "$LXC_A" "$BATS_TEST_TMPDIR/lxc" "$P-victim"
	echo "${kept_pid[-1]}" >"$root/given-$P/lxc.payload.$P-victim/cgroup.procs"
}

@test "what a user plants for one that is stopped is not entered" {
	plant
	refused target-not-found 'uid 1000|not running' -t "$P-victim" -n
	refused target-not-found 'uid 1000|not running' -t "lxc:$P-victim" -n
}

@test "what a user plants does not hide one that runs" {
	lxc_start "$LXC_A" "$P-victim"
	plant
	[ "${BOX[taken]}" = 1 ]
	entered "$(lxc_pid "$LXC_A" "$P-victim")" -t "lxc:$P-victim"
	entered "$(lxc_pid "$LXC_A" "$P-victim")" -t "$P-victim"
	lxc lxc-stop "$LXC_A" "$P-victim" -k
}

@test "a name of many characters, whose socket is hashed" {
	local path
	path=$NSJOIN_TEST_DIR/$(printf 'l%.0s' {1..90})
	lxc_make "$path" "$P-far"
	lxc_start "$path" "$P-far"
	entered "$(lxc_pid "$path" "$P-far")" -t "lxc:$P-far"
	lxc lxc-stop "$path" "$P-far" -k
}

@test "ps shows them as they are typed" {
	local path pid target line
	hear j ps -q
	grep -qx "lxc:$P-web" <<<"$output" || fail "$output" "$stderr"
	# Two of one name: what is printed means one of them.
	for path in "$LXC_A" "$LXC_B"; do
		pid=$(lxc_pid "$path" "$P-twin")
		hear j ps --noheadings -o pid,target,name
		line=$(grep -E "^ *$pid .* $P-twin\$" <<<"$output") || fail "$output" "$stderr"
		read -r _ target _ <<<"$line"
		entered "$pid" -t "$target"
	done
}
