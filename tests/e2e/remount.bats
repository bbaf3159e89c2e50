#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox jq
# mounts: own
# -R: our own files, with a /proc, a /sys and name resolution that tell of the target.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# named_target [OPTIONS] - a target with a hosts, resolv.conf and hostname of its own
named_target() {
	local dir=$BATS_TEST_TMPDIR/named
	mkdir -p "$dir"
	echo '192.0.2.7 only.inside' >"$dir/hosts"
	echo 'nameserver 192.0.2.53' >"$dir/resolv.conf"
	echo tgt >"$dir/hostname"
	chmod -R a+rX "$dir"
	target_full --setup="for f in hosts resolv.conf hostname; do
		mount --bind $dir/\$f /etc/\$f || exit; done" "$@"
}

# untouched COMMAND... - it changes neither our mounts nor the target's
untouched() {
	local ours theirs
	ours=$(</proc/self/mountinfo) theirs=$(<"/proc/$T/mountinfo")
	"$@"
	[ "$ours" = "$(</proc/self/mountinfo)" ] || fail "our mounts have changed"
	[ "$theirs" = "$(<"/proc/$T/mountinfo")" ] || fail "the target's mounts have changed"
}

@test "ps shows the processes of the target" {
	target_full
	untouched ok -t "$T" -p -R ps -e -o pid=,comm=
	[ "$(head -n 1 <<<"$output" | tr -s ' ')" = " 1 nsbox" ] || fail "$output"
	[ "$(wc -l <<<"$output")" -eq 2 ] || fail "$output"
	ok -t "$T" -p -R sh -c 'echo $$; readlink /proc/self'
	[ "$(sort -u <<<"$output" | wc -l)" -eq 2 ] && [ "$(head -n 1 <<<"$output")" -lt 100 ] ||
		fail "$output"
}

@test "/sys tells of the target's network, and is not written to" {
	target_full
	untouched ok -t "$T" -n -R sh -c 'ls /sys/class/net; ls /sys/fs/cgroup | wc -l
		(: >/sys/kernel/uevent_helper) || echo refused'
	[ "$(head -n 1 <<<"$output")" = lo ] || fail "$output"
	[ "$(sed -n 2p <<<"$output")" = "$(ls /sys/fs/cgroup | wc -l)" ] || fail "$output"
	[ "$(tail -n 1 <<<"$output")" = refused ] || fail "$output"
	expect_stderr 'Read-only|nonexistent'
}

@test "names resolve as they do for the target" {
	local link
	named_target
	untouched ok -t "$T" -n -R getent hosts only.inside
	[[ "$output" == 192.0.2.7* ]] || fail "$output"
	ok -t "$T" -n -R cat /etc/resolv.conf /etc/hostname
	expect_output "nameserver 192.0.2.53
tgt"
	# A copy: neither can be reached through the other.
	ok -t "$T" -n -R sh -c 'stat -c %D:%i:%a /etc/hosts; echo x >>/etc/hosts || echo refused'
	[ "${output%%:*}" != "$(stat -c %D "$BATS_TEST_TMPDIR/named/hosts")" ] || fail "$output"
	[[ "$output" == *:444*refused ]] || fail "$output"
}

@test "what answers look-ups from our side is closed" {
	requires perl
	named_target
	[ ! -e /run/nscd ] || skip "this machine has a name service cache"
	hear unshare -m sh -c 'mount -t tmpfs none /run && mkdir /run/nscd &&
		perl -MIO::Socket::UNIX -e "IO::Socket::UNIX->new(Local => q(/run/nscd/socket), Listen => 1)
			or die" && exec timeout -k 5 20 "$@"' sh "$NSJOIN" -t "$T" -n -R \
		sh -c 'stat -c %F /run/nscd/socket; getent hosts only.inside'
	[ "$status" -eq 0 ] || fail "$stderr"
	[[ "$output" == "regular empty file"*192.0.2.7* ]] || fail "$output"
}

@test "a target without such files resolves nothing" {
	mkdir -p "$BATS_TEST_TMPDIR/empty"
	target_full --root="$BATS_TEST_TMPDIR/empty"
	ok -t "$T" -n -R sh -c 'wc -c </etc/hosts; wc -c </etc/resolv.conf; cat /etc/hostname'
	expect_output "0
0
$(cat /etc/hostname)"
}

@test "a target that shares our files has nothing to show" {
	target_start --ns=n
	ok -t "$T" -n -R=etc cat /etc/hosts
	expect_output "$(cat /etc/hosts)"
	expect_stderr 'note: -R: nothing of the target'
}

@test "hostile files are refused and never waited for" {
	local dir=$BATS_TEST_TMPDIR/hostile kind
	mkdir -p "$dir/etc" "$dir/proc"
	target_full --setup="mount --bind /proc $dir/proc" --root="$dir"
	for kind in fifo device link-to-proc directory huge; do
		rm -rf "$dir/etc/hosts"
		case $kind in
		fifo) mkfifo "$dir/etc/hosts" ;;
		device) mknod "$dir/etc/hosts" c 1 5 ;;
		link-to-proc) ln -s /proc/kmsg "$dir/etc/hosts" ;;
		directory) mkdir "$dir/etc/hosts" ;;
		huge) truncate -s 1T "$dir/etc/hosts" ;;
		esac
		refused system '/etc/hosts' -t "$T" -n -R
	done
	# A link stays within the target's root.
	rm "$dir/etc/hosts"
	ln -s ../../../../../../../../etc/shadow "$dir/etc/hosts"
	ok -t "$T" -n -R wc -c /etc/hosts
	expect_output "0 /etc/hosts"
}

@test "texts that only their owner may read" {
	local dir=$BATS_TEST_TMPDIR/owned
	mkdir -p "$dir"/{etc,proc}
	echo '192.0.2.7 only.inside' >"$dir/etc/hosts"
	chown 1234:1234 "$dir/etc/hosts"
	chmod 600 "$dir/etc/hosts"
	chown 100000:100000 "$dir"
	chmod 700 "$dir"
	target_full --root="$dir"
	ok -t "$T" -n -R cat /etc/hosts
	expect_output '192.0.2.7 only.inside'
	ok -t "$T" --view=host cat /etc/hosts
	expect_output '192.0.2.7 only.inside'
	# Who may not read what is not his is told what to do without.
	hear setpriv --inh-caps=-all --bounding-set=-dac_read_search,-dac_override \
		-- timeout -k 5 20 "$NSJOIN" -t "$T" -n -R true 3>&-
	expect_status 125
	expect_stderr '^nsjoin: -R: read /etc/resolv.conf .*: Permission denied$'
	expect_stderr '^hint: without it: -R=sys$'
}

@test "a list is meant as it stands" {
	named_target
	ok -t "$T" -np -R=proc sh -c 'cat /etc/hosts'
	expect_output "$(cat /etc/hosts)"
	refused usage 'takes a pid namespace' -t "$T" -n -R=proc
	refused usage 'takes a network namespace' -t "$T" -p -R=sys,proc
	refused usage 'no target' -n"/proc/$T/ns/net" -R=etc
	refused usage 'a list of' -t "$T" -n -R=net
	ok -n"/proc/$T/ns/net" -R ls /sys/class/net
	expect_output lo
}

@test "with the target's files it is not needed, and with -F there is nobody to mount" {
	target_full
	refused usage 'its own /proc, /sys and /etc are seen' -t "$T" -a -R
	refused usage 'its own /proc, /sys and /etc are seen' -t "$T" -m -p -R
	refused usage 'its own /proc, /sys and /etc are seen' -t "$T" -p -r/ -R
	refused usage 'its own /proc, /sys and /etc are seen' -t "$T" --privileged -R
	refused usage '-F' -t "$T" -p -F -R
	ok -t "$T" -n -F -R ls /sys/class/net
	expect_output lo
}

@test "an ordinary user and a container of his own" {
	open_dirs
	target_rootless --setup='true'
	user_ok -t "$T" -U -p -n -R sh -c 'ls /sys/class/net; ps -e -o comm= | head -n 1
		head -c 3 /etc/hosts >/dev/null && echo hosts'
	expect_output "lo
nsbox
hosts"
	refused_as user_j userns-needed 'target.s user namespace owns' -t "$T" -n -p -R
}

@test "the program runs as who it should" {
	named_target
	ok -t "$T" -np -R -S 1000 -G 1000 sh -c 'id -u; cat /etc/hosts; ps -e | wc -l'
	[ "$(head -n 1 <<<"$output")" = 1000 ] || fail "$output"
	grep -q only.inside <<<"$output" || fail "$output"
}
