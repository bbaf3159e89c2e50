#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox
# -r, -w, -W and the directory in which a program starts.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

setup() {
	root=$BATS_TEST_TMPDIR/root
	root_make "$root"
	mkdir "$root/inside"
}

@test "without an option: the caller's directory, or the root of the joined mounts" {
	target_full
	cd /usr
	ok -t "$T" -n pwd
	expect_output /usr
	ok -t "$T" -m pwd
	expect_output /
}

@test "-w is opened before joining, -W after" {
	mkdir "$BATS_TEST_TMPDIR/here"
	: >"$BATS_TEST_TMPDIR/here/callers"
	target_full \
		--setup="mount -t tmpfs none '$BATS_TEST_TMPDIR/here' && : >'$BATS_TEST_TMPDIR/here/targets'"
	ok -t "$T" -a -w"$BATS_TEST_TMPDIR/here" ls
	expect_output callers
	ok -t "$T" -a --wd="$BATS_TEST_TMPDIR/here" ls
	expect_output callers
	ok -t "$T" -a -W "$BATS_TEST_TMPDIR/here" ls
	expect_output targets
	ok -t "$T" -a --wdns="$BATS_TEST_TMPDIR/here" ls
	expect_output targets
}

@test "-w without a directory is the target's" {
	target_full --cwd=/usr/share
	cd /etc
	ok -t "$T" -n -w pwd
	expect_output /usr/share
	ok -t "$T" -m -w pwd
	expect_output /usr/share
	ok -t "$T" -m --wd pwd
	expect_output /usr/share
}

@test "-w attached is a directory of the caller's" {
	target_full
	ok -t "$T" -n "-w$PWD" pwd
	expect_output "$PWD"
	ok -t "$T" -n -w. pwd
	expect_output "$PWD"
}

@test "-r is the target's root" {
	target_start --ns=n --root="$root"
	ok -t "$T" -n -r /bin/ls /
	[[ $output == *inside* ]]
	ok -t "$T" -n -r pwd
	expect_output /
}

@test "-r with a directory" {
	target_full
	ok -t "$T" -n -r"$root" /bin/ls /
	[[ $output == *inside* ]]
	ok -t "$T" -n --root="$root" /bin/pwd
	expect_output /
	ok -t "$T" -n "-r=$root" /bin/pwd
	expect_output /
	ok -t "$T" -r/ -n pwd
}

@test "-r never leaves the working directory outside" {
	target_start --ns=n
	cd /usr
	ok -t "$T" -n -r"$root" sh -c 'ls ..; pwd'
	[[ $output == *inside*/ ]]
	ok -t "$T" -n -r"$root" /bin/fdlist cwd cwdino rootino
	[ "$(fact cwd)" = / ]
	[ "$(fact cwdino)" = "$(fact rootino)" ]
}

@test "-r and -w together: both were opened before" {
	target_start --ns=n
	ok -t "$T" -n -r"$root" -w"$root/inside" /bin/fdlist cwd
	expect_output "cwd /inside"
}

@test "-r and -W: a directory of the new root" {
	target_start --ns=n
	ok -t "$T" -n -r"$root" -W /inside /bin/pwd
	expect_output /inside
}

@test "a chrooted target: joining its mounts means its root" {
	target_start --ns=m --root="$root"
	ok -t "$T" -m ls /
	[[ $output == *inside* ]]
	ok -t "$T" -m /bin/fdlist cwdino rootino
	[ "$(fact cwdino)" = "$(fact rootino)" ]
	ok -t "$T" -a ls /
	[[ $output == *inside* ]]
}

@test "a chrooted target in our own mount namespace" {
	target_start --ns=n --root="$root"
	ok -t "$T" -n -r -w ls /
	[[ $output == *inside* ]]
	cd /usr
	ok -t "$T" -a "$fdlist" cwd
	expect_output "cwd /usr"
}

@test "a target with a root of its own" {
	target_start --ns=muinp --mount-proc --pivot --root="$root" --cwd=/inside
	ok -t "$T" -m ls /
	[[ $output == *inside* ]]
	ok -t "$T" -m -w pwd
	expect_output /inside
	ok -t "$T" -m -r -w pwd
	expect_output /inside
	ok -t "$T" -m -W /etc pwd
	expect_output /etc
}

@test "-w and -W exclude one another" {
	target_full
	refused usage '(-w|--wd).*(-W|--wdns)|(-W|--wdns).*(-w|--wd)' -t "$T" -n -w/usr -W /usr
}

@test "directories that are none" {
	target_full
	refused usage '/nonexistent.*No such' -t "$T" -m -w/nonexistent
	refused usage '/nonexistent.*No such' -t "$T" -m -W /nonexistent
	refused usage '/nonexistent.*No such' -t "$T" -m -W/nonexistent
	refused usage '/nonexistent.*No such' -t "$T" -m -r/nonexistent
	refused usage '/etc/passwd.*Not a dir' -t "$T" -m -w/etc/passwd
	refused usage '/etc/passwd.*Not a dir' -t "$T" -m -r/etc/passwd
	refused usage '/etc/passwd.*Not a dir' -t "$T" -m -W /etc/passwd
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	refused usage 'fifo.*Not a dir' -t "$T" -m -w"$BATS_TEST_TMPDIR/fifo"
	refused usage '' -t "$T" -m -W ''
}

@test "-r, -w without a target" {
	target_full
	refused no-target '' -n="/proc/$T/ns/net" -r
	refused no-target '' -n="/proc/$T/ns/net" -w
	ok -n="/proc/$T/ns/net" -r"$root" -w"$root/inside" /bin/pwd
	expect_output /inside
}

@test "-r or -w alone is not a namespace option: it is the first way in" {
	local type
	target_full
	ok -t "$T" -r -w "$fdlist" ns
	for type in mnt uts ipc net pid; do
		[ "$(fact "ns $type")" = "$(ns_of "$type" "$T")" ] || fail "$type is another" "$output"
	done
}

@test "a directory of the target's that was removed" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	target_full --cwd="$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	# It is held by the descriptor.
	ok -t "$T" -m -w true
	refused system 'it was deleted; name another one: -w/' -t "$T"
	ok -t "$T" -w/ pwd
	expect_output /
}

@test "a link out of the root is followed inside of it" {
	ln -s ../../../../etc "$root/out"
	target_start --ns=muinp --mount-proc --pivot --root="$root"
	ok -t "$T" -m -W /out sh -c 'pwd; cat passwd'
	[[ $output == */etc* && $output == *app:x:1234* ]]
}
